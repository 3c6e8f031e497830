//! The list of TCP options: one node for each, faults of form, and what Wireshark remarks on the list as a whole.

use super::kind::{Kind, known, other_name};
use super::{FIXED, Segment, accurate_ecn, experimental, fast_open, mptcp, riverbed, sack, scps, simple};
use crate::lens::dissect::expert::{Group, Severity, remark, remark_line};
use crate::lens::dissect::text::{hex, plural};
use crate::lens::dissect::tree::Node;
use crate::lens::dissect::view::{Dissected, Stop, View};
use crate::wire::Flags;

/// One option with its own octets, kind and length first.
pub(super) struct Opt<'v> {
    pub view: View<'v>,
    pub kind: u8,
    pub known: Kind,
}

/// What the walk remembers from option to option.
#[derive(Default)]
struct Walk {
    saw_mss: bool,
    saw_sack_permitted: bool,
    nops: usize,
}

/// Draws the options of a header of `length` octets.
pub(super) fn dissect(node: &mut Node, segment: &Segment<'_>, length: usize) -> Dissected {
    if length <= FIXED {
        return Ok(());
    }
    let (view, all) = (segment.view, length - FIXED);
    let octets = view.octets(FIXED, all);
    let area = view.skip(FIXED).first(all);
    let label = format!("Options: ({all} byte{})", plural(all));
    let list = node.add(Node::new("tcp.options", octets, area.data(), label));
    let mut walk = Walk::default();
    let read = walk.all(list, segment, length);
    if !read? {
        return Ok(());
    }
    if segment.flags.has(Flags::SYN) {
        if !walk.saw_mss {
            let text = "The SYN packet does not contain a MSS option";
            remark(list, "tcp.options.mss.absent", Severity::Note, Group::Protocol, text);
        }
        if !walk.saw_sack_permitted {
            let text = "The SYN packet does not contain a SACK PERM option";
            remark(list, "tcp.options.sack_perm.absent", Severity::Note, Group::Protocol, text);
        }
    }
    Ok(())
}

impl Walk {
    /// Whether the walk came to its end without a fault of form.
    fn all(&mut self, list: &mut Node, segment: &Segment<'_>, length: usize) -> Dissected<bool> {
        let view = segment.view;
        let mut at = FIXED;
        let mut ended = false;
        while at < length {
            let kind = view.u8(at)?;
            if ended && kind != 0 {
                let text = "Non-zero header padding";
                let field = "tcp.non_zero_bytes_after_eol";
                let line = remark_line(list, field, Severity::Error, Group::Protocol, text);
                line.octets = Some(view.octets(at, length - at));
                return Ok(false);
            }
            if kind <= 1 {
                self.single(list, view, at, kind);
                ended |= kind == 0;
                at += 1;
                continue;
            }
            let Some(size) = size(list, view, at, length, kind)? else { return Ok(false) };
            // An option is read from what the segment holds, which may be less than the header claims.
            let option = view.skip(at).item(size);
            self.saw_mss |= kind == 2;
            self.saw_sack_permitted |= kind == 4;
            let name = one(list, segment, option, kind)?;
            list.extend_label(&format!(", {name}"));
            at += size;
        }
        Ok(true)
    }

    fn single(&mut self, list: &mut Node, view: View<'_>, at: usize, kind: u8) {
        if kind == 1 {
            self.count_nop(list, at);
        }
        let (name, field, kind_name) = match kind {
            0 => ("End of Option List (EOL)", "tcp.options.eol", "End of Option List"),
            _ => ("No-Operation (NOP)", "tcp.options.nop", "No-Operation"),
        };
        let octets = view.octets(at, 1);
        let item = list.add(Node { field, ..Node::text(format!("TCP Option - {name}")) }.at(octets));
        item.add(Node::new("tcp.option_kind", octets, kind, format!("Kind: {kind_name} ({kind})")));
        list.extend_label(&format!(", {name}"));
    }

    /// Four in a row look as if something on the way had blanked an option out. The count starts anew only at a word's
    /// start, so that other options between do not disturb it.
    fn count_nop(&mut self, list: &mut Node, at: usize) {
        self.nops = if self.nops == 0 || !at.is_multiple_of(4) { self.nops + 1 } else { 0 };
        if self.nops == 4 {
            let text = "4 NOP in a row - a router may have removed some options";
            remark(list, "tcp.nop", Severity::Warning, Group::Protocol, text);
        }
    }
}

/// The length of the option at `at`; nothing, and a remark, where it cannot be.
fn size(list: &mut Node, view: View<'_>, at: usize, length: usize, kind: u8) -> Dissected<Option<usize>> {
    let left = length - at;
    let name = known(kind).map_or_else(|| format!("Unknown (0x{kind:02x})"), |known| known.list_name.to_owned());
    let text = if left < 2 {
        format!("{name} (length byte past end of options)")
    } else {
        let size = usize::from(view.u8(at + 1)?);
        if size >= 2 && size <= left {
            return Ok(Some(size));
        }
        let unit = plural(size);
        if size < 2 {
            format!("{name} (with too-short option length = {size} byte{unit})")
        } else {
            format!("{name} (option length = {size} byte{unit} says option goes past end of options)")
        }
    };
    if at + left > view.reported() {
        return Err(Stop::Malformed);
    }
    let line = remark_line(list, "tcp.option.len.invalid", Severity::Note, Group::Sequence, &text);
    line.octets = Some(view.octets(at, left));
    Ok(None)
}

/// Draws one option with a length; its name in the list.
fn one(list: &mut Node, segment: &Segment<'_>, view: View<'_>, kind: u8) -> Dissected<String> {
    let Some(known) = known(kind) else {
        unknown(list, view, kind)?;
        return Ok(format!("Unknown (0x{kind:02x})"));
    };
    let name = known.list_name.to_owned();
    let option = Opt { view, kind, known };
    match kind {
        5 => sack::draw(list, segment, &option)?,
        20 => scps::draw(list, &option)?,
        30 => {
            let before = segment.protocol.replace("MPTCP");
            mptcp::draw(list, segment, &option)?;
            segment.protocol.set(before);
        }
        34 => fast_open::draw(list, segment, &option)?,
        76 => riverbed::probe(list, &option)?,
        78 => riverbed::transparency(list, &option)?,
        172 | 174 => accurate_ecn::draw(list, &option)?,
        253 | 254 => experimental::draw(list, segment, &option)?,
        _ => simple::draw(list, segment, &option)?,
    }
    Ok(name)
}

/// The node of an option with its kind and its length; whether the length is right.
pub(super) fn head<'n>(list: &'n mut Node, option: &Opt<'_>, title: String) -> Dissected<(&'n mut Node, bool)> {
    let (view, known) = (option.view, &option.known);
    let node = list.add(Node { field: known.field, ..Node::text(title) }.at(view.octets(0, view.reported())));
    let right = kind_and_length(node, option)?;
    Ok((node, right))
}

/// The kind and the length octet; whether the length is right.
pub(super) fn kind_and_length(node: &mut Node, option: &Opt<'_>) -> Dissected<bool> {
    let (view, kind) = (option.view, option.kind);
    let label = format!("Kind: {} ({kind})", option.known.kind_name);
    node.add(Node::new("tcp.option_kind", view.octets(0, 1), kind, label));
    let length = view.reported();
    view.u8(1)?;
    let item = node.add(Node::new("tcp.option_len", view.octets(1, 1), length, format!("Length: {length}")));
    match option.known.length {
        Some(wanted) if wanted != length => {
            wrong_length(item, &format!("option length should be {wanted}"));
            Ok(false)
        }
        _ => Ok(true),
    }
}

/// Remarks on a length that an option's kind does not allow.
fn wrong_length(item: &mut Node, text: &str) {
    remark(item, "tcp.option.len.invalid", Severity::Note, Group::Sequence, text);
}

/// Remarks on the length of an option unless it is `right`; whether it remarked.
pub(super) fn option_length_remark(node: &mut Node, right: bool, text: &str) -> bool {
    if right {
        return false;
    }
    if let Some(item) = node.children.iter_mut().find(|child| child.field == "tcp.option_len") {
        wrong_length(item, text);
    }
    true
}

fn unknown(list: &mut Node, view: View<'_>, kind: u8) -> Dissected {
    let length = view.reported();
    let octets = view.octets(0, length);
    let node = list.add(Node { field: "tcp.options.unknown", ..Node::text("TCP Option - Unknown") }.at(octets));
    let label = format!("Kind: {} ({kind})", other_name(kind));
    node.add(Node::new("tcp.option_kind", view.octets(0, 1), kind, label));
    node.add(Node::new("tcp.option_len", view.octets(1, 1), length, format!("Length: {length}")));
    if length > 2 {
        let data = view.bytes(2, length - 2)?;
        let label = format!("Payload: {}", hex(data));
        node.add(Node::new("tcp.options.unknown.payload", view.octets(2, length - 2), data, label));
    }
    Ok(())
}
