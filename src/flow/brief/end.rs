//! One end of a brief connection: what a segment in order is held against, and what it adds.

use crate::flow::end::{Identification, newest_timestamps};
use crate::flow::sums::Sums;
use crate::flow::{End, RecentAcks};
use crate::wire::{ChecksumStatus, Flags, OptionSet, Options, RawWindow, Segment, SeqNum, Timestamps};

/// What is known of one end; the fields mean what those of [`End`] do.
#[derive(Clone, Debug, Default)]
pub(super) struct BriefEnd {
    pub snd_nxt: SeqNum,
    /// RCV.NXT, once it has acknowledged anything.
    pub rcv_nxt: Option<SeqNum>,
    /// The right edge it advertised last, which is the largest; meaningful where `rcv_nxt` is known.
    pub right_edge: SeqNum,
    pub window: RawWindow,
    /// The shift of its windows, once both SYNs are known.
    pub shift: u8,
    /// The greatest payload it takes, once its SYN is known.
    pub mss: u16,
    ttl: u8,
    ttls: [u8; 2],
    segments: u32,
    good_checksums: u32,
    pub octets: u64,
    last_sent: i64,
    acks: RecentAcks,
    acknowledged_with_data: Option<SeqNum>,
    ids: Identification,
    unstamped: bool,
    /// Whether the packet with its SYN had ECN bits set.
    pub marked: bool,
    pub timestamps: Option<(Timestamps, Timestamps)>,
    pub sums: Sums,
    /// What its SYN had: kinds, shift.
    pub options: OptionSet,
    window_scale: u8,
}

impl BriefEnd {
    /// Takes over what its SYN, or SYN-ACK, says.
    pub fn ask(&mut self, syn: &Segment) {
        self.snd_nxt = syn.end();
        self.options = syn.options.present;
        self.mss = syn.options.mss().unwrap_or(536);
        self.window_scale = syn.options.window_scale;
        self.marked = syn.ecn != 0;
    }

    /// The options of its SYN, as far as facts follow from them.
    pub fn syn_options(&self) -> Options {
        let mss = if self.options.has(OptionSet::MSS) { self.mss } else { 0 };
        Options { present: self.options, mss, window_scale: self.window_scale, ..Options::default() }
    }

    /// Knows how both ends scale windows, when `peer` has sent its SYN, too (RFC 7323 §2.2).
    pub fn agree(&mut self, peer: OptionSet) {
        let both = self.options.has(OptionSet::WINDOW_SCALE) && peer.has(OptionSet::WINDOW_SCALE);
        self.shift = if both { self.window_scale.min(14) } else { 0 };
    }

    /// Counts a segment it sent.
    #[inline]
    pub fn count(&mut self, segment: &Segment) {
        if self.segments == 0 {
            self.ttl = segment.ttl;
            self.ttls = [segment.ttl; 2];
        }
        let [least, greatest] = &mut self.ttls;
        *least = segment.ttl.min(*least);
        *greatest = segment.ttl.max(*greatest);
        let octets = segment.data_len();
        if segment.flags.has(Flags::ACK) {
            self.acks.note(segment.ack);
            if octets > 0 {
                self.acknowledged_with_data = Some(segment.ack);
            }
        }
        if segment.checksum_status == ChecksumStatus::Good {
            self.good_checksums = self.good_checksums.saturating_add(1);
        }
        self.ids.note(segment);
        self.segments += 1;
        self.octets += u64::from(octets);
        match segment.options.timestamps() {
            Some(now) => {
                let silence = segment.time.nanoseconds().saturating_sub(self.last_sent);
                self.timestamps = Some(newest_timestamps(self.timestamps, now, silence));
            }
            None => self.unstamped |= self.timestamps.is_some(),
        }
        self.last_sent = segment.time.nanoseconds();
    }

    /// Takes over the numbers of a segment in order: `edge` is what it advertises, `after` its frame counted from the
    /// first, `una` what its peer has acknowledged.
    #[inline]
    pub fn advance(&mut self, segment: &Segment, edge: SeqNum, after: u32, una: Option<SeqNum>) {
        self.sums.note(segment, u64::from(after), una);
        self.snd_nxt = segment.end();
        self.rcv_nxt = Some(segment.ack);
        self.window = segment.window;
        self.right_edge = edge;
    }

    /// Whether another segment can be counted.
    pub fn has_room(&self) -> bool {
        self.segments < u32::MAX
    }

    /// Puts its facts into `end`, which already knows its SYN and FIN.
    pub fn unfold(self, end: &mut End) {
        end.snd_nxt = Some(self.snd_nxt).filter(|_| self.segments > 0);
        end.rcv_nxt = self.rcv_nxt;
        end.right_edge = self.rcv_nxt.map(|_| self.right_edge);
        end.window = self.window;
        end.timestamps = self.timestamps;
        end.unstamped = self.unstamped;
        end.sums = self.sums;
        end.segments = u64::from(self.segments);
        end.octets = self.octets;
        end.last_sent = self.last_sent;
        end.ttl = self.ttl;
        end.ttls = self.ttls;
        end.ids = self.ids;
        end.acks = self.acks;
        end.acknowledged_with_data = self.acknowledged_with_data;
        end.good_checksums = self.good_checksums;
    }

    /// Reads a word of each part that counting a segment reads; the value means nothing.
    pub fn touched(&self) -> u64 {
        let clock = self.timestamps.map_or(0, |(_, newest)| u64::from(newest.tsval));
        self.octets ^ clock ^ u64::from(self.snd_nxt.0) ^ u64::from(self.mss) ^ u64::from(self.unstamped)
    }
}
