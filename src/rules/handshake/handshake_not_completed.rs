//! TFA108: a SYN-ACK that nobody acknowledges.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity, human_duration};

/// TFA108.
pub static RULE: Rule = Rule {
    code: "TFA108",
    name: "handshake-not-completed",
    family: Family::Handshake,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.5, §3.8.3",
    summary: "A SYN-ACK was sent again and again and never acknowledged.",
    explanation: "The server repeats its SYN-ACK because nothing from the client has reached it: the SYN-ACK is lost \
        on the way back, the client has gone, or the SYN came from an address that never asked (a scan, a flood).",
    look_alikes: &[
        "a third ACK that was lost while the data after it acknowledges the SYN-ACK",
        "a server that waits for data (TCP_DEFER_ACCEPT) or whose accept queue is full: it repeats the SYN-ACK although \
         the third ACK was captured",
        "a capture that ends at once",
    ],
    remedy: "Capture nearer to the client: does the SYN-ACK arrive? Asymmetric routes and stateful firewalls are the \
        usual reason.",
    equation: "",
    ladder: &[
        "client > server  SYN      seq=1000",
        "server > client  SYN-ACK  seq=5000 ack=1001",
        "server > client  SYN-ACK  seq=5000 ack=1001   (1 s later)",
        "… no ACK",
    ],
    peers: Peers { wireshark: Some("tcp.analysis.retransmission"), zeek: Some("S1"), suricata: None },
    needs: Needs::EVERY_SEGMENT,
    on: Cues::END,
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let (flow, ending) = (step.flow, step.ending?);
    let (first, last) = (flow.opening.syn_ack?, flow.opening.last_syn_ack?);
    let count = flow.opening.syn_acks.count;
    let heard = flow.ends.server.iss.zip(flow.ends.client.rcv_nxt).is_some_and(|(iss, ack)| ack.after(iss));
    let reset = flow.closing.as_ref().is_some_and(|closing| closing.rst.is_some());
    let spoke_on = flow.ends.server.segments > u64::from(count);
    if count < 2 || flow.opening.ack.is_some() || heard || reset || spoke_on {
        return None;
    }
    let waited = ending.time.since(first.time);
    let evidence = Evidence::at(first, format!("{count} SYN-ACKs and no ACK of any within {}", human_duration(waited)))
        .count("SYN-ACKs", count)
        .schedule("waits", flow.opening.syn_acks.waits())
        .duration("waited", waited)
        .beside(flow.opening.syn)
        .beside((last.frame != first.frame).then_some(last))
        .pointing("never acknowledged")
        .blaming_nobody();
    // With three SYN-ACKs the second had its time, too, however soon after the last the capture ends.
    let early = count < 3 && ending.time.since(last.time) < limits.rto;
    Some(if early { evidence.no_worse_than(Severity::Note) } else { evidence })
}
