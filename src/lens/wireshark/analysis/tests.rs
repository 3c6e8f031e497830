//! Each condition of the analysis apart: a short exchange in, the marks of its last segment out.

use super::*;
use crate::capture::Timestamp;
use crate::flow::{Side, testing};
use crate::lens::wireshark::relative::Scale;
use crate::wire::RawWindow;

const A: usize = 0;
const B: usize = 1;
const SYN_ACK: Flags = Flags::SYN.with(Flags::ACK);
const FIN_ACK: Flags = Flags::FIN.with(Flags::ACK);

/// Two ends whose segments are analysed one after the other, a millisecond apart unless told otherwise.
#[derive(Default)]
struct Exchange {
    halves: [Half; 2],
    initial_rtt: Option<Elapsed>,
    frame: u64,
    micros: i64,
    window: u16,
}

impl Exchange {
    /// A: 1000, B: 5000, both with a window of 1000 and unscaled, after a handshake.
    fn established() -> Self {
        let mut it = Self { window: 1000, ..Self::default() };
        it.sends(A, Flags::SYN, 1000, 0, 0);
        it.sends(B, SYN_ACK, 5000, 1001, 0);
        it.sends(A, Flags::ACK, 1001, 5001, 0);
        it.halves.iter_mut().for_each(|half| half.scale = Scale::Unused);
        it
    }

    fn window(&mut self, window: u16) -> &mut Self {
        self.window = window;
        self
    }

    fn waits(&mut self, millis: i64) -> &mut Self {
        self.micros += millis * 1000;
        self
    }

    fn sends(&mut self, from: usize, flags: Flags, seq: u32, ack: u32, len: u32) -> Record {
        self.frame += 1;
        self.micros += 1000;
        let segment = segment(self.frame, self.micros, flags, seq, ack, self.window, len);
        let around = Surroundings { base: SeqNum([1000, 5000][from]), initial_rtt: self.initial_rtt };
        let [a, b] = &mut self.halves;
        let (own, peer) = if from == A { (a, b) } else { (b, a) };
        let mut record = None;
        analyse(&segment, len, own, peer, &around, &mut record);
        record.unwrap_or_default()
    }

    fn data(&mut self, seq: u32, len: u32) -> Record {
        self.sends(A, Flags::ACK, seq, 5001, len)
    }

    fn ack(&mut self, ack: u32) -> Record {
        self.sends(B, Flags::ACK, 5001, ack, 0)
    }
}

fn segment(frame: u64, micros: i64, flags: Flags, seq: u32, ack: u32, window: u16, len: u32) -> Segment {
    let time = Timestamp::from_nanoseconds(1_700_000_000_000_000_000 + micros * 1000);
    Segment { frame, time, flags, window: RawWindow(window), ..testing::ack(Side::Client, 0, seq, ack, len) }
}

#[test]
fn an_ordinary_exchange_has_no_marks() {
    let mut it = Exchange::established();
    assert!(it.data(1001, 100).marks.is_empty());
    let acked = it.ack(1101).acked.unwrap();
    assert_eq!((acked.frame, acked.partial, acked.ambiguous), (4, false, false));
    assert_eq!(acked.rtt.nanoseconds(), 1_000_000);
    assert!(it.sends(A, FIN_ACK, 1101, 5001, 0).marks.is_empty());
    assert!(it.sends(B, FIN_ACK, 5001, 1102, 0).marks.is_empty());
}

#[test]
fn zero_window_probe_and_its_ack() {
    let mut it = Exchange::established();
    assert_eq!(it.window(0).ack(1001).marks, Marks::ZERO_WINDOW);
    assert_eq!(it.window(1000).data(1001, 1).marks, Marks::ZERO_WINDOW_PROBE);
    let mut both = Marks::ZERO_WINDOW_PROBE_ACK;
    both.insert(Marks::ZERO_WINDOW);
    assert_eq!(it.window(0).ack(1001).marks, both);
    assert_eq!(it.window(1000).data(1001, 1).marks, Marks::ZERO_WINDOW_PROBE, "the octet was not taken");
    assert_eq!(it.ack(1002).marks, Marks::WINDOW_UPDATE, "now it was");
    assert!(it.data(1002, 10).marks.is_empty());
}

#[test]
fn zero_window_is_not_for_syn_fin_and_rst() {
    for flags in [Flags::SYN, FIN_ACK, Flags::RST] {
        let mut it = Exchange::default();
        assert!(!it.window(0).sends(A, flags, 1000, 0, 0).marks.any(Marks::ZERO_WINDOW), "{flags}");
    }
}

#[test]
fn lost_segment_stops_the_count_of_octets_in_flight() {
    let mut it = Exchange::established();
    assert_eq!(it.data(1001, 10).bytes_in_flight, 10);
    let record = it.data(1021, 10);
    assert_eq!((record.marks, record.bytes_in_flight), (Marks::LOST_SEGMENT, 0));
    it.ack(1011);
    assert_eq!(it.data(1031, 10).bytes_in_flight, 20);
    assert!(it.sends(A, Flags::RST, 9999, 0, 0).marks.is_empty(), "a RST may be anywhere");
}

#[test]
fn keep_alive_and_its_ack() {
    let mut it = Exchange::established();
    assert_eq!(it.data(1000, 0).marks, Marks::KEEP_ALIVE);
    assert_eq!(it.ack(1001).marks, Marks::KEEP_ALIVE_ACK);
    assert_eq!(it.data(1000, 1).marks, Marks::KEEP_ALIVE);
    assert_eq!(it.ack(1001).marks, Marks::KEEP_ALIVE_ACK);
    assert_eq!(it.ack(1001).marks, Marks::KEEP_ALIVE_ACK, "A has said nothing since");
    it.data(1001, 1);
    assert_eq!(it.ack(1001).marks, Marks::DUPLICATE_ACK);
}

#[test]
fn window_update_changes_only_the_window() {
    let mut it = Exchange::established();
    it.data(1001, 10);
    it.ack(1011);
    assert_eq!(it.window(2000).ack(1011).marks, Marks::WINDOW_UPDATE);
    assert_eq!(it.ack(1011).marks, Marks::DUPLICATE_ACK);
    it.data(1011, 10);
    assert!(it.window(3000).ack(1021).marks.is_empty());
}

#[test]
fn window_full_is_exact_and_needs_a_known_scale() {
    let mut it = Exchange::established();
    it.ack(1001);
    assert!(it.data(1001, 999).marks.is_empty());
    assert_eq!(it.data(2000, 1).marks, Marks::WINDOW_FULL);
    it.halves[B].scale = Scale::Unknown;
    assert!(!it.data(2000, 1).marks.any(Marks::WINDOW_FULL));
    it.halves[B].scale = Scale::Shift(1);
    assert!(!it.data(2000, 1).marks.any(Marks::WINDOW_FULL));
    assert_eq!(it.data(2001, 1000).marks, Marks::WINDOW_FULL);
    it.halves[B].first_ack_pending = true;
    assert!(it.data(3001, 1000).marks.is_empty());
}

#[test]
fn duplicate_acks_are_numbered_from_the_frame_that_moved() {
    let mut it = Exchange::established();
    it.data(1001, 10);
    it.ack(1011);
    for number in 1..=3 {
        let record = it.ack(1011);
        assert_eq!(record.duplicate_ack, Some(DuplicateAck { number, frame: 5 }));
    }
    assert!(it.window(0).ack(1011).duplicate_ack.is_none(), "not with a closed window");
}

#[test]
fn ack_lost_segment_moves_the_limit() {
    let mut it = Exchange::established();
    it.data(1001, 10);
    assert_eq!(it.ack(1012).marks, Marks::ACK_LOST_SEGMENT);
    assert!(!it.sends(B, Flags::ACK, 5001, 1012, 5).marks.any(Marks::ACK_LOST_SEGMENT));
    assert_eq!(it.sends(B, Flags::ACK, 5006, 1013, 0).marks, Marks::ACK_LOST_SEGMENT);
}

#[test]
fn spurious_retransmission_was_acknowledged() {
    let mut it = Exchange::established();
    it.data(1001, 10);
    it.ack(1011);
    assert_eq!(it.waits(500).data(1001, 10).marks, Marks::SPURIOUS_RETRANSMISSION);
}

#[test]
fn fast_retransmission_answers_two_duplicate_acks_at_once() {
    let lost = |duplicates: u32, wait: i64| {
        let mut it = Exchange::established();
        it.data(1011, 10);
        for _ in 0..duplicates {
            it.ack(1001);
        }
        it.waits(wait).data(1001, 10).marks
    };
    assert_eq!(lost(2, 10), Marks::FAST_RETRANSMISSION);
    assert_eq!(lost(1, 10), Marks::RETRANSMISSION);
    assert_eq!(lost(2, 19), Marks::RETRANSMISSION, "20 ms");
}

#[test]
fn out_of_order_comes_within_a_round_trip() {
    let late = |initial_rtt: Option<i64>, wait: i64| {
        let mut it = Exchange::established();
        it.initial_rtt = initial_rtt.map(|millis| Elapsed { seconds: 0, nanos: millis as i32 * 1_000_000 });
        it.data(1011, 10);
        it.ack(1001);
        it.waits(wait).data(1001, 5).marks
    };
    assert_eq!(late(None, 1), Marks::OUT_OF_ORDER);
    assert_eq!(late(None, 2), Marks::RETRANSMISSION, "3 ms");
    assert_eq!(late(Some(20), 18), Marks::OUT_OF_ORDER);
    assert_eq!(late(Some(20), 19), Marks::RETRANSMISSION);
}

#[test]
fn retransmission_waits_since_the_oldest_segment_not_below_it() {
    let mut it = Exchange::established();
    it.data(1001, 10);
    it.data(1011, 10);
    it.data(1021, 10);
    let record = it.waits(200).data(1011, 10);
    assert_eq!(record.marks, Marks::RETRANSMISSION);
    let rto = record.rto.unwrap();
    assert_eq!((rto.frame, rto.elapsed.nanoseconds()), (5, 202_000_000));
    let acked = it.ack(1021).acked.unwrap();
    assert_eq!((acked.frame, acked.ambiguous), (5, true));
}

#[test]
fn octets_since_push_start_anew_after_it() {
    let mut it = Exchange::established();
    let push = Flags::PSH.with(Flags::ACK);
    assert_eq!(it.data(1001, 10).push_bytes_sent, 10);
    assert_eq!(it.sends(A, push, 1011, 5001, 10).push_bytes_sent, 20);
    assert_eq!(it.sends(A, push, 1021, 5001, 5).push_bytes_sent, 5);
    assert_eq!(it.data(1026, 7).push_bytes_sent, 7);
}

#[test]
fn a_window_update_with_sack_becomes_a_duplicate_ack() {
    let mut it = Exchange::established();
    it.data(1001, 10);
    it.ack(1011);
    let mut record = Some(it.window(2000).ack(1011));
    reconsider_window_update(&mut it.halves[B], &mut record);
    let record = record.unwrap();
    assert_eq!((record.marks, record.duplicate_ack.unwrap().number), (Marks::DUPLICATE_ACK, 1));
}

#[test]
fn the_handshake_s_round_trip_counts_from_the_last_syn() {
    let mut rtt = InitialRtt::default();
    let at = |micros, flags| segment(1, micros, flags, 0, 0, 0, 0);
    rtt.measure(&at(0, Flags::SYN));
    rtt.measure(&at(10, Flags::SYN));
    rtt.measure(&at(15, SYN_ACK));
    assert_eq!(rtt.known(), None);
    rtt.measure(&at(10, Flags::ACK));
    assert_eq!(rtt.known(), None, "zero is measured again");
    rtt.measure(&at(30, Flags::ACK));
    rtt.measure(&at(90, Flags::ACK));
    assert_eq!(rtt.known().map(Elapsed::nanoseconds), Some(20_000));
}
