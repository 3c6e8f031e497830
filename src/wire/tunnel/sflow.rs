//! sFlow version 5: frames that a switch sampled. They are evidence about connections, never segments of them.

use crate::wire::ip::{ipv4, ipv6};
use crate::wire::link::{ethernet, mpls, ppp_hdlc};
use crate::wire::octets::Octets;
use crate::wire::walk::{Datagram, Outcome, Walk};
use crate::wire::{Part, Quote, Skip};

/// Whether the version is one of sFlow's, of which only the last is read.
pub(super) fn is_sflow(octets: Octets<'_>) -> bool {
    matches!(octets.u32(0), Ok(2 | 4 | 5))
}

pub(super) fn sflow(walk: &mut Walk<'_>, _: &Datagram, octets: Octets<'_>) -> Outcome {
    const VERSION: u32 = 5;
    const IPV4_AGENT: u32 = 1;
    const FLOW_SAMPLE: u32 = 1;
    const EXPANDED_FLOW_SAMPLE: u32 = 3;
    walk.mark(Part::Opaque, octets.data());
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
    let frame = Octets::new(octets.skip(16)?.need(length as usize)?, frame_len as usize);
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

#[cfg(test)]
mod tests {
    use crate::wire::testing::*;
    use crate::wire::{Quote, Standing};

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    /// A record with the first `captured` octets of a frame.
    fn header(protocol: u32, frame: &[u8], captured: usize) -> Vec<u8> {
        let sampled = &frame[..captured];
        let padding = vec![0; captured.wrapping_neg() % 4];
        let length = 16 + captured + padding.len();
        let fields = words(&[1, length as u32, protocol, frame.len() as u32, 4, captured as u32]);
        join(&[&fields, sampled, &padding])
    }

    fn sample(kind: u32, records: &[Vec<u8>]) -> Vec<u8> {
        let mut body = words(&vec![0; if kind == 3 { 10 } else { 7 }]);
        body.extend(join(&[&words(&[records.len() as u32]), &records.concat()]));
        join(&[&words(&[kind, body.len() as u32]), &body])
    }

    fn datagram(version: u32, samples: &[Vec<u8>]) -> Vec<u8> {
        let head = words(&[version, 1, 0, 0, 0, 0, samples.len() as u32]);
        udp(6343, &join(&[&head, &samples.concat()]))
    }

    #[test]
    fn every_sampled_frame_is_a_quote() {
        let frame = plain();
        let counters = join(&[&words(&[2, 8]), &[0; 8]]);
        let whole = header(1, &frame, frame.len());
        let samples = [counters, sample(1, &[header(1, &frame, 56), whole.clone()]), sample(3, &[whole])];
        let found = segments(RAW, &datagram(5, &samples)).unwrap();
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|segment| segment.standing == Standing::Quoted(Quote::Other)));
        assert_eq!(segments(RAW, &datagram(4, &samples)).unwrap_or_default(), []);
    }

    #[test]
    fn a_sample_too_short_for_tcp_does_not_end_the_datagram() {
        let frame = plain();
        let samples = [sample(1, &[header(1, &frame, 20)]), sample(1, &[header(11, &frame[14..], 45)])];
        assert_eq!(segments(RAW, &datagram(5, &samples)).unwrap().len(), 1);
    }
}
