//! TFA601 to TFA607, TFA613: combinations of control bits that mean nothing.

use super::HEADER;
use crate::flow::Step;
use crate::rules::{Evidence, Peers, Rule, Severity};
use crate::wire::Flags;

/// TFA601.
pub static SYN_FIN: Rule = Rule {
    code: "TFA601",
    name: "syn-fin",
    summary: "SYN and FIN stand in one segment.",
    explanation: "SYN opens a direction and FIN ends it. Nothing that works sends both: since T/TCP is historic \
        (RFC 6247) only scanners do, to learn what a stack or a filter makes of it.",
    look_alikes: &["data with SYN, which is legal (TFA109)"],
    ladder: &["client > server  SYN FIN  seq=1000"],
    peers: Peers { wireshark: None, zeek: Some("history letter q"), suricata: Some("stream.fin_syn") },
    check: |step, _| all(step, Flags::SYN.with(Flags::FIN), "SYN and FIN stand in one segment"),
    ..HEADER
};

/// TFA602.
pub static SYN_RST: Rule = Rule {
    code: "TFA602",
    name: "syn-rst",
    summary: "SYN and RST stand in one segment.",
    explanation: "SYN opens a connection and RST ends it at once; receivers handle RST first and nothing is left to \
        open (RFC 9293 §3.10.7).",
    ladder: &["client > server  SYN RST  seq=1000"],
    peers: Peers { wireshark: None, zeek: Some("TCP_christmas"), suricata: None },
    check: |step, _| all(step, Flags::SYN.with(Flags::RST), "SYN and RST stand in one segment"),
    ..HEADER
};

/// TFA603.
pub static NULL_FLAGS: Rule = Rule {
    code: "TFA603",
    name: "null-flags",
    reference: "RFC 9293 §3.1, §3.10.7.4",
    summary: "A segment has no control bit at all.",
    explanation: "Every segment but the first SYN and some RSTs carries ACK; one without any bit is dropped unread. \
        Scanners send it.",
    look_alikes: &["a segment with other bits and without ACK, which is TFA606"],
    ladder: &["client > server  <none>  seq=1101"],
    check: |step, _| (bits(step)? == 0).then(|| evidence(step, "none of the control bits is set"))?,
    ..HEADER
};

/// TFA604.
pub static XMAS_FLAGS: Rule = Rule {
    code: "TFA604",
    name: "xmas-flags",
    summary: "FIN, PSH and URG without ACK, or every control bit.",
    explanation: "No stack lights all these bits. Scanners do: a closed port answers with RST, an open one drops it.",
    look_alikes: &["URG and PSH on a FIN that carries ACK"],
    ladder: &["client > server  FIN PSH URG  seq=1000"],
    check: |step, _| is_christmas(bits(step)?).then(|| evidence(step, "the control bits are lit like a tree"))?,
    ..HEADER
};

/// TFA605.
pub static FIN_RST: Rule = Rule {
    code: "TFA605",
    name: "fin-rst",
    severity: Severity::Warning,
    summary: "FIN and RST stand in one segment.",
    explanation: "FIN closes in order and RST aborts; receivers handle RST first, so the FIN is never seen.",
    look_alikes: &["RST after FIN in a segment of its own"],
    peers: Peers { wireshark: None, zeek: Some("history letter i"), suricata: None },
    ladder: &["client > server  FIN RST ACK  seq=1101 ack=5201"],
    check: |step, _| all(step, Flags::FIN.with(Flags::RST), "FIN and RST stand in one segment"),
    ..HEADER
};

/// TFA606.
pub static ACK_FLAG_MISSING: Rule = Rule {
    code: "TFA606",
    name: "ack-flag-missing",
    severity: Severity::Warning,
    reference: "RFC 9293 §3.1, §3.10.7.4",
    summary: "A segment without SYN and RST has no ACK.",
    explanation: "Once a connection is established ACK is always set; a receiver drops a segment without it. A FIN \
        without ACK closes nothing.",
    look_alikes: &["SYN and RST, which may come without ACK"],
    ladder: &["client > server  PSH  seq=1001 len=100"],
    check: |step, _| {
        let bits = bits(step)?;
        let opens = bits & Flags::SYN.with(Flags::RST).with(Flags::ACK).0 != 0;
        if opens || bits == 0 || is_christmas(bits) {
            return None;
        }
        let what = if bits & Flags::FIN.0 != 0 { "the FIN" } else { "the segment" };
        evidence(step, &format!("{what} has no ACK bit: its receiver drops it"))
    },
    ..HEADER
};

/// TFA607.
pub static ACK_NUMBER_WITHOUT_FLAG: Rule = Rule {
    code: "TFA607",
    name: "ack-number-without-flag",
    severity: Severity::Note,
    summary: "The acknowledgement field is set, the ACK bit is not.",
    explanation: "The field means nothing without the bit. Some stacks leave an old number in their RSTs; in a SYN it \
        may carry something for somebody else.",
    ladder: &["client > server  SYN  seq=1000 ack=12345"],
    peers: Peers { wireshark: Some("tcp.ack.nonzero"), zeek: None, suricata: Some("stream.pkt_broken_ack") },
    check: |step, _| {
        let segment = step.segment.filter(|segment| segment.auditable())?;
        let idle = segment.ack.0 != 0 && !segment.flags.has(Flags::ACK);
        idle.then(|| Some(evidence(step, "the field means nothing without the bit")?.seq("SEG.ACK", segment.ack)))?
    },
    ..HEADER
};

/// TFA613.
pub static PUSH_WITHOUT_DATA: Rule = Rule {
    code: "TFA613",
    name: "push-without-data",
    severity: Severity::Note,
    reference: "RFC 9293 §3.9.1",
    summary: "PSH on a segment without data.",
    explanation: "PSH asks the receiver to hand on what it has. Without data there is nothing to push; harmless.",
    look_alikes: &["PSH beside FIN"],
    remedy: "Nothing needs to be done.",
    ladder: &["client > server  PSH ACK  seq=1101 len=0"],
    check: |step, _| {
        let segment = step.segment.filter(|segment| segment.auditable())?;
        let alone = !segment.flags.any(Flags::SYN.with(Flags::FIN).with(Flags::RST).with(Flags::URG));
        let idle = alone && segment.flags.has(Flags::PSH.with(Flags::ACK)) && segment.data_len() == 0;
        idle.then(|| evidence(step, "PSH with nothing to push"))?
    },
    ..HEADER
};

/// The six classic bits of the segment.
fn bits(step: &Step<'_>) -> Option<u16> {
    step.segment.filter(|segment| segment.auditable()).map(|segment| segment.flags.0 & 0x3f)
}

/// Whether the six classic bits are those of a scan that lights them all, or all that need no connection.
pub(super) fn is_christmas(bits: u16) -> bool {
    let tree = Flags::FIN.with(Flags::PSH).with(Flags::URG).0;
    bits == 0x3f || (bits & tree == tree && bits & Flags::ACK.with(Flags::SYN).with(Flags::RST).0 == 0)
}

/// Both bits, and not every other one too.
fn all(step: &Step<'_>, both: Flags, message: &str) -> Option<Evidence> {
    let bits = bits(step)?;
    (bits & both.0 == both.0 && !is_christmas(bits)).then(|| evidence(step, message))?
}

fn evidence(step: &Step<'_>, message: &str) -> Option<Evidence> {
    let (mark, flags) = (step.mark()?, step.segment?.flags);
    Some(Evidence::at(mark, message).seq("SEG.SEQ", mark.seq).text("flags", flags.to_string()).pointing(message))
}
