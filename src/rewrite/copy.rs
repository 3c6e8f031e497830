//! The pieces of a capture to a pcapng file: as they are, or frames with other octets, options and comments.

use super::ending::Ending;
use super::gate::Gate;
use crate::audit::AuditError;
use crate::capture::{Block, Blocks, CaptureInfo, Edit, Format, Record, Resolution, block_type};
use std::io::Write;

/// What a written capture came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Frames written.
    pub frames: u64,
    /// Comments added.
    pub comments: u64,
    /// What was wrong with the capture read.
    pub notes: Vec<String>,
}

impl Written {
    /// Adds what the capture read says of itself, when all of it was read.
    pub(super) fn note(&mut self, info: &CaptureInfo) {
        self.notes.extend(info.notes.iter().filter(|note| note.kind.is_damage()).map(ToString::to_string));
    }
}

/// Writes a capture as pcapng.
pub(super) struct Copy<W> {
    /// Where it goes.
    pub out: W,
    blocks: Blocks,
    /// The clock of the one interface that a pcap file has.
    resolution: Resolution,
}

impl<W: Write> Copy<W> {
    /// Begins the copy of a capture. A pcap file gets a section and an interface of its own.
    pub fn begin(info: &CaptureInfo, out: W) -> Result<Self, AuditError> {
        let mut copy = Self { out, blocks: Blocks::new(info.byte_order), resolution: Resolution::MICROSECONDS };
        if let (true, Some(interface)) = (info.format != Format::Pcapng, info.interfaces.first()) {
            copy.resolution = interface.resolution;
            copy.blocks.section(info.byte_order);
            copy.blocks.interface(interface);
            copy.flush()?;
        }
        Ok(copy)
    }

    /// Writes octets as they are.
    pub fn raw(&mut self, octets: &[u8]) -> Result<(), AuditError> {
        Ok(self.out.write_all(octets)?)
    }

    /// Writes a block that holds no frame. The length that a section header may give of its section is taken out: what
    /// is added or left out would make it wrong.
    pub fn other(&mut self, block: &Block<'_>) -> Result<(), AuditError> {
        const SECTION_LENGTH: std::ops::Range<usize> = 16..24;
        if block.block_type() != block_type::SECTION_HEADER {
            return self.raw(block.octets);
        }
        let mut octets = block.octets.to_vec();
        if let Some(length) = octets.get_mut(SECTION_LENGTH) {
            length.fill(0xff);
        }
        self.raw(&octets)
    }

    /// Writes a frame as it is.
    pub fn frame(&mut self, record: &Record<'_>, block: Option<&Block<'_>>) -> Result<(), AuditError> {
        match block {
            Some(block) => self.raw(block.octets),
            None => self.edited(record, None, &Edit { data: record.data, keeps: |_| true, comments: &[] }),
        }
    }

    /// Writes a frame with something changed.
    pub fn edited(
        &mut self,
        record: &Record<'_>,
        block: Option<&Block<'_>>,
        edit: &Edit<'_>,
    ) -> Result<(), AuditError> {
        match block {
            Some(block) => self.blocks.again(block, record, edit),
            None => self.blocks.frame(record, 0, self.resolution, edit),
        }
        self.flush()
    }

    /// Ends a section, or the capture: says how long it went on behind the last frame written.
    pub fn went_on(&mut self, ending: &mut Ending) -> Result<(), AuditError> {
        ending.tell(&mut self.blocks);
        self.flush()
    }

    /// Notes a frame for what [`Copy::went_on`] says.
    pub fn note(&self, ending: &mut Ending, record: &Record<'_>, block: Option<&Block<'_>>, is_written: bool) {
        ending.frame(record, block, self.resolution, is_written);
    }

    /// Where it went, nothing being left in memory.
    pub fn end(self) -> W {
        self.out
    }

    fn flush(&mut self) -> Result<(), AuditError> {
        self.out.write_all(self.blocks.octets())?;
        self.blocks.clear();
        Ok(())
    }
}

impl Copy<Gate<'_>> {
    /// Has a frame wait at the gate.
    pub fn hold(&mut self, record: &Record<'_>, block: Option<&Block<'_>>) -> Result<(), AuditError> {
        self.out.begin(record.number);
        let outcome = self.frame(record, block);
        self.out.end()?;
        outcome
    }
}
