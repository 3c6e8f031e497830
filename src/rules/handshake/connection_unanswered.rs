//! TFA107: a SYN that nobody answers.

use crate::flow::{Cues, HandshakeVerdict, Limits, Step};
use crate::rules::{Confidence, Evidence, Family, Needs, Peers, Rule, Severity, human_duration};

/// TFA107.
pub static RULE: Rule = Rule {
    code: "TFA107",
    name: "connection-unanswered",
    family: Family::Handshake,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.8.3, RFC 6298 §2",
    summary: "A SYN was sent again and again and never answered.",
    explanation: "A host that is there answers a SYN with SYN-ACK or RST. Silence means that the SYN or its answer is \
        dropped on the way, or that nobody has the address. The client's own repeats prove that it heard nothing, \
        whatever the capture shows of the other direction; one SYN alone proves little.",
    look_alikes: &["a capture that ends within a second of the second SYN", "a capture that shows only one direction"],
    remedy: "Capture nearer to the server: does the SYN arrive, does an answer leave? Look at firewalls and routes.",
    equation: "",
    ladder: &["client > server  SYN  seq=1000", "client > server  SYN  seq=1000   (1 s later)", "… no answer"],
    peers: Peers { wireshark: Some("tcp.analysis.retransmission"), zeek: Some("S0"), suricata: None },
    needs: Needs::NOTHING,
    on: Cues::END,
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let (flow, ending) = (step.flow, step.ending?);
    let (first, last) = (flow.opening.syn?, flow.opening.last_syn?);
    let spoke_on = flow.ends.client.segments > u64::from(flow.opening.syns.count);
    if flow.ends.server.seen() || spoke_on || flow.handshake_verdict() == HandshakeVerdict::Refused {
        return None;
    }
    let (count, waited) = (flow.opening.syns.count, ending.time.since(first.time));
    let server = flow.endpoints.server;
    let sent = if count == 1 { "one SYN".to_owned() } else { format!("{count} SYNs") };
    let mut message = format!("{sent} to {server} and no answer within {}", human_duration(waited));
    let icmp = flow.opening.irregular.as_ref().and_then(|irregular| irregular.icmp);
    if let Some(icmp) = icmp {
        message.push_str(&format!(", but an {} error that quotes it", icmp.name()));
    }
    let evidence = Evidence::at(first, message)
        .count("SYNs", count)
        .schedule("waits", flow.opening.syns.waits())
        .duration("waited", waited)
        .beside((last.frame != first.frame).then_some(last))
        .beside(icmp.map(|icmp| icmp.mark))
        .pointing("never answered")
        .blaming_nobody();
    // Of two SYNs the second may just be under way; a third shows that the first two were in vain.
    let early = ending.time.since(last.time) < limits.rto && waited < limits.rto.saturating_mul(5) / 2;
    let evidence = if early { evidence.no_worse_than(Severity::Note) } else { evidence };
    // Copies of one frame are no repeats.
    let repeated = last.time.since(first.time) > limits.duplicate_frame;
    Some(if repeated { evidence } else { evidence.at_most(Confidence::Possible) })
}
