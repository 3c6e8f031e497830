//! TFA904, TFA909 to TFA914: what a whole capture cannot tell. Found when it has been read, about no frame of it.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// What these rules have in common: no step breaks them.
const WHOLE: Rule = Rule {
    code: "",
    name: "",
    family: Family::Capture,
    severity: Severity::Note,
    reference: "RFC 9293 §3.10",
    summary: "",
    explanation: "",
    look_alikes: &["a capture that has everything"],
    remedy: "Capture again, if what is missing matters.",
    equation: "",
    ladder: &["(the capture as a whole)"],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::NOTHING,
    on: Cues(0),
    check: never,
};

const fn never(_: &Step<'_>, _: &Limits) -> Option<Evidence> {
    None
}

/// TFA904.
pub static FILE_TRUNCATED: Rule = Rule {
    code: "TFA904",
    name: "file-truncated",
    summary: "The capture file ends in the middle of a record, or cannot be read to its end.",
    explanation: "What came before was audited; what came after is not there. Connections may look open or unanswered \
        that were not.",
    ..WHOLE
};

/// TFA909.
pub static FRAGMENTS_MISSING: Rule = Rule {
    code: "TFA909",
    name: "fragments-missing",
    reference: "RFC 791 §3.2",
    summary: "IP datagrams that carry TCP could not be put together.",
    explanation: "Some of their fragments were not captured, or came cut. The segments in them are missing from their \
        connections; of some the header is there, which is shown and not judged.",
    look_alikes: &["a datagram all fragments of which were captured, in any order"],
    remedy: "Capture without a filter on ports, which only first fragments have, and with a larger buffer.",
    ..WHOLE
};

/// TFA910.
pub static NOT_DECODABLE: Rule = Rule {
    code: "TFA910",
    name: "not-decodable",
    summary: "Frames could not be decoded down to TCP.",
    explanation: "Their link type is not known, they are encrypted, malformed, cut or too deeply nested. Segments in \
        them are missing from every connection.",
    ..WHOLE
};

/// TFA911.
pub static NOTHING_AUDITED: Rule = Rule {
    code: "TFA911",
    name: "nothing-audited",
    summary: "There is no TCP segment in the capture.",
    explanation: "No rule was run, so that no finding means nothing; the exit status is 3.",
    remedy: "Look whether it is the capture that was meant, and what its filter was.",
    ..WHOLE
};

/// TFA912.
pub static FILTERED_BY_FLAGS: Rule = Rule {
    code: "TFA912",
    name: "filtered-by-flags",
    summary: "Only segments with SYN, FIN or RST were captured.",
    explanation: "The capture filter says so, or no other segment is there though octets were sent. What ACKs and data \
        say is not known: rules that need them are silent or at most possible.",
    remedy: "Capture without a filter on control bits.",
    ..WHOLE
};

/// TFA913.
pub static DROPS_REPORTED: Rule = Rule {
    code: "TFA913",
    name: "drops-reported",
    summary: "The capture says that frames were dropped while it was taken.",
    explanation: "The interface or the operating system of the capturing host dropped frames. Missing segments are \
        the capture's loss until something else is proved.",
    remedy: "Capture with a larger buffer or a shorter snapshot length.",
    ..WHOLE
};

/// TFA914.
pub static SAMPLED: Rule = Rule {
    code: "TFA914",
    name: "sampled",
    reference: "RFC 3176 §4",
    summary: "The capture holds samples of TCP headers instead of the segments themselves.",
    explanation: "A switch sends one frame of many to a collector (sFlow). Such headers are evidence of a connection and \
        no sequence of segments: they are counted, shown, and not judged.",
    look_alikes: &["a mirror port or a tunnel, which carry every frame"],
    remedy: "Capture at a mirror port or on one of the hosts.",
    ..WHOLE
};
