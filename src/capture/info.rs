//! What a capture says about itself, as far as it has been read.

use std::fmt;

use super::octets::ByteOrder;
use super::{Compression, Interface, LinkType, Notes, Timestamp};

/// A capture's format, interfaces and oddities; complete when the last record was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureInfo {
    /// The container.
    pub format: Format,
    /// Byte order of the file, in pcapng of the latest section.
    pub byte_order: ByteOrder,
    /// How the octets were packed.
    pub compression: Compression,
    /// Sections begun; always 1 in pcap files.
    pub sections: u32,
    /// `shb_hardware` of the first section.
    pub hardware: Option<String>,
    /// `shb_os` of the first section.
    pub system: Option<String>,
    /// `shb_userappl` of the first section.
    pub application: Option<String>,
    /// The interfaces declared, in the order of the file; the first [`CaptureInfo::MAX_INTERFACES`] of them.
    pub interfaces: Vec<Interface>,
    /// Packet records met, delivered or not: the number of the last frame.
    pub frames: u64,
    /// Until when frames were captured, where the capture says that its last ones are left out: [`Blocks::went_on`].
    ///
    /// [`Blocks::went_on`]: super::Blocks::went_on
    pub went_on_until: Option<Timestamp>,
    /// What was odd.
    pub notes: Notes,
}

impl CaptureInfo {
    /// Interfaces described at most; frames of further ones are delivered all the same.
    pub const MAX_INTERFACES: usize = 4096;

    pub(super) fn new(format: Format, byte_order: ByteOrder, compression: Compression) -> Self {
        Self {
            format,
            byte_order,
            compression,
            sections: 0,
            hardware: None,
            system: None,
            application: None,
            interfaces: Vec::new(),
            frames: 0,
            went_on_until: None,
            notes: Notes::default(),
        }
    }

    /// Counts a packet record, and on its interface by index in [`CaptureInfo::interfaces`].
    #[inline]
    pub(super) fn count_frame(&mut self, interface: usize) {
        self.frames += 1;
        if let Some(interface) = self.interfaces.get_mut(interface) {
            interface.frames += 1;
        }
    }

    /// The link types declared, each once, in the order of the file.
    pub fn link_types(&self) -> Vec<LinkType> {
        let mut seen = Vec::new();
        for interface in &self.interfaces {
            if !seen.contains(&interface.link_type) {
                seen.push(interface.link_type);
            }
        }
        seen
    }
}

/// The container of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// pcap with microseconds.
    Pcap,
    /// pcap with nanoseconds.
    PcapNanoseconds,
    /// pcap with Alexey Kuznetsov's longer record headers.
    PcapModified,
    /// pcapng.
    Pcapng,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pcap => "pcap",
            Self::PcapNanoseconds => "pcap (nanoseconds)",
            Self::PcapModified => "pcap (modified)",
            Self::Pcapng => "pcapng",
        })
    }
}
