//! Fields of the sequence analysis: marks, frames, round trips, octets in flight.

use super::{Field, View, write_mark, write_marks};
use crate::lens::wireshark::{Acked, Marks, Record, Rto, text};

pub(super) const FIELDS: &[Field] = &[
    Field::mark("tcp.analysis", "the segment has an analysis", |view, out| {
        write_mark(record(view).is_some(), out);
    }),
    Field::number("tcp.analysis.acks_frame", "frame of the segment that this ACK answers", |view, out| {
        acked(view).for_each(|acked| text::write_number(acked.frame, out));
    }),
    Field::number("tcp.analysis.ack_rtt", "seconds from that segment to this ACK", |view, out| {
        acked(view).filter(|acked| !acked.rtt.is_zero()).for_each(|acked| text::write_elapsed(acked.rtt, out));
    }),
    Field::mark("tcp.analysis.partial_ack", "the ACK stops inside a segment", |view, out| {
        write_mark(acked(view).any(|acked| acked.partial), out);
    }),
    Field::mark("tcp.analysis.ambiguous_ack", "the segment had been sent more than once (Karn)", |view, out| {
        write_mark(acked(view).any(|acked| acked.ambiguous), out);
    }),
    Field::number("tcp.analysis.initial_rtt", "seconds from the last SYN to the first ACK after it", |view, out| {
        view.row.initial_rtt.into_iter().for_each(|elapsed| text::write_elapsed(elapsed, out));
    }),
    Field::number("tcp.analysis.bytes_in_flight", "octets sent and not acknowledged", |view, out| {
        in_flight(view).for_each(|record| text::write_number(record.bytes_in_flight, out));
    }),
    Field::number("tcp.analysis.push_bytes_sent", "octets sent since the last PSH", |view, out| {
        in_flight(view).for_each(|record| text::write_number(record.push_bytes_sent, out));
    }),
    Field::mark("tcp.analysis.flags", "one of the marks below applies", |view, out| {
        write_mark(record(view).is_some_and(|record| !record.marks.is_empty()), out);
    }),
    Field::number("tcp.analysis.rto", "seconds waited before a retransmission", |view, out| {
        rto(view).for_each(|rto| text::write_elapsed(rto.elapsed, out));
    }),
    Field::number("tcp.analysis.rto_frame", "frame that the wait counts from", |view, out| {
        rto(view).for_each(|rto| text::write_number(rto.frame, out));
    }),
    Field::mark("tcp.analysis.retransmission", "data, SYN or FIN sent again", |view, out| {
        write_if(view, Marks::RESENT, out);
    }),
    Field::mark("tcp.analysis.fast_retransmission", "sent again after duplicate ACKs", |view, out| {
        write_if(view, Marks::FAST_RETRANSMISSION, out);
    }),
    Field::mark("tcp.analysis.spurious_retransmission", "sent again after it was acknowledged", |view, out| {
        write_if(view, Marks::SPURIOUS_RETRANSMISSION, out);
    }),
    Field::mark("tcp.analysis.out_of_order", "arrived after what follows it", |view, out| {
        write_if(view, Marks::OUT_OF_ORDER, out);
    }),
    Field::mark("tcp.analysis.lost_segment", "something before it was not captured", |view, out| {
        write_if(view, Marks::LOST_SEGMENT, out);
    }),
    Field::mark("tcp.analysis.ack_lost_segment", "acknowledges what was not captured", |view, out| {
        write_if(view, Marks::ACK_LOST_SEGMENT, out);
    }),
    Field::mark("tcp.analysis.duplicate_ack", "says again what the previous ACK said", |view, out| {
        if marked(view, Marks::DUPLICATE_ACK) {
            out.extend_from_slice(b"1,1");
        }
    }),
    Field::number("tcp.analysis.duplicate_ack_num", "which duplicate ACK, from 1", |view, out| {
        duplicate(view).for_each(|(number, _)| text::write_number(number, out));
    }),
    Field::number("tcp.analysis.duplicate_ack_frame", "frame of the ACK that it repeats", |view, out| {
        duplicate(view).for_each(|(_, frame)| text::write_number(frame, out));
    }),
    Field::mark("tcp.analysis.window_update", "only changes the window", |view, out| {
        write_if(view, Marks::WINDOW_UPDATE, out);
    }),
    Field::mark("tcp.analysis.window_full", "fills the peer's window exactly", |view, out| {
        write_if(view, Marks::WINDOW_FULL, out);
    }),
    Field::mark("tcp.analysis.zero_window", "announces a window of zero", |view, out| {
        write_if(view, Marks::ZERO_WINDOW, out);
    }),
    Field::mark("tcp.analysis.zero_window_probe", "one octet sent into a window of zero", |view, out| {
        write_if(view, Marks::ZERO_WINDOW_PROBE, out);
    }),
    Field::mark("tcp.analysis.zero_window_probe_ack", "answers such a probe", |view, out| {
        write_if(view, Marks::ZERO_WINDOW_PROBE_ACK, out);
    }),
    Field::mark("tcp.analysis.keep_alive", "one octet or none, one before what is next", |view, out| {
        write_if(view, Marks::KEEP_ALIVE, out);
    }),
    Field::mark("tcp.analysis.keep_alive_ack", "answers a keep-alive", |view, out| {
        write_if(view, Marks::KEEP_ALIVE_ACK, out);
    }),
    Field::mark("tcp.analysis.reused_ports", "opens a new conversation between the same ports", |view, out| {
        write_if(view, Marks::REUSED_PORTS, out);
    }),
    Field::mark("tcp.analysis.tfo_syn", "SYN with a Fast Open cookie", |view, out| {
        write_marks(view.row.fast_open.syn, out);
    }),
    Field::mark("tcp.analysis.tfo_ack", "SYN-ACK that accepts data of the SYN", |view, out| {
        write_mark(view.row.fast_open.ack, out);
    }),
    Field::mark("tcp.analysis.tfo_ignored", "SYN-ACK that leaves data of the SYN", |view, out| {
        write_mark(view.row.fast_open.ignored, out);
    }),
];

fn record<'a>(view: &View<'a>) -> Option<&'a Record> {
    view.row.record.as_ref()
}

fn marked(view: &View<'_>, marks: Marks) -> bool {
    record(view).is_some_and(|record| record.marks.any(marks))
}

fn write_if(view: &View<'_>, marks: Marks, out: &mut Vec<u8>) {
    write_mark(marked(view, marks), out);
}

fn acked<'a>(view: &View<'a>) -> impl Iterator<Item = &'a Acked> {
    record(view).and_then(|record| record.acked.as_ref()).into_iter()
}

fn in_flight<'a>(view: &View<'a>) -> impl Iterator<Item = &'a Record> {
    record(view).filter(|record| record.bytes_in_flight != 0).into_iter()
}

/// The wait of an ordinary retransmission, unless none passed.
fn rto<'a>(view: &View<'a>) -> impl Iterator<Item = &'a Rto> {
    let resent = record(view).filter(|record| record.marks.any(Marks::RETRANSMISSION));
    resent.and_then(|record| record.rto.as_ref()).filter(|rto| !rto.elapsed.is_zero()).into_iter()
}

fn duplicate(view: &View<'_>) -> impl Iterator<Item = (u32, u64)> {
    let record = record(view).filter(|record| record.marks.any(Marks::DUPLICATE_ACK));
    record.and_then(|record| record.duplicate_ack).map(|duplicate| (duplicate.number, duplicate.frame)).into_iter()
}
