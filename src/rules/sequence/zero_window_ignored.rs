//! TFA307: data into a closed window.

use crate::flow::{Cues, Limits, Step, Suspicion};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA307.
pub static RULE: Rule = Rule {
    code: "TFA307",
    name: "zero-window-ignored",
    family: Family::Sequence,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.8.6, §3.8.6.1",
    summary: "New data, more than a probe, while the receiver's window is zero.",
    explanation: "A window of zero says that the receiver has no room at all. Its peer may ask now and then with one \
        octet; anything more is dropped and has to be sent again.",
    look_alikes: &[
        "a probe of one octet",
        "a FIN",
        "a window update that crosses the data",
        "a subflow of a multipath connection",
    ],
    remedy: "Look at the sender's stack, or at a device that changes windows.",
    equation: "SEG.LEN = 0 while SND.WND = 0",
    ladder: &[
        "server > client  ACK  seq=5001 ack=2001 win=0",
        "client > server  ACK  seq=2001 len=200",
        "server > client  ACK  seq=5001 ack=2001 win=0",
    ],
    peers: Peers {
        wireshark: Some("tcp.analysis.zero_window"),
        zeek: None,
        suricata: Some("stream.est_packet_out_of_window"),
    },
    needs: Needs::BOTH_SIDES.with(Needs::HANDSHAKE).with(Needs::UNBROKEN).with(Needs::WHOLE_HEADERS),
    on: Cues::SETTLED,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let ignoring = |suspicion: &&Suspicion| suspicion.exceeds().is_some() && suspicion.since.window == 0;
    let suspicion = step.settled.iter().find(ignoring)?;
    let (culprit, edge) = (suspicion.mark, suspicion.exceeds()?);
    let peer = culprit.side.peer();
    Some(
        Evidence::at(culprit, format!("{} octets of data although the window of the {peer} is closed", culprit.len))
            .seq("SEG.SEQ", culprit.seq)
            .count("SEG.LEN", culprit.len)
            .seq("RCV.NXT+RCV.WND", edge)
            .beside(suspicion.settled_by)
            .pointing("the window is 0"),
    )
}
