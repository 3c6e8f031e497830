//! TFA111: a SYN in the middle of a live connection.

use crate::flow::{Cues, Limits, Mark, State, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA111.
pub static RULE: Rule = Rule {
    code: "TFA111",
    name: "syn-in-synchronized-state",
    family: Family::Handshake,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.10.7.4, RFC 5961 §4.2",
    summary: "A SYN came in the middle of a live connection and opened nothing.",
    explanation: "In a synchronized state a SYN is answered by an ACK and otherwise ignored: it may be a blind attack \
        on the connection, or an end that has lost its memory. The latter resets when that ACK comes; here \
        the sender of the SYN went on with the connection as if it had sent none. An old duplicate is \
        recognised by its number, its timestamp, or by lying outside the window, and is only a note.",
    look_alikes: &[
        "a late copy of the SYN that opened this connection",
        "half-open recovery: SYN, ACK, RST, SYN",
        "the ports used again after a close that was not captured",
    ],
    remedy: "Compare TTL and hardware address of the SYN with those of the segments around it: somebody else may \
        have sent it.",
    equation: "",
    ladder: &[
        "client > server  ACK  seq=1101 ack=5001",
        "client > server  SYN  seq=1200",
        "server > client  ACK  seq=5001 ack=1101   (challenge)",
        "client > server  ACK  seq=1101 ack=5001 len=50   (goes on)",
    ],
    peers: Peers {
        wireshark: Some("tcp.analysis.reused_ports"),
        zeek: Some("active_connection_reuse"),
        suricata: Some("stream.est_syn_resend_diff_seq"),
    },
    needs: Needs::BOTH_SIDES.with(Needs::ONE_NUMBERING),
    on: Cues::SYN.with(Cues::STRAY).with(Cues::END),
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    if let Some(stray) = step.flow.stray.as_deref().filter(|_| step.cues.any(Cues::STRAY.with(Cues::END))) {
        let evidence = evidence(stray.mark).beside(stray.went_on);
        let ours = stray.current.unwrap_or(stray.in_window);
        return Some(if ours { evidence } else { evidence.no_worse_than(Severity::Note) });
    }
    let mark = step.mark().filter(|mark| mark.flags.is_syn() && step.flow.ends[mark.side].iss == Some(mark.seq))?;
    let synchronized = step.before.state.is_some_and(State::is_synchronized);
    (synchronized && step.before.snd_nxt.is_some_and(|next| next.after(mark.end())))
        .then(|| evidence(mark).no_worse_than(Severity::Note).pointing("an old duplicate"))
}

fn evidence(mark: Mark) -> Evidence {
    Evidence::at(mark, format!("the {} sends SYN with number {} into the live connection", mark.side, mark.seq))
        .seq("SEG.SEQ", mark.seq)
        .pointing("opens nothing")
}
