//! LZ4 frames, one after the other, to the octets in them.

use std::io::{self, BufRead, Read};

use lz4_flex::frame::FrameDecoder;

/// Decompresses every frame of a stream, each with a decoder of its own: the crate's must not change block sizes.
pub(super) struct Decoder<R: Read> {
    /// `None` at the end.
    frame: Option<FrameDecoder<R>>,
}

impl<R: BufRead> Decoder<R> {
    pub(super) fn new(source: R) -> Self {
        Self { frame: Some(FrameDecoder::new(source)) }
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while let Some(frame) = &mut self.frame {
            let count = frame.read(buf)?;
            if count > 0 || buf.is_empty() {
                return Ok(count);
            }
            let source = self.frame.take().map(FrameDecoder::into_inner);
            let Some(mut source) = source else { break };
            if !source.fill_buf()?.is_empty() {
                self.frame = Some(FrameDecoder::new(source));
            }
        }
        Ok(0)
    }
}
