//! The lines of the SEQ/ACK analysis, as the lens concluded them.

use super::Segment;
use crate::lens::dissect::expert::{Group, Severity, remark};
use crate::lens::dissect::text::duration;
use crate::lens::dissect::tree::{Node, Octets, Value};
use crate::lens::wireshark::{Elapsed, Marks, Record, Row};

/// Draws the analysis and the contiguity counts.
pub(super) fn draw(node: &mut Node, segment: &Segment<'_>) {
    let here = segment.view.octets(0, 0);
    let Some(row) = segment.row else { return };
    if let Some(record) = &row.record {
        let mut item = Node::concluded("tcp.analysis", (), "SEQ/ACK analysis").at(here);
        acknowledged(&mut item, record, row, here);
        in_flight(&mut item, record, here);
        marks(&mut item, record, here);
        node.children.push(item);
    }
    if let Some(counts) = row.contiguity {
        let label = format!("Client Contiguous Streams: {}", counts.client);
        node.add(Node::concluded("tcp.stream.client.contiguity_count", counts.client, label).at(here));
        let label = format!("Server Contiguous Streams: {}", counts.server);
        node.add(Node::concluded("tcp.stream.server.contiguity_count", counts.server, label).at(here));
    }
}

/// Remarks under the acknowledgement number of a SYN-ACK what became of Fast Open data.
pub(super) fn fast_open_answer(item: &mut Node, segment: &Segment<'_>) {
    let Some(row) = segment.row else { return };
    if row.fast_open.ack {
        let text = "TCP SYN-ACK accepting TFO data";
        remark(item, "tcp.analysis.tfo_ack", Severity::Note, Group::Sequence, text);
    } else if row.fast_open.ignored {
        let text = "TCP SYN-ACK ignoring TFO data";
        remark(item, "tcp.analysis.tfo_ignored", Severity::Note, Group::Sequence, text);
    }
}

fn acknowledged(item: &mut Node, record: &Record, row: &Row, here: Octets) {
    if let Some(acked) = record.acked {
        let label = format!("This is an ACK to the segment in frame: {}", acked.frame);
        let line = item.add(Node::concluded("tcp.analysis.acks_frame", acked.frame, label).at(here));
        if acked.partial {
            let text = "Partial Acknowledgement of a segment";
            remark(line, "tcp.analysis.partial_ack", Severity::Note, Group::Sequence, text);
        }
        if acked.ambiguous {
            let text = "Ambiguous ACK following Karn's definition";
            remark(line, "tcp.analysis.ambiguous_ack", Severity::Note, Group::Sequence, text);
        }
        if !acked.rtt.is_zero() {
            time(item, "tcp.analysis.ack_rtt", "The RTT to ACK the segment was", acked.rtt, here);
        }
    }
    if let Some(elapsed) = row.initial_rtt {
        time(item, "tcp.analysis.initial_rtt", "iRTT", elapsed, here);
    }
}

fn time(item: &mut Node, field: &'static str, name: &str, elapsed: Elapsed, here: Octets) {
    let label = format!("{name}: {}", duration(elapsed));
    item.add(Node::concluded(field, Value::Nanoseconds(elapsed.nanoseconds()), label).at(here));
}

fn in_flight(item: &mut Node, record: &Record, here: Octets) {
    if record.bytes_in_flight == 0 {
        return;
    }
    let octets = record.bytes_in_flight;
    let label = format!("Bytes in flight: {octets}");
    item.add(Node::concluded("tcp.analysis.bytes_in_flight", octets, label).at(here));
    let octets = record.push_bytes_sent;
    let label = format!("Bytes sent since last PSH flag: {octets}");
    item.add(Node::concluded("tcp.analysis.push_bytes_sent", octets, label).at(here));
}

fn marks(item: &mut Node, record: &Record, here: Octets) {
    if record.marks.is_empty() {
        return;
    }
    let list = item.add(Node::concluded("tcp.analysis.flags", (), "TCP Analysis Flags").at(here));
    for &(mark, field, severity, text) in &WORDS {
        if !record.marks.any(mark) {
            continue;
        }
        if mark == Marks::DUPLICATE_ACK {
            // Its remark hangs under the frame it repeats.
            list.add(Node::concluded(field, (), text).at(here));
            continue;
        }
        remark(list, field, severity, Group::Sequence, text);
        if mark == Marks::RESENT && record.marks.any(Marks::RETRANSMISSION) {
            timeout(list, record, here);
        }
    }
    if let Some(duplicate) = record.duplicate_ack.filter(|_| record.marks.any(Marks::DUPLICATE_ACK)) {
        let (number, frame) = (duplicate.number, duplicate.frame);
        let label = format!("Duplicate ACK #: {number}");
        item.add(Node::concluded("tcp.analysis.duplicate_ack_num", number, label).at(here));
        let label = format!("Duplicate to the ACK in frame: {frame}");
        let line = item.add(Node::concluded("tcp.analysis.duplicate_ack_frame", frame, label).at(here));
        let text = format!("Duplicate ACK (#{number})");
        remark(line, "tcp.analysis.duplicate_ack", Severity::Note, Group::Sequence, &text);
    }
}

fn timeout(list: &mut Node, record: &Record, here: Octets) {
    let Some(rto) = record.rto.filter(|rto| !rto.elapsed.is_zero()) else { return };
    time(list, "tcp.analysis.rto", "The RTO for this segment was", rto.elapsed, here);
    let label = format!("RTO based on delta from frame: {}", rto.frame);
    list.add(Node::concluded("tcp.analysis.rto_frame", rto.frame, label).at(here));
}

/// What is said of each mark, in the order in which it is said.
const WORDS: [(Marks, &str, Severity, &str); 15] = {
    use Severity::{Chat, Note, Warning};
    [
        (
            Marks::REUSED_PORTS,
            "tcp.analysis.reused_ports",
            Note,
            "A new tcp session is started with the same ports as an earlier session in this trace",
        ),
        (
            Marks::FAST_RETRANSMISSION,
            "tcp.analysis.fast_retransmission",
            Note,
            "This frame is a (suspected) fast retransmission",
        ),
        (
            Marks::SPURIOUS_RETRANSMISSION,
            "tcp.analysis.spurious_retransmission",
            Note,
            "This frame is a (suspected) spurious retransmission",
        ),
        (Marks::RESENT, "tcp.analysis.retransmission", Note, "This frame is a (suspected) retransmission"),
        (Marks::OUT_OF_ORDER, "tcp.analysis.out_of_order", Warning, "This frame is a (suspected) out-of-order segment"),
        (
            Marks::LOST_SEGMENT,
            "tcp.analysis.lost_segment",
            Warning,
            "Previous segment(s) not captured (common at capture start)",
        ),
        (
            Marks::ACK_LOST_SEGMENT,
            "tcp.analysis.ack_lost_segment",
            Warning,
            "ACKed segment that wasn't captured (common at capture start)",
        ),
        (Marks::WINDOW_UPDATE, "tcp.analysis.window_update", Chat, "TCP window update"),
        (
            Marks::WINDOW_FULL,
            "tcp.analysis.window_full",
            Warning,
            "TCP window specified by the receiver is now completely full",
        ),
        (Marks::KEEP_ALIVE, "tcp.analysis.keep_alive", Note, "TCP keep-alive segment"),
        (Marks::KEEP_ALIVE_ACK, "tcp.analysis.keep_alive_ack", Note, "ACK to a TCP keep-alive segment"),
        (Marks::DUPLICATE_ACK, "tcp.analysis.duplicate_ack", Note, "This is a TCP duplicate ack"),
        (Marks::ZERO_WINDOW_PROBE, "tcp.analysis.zero_window_probe", Note, "TCP Zero Window Probe"),
        (Marks::ZERO_WINDOW, "tcp.analysis.zero_window", Warning, "TCP Zero Window segment"),
        (Marks::ZERO_WINDOW_PROBE_ACK, "tcp.analysis.zero_window_probe_ack", Note, "ACK to a TCP Zero Window Probe"),
    ]
};
