//! TFA513: a Fast Open option that cannot be.

use super::option_malformed::is_fast_open;
use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::{Flags, OptionSet};

/// TFA513.
pub static RULE: Rule = Rule {
    code: "TFA513",
    name: "fast-open-invalid",
    family: Family::Options,
    severity: Severity::Warning,
    reference: "RFC 7413 §2, §4.1.1",
    summary: "A Fast Open cookie has a length it cannot have, or the option stands outside SYN.",
    explanation: "A cookie has 4 to 16 octets, an even number; none asks for one. The option stands on SYN and SYN-ACK \
        only. (Kind 34, or 254 with the number F989.)",
    look_alikes: &["a request, which has no cookie", "the experimental form of kind 254"],
    remedy: "Look at the stack of the sender, or at a device on the way that changes options.",
    equation: "cookie = 0, 4, 6, … 16 octets",
    ladder: &["client > server  SYN  seq=1000 <Fast Open, cookie of 7 octets>"],
    peers: Peers {
        wireshark: None,
        zeek: Some("tcp_option_tfo_invalid_len"),
        suricata: Some("decoder.tcp.opt_invalid_len"),
    },
    needs: Needs::NOTHING,
    on: Cues::ODD_OPTIONS,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let segment = step.segment.filter(|segment| segment.options.has(OptionSet::FAST_OPEN))?;
    let octets = segment.options.fast_open_cookie;
    let message = match segment.options.malformed {
        Some(bad) if is_fast_open(segment, &bad) => format!("a Fast Open cookie of {octets} octets"),
        _ if !segment.flags.has(Flags::SYN) => "Fast Open stands only on segments with SYN".to_owned(),
        _ => return None,
    };
    Some(Evidence::at(step.mark()?, message).count("cookie", octets).pointing("Fast Open cannot be so"))
}
