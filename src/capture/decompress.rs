//! A stream that may be compressed to the plain octets in it.

use std::fmt;
use std::io::{self, BufReader, Chain, Cursor, Read};

use crate::{Error, Result};

/// How the octets of a capture were packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip (RFC 1952), one member or several.
    Gzip,
    /// Zstandard frames (RFC 8878).
    Zstd,
    /// LZ4 frames.
    Lz4,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Lz4 => "lz4",
        })
    }
}

/// A stream, unpacked while it is read.
pub(super) enum Unpacked<R: Read> {
    Plain(Whole<R>),
    Gzip(Box<super::gzip::Decoder<BufReader<Whole<R>>>>),
    Lz4(Box<super::lz4::Decoder<BufReader<Whole<R>>>>),
    #[cfg(feature = "zstd")]
    Zstd(Box<super::zstd::Decoder<BufReader<Whole<R>>>>),
    #[cfg(feature = "threads")]
    Beside(super::beside::Beside),
}

/// A stream with the octets put back that were read to recognise it.
type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

/// Octets that tell one compression from another.
const MAGIC_LEN: u64 = 4;

/// Octets read at once from a compressed stream.
const PACKED_LEN: usize = 128 * 1024;

impl<R: Read> Unpacked<R> {
    /// Recognises the compression of `source` by its first octets. `name` is what errors call it.
    pub(super) fn new(mut source: R, name: &str) -> Result<(Self, Compression)> {
        let mut magic = Vec::new();
        (&mut source).take(MAGIC_LEN).read_to_end(&mut magic).map_err(|error| Error::io(name, error))?;
        let compression = recognise(&magic);
        let whole = Cursor::new(magic).chain(source);
        let packed = |whole| BufReader::with_capacity(PACKED_LEN, whole);
        let unpacked = match compression {
            Compression::None => Self::Plain(whole),
            Compression::Gzip => Self::Gzip(Box::new(super::gzip::Decoder::new(packed(whole)))),
            Compression::Lz4 => Self::Lz4(Box::new(super::lz4::Decoder::new(packed(whole)))),
            #[cfg(feature = "zstd")]
            Compression::Zstd => Self::Zstd(Box::new(super::zstd::Decoder::new(packed(whole)))),
            #[cfg(not(feature = "zstd"))]
            Compression::Zstd => {
                return Err(Error::format(
                    0,
                    "compressed with Zstandard, which this build does not read; try `zstdcat FILE | …`",
                ));
            }
        };
        Ok((unpacked, compression))
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(plain) => plain.read(buf),
            Self::Gzip(gzip) => gzip.read(buf),
            Self::Lz4(lz4) => lz4.read(buf),
            #[cfg(feature = "zstd")]
            Self::Zstd(zstd) => zstd.read(buf),
            #[cfg(feature = "threads")]
            Self::Beside(beside) => beside.read(buf),
        }
    }
}

#[cfg(feature = "threads")]
impl<R: Read + Send + 'static> Unpacked<R> {
    /// Has what is packed unpacked by a thread of its own.
    pub(super) fn beside(self) -> Self {
        match self {
            Self::Plain(_) => self,
            packed => Self::Beside(super::beside::Beside::new(packed)),
        }
    }
}

fn recognise(magic: &[u8]) -> Compression {
    match *magic {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        [0x04, 0x22, 0x4d, 0x18] => Compression::Lz4,
        // A Zstandard frame, or a skippable one in front of it (RFC 8878 §3.1.2).
        [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Compression::Zstd,
        _ => Compression::None,
    }
}
