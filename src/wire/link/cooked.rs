//! Link layers that an operating system makes up: BSD loopback, Linux cooked capture, no link layer at all.

use super::ethernet::ethertype;
use crate::capture::Direction;
use crate::wire::Skip;
use crate::wire::ip::ip;
use crate::wire::octets::Octets;
use crate::wire::walk::{Outcome, Walk};

/// A 32-bit address family in the byte order of the capturing machine.
pub(super) fn null(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    let family = octets.u32(0)?;
    let family = if family & 0xffff_0000 == 0 { family } else { family.swap_bytes() };
    let rest = octets.skip(4)?;
    match family {
        2 | 24 | 28 | 30 => ip(walk, rest),
        1501..=0xffff => ethertype(walk, family as u16, rest),
        _ => walk.nothing(Skip::NotTcp),
    }
}

pub(super) fn raw(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    ip(walk, octets)
}

pub(super) fn sll(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    direction(walk, octets.u16(0)?);
    ethertype(walk, octets.u16(14)?, octets.skip(16)?)
}

pub(super) fn sll2(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    direction(walk, octets.u8(10)?.into());
    ethertype(walk, octets.u16(0)?, octets.skip(20)?)
}

/// Packet types of Linux cooked capture: 0 was sent to the capturing host, 4 by it.
fn direction(walk: &mut Walk<'_>, packet_type: u16) {
    if walk.context.path.direction == Direction::Unknown {
        walk.context.path.direction = match packet_type {
            0 => Direction::Inbound,
            4 => Direction::Outbound,
            _ => Direction::Unknown,
        };
    }
}
