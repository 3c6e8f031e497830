//! TFA303: more octets than the window takes.

use crate::flow::{Cues, Limits, Step, Suspicion};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA303.
pub static RULE: Rule = Rule {
    code: "TFA303",
    name: "beyond-window",
    family: Family::Sequence,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.8.6, §3.10.7.4",
    summary: "Octets beyond the largest right edge that the receiver ever advertised.",
    explanation: "A sender may send up to SND.UNA+SND.WND. Octets beyond every edge that its peer offered are \
        dropped by a peer that means its window, and sent in vain. The next ACK shows whether the capture just missed \
        an offer.",
    look_alikes: &[
        "a probe of a closed window",
        "the number of a FIN",
        "a window update that is missing from the capture: the octets are acknowledged without being repeated",
        "a connection whose window scale is not known",
        "a subflow of a multipath connection",
    ],
    remedy: "Look at the sender's stack, or at a device that changes windows or strips the window scale option.",
    equation: "SEG.SEQ + octets ≤ RCV.NXT + RCV.WND",
    ladder: &[
        "server > client  ACK  seq=5001 ack=1001 win=1000",
        "client > server  ACK  seq=1001 len=1400   (400 octets too many)",
    ],
    peers: Peers { wireshark: None, zeek: None, suricata: Some("stream.est_packet_out_of_window") },
    needs: Needs::BOTH_SIDES.with(Needs::HANDSHAKE).with(Needs::UNBROKEN).with(Needs::WHOLE_HEADERS),
    on: Cues::SETTLED,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let exceeding = |suspicion: &&Suspicion| suspicion.exceeds().is_some() && suspicion.since.window > 0;
    let suspicion = step.settled.iter().find(exceeding)?;
    let (culprit, edge) = (suspicion.mark, suspicion.exceeds()?);
    let end = culprit.seq + culprit.len;
    let excess = end.distance_from(edge);
    Some(
        Evidence::at(
            culprit,
            format!(
                "reaches {end}, {excess} octets beyond {edge}, the farthest that the {} allowed",
                culprit.side.peer()
            ),
        )
        .seq("SEG.SEQ", culprit.seq)
        .count("SEG.LEN", culprit.len)
        .seq("RCV.NXT+RCV.WND", edge)
        .beside(suspicion.settled_by)
        .pointing(format!("the window ends at {edge}")),
    )
}
