//! TFA706: a RST, or silence, after a long pause.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity, human_duration};

/// TFA706.
pub static RULE: Rule = Rule {
    code: "TFA706",
    name: "idle-then-reset",
    family: Family::Timing,
    severity: Severity::Note,
    reference: "RFC 9293 §3.8.4, RFC 5382 §5",
    summary: "After a long silence the first thing sent was answered by RST, or not at all.",
    explanation: "Firewalls and address translators forget connections that are silent for too long; the next segment \
        is then dropped, or reset by the device or by the end. RFC 5382 asks for two hours at least; many \
        devices allow minutes.",
    look_alikes: &["a RST without a silence before it"],
    remedy: "Send keep-alives more often than the device forgets, or raise its timeout above the gap named here.",
    equation: "",
    ladder: &["client > server  ACK  seq=1101 len=100   (after an hour of silence)", "server > client  RST  seq=5201"],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::NOTHING,
    on: Cues::RST.with(Cues::END),
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let silence = step.flow.pauses.as_deref()?.silence.filter(|silence| !silence.answered)?;
    let (gap, broken_by) = (human_duration(silence.lasted), silence.broken_by);
    let evidence = match (step.mark(), step.ending) {
        // Who gives up after its own unanswered segments says nothing of a device that forgot.
        (Some(rst), _) if rst.side == broken_by.side && rst.frame != broken_by.frame => return None,
        (Some(rst), _) => Evidence::at(rst, format!("the {} resets after {gap} of silence", rst.side)),
        (None, Some(ending)) => {
            let waited = ending.silence(step.flow) > limits.rto.saturating_mul(3) && broken_by.seg_len() > 0;
            Some(()).filter(|()| waited && step.flow.closing.is_none())?;
            Evidence::at(broken_by, format!("after {gap} of silence this is not answered any more"))
        }
        (None, None) => return None,
    };
    Some(
        evidence
            .duration("silence", silence.lasted)
            .beside(broken_by)
            .blaming_nobody()
            .pointing(format!("after {gap}")),
    )
}
