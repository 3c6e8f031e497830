//! Until when a capture went on, where the last of its frames are not written: what an end did not answer depends on it.

use crate::capture::{Block, Blocks, Record, Resolution, Stamp, Timestamp};

/// Frames written and left out, as far as their times go.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// Of the latest frame of the section at hand.
    latest: Option<(Timestamp, Stamp)>,
    written: Option<Timestamp>,
}

impl Ending {
    /// Notes a frame; `resolution` is that of a pcap file.
    pub fn frame(&mut self, record: &Record<'_>, block: Option<&Block<'_>>, resolution: Resolution, is_written: bool) {
        if is_written {
            let later = self.written.is_none_or(|written| record.time.since(written) > 0);
            self.written = if later { Some(record.time) } else { self.written };
        }
        if self.latest.is_none_or(|(latest, _)| record.time.since(latest) > 0) {
            self.latest = Stamp::of(record, block, resolution).map(|stamp| (record.time, stamp)).or(self.latest);
        }
    }

    /// Ends a section: says how long it went on behind what was written.
    pub fn tell(&mut self, blocks: &mut Blocks) {
        if let Some((time, stamp)) = self.latest.take()
            && self.written.is_some_and(|written| time.since(written) > 0)
        {
            blocks.went_on(stamp);
        }
    }
}
