//! Octets to [`Record`]s: pcap and pcapng, plain or compressed, from a file, a pipe or any `Read`, streaming.

mod record;
mod timestamp;

pub use record::{Direction, FrameNumber, LinkType, Record};
pub use timestamp::Timestamp;
