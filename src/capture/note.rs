//! What was odd about a capture that could be read all the same: typed notes, counted, with the place of the first.

use std::fmt;

/// One kind of oddity, how often it was met and where first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What was met, with the particulars of the first case.
    pub kind: NoteKind,
    /// How often.
    pub count: u64,
    /// Octets from the start of the (decompressed) capture to the first case.
    pub offset: u64,
}

/// What can be odd about a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoteKind {
    /// The capture ends inside a record or block. Reading ends.
    Truncated {
        /// Octets of the record that are there.
        present: u64,
        /// Octets it should have, as far as they say themselves.
        expected: u64,
    },
    /// A record's header gives a length that no capture has. Reading ends.
    AbsurdLength {
        /// The length claimed.
        claimed: u64,
        /// The highest length believed.
        limit: u64,
    },
    /// A pcapng block is shorter than its own frame, so the next one cannot be found. Reading ends.
    BadBlock {
        /// The block's type.
        block_type: u32,
    },
    /// A section header has neither byte order. Reading ends.
    BadByteOrder {
        /// The octets where the byte-order magic should be.
        magic: [u8; 4],
    },
    /// The compressed stream is damaged or cut. Reading ends with what could be unpacked.
    BadCompression {
        /// What the decompressor said.
        message: String,
    },
    /// One of the files that are read as one capture is damaged.
    DamagedFile {
        /// Which, and how.
        message: String,
        /// Whether nothing is wrong but that it ends too early.
        is_cut: bool,
    },
    /// A block's contents contradict its length. Skipped.
    MalformedBlock {
        /// The block's type.
        block_type: u32,
    },
    /// The length at the end of a block is not the one at its start. Read by the first.
    LengthMismatch {
        /// The length at the start.
        first: u32,
        /// The length at the end.
        second: u32,
    },
    /// A packet of an interface that the section does not declare. Skipped, but numbered.
    UndeclaredInterface {
        /// The interface's index.
        id: u32,
    },
    /// A block longer than is kept in memory. Skipped.
    OversizedBlock {
        /// The block's type.
        block_type: u32,
        /// Its length in octets.
        len: u64,
    },
    /// A block of a type not known here. Skipped, which is what the format asks for.
    UnknownBlock {
        /// The block's type.
        block_type: u32,
    },
}

impl NoteKind {
    /// Whether something was lost that the capture should hold.
    pub fn is_damage(&self) -> bool {
        !matches!(self, Self::UnknownBlock { .. })
    }

    /// Whether it may be that the reading was stopped amid a record, or amid the stream that it is packed in.
    pub const fn may_be_a_cut(&self) -> bool {
        matches!(self, Self::Truncated { .. } | Self::BadCompression { .. } | Self::DamagedFile { is_cut: true, .. })
    }
}

impl fmt::Display for NoteKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { present, expected } => {
                write!(f, "the capture ends inside a record: {present} of its {expected} octets are there")
            }
            Self::AbsurdLength { claimed, limit } => {
                write!(
                    f,
                    "a record claims {claimed} octets, more than the {limit} believed; what follows cannot be read"
                )
            }
            Self::BadBlock { block_type } => {
                write!(f, "a block of type {block_type:#010x} with an impossible length; what follows cannot be read")
            }
            Self::BadByteOrder { magic } => {
                write!(f, "a section header with the byte-order magic {magic:02x?}; what follows cannot be read")
            }
            Self::BadCompression { message } => write!(f, "the compressed stream is damaged or cut: {message}"),
            Self::DamagedFile { message, .. } => f.write_str(message),
            Self::MalformedBlock { block_type } => {
                write!(f, "a block of type {block_type:#010x} whose contents contradict its length was skipped")
            }
            Self::LengthMismatch { first, second } => {
                write!(f, "a block of {first} octets says {second} at its end")
            }
            Self::UndeclaredInterface { id } => {
                write!(f, "a packet of interface {id}, which its section does not declare, was skipped")
            }
            Self::OversizedBlock { block_type, len } => {
                write!(f, "a block of type {block_type:#010x} with {len} octets was skipped")
            }
            Self::UnknownBlock { block_type } => {
                write!(f, "a block of the unknown type {block_type:#010x} was skipped")
            }
        }
    }
}

/// `at octet 24: a block of … was skipped (and 2 more of this kind)`.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A place in the timeline of several files is no place in any of them.
        match &self.kind {
            NoteKind::DamagedFile { message, .. } => f.write_str(message)?,
            kind => write!(f, "at octet {}: {kind}", self.offset)?,
        }
        match self.count {
            0 | 1 => Ok(()),
            count => write!(f, " (and {} more of this kind)", count - 1),
        }
    }
}

/// Notes in the order of their first case, one for each kind, so that no file can make them many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes(Vec<Note>);

impl Notes {
    pub(super) fn add(&mut self, offset: u64, kind: NoteKind) {
        let same = |note: &&mut Note| std::mem::discriminant(&note.kind) == std::mem::discriminant(&kind);
        match self.0.iter_mut().find(same) {
            Some(note) => note.count = note.count.saturating_add(1),
            None => self.0.push(Note { kind, count: 1, offset }),
        }
    }

    /// The notes.
    pub fn iter(&self) -> std::slice::Iter<'_, Note> {
        self.0.iter()
    }

    /// Whether something was lost that the capture should hold.
    pub fn any_damage(&self) -> bool {
        self.iter().any(|note| note.kind.is_damage())
    }
}

impl<'a> IntoIterator for &'a Notes {
    type Item = &'a Note;
    type IntoIter = std::slice::Iter<'a, Note>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_note_for_each_kind_with_the_first_place() {
        let mut notes = Notes::default();
        notes.add(24, NoteKind::UnknownBlock { block_type: 7 });
        notes.add(64, NoteKind::UnknownBlock { block_type: 8 });
        assert!(!notes.any_damage());
        notes.add(99, NoteKind::Truncated { present: 3, expected: 16 });
        assert!(notes.any_damage());
        let text: Vec<String> = notes.iter().map(Note::to_string).collect();
        assert_eq!(
            text,
            [
                "at octet 24: a block of the unknown type 0x00000007 was skipped (and 1 more of this kind)",
                "at octet 99: the capture ends inside a record: 3 of its 16 octets are there",
            ]
        );
    }
}
