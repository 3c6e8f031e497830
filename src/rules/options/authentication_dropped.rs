//! TFA515: a segment without the authentication of its connection.

use crate::flow::{Cues, Limits, Signs, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::Flags;

/// TFA515.
pub static RULE: Rule = Rule {
    code: "TFA515",
    name: "authentication-dropped",
    family: Family::Options,
    severity: Severity::Error,
    reference: "RFC 2385 §2, RFC 5925 §7",
    summary: "Segments of one connection carry MD5 or TCP-AO and others do not.",
    explanation: "Where a connection is authenticated every segment is: a receiver drops those that are not. One \
        without comes from somebody who does not know the key, or from an end that has lost it.",
    look_alikes: &["a RST of a peer that rebooted and has forgotten the key: a note"],
    remedy: "Compare the keys of both ends; look for a forged segment.",
    equation: "",
    ladder: &["client > server  ACK  seq=1001 len=100 <md5>", "client > server  ACK  seq=1101 len=100   (none)"],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::WHOLE_HEADERS,
    on: Cues::ODD_OPTIONS,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let segment = step.segment?;
    let (own, peer) = (&step.flow.ends[step.side], &step.flow.ends[step.side.peer()]);
    let evidence =
        |message: &str| Some(Evidence::at(step.mark()?, message).seq("SEG.SEQ", segment.seq).pointing(message));
    match (Signs::signed(segment), own.signs) {
        (false, own) if (own.some || peer.signs.some) && segment.options.malformed.is_none() => {
            let reset = segment.flags.has(Flags::RST);
            let severity = if reset { Severity::Note } else { Severity::Error };
            Some(evidence("the segment is not authenticated, others of the connection are")?.no_worse_than(severity))
        }
        (true, own) if own.not_all => evidence("the segment is authenticated, earlier ones of the same end were not"),
        _ => None,
    }
}
