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
    if octets.u32(0)? != VERSION {
        return walk.nothing(Skip::NotTcp);
    }
    let agent = if octets.u32(4)? == IPV4_AGENT { 4 } else { 16 };
    walk.mark_at(Part::Address, octets, 8, agent);
    let samples = octets.u32(20 + agent)?;
    let mut rest = octets.skip(24 + agent)?;
    for _ in 0..samples {
        let (kind, length) = (rest.u32(0)?, rest.u32(4)? as usize);
        let body = rest.skip(8)?;
        match kind {
            FLOW_SAMPLE => records(walk, body.limit(length), 28)?,
            EXPANDED_FLOW_SAMPLE => records(walk, body.limit(length), 40)?,
            // Samples of other organisations are not known to keep to the length.
            0x1000.. => {
                walk.mark(Part::Private, body.data());
                return walk.nothing(Skip::NotTcp);
            }
            _ => walk.mark_at(Part::Private, body, 0, length),
        }
        rest = body.skip(length)?;
    }
    walk.mark(Part::Private, rest.data());
    Ok(())
}

/// The records of a flow sample, whose number is at `at`.
fn records(walk: &mut Walk<'_>, octets: Octets<'_>, at: usize) -> Outcome {
    const RAW_HEADER: u32 = 1;
    let mut rest = octets.skip(at + 4)?;
    for _ in 0..octets.u32(at)? {
        let (kind, length) = (rest.u32(0)?, rest.u32(4)? as usize);
        let body = rest.skip(8)?;
        match kind {
            RAW_HEADER => raw_header(walk, body, length)?,
            _ => walk.mark_at(Part::Private, body, 0, length),
        }
        rest = body.skip(length)?;
    }
    Ok(())
}

/// The first octets of a frame, in a record of `record_len` octets. That they are not all of it ends the sample, not the
/// datagram.
fn raw_header(walk: &mut Walk<'_>, octets: Octets<'_>, record_len: usize) -> Outcome {
    const HEADER: usize = 16;
    let (protocol, frame_len, length) = (octets.u32(0)?, octets.u32(4)?, octets.u32(12)? as usize);
    let sampled = octets.skip(HEADER)?;
    let frame = Octets::new(sampled.need(length)?, frame_len as usize);
    let padding = record_len.saturating_sub(HEADER + frame.captured());
    walk.mark_at(Part::Private, sampled, frame.captured(), padding);
    let read = match protocol {
        1 => ethernet,
        7 => ppp_hdlc,
        11 => ipv4,
        12 => ipv6,
        13 => mpls,
        _ => |walk: &mut Walk<'_>, _: Octets<'_>| walk.nothing(Skip::NotTcp),
    };
    let quote = walk.context.quote;
    walk.context.quote.get_or_insert(Quote::Other);
    let outcome = walk.one_of_several(frame, read);
    walk.context.quote = quote;
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
