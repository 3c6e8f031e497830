//! What is known on the way through one frame, from its first octet to every TCP header in it.

use super::fragment::Fragments;
use super::octets::Octets;
use super::path::{Paths, Tag};
use super::trace::{Part, Trace};
use super::{Decoded, IpLayer, Path, Quote, Segment, Skip};
use crate::capture::{FrameNumber, Record, Timestamp};
use std::net::IpAddr;

/// Headers one inside the other before a frame is taken for an attack on the reader's stack.
const MAX_DEPTH: u8 = 64;

/// Whether the frame can be read on, or why its dissection ends here. An end of dissection ends it for the whole frame,
/// as in Wireshark, except where a layer samples other frames.
pub(super) type Outcome = Result<(), Skip>;

/// What a header inherits from those around it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context {
    /// Where the frame was seen.
    pub path: Path,
    /// First VLAN id that is not zero, 0 if none: part of what tells IP fragments apart.
    pub vlan: u16,
    /// What quotes the headers that follow.
    pub quote: Option<Quote>,
    /// How many headers stood around the packet that the innermost ICMP error quotes.
    pub quoted_at: u8,
    /// Whether an IP header said that more of the datagram follows, and it cannot be reassembled.
    pub fragmented: bool,
    pub depth: u8,
}

/// The IP header in front of a transport header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Datagram {
    pub source: IpAddr,
    /// The final destination where a source route or routing header names one.
    pub destination: IpAddr,
    pub ttl: u8,
    pub ecn: u8,
    /// Identification; IPv6 has none outside fragments.
    pub ip_id: Option<u16>,
    /// Whether IP's length was there to be believed, so that the payload's end is known.
    pub length_known: bool,
}

/// The way through one frame.
pub(super) struct Walk<'w> {
    pub frame: FrameNumber,
    pub time: Timestamp,
    pub context: Context,
    pub verify_checksums: bool,
    pub fragments: &'w mut Fragments,
    paths: &'w mut Paths,
    /// Why no segment was found, as far as it is known.
    pub skip: Skip,
    pub found: usize,
    layers: &'w mut Vec<IpLayer>,
    trace: Option<Trace<'w>>,
    sink: &'w mut dyn FnMut(&Decoded<'_>),
}

impl<'w> Walk<'w> {
    pub fn new(
        record: &Record<'_>,
        verify_checksums: bool,
        (fragments, paths): (&'w mut Fragments, &'w mut Paths),
        layers: &'w mut Vec<IpLayer>,
        sink: &'w mut dyn FnMut(&Decoded<'_>),
    ) -> Self {
        layers.clear();
        let path = Path { interface: record.interface, direction: record.direction, ..Path::default() };
        Walk {
            frame: record.number,
            time: record.time,
            context: Context { path, ..Context::default() },
            verify_checksums,
            fragments,
            paths,
            skip: Skip::NotTcp,
            found: 0,
            layers,
            trace: None,
            sink,
        }
    }

    /// The same, noting what is read as what.
    pub fn traced(self, trace: Trace<'w>) -> Self {
        Self { trace: Some(trace), ..self }
    }

    /// Whether it is noted what is read as what; then no fragment waits for others.
    pub fn is_traced(&self) -> bool {
        self.trace.is_some()
    }

    /// Notes that `octets` are `part`.
    #[inline]
    pub fn mark(&mut self, part: Part, octets: &[u8]) {
        if let Some(trace) = &mut self.trace {
            trace.mark(part, octets);
        }
    }

    /// Notes that the `count` octets at `at` of `octets` are `part`, as far as they were captured.
    #[inline]
    pub fn mark_at(&mut self, part: Part, octets: Octets<'_>, at: usize, count: usize) {
        if let Some(trace) = &mut self.trace {
            let from = octets.data().get(at..).unwrap_or_default();
            trace.mark(part, from.get(..count).unwrap_or(from));
        }
    }

    /// Reads a fragment by itself, for a trace: the first as the beginning of its datagram, of which more was not
    /// captured; a later one is just noted. `about` is the datagram's identification and what it carries.
    pub fn trace_fragment(
        &mut self,
        ip: &Datagram,
        about: (u32, u8),
        offset: usize,
        body: Octets<'_>,
        payload: fn(&mut Self, &Datagram, u8, Octets<'_>) -> Outcome,
    ) -> Outcome {
        /// More than any datagram has.
        const UNKNOWN_LENGTH: usize = u32::MAX as usize;
        let (id, protocol) = about;
        let (source, destination) = (ip.source, ip.destination);
        self.mark(Part::Fragment { source, destination, id, protocol, offset }, body.data());
        if offset > 0 {
            return self.nothing(Skip::Fragment);
        }
        self.context.fragmented = true;
        payload(self, ip, protocol, Octets::new(body.data(), UNKNOWN_LENGTH))
    }

    /// Reads one of several frames that the frame holds; what is known on the way to it is known again behind it.
    pub fn one_of_several(&mut self, octets: Octets<'_>, read: fn(&mut Self, Octets<'_>) -> Outcome) -> Outcome {
        let (context, found) = (self.context, self.found);
        let noted = self.trace.as_ref().map_or(0, Trace::len);
        let outcome = read(self, octets);
        self.context = context;
        if let Some(trace) = &mut self.trace {
            trace.close(noted, self.found > found, octets.data());
        }
        outcome
    }

    /// Counts one more header around what follows.
    pub fn deeper(&mut self) -> Outcome {
        self.context.depth += 1;
        if self.context.depth > MAX_DEPTH { Err(Skip::TooDeep) } else { Ok(()) }
    }

    /// Notes why nothing can be read here, without ending the frame.
    pub fn nothing(&mut self, why: Skip) -> Outcome {
        self.skip = why;
        Ok(())
    }

    /// Notes an IP header on the way.
    #[inline]
    pub fn ip_layer(&mut self, source: IpAddr, destination: IpAddr) {
        self.layers.push(IpLayer { source, destination });
    }

    /// Hands a segment on, with its octets and the IP headers since the last one.
    pub fn deliver(&mut self, segment: Segment, header: &[u8], payload: &[u8]) {
        self.found += 1;
        (self.sink)(&Decoded { segment, header, payload, ip_layers: self.layers });
        self.layers.clear();
    }

    /// Notes an identifier of the network the rest of the frame belongs to.
    pub fn tag(&mut self, tag: Tag, value: u32) {
        self.context.path.id = self.paths.extend(self.context.path.id, tag, value);
    }

    /// Notes a tunnel between the end points of `outer`.
    pub fn tunnel(&mut self, outer: &Datagram, tag: Tag, value: u32) {
        self.context.path.id = self.paths.extend_tunnel(self.context.path.id, outer, tag, value);
    }

    /// Notes the hardware addresses of the outermost link layer that has them.
    pub fn macs(&mut self, source: [u8; 6], destination: [u8; 6]) {
        if self.context.path.macs == [[0; 6]; 2] {
            self.context.path.macs = [source, destination];
        }
    }
}
