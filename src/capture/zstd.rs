//! Zstandard frames, one after the other (RFC 8878 §3), to the octets in them.

use std::io::{self, BufRead, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// Decompresses every frame of a stream; the crate's own streaming decoder stops after the first.
pub(super) struct Decoder<R> {
    source: R,
    frame: FrameDecoder,
    in_frame: bool,
    /// What is told once everything before it was given.
    damage: Option<io::Error>,
}

/// A last block without contents, and room for a checksum (RFC 8878 §3.1.1).
const LAST_BLOCK: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

impl<R: BufRead> Decoder<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, frame: FrameDecoder::new(), in_frame: false, damage: None }
    }

    /// Reads a frame header, or passes over a skippable frame.
    fn start_frame(&mut self) -> io::Result<()> {
        match self.frame.reset(&mut self.source) {
            Ok(()) => self.in_frame = true,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                io::copy(&mut (&mut self.source).take(u64::from(length)), &mut io::sink())?;
            }
            Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
        }
        Ok(())
    }

    fn decode_block(&mut self) {
        const ONE: BlockDecodingStrategy = BlockDecodingStrategy::UptoBlocks(1);
        if let Err(error) = self.frame.decode_blocks(&mut self.source, ONE) {
            self.damage = Some(io::Error::new(io::ErrorKind::InvalidData, error));
            // A window of what was decoded is held back until the frame is over: that ends it.
            let _ = self.frame.decode_blocks(&LAST_BLOCK[..], ONE);
        }
        self.in_frame = !self.frame.is_finished();
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.frame.can_collect() == 0 {
            if let Some(damage) = self.damage.take() {
                return Err(damage);
            }
            if self.in_frame {
                self.decode_block();
            } else if self.source.fill_buf()?.is_empty() {
                return Ok(0);
            } else {
                self.start_frame()?;
            }
        }
        self.frame.read(buf)
    }
}
