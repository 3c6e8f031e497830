//! A [`Record`] in, every [`Segment`](super::Segment) of it out.

use super::fragment::Fragments;
use super::octets::Octets;
use super::path::Paths;
use super::trace::{Span, Trace};
use super::walk::Walk;
use super::{Batch, Decoded, IpLayer, Skip, link};
use crate::capture::{FrameNumber, Record};

/// Finds the TCP headers in frames; remembers IP fragments between them.
#[derive(Debug)]
pub struct Decoder {
    verify_checksums: bool,
    fragments: Fragments,
    paths: Paths,
    /// Kept between frames for its room.
    layers: Vec<IpLayer>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new(true)
    }
}

impl Decoder {
    /// A decoder without fragments; `verify_checksums` decides whether TCP checksums and payload sums are computed.
    pub fn new(verify_checksums: bool) -> Self {
        Self { verify_checksums, fragments: Fragments::default(), paths: Paths::default(), layers: Vec::new() }
    }

    /// Calls `found` for each TCP header of a frame in order, quoted ones included, and says how many there were.
    ///
    /// # Errors
    ///
    /// Why there was none.
    pub fn decode(&mut self, record: &Record<'_>, found: &mut impl FnMut(&Decoded<'_>)) -> Result<usize, Skip> {
        let octets = frame(record);
        self.fragments.completed.clear();
        let mut walk =
            Walk::new(record, self.verify_checksums, (&mut self.fragments, &mut self.paths), &mut self.layers, found);
        let outcome = link::frame(&mut walk, record.link_type, octets);
        match (walk.found, outcome) {
            (0, outcome) => Err(outcome.err().unwrap_or(walk.skip)),
            (found, _) => Ok(found),
        }
    }

    /// Puts the segment of a frame of the commonest kind into `batch`, for those who want nothing but the segment; `None`
    /// where only [`Decoder::decode`] can tell.
    #[inline]
    pub fn decode_directly(&self, record: &Record<'_>, batch: &mut Batch) -> Option<()> {
        batch.push_directly(record, self.verify_checksums)
    }

    /// Datagrams with TCP of which fragments are missing so far.
    pub fn incomplete_datagrams(&self) -> u64 {
        self.fragments.incomplete()
    }

    /// Notes in `spans` what of a frame is read as what, outer headers first, and says how many TCP headers there are.
    /// Nothing is remembered: of a fragmented datagram each frame is read by itself.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn trace(&mut self, record: &Record<'_>, spans: &mut Vec<Span>) -> Result<usize, Skip> {
        let mut ignored = |_: &Decoded<'_>| {};
        let walk = Walk::new(record, false, (&mut self.fragments, &mut self.paths), &mut self.layers, &mut ignored);
        let mut walk = walk.traced(Trace::new(record.data, spans));
        let outcome = link::frame(&mut walk, record.link_type, frame(record));
        match (walk.found, outcome) {
            (0, outcome) => Err(outcome.err().unwrap_or(walk.skip)),
            (found, _) => Ok(found),
        }
    }

    /// The frames whose fragments the frame decoded last put together, itself included.
    pub fn completed(&self) -> &[FrameNumber] {
        &self.fragments.completed
    }
}

/// The frame without a check sequence that the capture announces. What was captured was sent, whatever the record says.
fn frame<'a>(record: &Record<'a>) -> Octets<'a> {
    let sent = record.data.len().max(record.original_len as usize);
    Octets::new(record.data, sent.saturating_sub(record.fcs_len.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::testing::*;
    use proptest::prelude::*;

    /// Link types that are read in a way of their own.
    const LINK_TYPES: [u16; 24] =
        [0, 1, 7, 9, 10, 11, 51, 101, 104, 105, 108, 113, 119, 127, 129, 130, 163, 167, 178, 179, 204, 239, 242, 276];

    /// Frames that between them pass through most headers.
    fn frames() -> Vec<Vec<u8>> {
        let vxlan = udp(4789, &join(&[&[8, 0, 0, 0, 0, 0, 5, 0], &plain()]));
        let quote = ipv4(1, &join(&[&[3, 1, 0, 0, 0, 0, 0, 0], &ipv4(6, &tcp())]));
        let extended = ipv6(0, &join(&[&[44, 0, 1, 4, 0, 0, 0, 0], &[6, 0, 0, 0, 0, 0, 0, 1], &tcp()]));
        let gre = ipv4(47, &join(&[&[0x30, 0, 0x88, 0xbe], &[0; 8], &[0x10], &[0; 7], &plain()]));
        let gtp = udp(2152, &join(&[&[0x34, 255, 0, 53, 0, 0, 0, 7, 0, 1, 0, 0x85, 1, 0, 1, 0], &ipv4(6, &tcp())]));
        let packets = [(IPV4, vxlan), (IPV4, quote), (IPV6, extended), (IPV4, gre), (IPV4, gtp)];
        packets.map(|(kind, packet)| ethernet(kind, &packet)).into()
    }

    #[test]
    fn every_cut_of_a_frame_is_survived_and_none_invents_a_segment() {
        for frame in frames() {
            assert_eq!(segments(ETHERNET, &frame).map(|found| found.len()), Ok(1));
            for length in 0..frame.len() {
                let mut cut = record(ETHERNET, &frame[..length]);
                cut.original_len = frame.len() as u32;
                let found = decode(&mut Decoder::default(), &cut).unwrap_or_default();
                assert!(found.iter().all(|segment| segment.source.port == 1000));
            }
        }
    }

    #[test]
    fn ip_headers_are_told_outermost_first() {
        let mut layers = Vec::new();
        let frame = ethernet(IPV4, &ipv4(41, &ipv6(6, &tcp())));
        let found = Decoder::default().decode(&record(ETHERNET, &frame), &mut |decoded| {
            layers.extend(decoded.ip_layers.iter().map(|layer| layer.source.is_ipv4()));
            assert_eq!((decoded.header.len(), decoded.payload), (20, &b"hello"[..]));
        });
        assert_eq!((found, layers), (Ok(1), vec![true, false]));
    }

    #[test]
    fn an_unknown_link_type_is_a_reason() {
        assert_eq!(segments(147, &plain()), Err(Skip::UnknownLinkType));
    }

    #[test]
    fn what_was_captured_was_sent() {
        let frame = plain();
        let mut lying = record(ETHERNET, &frame);
        lying.original_len = 3;
        assert_eq!(decode(&mut Decoder::default(), &lying).map(|found| found.len()), Ok(1));
    }

    proptest! {
        #[test]
        fn any_octets_are_survived(
            octets in prop::collection::vec(any::<u8>(), 0..200),
            link_type in prop::sample::select(&LINK_TYPES[..]),
            original_len: u32,
        ) {
            let mut record = record(link_type, &octets);
            record.original_len = original_len;
            let _ = decode(&mut Decoder::default(), &record);
        }

        #[test]
        fn any_damage_is_survived(
            which in 0usize..5,
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        ) {
            let mut frame = frames().swap_remove(which);
            for (at, octet) in damage {
                let at = at.index(frame.len());
                frame[at] = octet;
            }
            let _ = segments(ETHERNET, &frame);
        }
    }
}
