//! Octets to [`Record`]s: pcap and pcapng, plain or compressed, from a file, a pipe or any `Read`, streaming.

#[cfg(feature = "threads")]
mod beside;
mod decompress;
mod gzip;
mod info;
mod interface;
mod lz4;
mod merge;
mod note;
mod octets;
mod pcap;
mod pcapng;
mod piece;
mod places;
mod reader;
mod record;
#[cfg(test)]
pub(crate) mod testing;
mod timeline;
mod timestamp;
mod unsupported;
mod window;
mod write;
#[cfg(feature = "zstd")]
mod zstd;

use std::fs::File;
use std::io::{Read, stdin};
use std::path::Path;

pub use decompress::Compression;
pub use info::{CaptureInfo, Format};
pub use interface::{Interface, Resolution};
pub use merge::Merge;
pub use note::{Note, NoteKind, Notes};
pub use octets::ByteOrder;
pub use piece::{Block, Piece, block_type};
pub use places::Places;
pub use reader::Reader;
pub use record::{Direction, FrameNumber, LinkType, Record};
pub use timeline::{Origins, Timeline};
pub use timestamp::{Timestamp, UnknownTime};
pub use write::{Blocks, Edit, Options, Stamp, option};

use crate::{Error, Result};

/// A reader of a file or of standard input.
pub type FileReader = Reader<Box<dyn Read + Send>>;

/// Opens the capture at `path`; `-` is standard input.
///
/// # Errors
///
/// [`Error::Io`] if it cannot be opened or read, [`Error::Format`] if it is no capture.
pub fn open(path: impl AsRef<Path>) -> Result<FileReader> {
    let path = path.as_ref();
    if path == Path::new("-") {
        return Reader::new(Box::new(stdin()), "-");
    }
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| Error::io(&name, error))?;
    Reader::new(Box::new(file), name)
}
