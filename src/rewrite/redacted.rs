//! A capture in, the octets of the same capture redacted out: pcapng that any [`Reader`] reads.

use super::ending::Ending;
use crate::capture::{Block, Blocks, Edit, Format, Options, Piece, Reader, Record};
use crate::capture::{Resolution, Stamp, block_type, option};
use crate::redact::{Redaction, Redactor};
use std::fmt;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What was left out of a redacted capture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Frames that hold no TCP, or hold it in something that is not rewritten.
    pub frames: u64,
    /// Blocks with names of addresses.
    pub names: u64,
    /// Blocks with secrets to decrypt by.
    pub secrets: u64,
    /// Blocks of other kinds that may tell anything.
    pub other_blocks: u64,
    /// Comments of frames, sections and interfaces.
    pub comments: u64,
    /// Other options, as names, descriptions and filters of interfaces.
    pub options: u64,
}

/// What is left out, counted while the capture is read.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<Mutex<Told>>);

#[derive(Debug, Default)]
struct Told {
    left_out: LeftOut,
    damage: Vec<String>,
}

/// The octets of a redacted capture.
pub struct Redacted<R: Read> {
    reader: Reader<R>,
    redactor: Redactor,
    tally: Tally,
    ending: Ending,
    ready: Blocks,
    taken: usize,
    /// The clock of the one interface that a pcap file has.
    resolution: Resolution,
    ended: bool,
}

impl<R: Read> Redacted<R> {
    /// The capture in `reader`, which nothing was read from yet.
    pub fn new(reader: Reader<R>, redaction: Redaction) -> Self {
        let mut ready = Blocks::new(reader.info().byte_order);
        let mut resolution = Resolution::MICROSECONDS;
        if let (true, Some(interface)) = (reader.info().format != Format::Pcapng, reader.info().interfaces.first()) {
            resolution = interface.resolution;
            ready.section(reader.info().byte_order);
            ready.interface(interface);
        }
        let (redactor, tally) = (Redactor::new(redaction), Tally::default());
        Self { reader, redactor, tally, ending: Ending::default(), ready, taken: 0, resolution, ended: false }
    }

    /// What is left out, complete when all was read.
    pub fn tally(&self) -> Tally {
        self.tally.clone()
    }

    /// Makes the octets of the next piece ready.
    fn advance(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.taken = 0;
        let Self { reader, redactor, tally, ending, ready, resolution, ended, .. } = self;
        let piece = reader.next_piece().map_err(|error| io::Error::other(error.to_string()))?;
        let mut told = tally.told();
        let left_out = &mut told.left_out;
        match piece {
            None => *ended = true,
            Some(Piece::Frame(record, block)) => {
                let redacted = redactor.frame(&record);
                ending.frame(&record, block.as_ref(), *resolution, redacted.is_ok());
                match redacted {
                    Ok(redacted) => frame(ready, &record, block, redacted.data, *resolution, left_out),
                    Err(_) => left_out.frames += 1,
                }
            }
            Some(Piece::Other(block)) => {
                if block.block_type() == block_type::SECTION_HEADER {
                    ending.tell(ready);
                }
                other(ready, &block, left_out);
            }
            Some(Piece::Rest(_)) => {}
        }
        if *ended {
            ending.tell(ready);
            let notes = reader.info().notes.iter().filter(|note| note.kind.is_damage());
            told.damage.extend(notes.map(ToString::to_string));
        }
        Ok(())
    }
}

impl Tally {
    /// What was left out so far.
    pub fn left_out(&self) -> LeftOut {
        self.told().left_out
    }

    /// What was wrong with the capture, complete when all was read.
    pub fn damage(&self) -> Vec<String> {
        self.told().damage.clone()
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R: Read> Read for Redacted<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.ready.octets().len() && !self.ended {
            self.advance()?;
        }
        let mut left = self.ready.octets().get(self.taken..).unwrap_or_default();
        let count = left.read(room)?;
        self.taken += count;
        Ok(count)
    }
}

/// `2 frames, 1 block of names`; empty where nothing was left out.
impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.frames, "frame that is not TCP", "frames that are not TCP"),
            (self.names, "block of names", "blocks of names"),
            (self.secrets, "block of secrets", "blocks of secrets"),
            (self.other_blocks, "other block", "other blocks"),
            (self.comments, "comment", "comments"),
            (self.options, "other option", "other options"),
        ];
        let told = counts.into_iter().filter(|(count, ..)| *count > 0);
        let told = told.map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }));
        f.write_str(&told.collect::<Vec<_>>().join(", "))
    }
}

/// Options of packet blocks that tell of nobody: direction and link errors, drops, the frame's number and queue.
fn keeps_of_frame(code: u16) -> bool {
    matches!(code, option::FLAGS | option::DROP_COUNT | option::PACKET_ID | option::QUEUE)
}

/// Of interfaces: speed, clock and check sequence.
fn keeps_of_interface(code: u16) -> bool {
    matches!(code, option::SPEED | option::RESOLUTION | option::FCS_LEN | option::TIME_OFFSET)
}

/// Of statistics: times and counts.
fn keeps_of_statistics(code: u16) -> bool {
    matches!(code, 2..=8)
}

fn frame(
    ready: &mut Blocks,
    record: &Record<'_>,
    block: Option<Block<'_>>,
    data: &[u8],
    resolution: Resolution,
    left_out: &mut LeftOut,
) {
    let edit = Edit { data, keeps: keeps_of_frame, comments: &[] };
    match block {
        Some(block) => {
            count(block.packet_options(record), keeps_of_frame, left_out);
            ready.again(&block, record, &edit);
        }
        None => ready.frame(record, 0, resolution, &edit),
    }
}

/// A block that holds no frame, without what may tell of somebody; or nothing.
fn other(ready: &mut Blocks, block: &Block<'_>, left_out: &mut LeftOut) {
    if let Some(until) = Stamp::of_end(block) {
        return ready.went_on(until);
    }
    let (fixed, keeps): (usize, fn(u16) -> bool) = match block.block_type() {
        block_type::SECTION_HEADER => (16, |_| false),
        block_type::INTERFACE_DESCRIPTION => (8, keeps_of_interface),
        block_type::INTERFACE_STATISTICS => (12, keeps_of_statistics),
        block_type::NAME_RESOLUTION => return left_out.names += 1,
        block_type::DECRYPTION_SECRETS => return left_out.secrets += 1,
        kind if block_type::is_packet(kind) => return left_out.frames += 1,
        _ => return left_out.other_blocks += 1,
    };
    count(block.options(fixed), keeps, left_out);
    ready.with_options(block, fixed, keeps);
}

fn count(options: Options<'_>, keeps: fn(u16) -> bool, left_out: &mut LeftOut) {
    for (code, _) in options.filter(|(code, _)| !keeps(*code)) {
        match code {
            option::COMMENT => left_out.comments += 1,
            _ => left_out.options += 1,
        }
    }
}
