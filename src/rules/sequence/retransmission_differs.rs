//! TFA304: the same numbers with other octets.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA304.
pub static RULE: Rule = Rule {
    code: "TFA304",
    name: "retransmission-differs",
    family: Family::Sequence,
    severity: Severity::Error,
    reference: "RFC 9293 §3.4, §3.8.1",
    summary: "The same octets of the sequence space are sent twice with different content.",
    explanation: "A sequence number names one octet for good. Where the same range comes twice and its sum differs, \
        the receiver gets one or the other by chance: content was changed on the way, or injected, or the sender is \
        broken. Compared is the ones'-complement sum of whole payloads whose checksum is right.",
    look_alikes: &[
        "a payload that the capture cut",
        "a damaged copy: its checksum is wrong",
        "one octet of garbage in a keep-alive or a window probe",
        "octets sent again in segments with other boundaries",
    ],
    remedy: "Compare both payloads; look for a proxy, a content filter, or somebody who injects.",
    equation: "",
    ladder: &["client > server  ACK  seq=1001 len=100", "client > server  ACK  seq=1001 len=100   (other octets)"],
    peers: Peers {
        wireshark: Some("tcp.analysis.retransmission"),
        zeek: Some("rexmit_inconsistency"),
        suricata: Some("stream.reassembly_overlap_different_data"),
    },
    needs: Needs::WHOLE_HEADERS,
    on: Cues::NOT_NEW,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let (mark, frame) = (step.mark()?, step.before.contradicts?);
    let end = mark.seq + mark.len;
    Some(
        Evidence::at(
            mark,
            format!(
                "the octets from {} up to {end} differ from what frame {frame} carried under the same numbers",
                mark.seq
            ),
        )
        .seq("SEG.SEQ", mark.seq)
        .count("SEG.LEN", mark.len)
        .count("first sent in frame", frame)
        .pointing(format!("differs from frame {frame}")),
    )
}
