//! Annotated traces: a TCP story in text, a segment a line, with what must be said about it on the same line.
//!
//! The notation is told in `testdata/README.md`; [`Trace::parse`] reads it, [`Trace::compile`] makes frames of it.

mod compile;
mod expect;
mod options;
mod parse;
mod segment;
mod values;
mod words;

pub use compile::Compiled;

use super::capture_file::{About, Direction};
use super::packet::{Checksum, Mac};
use std::fmt;
use std::net::IpAddr;

/// A story, read.
#[derive(Debug, Default)]
pub struct Trace {
    /// Why it is not judged yet, from its `# pending:` line.
    pub pending: Option<String>,
    /// Thresholds other than the default, from its `limit` lines.
    pub limits: Vec<(String, String)>,
    /// What the capture file says about itself.
    pub about: About,
    /// The story is told by what pcap files cannot carry.
    pub pcapng_only: bool,
    /// Octets to take off the end of the file.
    pub cut_file: usize,
    /// Its lines in order of the file.
    pub lines: Vec<Line>,
    /// Findings about the capture and no frame.
    pub capture_findings: Vec<Annotation>,
    /// What must be said of each connection, in order of their first frames; empty where nothing is demanded.
    pub verdicts: Vec<Verdict>,
}

/// One line that stands for a frame, or for a segment that was lost before the capture.
#[derive(Debug)]
pub struct Line {
    /// Its number in the file.
    pub number: usize,
    /// Microseconds since the story began.
    pub time: u64,
    /// Whether the capture has it.
    pub captured: bool,
    pub event: Event,
    /// The states of client and server after it.
    pub states: Option<[String; 2]>,
    pub findings: Vec<Annotation>,
}

#[derive(Debug)]
pub enum Event {
    Segment(Box<SegmentLine>),
    /// An ICMP error.
    Icmp(IcmpLine),
    /// A frame that is not TCP: time goes on.
    Clock,
}

/// One end: a name, an address, a port, and hardware.
#[derive(Clone, Debug)]
pub struct End {
    pub name: String,
    pub ip: IpAddr,
    pub port: u16,
    pub mac: Mac,
}

#[derive(Debug)]
pub struct SegmentLine {
    pub from: End,
    pub to: End,
    pub seq: u32,
    pub ack: u32,
    /// Twelve bits, as in the header.
    pub bits: u16,
    pub window: u16,
    pub options: Vec<u8>,
    pub payload: Vec<u8>,
    pub urgent: u16,
    pub offset: Option<u8>,
    pub checksum: Checksum,
    pub carried: Carried,
}

/// How a frame was carried and captured.
#[derive(Clone, Debug, Default)]
pub struct Carried {
    pub ttl: Option<u8>,
    pub id: u16,
    pub ecn: u8,
    pub ip_length: Option<u16>,
    pub macs: Option<[Mac; 2]>,
    pub vlan: Option<u16>,
    pub fragment: Option<Fragment>,
    /// Octets of the frame that were captured.
    pub cut: Option<usize>,
    pub interface: u32,
    pub direction: Option<Direction>,
}

/// Where a segment was cut into two IP fragments, and which of them were captured.
#[derive(Clone, Copy, Debug)]
pub struct Fragment {
    pub first_octets: usize,
    pub captured: [bool; 2],
}

#[derive(Debug)]
pub struct IcmpLine {
    pub from: End,
    pub to: End,
    pub kind: u8,
    pub code: u8,
    /// Next-hop MTU, for those errors that have one.
    pub mtu: u32,
    /// Number of the frame that is quoted.
    pub quotes: usize,
    /// Octets quoted after the IP header.
    pub octets: usize,
    pub carried: Carried,
}

/// A finding that must be reported.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Annotation {
    pub code: String,
    /// Whether it is a note; else an error or a warning.
    pub note: bool,
    /// The confidence it must have, where that is demanded.
    pub confidence: Option<String>,
    /// The frame it must be known at, where that is demanded.
    pub known_at: Option<usize>,
}

/// What must be said of one connection.
#[derive(Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Its line in the file.
    pub number: usize,
    /// Client and server, where named: address and port.
    pub ends: Option<[(IpAddr, u16); 2]>,
    pub handshake: String,
    pub teardown: String,
    /// Who closed first, where that is demanded: `client`, `server` or `nobody`.
    pub by: Option<String>,
}

/// Why a trace could not be read.
#[derive(Debug, PartialEq, Eq)]
pub struct TraceError {
    pub line: usize,
    pub message: String,
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl Trace {
    /// Reads a story.
    pub fn parse(text: &str) -> Result<Self, TraceError> {
        parse::trace(text)
    }
}
