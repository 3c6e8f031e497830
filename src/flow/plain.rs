//! The segment that nearly all traffic consists of: in order, established, nothing odd about it. It can break no rule,
//! so it takes the short way: the same facts, no judgement.

use super::step::{Before, Cues, Step};
use super::{Flow, Limits, Side};
use super::{Relation, State};
use crate::wire::{ChecksumStatus, Flags, OptionSet, Segment, SeqNum};

/// Octets of TCP in the largest packet of a plain Ethernet; what is larger tells of offload.
const ETHERNET: u32 = 1480;

impl Flow {
    /// Counts `segment` if it is plain; whether it was.
    pub(super) fn observe_plain(&mut self, segment: &Segment, side: Side, limits: &Limits) -> bool {
        let Some(edge) = self.plain_edge(segment, side, limits) else { return false };
        self.copies.remember(segment, side);
        self.note_checksum(segment, side);
        self.note_id(segment, side);
        self.count(segment, side);
        let una = self.ends[side.peer()].rcv_nxt;
        let own = &mut self.ends[side];
        own.sums.note(segment, segment.frame.saturating_sub(self.id), una);
        own.snd_nxt = Some(segment.end());
        own.rcv_nxt = Some(segment.ack);
        own.window = segment.window;
        own.right_edge = Some(edge);
        self.last = segment.time;
        self.last_frame = segment.frame;
        true
    }

    /// Reads a word of each part that [`Flow::observe_plain`] reads; the value means nothing.
    pub(super) fn touched(&self) -> u64 {
        let ends = [&self.ends.client, &self.ends.server];
        let numbers = ends.map(|end| end.segments.wrapping_add(end.ttl.into()).wrapping_add(end.window.0.into()));
        numbers[0] ^ numbers[1] ^ self.id ^ self.last.seconds as u64 ^ self.copies.touched()
    }

    /// The step of a plain segment that was counted: it has no cues, so that no rule looks at it.
    pub(super) fn plain_step<'a>(&'a self, segment: &'a Segment, side: Side) -> Step<'a> {
        let relation = if segment.data_len() > 0 { Relation::New } else { Relation::Bare };
        Step {
            cues: Cues::default(),
            flow: self,
            segment: Some(segment),
            side,
            relation,
            before: Before::default(),
            settled: &[],
            ending: None,
        }
    }

    /// The right edge that `segment` advertises, if it is plain.
    fn plain_edge(&self, segment: &Segment, side: Side, limits: &Limits) -> Option<SeqNum> {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let data = segment.data_len();
        let flags = segment.flags;
        let ordinary = flags == Flags::ACK || (flags == Flags::ACK.with(Flags::PSH) && data > 0);
        let established = own.state == Some(State::Established) && peer.state == own.state;
        let undisturbed = established
            && self.closing.is_none()
            && self.oddities.is_none()
            && self.option_faults.is_none()
            && !own.signs.some
            && self.opening.ack.is_some()
            && self.suspicions.is_none()
            && self.blemishes.is_none()
            && self.resets.is_none()
            && self.pauses.is_none()
            && self.stray.is_none()
            && own.holes.is_empty()
            && peer.holes.is_empty();
        if !ordinary || !undisturbed || !segment.auditable() || !segment.whole_header() {
            return None;
        }
        // A bare ACK that acknowledges nothing new may be a copy, a keep-alive's answer or a window update.
        let in_order = own.snd_nxt? == segment.seq
            && segment.ack.at_or_before(peer.snd_nxt?)
            && (if data > 0 { segment.ack.at_or_after(own.rcv_nxt?) } else { segment.ack.after(own.rcv_nxt?) });
        let (offer, peer_offer) = (own.offer?, peer.offer?);
        let timestamps = offer.timestamps && peer_offer.timestamps;
        let options = OptionSet::NOP.0 | OptionSet::END.0 | OptionSet::TIMESTAMPS.0;
        let ordinary_options = segment.options.present.0 & !options == 0
            && segment.options.has(OptionSet::TIMESTAMPS) == timestamps
            && segment.options.malformed.is_none()
            && segment.options.repeated.is_none();
        let not_older = |value: u32, than: u32| value.wrapping_sub(than) as i32 >= 0;
        let now = segment.options.timestamps;
        let clock = !timestamps
            || own.timestamps.zip(peer.timestamps).is_some_and(|((_, newest), (first, latest))| {
                not_older(now.tsval, newest.tsval)
                    && not_older(now.tsecr, first.tsval)
                    && not_older(latest.tsval, now.tsecr)
            });
        let silence = segment.time.since(self.last);
        let edge = segment.ack + (u32::from(segment.window.0) << own.window_shift(peer)?);
        let window = segment.window.0 != 0
            && own.window.0 != 0
            && edge.at_or_after(own.right_edge?)
            && segment.end().at_or_before(peer.right_edge?);
        let unspoilt = matches!(segment.checksum_status, ChecksumStatus::Good | ChecksumStatus::Unverified)
            && segment.urgent_pointer == 0
            && segment.ecn == 0
            && segment.reported <= ETHERNET
            && data <= u32::from(peer_offer.mss.unwrap_or(536));
        let plain = in_order && ordinary_options && clock && window && unspoilt && (0..limits.idle).contains(&silence);
        plain.then_some(edge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture;
    use crate::wire::Decoder;
    use std::collections::HashMap;
    use std::path::{Path, PathBuf};

    /// Every plain segment of the captures in `testdata` counted both ways, by flows that know nothing of each other.
    #[test]
    fn a_plain_segment_does_what_any_segment_does() {
        let limits = Limits::default();
        let (mut plain, mut segments) = (0, 0);
        for folder in folders() {
            for file in std::fs::read_dir(folder).expect("captures").flatten() {
                let Ok(mut reader) = capture::open(file.path()) else { continue };
                let mut flows: HashMap<_, Flow> = HashMap::new();
                let mut decoder = Decoder::default();
                while let Ok(Some(record)) = reader.next_record() {
                    let _ = decoder.decode(&record, &mut |decoded| {
                        let segment = decoded.segment;
                        let pair = crate::flow::conversation::Pair::of(&segment);
                        let flow = flows.entry(pair).or_insert_with(|| Flow::new(&segment));
                        let side = flow.side_of(&segment);
                        let mut other = flow.clone();
                        segments += 1;
                        if flow.observe_plain(&segment, side, &limits) {
                            plain += 1;
                            let cues = other.observe_any(&segment, side, &limits).cues;
                            assert_eq!(cues, Cues::default(), "{} frame {}", file.path().display(), segment.frame);
                            assert_eq!(format!("{flow:?}"), format!("{other:?}"), "{}", file.path().display());
                        } else {
                            flow.observe_any(&segment, side, &limits);
                        }
                    });
                }
            }
        }
        assert!(plain > 50, "{plain} of {segments} are plain");
    }
    /// Folders with captures: the project's own, and the larger ones of a corpus where there is one.
    fn folders() -> Vec<PathBuf> {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures");
        let corpus = std::env::var_os("TCPFLOW_AUDIT_CORPUS").map(|corpus| PathBuf::from(corpus).join("captures"));
        let mut folders = vec![own.join("lab"), own.join("handmade")];
        folders.extend(
            corpus.into_iter().flat_map(|corpus| [corpus.join("lab"), corpus.join("zeek/testing/btest/Traces")]),
        );
        folders
    }
}
