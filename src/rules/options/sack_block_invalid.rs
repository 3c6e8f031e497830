//! TFA504: a SACK block that cannot be.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Confidence, Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA504.
pub static RULE: Rule = Rule {
    code: "TFA504",
    name: "sack-block-invalid",
    family: Family::Options,
    severity: Severity::Warning,
    reference: "RFC 2018 §3, §4, RFC 2883",
    summary: "A SACK block is empty, reversed, or about octets that were not sent.",
    explanation: "A block names octets that were received: it begins before it ends, and ends at most at SND.NXT of \
        the peer. Octets that the capture does not have may have been sent all the same, so a block beyond \
        SND.NXT is judged when the peer goes on: if it comes to the block with octets that are new, nothing was \
        there to be received.",
    look_alikes: &[
        "D-SACK: the first block may lie below the acknowledgement, even at the SYN (RFC 2883)",
        "blocks of an old ACK that was overtaken",
        "octets that the capture lost: what is acknowledged later tells",
    ],
    remedy: "Look at the stack of the sender, or at a device on the way that changes options.",
    equation: "left edge < right edge ≤ SND.NXT",
    ladder: &["client > server  ACK  seq=1101 len=100", "server > client  ACK  ack=1001 <sack 1101..1901>"],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    // What the block says of itself; the rest needs more, see below.
    needs: Needs::NOTHING,
    on: Cues::OPTION_FAULT,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let fault = step.flow.option_faults.as_ref()?.block?;
    let (left, right) = (fault.block.left, fault.block.right);
    // A block that is none proves itself, whatever the capture lost.
    let confidence = match right.at_or_before(left) {
        true => Confidence::Certain,
        false => Needs::BOTH_SIDES.with(Needs::UNBROKEN).confidence(step)?,
    };
    let message = match () {
        () if left == right => format!("the SACK block at {left} is empty"),
        () if right.before(left) => format!("the SACK block ends at {right} before it begins at {left}"),
        () if right.after(fault.snd_nxt) => {
            format!("the SACK block reaches {right}, but nothing beyond {} was sent", fault.snd_nxt)
        }
        () if left.before(fault.mark.ack) && right.after(fault.mark.ack) => {
            format!(
                "the SACK block from {left} to {right} goes across {}, which the same segment acknowledges",
                fault.mark.ack
            )
        }
        () => format!("the SACK block begins at {left}, before the first number of the peer"),
    };
    Some(
        Evidence::at(fault.mark, message)
            .seq("left edge", left)
            .seq("right edge", right)
            .seq("SND.NXT", fault.snd_nxt)
            .beside(fault.settled_by)
            .pointing("no such octets")
            .at_most(confidence),
    )
}
