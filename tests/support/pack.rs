//! Octets packed in every way that captures may be.

use std::io::Write;
use tcpflow_audit::capture::Compression;

/// Packs octets.
pub type Packer = fn(&[u8]) -> Vec<u8>;

/// A packer for each compression that this build reads.
pub const PACKERS: &[(Compression, Packer)] = &[
    (Compression::Gzip, gzip),
    (Compression::Lz4, lz4),
    #[cfg(feature = "zstd")]
    (Compression::Zstd, zstd),
];

/// One gzip member.
pub fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

/// One LZ4 frame.
pub fn lz4(octets: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

/// One Zstandard frame.
#[cfg(feature = "zstd")]
pub fn zstd(octets: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(octets, ruzstd::encoding::CompressionLevel::Fastest)
}
