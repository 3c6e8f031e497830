//! TFA608, TFA609, TFA611, TFA612, TFA614: header fields with values that no stack gives them.

use super::HEADER;
use super::flags::is_christmas;
use crate::rules::{Evidence, Peers, Rule, Severity};
use crate::wire::Flags;

/// TFA608.
pub static RESERVED_BITS: Rule = Rule {
    code: "TFA608",
    name: "reserved-bits",
    severity: Severity::Warning,
    summary: "One of the three reserved bits is set.",
    explanation: "The three bits after the data offset must be zero in what is sent and are ignored in what is \
        received. (The fourth is AE of RFC 9768, and no longer reserved.)",
    look_alikes: &["AE, the bit beside them (RFC 9768)"],
    ladder: &["client > server  ACK  seq=1001 len=100 reserved=2"],
    peers: Peers { wireshark: Some("tcp.flags.res"), zeek: None, suricata: None },
    check: |step, _| {
        let segment = step.segment.filter(|segment| segment.auditable() && segment.flags.any(Flags::RESERVED))?;
        let bits = (segment.flags.0 & Flags::RESERVED.0) >> 9;
        Some(Evidence::at(step.mark()?, format!("the reserved bits are {bits:03b}")).count("reserved", bits))
    },
    ..HEADER
};

/// TFA609.
pub static DATA_OFFSET_INVALID: Rule = Rule {
    code: "TFA609",
    name: "data-offset-invalid",
    summary: "The data offset is below 5, or points beyond the segment.",
    explanation: "The data offset says where the data begins, in words of 32 bits. Below 5 it lies within the fixed \
        header; beyond the segment there are no such octets. The segment cannot be read and moves nothing.",
    equation: "5 ≤ data offset ≤ segment length / 4",
    ladder: &["client > server  ACK  seq=1101 offset=4"],
    peers: Peers {
        wireshark: Some("tcp.bogus_header_length"),
        zeek: Some("bad_TCP_header_len"),
        suricata: Some("decoder.tcp.hlen_too_small, decoder.tcp.invalid_optlen"),
    },
    check: |step, _| {
        let segment = step.segment?;
        let (words, octets) = (segment.data_offset, segment.reported);
        let message = match () {
            () if segment.captured < 13 || segment.standing != crate::wire::Standing::Whole => return None,
            () if words < 5 => format!("a data offset of {words} words lies within the fixed header"),
            () if segment.header_len() > octets => {
                format!("a data offset of {words} words lies beyond the segment's {octets} octets")
            }
            () => return None,
        };
        Some(Evidence::at(step.mark()?, message).count("data offset", words).count("segment", octets))
    },
    ..HEADER
};

/// TFA611.
pub static URGENT_INVALID: Rule = Rule {
    code: "TFA611",
    name: "urgent-invalid",
    severity: Severity::Warning,
    reference: "RFC 9293 §3.8.5",
    summary: "URG with pointer 0; as a note, a pointer without URG.",
    explanation: "The urgent pointer is the offset of the octet after the urgent data: with URG set it points beyond \
        the segment's first number. Without URG the field is not interpreted.",
    look_alikes: &["URG with a pointer beyond the segment: the urgent data may still come"],
    equation: "SEG.UP > 0",
    ladder: &["client > server  URG PSH ACK  seq=1001 len=100 urgent=0"],
    peers: Peers { wireshark: Some("tcp.urgent_pointer.non_zero"), zeek: None, suricata: None },
    check: |step, _| {
        let segment = step.segment.filter(|segment| segment.auditable())?;
        let (urgent, pointer) = (segment.flags.has(Flags::URG), segment.urgent_pointer);
        let (message, severity) = match (urgent, pointer) {
            (true, 0) if !is_christmas(segment.flags.0 & 0x3f) => {
                ("URG is set and the pointer is 0", Severity::Warning)
            }
            (false, 1..) => ("the urgent pointer means nothing without URG", Severity::Note),
            _ => return None,
        };
        Some(Evidence::at(step.mark()?, message).count("SEG.UP", pointer).no_worse_than(severity))
    },
    ..HEADER
};

/// TFA612.
pub static PORT_ZERO: Rule = Rule {
    code: "TFA612",
    name: "port-zero",
    severity: Severity::Warning,
    summary: "A port is 0.",
    explanation: "Port 0 is reserved: no socket has it. Scanners use it to tell stacks apart.",
    ladder: &["client:40000 > server:0  SYN  seq=1000"],
    check: |step, _| {
        let segment = step.segment?;
        let (source, destination) = (segment.source.port, segment.destination.port);
        let which = if source == 0 { "source" } else { "destination" };
        let zero = source == 0 || destination == 0;
        zero.then(|| Some(Evidence::at(step.mark()?, format!("the {which} port is 0"))))?
    },
    ..HEADER
};

/// TFA614.
pub static LAND: Rule = Rule {
    code: "TFA614",
    name: "land",
    summary: "Source and destination are the same endpoint.",
    explanation: "A segment from an address and port to the same address and port, on a real network, is forged: in \
        1997 it made hosts answer themselves for ever. Hosts drop it.",
    look_alikes: &["a socket connected to itself on the loopback interface"],
    remedy: "Filter sources that are the destination's own address where packets enter the network.",
    equation: "source ≠ destination",
    ladder: &["server:139 > server:139  SYN  seq=1000"],
    check: |step, _| {
        let segment = step.segment?;
        let land = segment.source == segment.destination && !segment.source.ip.is_loopback();
        land.then(|| Some(Evidence::at(step.mark()?, format!("{} sends to itself", segment.source))))?
    },
    ..HEADER
};
