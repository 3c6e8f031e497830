//! A capture and its findings to the same capture with the findings as comments of its frames.

use super::comments::Comments;
use super::copy::{Copy, Written};
use crate::audit::AuditError;
use crate::capture::{Edit, Piece, Reader};
use std::io::{Read, Write};

/// Writes the capture in `reader`, which nothing was read from yet, to `out` as pcapng, with `comments`.
///
/// Everything without a comment stays as it is, octet for octet; a section header loses the length of its section, where
/// it has one.
///
/// # Errors
///
/// [`AuditError::Input`] if reading fails, [`AuditError::Output`] if writing does.
pub fn annotate<R: Read>(
    reader: &mut Reader<R>,
    comments: &Comments,
    out: &mut dyn Write,
) -> Result<Written, AuditError> {
    let mut written = Written::default();
    let mut copy = Copy::begin(reader.info(), out)?;
    while let Some(piece) = reader.next_piece().map_err(AuditError::Input)? {
        match piece {
            Piece::Frame(record, block) => {
                let comments = comments.of(record.number);
                written.frames += 1;
                written.comments += comments.len() as u64;
                match comments {
                    [] => copy.frame(&record, block.as_ref())?,
                    _ => {
                        let edit = Edit { data: record.data, keeps: |_| true, comments };
                        copy.edited(&record, block.as_ref(), &edit)?;
                    }
                }
            }
            Piece::Other(block) if comments.is_empty() => copy.raw(block.octets)?,
            Piece::Other(block) => copy.other(&block)?,
            Piece::Rest(octets) => copy.raw(octets)?,
        }
    }
    copy.end().flush()?;
    written.note(reader.info());
    Ok(written)
}
