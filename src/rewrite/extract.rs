//! A capture and the numbers of some connections to a capture of those only, their frames and all that is said about
//! them unchanged.

use super::copy::{Copy, Written};
use super::ending::Ending;
use super::gate::Gate;
use super::streams::Streams;
use crate::audit::AuditError;
use crate::capture::{Block, Piece, Reader, Record, block_type};
use crate::wire::{Decoder, Skip};
use std::collections::HashSet;
use std::io::{Read, Write};

/// Writes the connections with these numbers (Wireshark's `tcp.stream`) of the capture in `reader`, which nothing was
/// read from yet, to `out` as pcapng.
///
/// A connection's frames are those with a segment of it, tunnelled or not, all IP fragments of such a segment, and the
/// ICMP errors that quote one. What is no frame is kept, octet for octet but for the length of a section. A block of
/// statistics says how long the capture went on behind the last of them, so that as much went unanswered as before.
///
/// # Errors
///
/// [`AuditError::Input`] if reading fails, [`AuditError::Output`] if writing does.
pub fn extract<R: Read>(
    reader: &mut Reader<R>,
    wanted: &HashSet<u32>,
    out: &mut dyn Write,
) -> Result<Written, AuditError> {
    let copy = Copy::begin(reader.info(), Gate::new(out))?;
    let (decoder, streams) = (Decoder::new(false), Streams::default());
    let ending = Ending::default();
    let mut extraction = Extraction { wanted, decoder, streams, copy, ending, written: 0, goes_on: true };
    while let Some(piece) = reader.next_piece().map_err(AuditError::Input)? {
        extraction.piece(&piece)?;
    }
    extraction.copy.went_on(&mut extraction.ending)?;
    let forgotten = extraction.streams.forgotten;
    let mut gate = extraction.copy.end();
    gate.finish()?;
    let mut written = Written { frames: extraction.written + gate.frames, ..Written::default() };
    written.note(reader.info());
    if forgotten > 0 {
        let told = "pairs of endpoints made room for others: numbers of later streams may not be Wireshark's";
        written.notes.push(format!("{forgotten} {told}"));
    }
    Ok(written)
}

struct Extraction<'a> {
    wanted: &'a HashSet<u32>,
    decoder: Decoder,
    streams: Streams,
    copy: Copy<Gate<'a>>,
    ending: Ending,
    /// Frames written at once.
    written: u64,
    /// Whether the block at hand is kept, if it is one that comes in parts.
    goes_on: bool,
}

impl Extraction<'_> {
    fn piece(&mut self, piece: &Piece<'_>) -> Result<(), AuditError> {
        match piece {
            Piece::Frame(record, block) => self.frame(record, block.as_ref()),
            Piece::Other(block) => {
                // A frame that cannot be read belongs to no connection.
                self.goes_on = !block_type::is_packet(block.block_type());
                if block.block_type() == block_type::SECTION_HEADER {
                    self.copy.went_on(&mut self.ending)?;
                }
                if self.goes_on { self.copy.other(block) } else { Ok(()) }
            }
            Piece::Rest(octets) if self.goes_on => self.copy.raw(octets),
            Piece::Rest(_) => Ok(()),
        }
    }

    /// Writes a frame, or leaves it out; a fragment waits until its datagram shows what it belongs to.
    fn frame(&mut self, record: &Record<'_>, block: Option<&Block<'_>>) -> Result<(), AuditError> {
        let (streams, wanted) = (&mut self.streams, self.wanted);
        let mut takes = false;
        let outcome = self.decoder.decode(record, &mut |decoded| {
            takes |= streams.of(&decoded.segment).is_some_and(|stream| wanted.contains(&stream));
        });
        for fragment in self.decoder.completed() {
            self.copy.out.decide(*fragment, takes)?;
        }
        self.copy.note(&mut self.ending, record, block, takes);
        if takes {
            self.written += 1;
            return self.copy.frame(record, block);
        }
        match outcome {
            Err(Skip::Fragment) => self.copy.hold(record, block),
            _ => Ok(()),
        }
    }
}
