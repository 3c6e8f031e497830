//! The lines of the SEQ/ACK analysis, as the lens concluded them.

use super::Segment;
use crate::lens::dissect::context::{Analysis, FastOpen, Mark};
use crate::lens::dissect::expert::{Group, Severity, remark};
use crate::lens::dissect::text::duration;
use crate::lens::dissect::tree::{Node, Octets, Value};

/// Draws the analysis and the contiguity counts.
pub(super) fn draw(node: &mut Node, segment: &Segment<'_>) {
    let here = segment.view.octets(0, 0);
    if let Some(analysis) = &segment.context.analysis {
        let mut item = Node::concluded("tcp.analysis", (), "SEQ/ACK analysis").at(here);
        acknowledged(&mut item, analysis, here);
        marks(&mut item, analysis, here);
        node.children.push(item);
    }
    if let Some((client, server)) = segment.context.contiguity {
        let label = format!("Client Contiguous Streams: {client}");
        node.add(Node::concluded("tcp.stream.client.contiguity_count", client, label).at(here));
        let label = format!("Server Contiguous Streams: {server}");
        node.add(Node::concluded("tcp.stream.server.contiguity_count", server, label).at(here));
    }
}

/// Remarks under the acknowledgement number of a SYN-ACK what became of Fast Open data.
pub(super) fn fast_open_answer(item: &mut Node, segment: &Segment<'_>) {
    let (field, text) = match segment.context.fast_open {
        Some(FastOpen::Accepted) => ("tcp.analysis.tfo_ack", "TCP SYN-ACK accepting TFO data"),
        Some(FastOpen::Ignored) => ("tcp.analysis.tfo_ignored", "TCP SYN-ACK ignoring TFO data"),
        None => return,
    };
    remark(item, field, Severity::Note, Group::Sequence, text);
}

fn acknowledged(item: &mut Node, analysis: &Analysis, here: Octets) {
    if let Some(frame) = analysis.acks_frame {
        let label = format!("This is an ACK to the segment in frame: {frame}");
        let line = item.add(Node::concluded("tcp.analysis.acks_frame", frame, label).at(here));
        if analysis.partial_ack {
            let text = "Partial Acknowledgement of a segment";
            remark(line, "tcp.analysis.partial_ack", Severity::Note, Group::Sequence, text);
        }
        if analysis.ambiguous_ack {
            let text = "Ambiguous ACK following Karn's definition";
            remark(line, "tcp.analysis.ambiguous_ack", Severity::Note, Group::Sequence, text);
        }
    }
    let mut time = |field, name: &str, value: Option<i64>| {
        if let Some(value) = value {
            let label = format!("{name}: {}", duration(value));
            item.add(Node::concluded(field, Value::Nanoseconds(value), label).at(here));
        }
    };
    time("tcp.analysis.ack_rtt", "The RTT to ACK the segment was", analysis.ack_rtt);
    time("tcp.analysis.initial_rtt", "iRTT", analysis.initial_rtt);
    if let Some(octets) = analysis.bytes_in_flight {
        let label = format!("Bytes in flight: {octets}");
        item.add(Node::concluded("tcp.analysis.bytes_in_flight", octets, label).at(here));
    }
    if let Some(octets) = analysis.push_bytes_sent {
        let label = format!("Bytes sent since last PSH flag: {octets}");
        item.add(Node::concluded("tcp.analysis.push_bytes_sent", octets, label).at(here));
    }
}

fn marks(item: &mut Node, analysis: &Analysis, here: Octets) {
    if analysis.marks.is_empty() {
        return;
    }
    let list = item.add(Node::concluded("tcp.analysis.flags", (), "TCP Analysis Flags").at(here));
    let mut sorted = analysis.marks.clone();
    sorted.sort_unstable();
    sorted.dedup();
    for &mark in &sorted {
        if mark == Mark::DuplicateAck {
            // Its remark hangs under the frame it repeats.
            let field = "tcp.analysis.duplicate_ack";
            list.add(Node::concluded(field, (), "This is a TCP duplicate ack").at(here));
            continue;
        }
        let (field, severity, text) = words(mark);
        remark(list, field, severity, Group::Sequence, text);
        if mark == Mark::Retransmission {
            timeout(list, analysis, here);
        }
    }
    let Some((number, frame)) = analysis.duplicate_ack else { return };
    let label = format!("Duplicate ACK #: {number}");
    item.add(Node::concluded("tcp.analysis.duplicate_ack_num", number, label).at(here));
    let label = format!("Duplicate to the ACK in frame: {frame}");
    let line = item.add(Node::concluded("tcp.analysis.duplicate_ack_frame", frame, label).at(here));
    let text = format!("Duplicate ACK (#{number})");
    remark(line, "tcp.analysis.duplicate_ack", Severity::Note, Group::Sequence, &text);
}

fn timeout(list: &mut Node, analysis: &Analysis, here: Octets) {
    let Some((time, frame)) = analysis.rto else { return };
    let label = format!("The RTO for this segment was: {}", duration(time));
    list.add(Node::concluded("tcp.analysis.rto", Value::Nanoseconds(time), label).at(here));
    let label = format!("RTO based on delta from frame: {frame}");
    list.add(Node::concluded("tcp.analysis.rto_frame", frame, label).at(here));
}

const fn words(mark: Mark) -> (&'static str, Severity, &'static str) {
    use Severity::{Chat, Note, Warning};
    match mark {
        Mark::ReusedPorts => (
            "tcp.analysis.reused_ports",
            Note,
            "A new tcp session is started with the same ports as an earlier session in this trace",
        ),
        Mark::FastRetransmission => {
            ("tcp.analysis.fast_retransmission", Note, "This frame is a (suspected) fast retransmission")
        }
        Mark::SpuriousRetransmission => {
            ("tcp.analysis.spurious_retransmission", Note, "This frame is a (suspected) spurious retransmission")
        }
        Mark::Retransmission => ("tcp.analysis.retransmission", Note, "This frame is a (suspected) retransmission"),
        Mark::OutOfOrder => ("tcp.analysis.out_of_order", Warning, "This frame is a (suspected) out-of-order segment"),
        Mark::LostSegment => {
            ("tcp.analysis.lost_segment", Warning, "Previous segment(s) not captured (common at capture start)")
        }
        Mark::AckLostSegment => {
            ("tcp.analysis.ack_lost_segment", Warning, "ACKed segment that wasn't captured (common at capture start)")
        }
        Mark::WindowUpdate => ("tcp.analysis.window_update", Chat, "TCP window update"),
        Mark::WindowFull => {
            ("tcp.analysis.window_full", Warning, "TCP window specified by the receiver is now completely full")
        }
        Mark::KeepAlive => ("tcp.analysis.keep_alive", Note, "TCP keep-alive segment"),
        Mark::KeepAliveAck => ("tcp.analysis.keep_alive_ack", Note, "ACK to a TCP keep-alive segment"),
        Mark::DuplicateAck => ("tcp.analysis.duplicate_ack", Note, "This is a TCP duplicate ack"),
        Mark::ZeroWindowProbe => ("tcp.analysis.zero_window_probe", Note, "TCP Zero Window Probe"),
        Mark::ZeroWindow => ("tcp.analysis.zero_window", Warning, "TCP Zero Window segment"),
        Mark::ZeroWindowProbeAck => ("tcp.analysis.zero_window_probe_ack", Note, "ACK to a TCP Zero Window Probe"),
    }
}
