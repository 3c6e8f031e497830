//! What else stands between a link layer and TCP: UDP and GRE tunnels, label stacks, PPP, and the errors that quote TCP.

mod geneve;
mod gre;
mod gtp;
mod icmp;
mod mpls;
mod ppp;
mod udp;
mod vxlan;

pub(super) use gre::dissect as gre;
pub(super) use icmp::{v4 as icmpv4, v6 as icmpv6};
pub(super) use mpls::dissect as mpls;
pub(super) use ppp::{cisco, framed, over_ethernet};
pub(super) use udp::dissect as udp;

use super::text::bits;
use super::tree::{Node, Octets};

/// Adds the line of one bit in a word of `width`, with a word for each of its values.
fn bit_line(
    node: &mut Node,
    (field, octets): (&'static str, Octets),
    (word, mask, width): (u64, u64, u32),
    name: &str,
    [no, yes]: [&str; 2],
) {
    let set = word & mask != 0;
    let label = format!("{} = {name}: {}", bits(word, mask, width), if set { yes } else { no });
    node.add(Node::new(field, octets, set, label));
}
