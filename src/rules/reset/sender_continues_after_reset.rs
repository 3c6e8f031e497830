//! TFA405: a RST whose sender knows nothing of it.

use crate::flow::{Cues, Limits, ResetStanding, State, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::Flags;

/// TFA405.
pub static RULE: Rule = Rule {
    code: "TFA405",
    name: "sender-continues-after-reset",
    family: Family::Reset,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.10.5, §3.10.7.4",
    summary: "The end that sent RST went on as if it had not.",
    explanation: "Whoever sends RST has no connection any more. If the same end then sends new octets, or acknowledges \
        what came after its RST, the RST was not its own: somebody in between wrote it, or the end never \
        knew of it. With a TTL of its own it is called TFA406.",
    look_alikes: &[
        "a segment sent before the RST that was captured after it",
        "a client that refuses an unacceptable SYN-ACK by RST and goes on asking",
        "a new SYN",
    ],
    remedy: "Look for a firewall, an intrusion prevention system or a censor between capture and sender.",
    equation: "",
    ladder: &["client > server  RST  seq=1101", "client > server  ACK  seq=1101 len=100   (goes on)"],
    peers: Peers { wireshark: None, zeek: Some("data_after_reset"), suricata: Some("stream.suspected_rst_inject") },
    needs: Needs::UNBROKEN,
    on: Cues::RESET_IGNORED,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let reset = step.flow.reset_of(step.side)?;
    let went_on = reset.went_on?;
    // TFA406, TFA401 and TFA403 say more of these.
    let opening = !reset.state.is_some_and(State::is_synchronized);
    let fits = match reset.standing {
        ResetStanding::Exact | ResetStanding::Own | ResetStanding::Answer => true,
        ResetStanding::InWindow => !opening,
        ResetStanding::Unknown => !opening || reset.mark.flags.has(Flags::ACK),
        ResetStanding::Outside => false,
    };
    // From SYN-SENT a RST refuses an answer, and the client goes on asking (RFC 9293 §3.10.7.3).
    if reset.other_distance || !fits || reset.state == Some(State::SynSent) {
        return None;
    }
    let side = reset.mark.side;
    Some(
        Evidence::at(
            reset.mark,
            format!("after this RST with number {} the {side} goes on with number {}", reset.mark.seq, went_on.seq),
        )
        .seq("SEG.SEQ", reset.mark.seq)
        .seq("SEG.SEQ after", went_on.seq)
        .count("SEG.LEN after", went_on.seg_len())
        .beside(went_on)
        .pointing("its sender knows nothing of it"),
    )
}
