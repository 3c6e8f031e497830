//! Payloads that are fragments: collected, drawn as a list once the datagram is complete, and dissected as one.

use super::by_protocol;
use crate::lens::dissect::fragments::{Datagram, Fragment, Key};
use crate::lens::dissect::frame::{Frame, Pair};
use crate::lens::dissect::text::{octets_line, plural};
use crate::lens::dissect::tree::Node;
use crate::lens::dissect::view::{Dissected, View};
use std::net::IpAddr;

/// What the header says of a fragment.
pub(super) struct Part {
    pub source: IpAddr,
    pub destination: IpAddr,
    pub id: u32,
    pub protocol: u8,
    pub offset: usize,
    pub more: bool,
}

/// How a version of IP names what is drawn of its fragments.
pub(super) struct Names {
    version: &'static str,
    list: &'static str,
    one: &'static str,
    overlap: &'static str,
    conflict: &'static str,
    count: &'static str,
    length: &'static str,
    data: &'static str,
    /// Whether the first fragment is dissected alone where the capture cut it.
    first_alone: bool,
}

/// IPv4's.
pub(super) const IPV4: Names = Names {
    version: "IPv4",
    list: "ip.fragments",
    one: "ip.fragment",
    overlap: "ip.fragment.overlap",
    conflict: "ip.fragment.overlap.conflict",
    count: "ip.fragment.count",
    length: "ip.reassembled.length",
    data: "ip.reassembled.data",
    first_alone: true,
};

/// IPv6's.
pub(super) const IPV6: Names = Names {
    version: "IPv6",
    list: "ipv6.fragments",
    one: "ipv6.fragment",
    overlap: "ipv6.fragment.overlap",
    conflict: "ipv6.fragment.overlap.conflict",
    count: "ipv6.fragment.count",
    length: "ipv6.reassembled.length",
    data: "ipv6.reassembled.data",
    first_alone: false,
};

/// What a fragment comes to.
pub(super) enum Gathered<'v> {
    /// It waits for the others, or is of no use.
    Waiting,
    /// The first one, to be dissected alone because the capture cut it.
    Alone(View<'v>),
    /// It completes its datagram: the datagram's octets, and their place among the tree's sources.
    Whole(Vec<u8>, usize),
}

/// Adds a fragment; the datagram it completes is listed under `node`.
pub(super) fn gather<'v>(
    frame: &mut Frame<'_>,
    part: &Part,
    body: View<'v>,
    node: Option<&mut Node>,
    names: &Names,
) -> Gathered<'v> {
    if body.captured() < body.reported() {
        let alone = names.first_alone && part.offset == 0;
        return if alone { Gathered::Alone(body.as_fragment()) } else { Gathered::Waiting };
    }
    let vlan = if is_private(part.source) || is_private(part.destination) { frame.vlan.unwrap_or(0) } else { 0 };
    let key = Key { source: part.source, destination: part.destination, id: part.id, protocol: part.protocol, vlan };
    let fragment = Fragment { frame: frame.number, offset: part.offset, more: part.more, data: body.data().to_vec() };
    let Some(datagram) = frame.fragments.add(key, fragment) else { return Gathered::Waiting };
    let source = frame.add_source(&datagram.data);
    if let Some(node) = node {
        let whole = View::new(&datagram.data, source, datagram.data.len());
        draw(node, &datagram, whole, names);
    }
    Gathered::Whole(datagram.data, source)
}

/// Dissects what [`gather`] came to.
pub(super) fn carry(
    frame: &mut Frame<'_>,
    protocol: u8,
    gathered: &Gathered<'_>,
    pair: Pair,
    out: &mut Vec<Node>,
) -> Dissected {
    match gathered {
        Gathered::Waiting => Ok(()),
        Gathered::Alone(body) => by_protocol(frame, protocol, *body, pair, out),
        Gathered::Whole(data, source) => by_protocol(frame, protocol, View::new(data, *source, data.len()), pair, out),
    }
}

fn draw(node: &mut Node, datagram: &Datagram, whole: View<'_>, names: &Names) {
    let count = datagram.fragments.len();
    let all: Vec<String> = datagram.fragments.iter().map(|one| format!("#{}({})", one.frame, one.data.len())).collect();
    let length = datagram.data.len();
    let version = names.version;
    let label =
        format!("{count} {version} Fragment{} ({length} byte{}): {}", plural(count), plural(length), all.join(", "));
    let list = node.add(Node::concluded(names.list, (), label).at(whole.octets(0, length)));
    let mut reached = 0_usize;
    for one in &datagram.fragments {
        let size = one.data.len();
        let last = one.offset.saturating_add(size).saturating_sub(1);
        let label = format!("Frame: {}, payload: {}-{last} ({size} byte{})", one.frame, one.offset, plural(size));
        let item = list.add(Node::concluded(names.one, one.frame, label).at(whole.octets(one.offset, size)));
        if one.offset < reached {
            item.add(Node::concluded(names.overlap, true, "Fragment overlap: True"));
            let common = reached.min(last.saturating_add(1)).saturating_sub(one.offset);
            let kept = datagram.data.get(one.offset..one.offset.saturating_add(common));
            if kept.is_some() && kept != one.data.get(..common) {
                item.add(Node::concluded(names.conflict, true, "Conflicting data in fragment overlap: True"));
            }
        }
        reached = reached.max(last.saturating_add(1));
    }
    list.add(Node::concluded(names.count, count, format!("Fragment count: {count}")));
    list.add(Node::concluded(names.length, length, format!("Reassembled {version} length: {length}")));
    let line = octets_line(&format!("Reassembled {version} data"), &datagram.data);
    list.add(Node::concluded(names.data, datagram.data.as_slice(), line).at(whole.octets(0, length)));
}

/// Addresses for which Wireshark also looks at the VLAN: private and link-local ones.
const fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private() || address.is_link_local(),
        IpAddr::V6(_) => false,
    }
}
