//! sFlow version 5: frames that a switch sampled. They are evidence about connections, never segments of them.

use crate::wire::ip::{ipv4, ipv6};
use crate::wire::link::{ethernet, mpls, ppp_hdlc};
use crate::wire::octets::Octets;
use crate::wire::walk::{Datagram, Outcome, Walk};
use crate::wire::{Quote, Skip};

/// Whether the version is one of sFlow's, of which only the last is read.
pub(super) fn is_sflow(octets: Octets<'_>) -> bool {
    matches!(octets.u32(0), Ok(2 | 4 | 5))
}

pub(super) fn sflow(walk: &mut Walk<'_>, _: &Datagram, octets: Octets<'_>) -> Outcome {
    const VERSION: u32 = 5;
    const IPV4_AGENT: u32 = 1;
    const FLOW_SAMPLE: u32 = 1;
    const EXPANDED_FLOW_SAMPLE: u32 = 3;
    if octets.u32(0)? != VERSION {
        return walk.nothing(Skip::NotTcp);
    }
    let agent = if octets.u32(4)? == IPV4_AGENT { 4 } else { 16 };
    let samples = octets.u32(20 + agent)?;
    let mut rest = octets.skip(24 + agent)?;
    for _ in 0..samples {
        let (kind, length) = (rest.u32(0)?, rest.u32(4)? as usize);
        let body = rest.skip(8)?;
        match kind {
            _ if length > body.reported() => return walk.nothing(Skip::Malformed),
            FLOW_SAMPLE => records(walk, body.limit(length), 28)?,
            EXPANDED_FLOW_SAMPLE => records(walk, body.limit(length), 40)?,
            // Samples of other organisations are not known to keep to the length.
            0x1000.. => return walk.nothing(Skip::NotTcp),
            _ => {}
        }
        rest = body.skip(length)?;
    }
    Ok(())
}

/// The records of a flow sample, whose number is at `at`.
fn records(walk: &mut Walk<'_>, octets: Octets<'_>, at: usize) -> Outcome {
    const RAW_HEADER: u32 = 1;
    let mut rest = octets.skip(at + 4)?;
    for _ in 0..octets.u32(at)? {
        let (kind, length) = (rest.u32(0)?, rest.u32(4)? as usize);
        let body = rest.skip(8)?;
        if kind == RAW_HEADER {
            raw_header(walk, body)?;
        }
        rest = body.skip(length)?;
    }
    Ok(())
}

/// The first octets of a frame. That they are not all of it ends the sample, not the datagram.
fn raw_header(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    let (protocol, frame_len, length) = (octets.u32(0)?, octets.u32(4)?, octets.u32(12)?);
    let header = octets.skip(16)?.limit(length as usize);
    let frame = Octets::new(header.data(), frame_len as usize);
    let context = walk.context;
    walk.context.quote.get_or_insert(Quote::Other);
    let outcome = match protocol {
        1 => ethernet(walk, frame),
        7 => ppp_hdlc(walk, frame),
        11 => ipv4(walk, frame),
        12 => ipv6(walk, frame),
        13 => mpls(walk, frame),
        _ => walk.nothing(Skip::NotTcp),
    };
    walk.context = context;
    match outcome {
        Err(Skip::TooDeep) => outcome,
        _ => Ok(()),
    }
}
