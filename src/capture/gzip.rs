//! gzip members, one after the other (RFC 1952), to the octets in them.

use std::io::{self, BufRead, Read};

use flate2::{Crc, Decompress, FlushDecompress, Status};

/// Decompresses every member of a stream, up to the very octet where it is damaged; the crate's own decoder gives
/// nothing of the portion that a damage is in.
pub(super) struct Decoder<R> {
    source: R,
    inflate: Decompress,
    check: Crc,
    in_member: bool,
    /// Whether a member's checksum and length come next; what stands before them is given before they are waited for.
    at_trailer: bool,
    /// What is told once everything before it was given.
    damage: Option<io::Error>,
}

/// Bits of a member's flags (RFC 1952 §2.3.1).
const HEADER_CHECK: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;

impl<R: BufRead> Decoder<R> {
    pub(super) fn new(source: R) -> Self {
        let (inflate, check) = (Decompress::new(false), Crc::new());
        Self { source, inflate, check, in_member: false, at_trailer: false, damage: None }
    }

    /// Reads a member's header.
    fn begin(&mut self) -> io::Result<()> {
        let [first, second, method, flags, ..] = self.octets::<10>()?;
        if [first, second, method] != [0x1f, 0x8b, 8] {
            return Err(damage("what follows is no gzip member"));
        }
        if flags & EXTRA != 0 {
            let len = u16::from_le_bytes(self.octets()?);
            io::copy(&mut (&mut self.source).take(len.into()), &mut io::sink())?;
        }
        for text in [NAME, COMMENT] {
            if flags & text != 0 {
                self.source.skip_until(0)?;
            }
        }
        if flags & HEADER_CHECK != 0 {
            self.octets::<2>()?;
        }
        self.inflate.reset(false);
        self.check.reset();
        self.in_member = true;
        Ok(())
    }

    /// Holds what was unpacked against the member's checksum and length.
    fn end(&mut self) -> io::Result<()> {
        (self.in_member, self.at_trailer) = (false, false);
        let [sum, len] = [u32::from_le_bytes(self.octets()?), u32::from_le_bytes(self.octets()?)];
        let matches = sum == self.check.sum() && len == self.check.amount();
        if matches { Ok(()) } else { Err(damage("the checksum of a gzip member is wrong")) }
    }

    /// Unpacks some octets into `room` and says how many; there may be none yet.
    fn unpack(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let (taken, given) = (self.inflate.total_in(), self.inflate.total_out());
        let packed = self.source.fill_buf()?;
        let is_over = packed.is_empty();
        let outcome = self.inflate.decompress(packed, room, FlushDecompress::None);
        self.source.consume((self.inflate.total_in() - taken) as usize);
        let count = (self.inflate.total_out() - given) as usize;
        self.check.update(room.get(..count).unwrap_or_default());
        self.damage = match outcome {
            Ok(Status::StreamEnd) => {
                self.at_trailer = true;
                None
            }
            Ok(_) if is_over && count == 0 => Some(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) => None,
            // Which fault it names depends on the portions it was given.
            Err(_) => Some(damage("what follows is no deflate data")),
        };
        Ok(count)
    }

    fn octets<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut octets = [0; N];
        self.source.read_exact(&mut octets)?;
        Ok(octets)
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(damage) = self.damage.take() {
                return Err(damage);
            }
            if self.at_trailer {
                self.end()?;
            }
            if !self.in_member {
                if room.is_empty() || self.source.fill_buf()?.is_empty() {
                    return Ok(0);
                }
                self.begin()?;
            }
            let count = self.unpack(room)?;
            if count > 0 || room.is_empty() {
                return Ok(count);
            }
        }
    }
}

fn damage(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}
