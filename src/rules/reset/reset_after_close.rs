//! TFA407: a RST when all was said.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA407.
pub static RULE: Rule = Rule {
    code: "TFA407",
    name: "reset-after-close",
    family: Family::Reset,
    severity: Severity::Note,
    reference: "RFC 9293 §3.6, §3.5.2",
    summary: "RST after both ends had sent FIN.",
    explanation: "The connection was closed in order; the RST says that a socket was gone when something more came for \
        it, or that a program wanted to be rid of TIME-WAIT. Nothing was lost if both FINs were \
        acknowledged.",
    look_alikes: &["a RST after one FIN: the connection was reset half-closed"],
    remedy: "Nothing.",
    equation: "",
    ladder: &[
        "client > server  FIN  seq=1101",
        "server > client  FIN  seq=5201 ack=1102",
        "client > server  RST  seq=1102",
    ],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::NOTHING,
    on: Cues::RST,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let closing = step.flow.closing.as_deref().filter(|closing| closing.reset_after_close)?;
    let rst = closing.rst.filter(|rst| step.mark().is_some_and(|mark| mark.frame == rst.frame))?;
    Some(
        Evidence::at(rst, format!("the {} resets after both ends have sent FIN", rst.side))
            .beside(closing.fins.client.first)
            .beside(closing.fins.server.first)
            .blaming_nobody()
            .pointing("already closed"),
    )
}
