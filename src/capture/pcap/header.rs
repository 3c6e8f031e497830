//! The header of a pcap file to the layout of the records behind it, with the dialects that libpcap and Wireshark read.

use std::io::Read;

use pcap_parser::{PcapHeader, parse_pcap_header};

use crate::capture::info::Format;
use crate::capture::octets::ByteOrder;
use crate::capture::window::Window;
use crate::capture::{LinkType, Resolution};
use crate::{Error, Result};

/// Octets of the header common to all dialects.
const FILE_HEADER_LEN: usize = 24;

/// Octets that IXIA's dialect adds: the length of all records.
const IXIA_EXTRA_LEN: usize = 4;

/// Octets of a record header, and of the longer one of the modified format.
pub(super) const RECORD_HEADER_LEN: usize = 16;
const MODIFIED_HEADER_LEN: usize = 24;

/// What the first four octets of a file say.
#[derive(Clone, Copy, Debug)]
pub(in crate::capture) struct Magic {
    pub(in crate::capture) order: ByteOrder,
    pub(in crate::capture) format: Format,
    ixia: bool,
}

/// How the records of a file are laid out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub(super) order: ByteOrder,
    pub(super) resolution: Resolution,
    pub(super) record_header_len: usize,
    pub(super) lengths: Lengths,
    pub(super) snaplen: u32,
    pub(super) link_type: LinkType,
    pub(super) fcs_len: u8,
}

/// In which order a record header gives the captured and the original length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lengths {
    /// Captured, original: every file of this century.
    Plain,
    /// Original, captured: versions before 2.3.
    Swapped,
    /// Version 2.3 has files of both kinds; the captured length is the shorter one.
    Mixed,
}

impl Magic {
    /// The dialect that the first four octets of a file announce.
    pub(in crate::capture) fn recognise(octets: &[u8]) -> Option<Self> {
        let word = ByteOrder::Big.u32(octets, 0)?;
        Self::of(word, ByteOrder::Big).or_else(|| Self::of(word.swap_bytes(), ByteOrder::Little))
    }

    fn of(word: u32, order: ByteOrder) -> Option<Self> {
        let (format, ixia) = match word {
            0xa1b2_c3d4 => (Format::Pcap, false),
            0xa1b2_3c4d => (Format::PcapNanoseconds, false),
            0xa1b2_cd34 => (Format::PcapModified, false),
            0x1c00_01ab => (Format::Pcap, true),
            0x1c00_01ac => (Format::PcapNanoseconds, true),
            _ => return None,
        };
        Some(Self { order, format, ixia })
    }
}

/// Reads the file header.
pub(super) fn read<R: Read>(window: &mut Window<R>, magic: Magic) -> Result<Layout> {
    let len = FILE_HEADER_LEN + if magic.ixia { IXIA_EXTRA_LEN } else { 0 };
    if !window.require(len)? {
        let there = window.data().len();
        return Err(Error::format(0, format!("a pcap file of {there} octets, cut inside its header of {len}")));
    }
    let header = parse(window.data(), magic.order)?;
    window.consume(len);
    Ok(layout(magic, &header))
}

fn layout(magic: Magic, header: &PcapHeader) -> Layout {
    let version = (header.version_major, header.version_minor);
    let word = header.network.0 as u32;
    let aix = if version == (2, 2) { aix_link_type(word) } else { None };
    let nanoseconds = magic.format == Format::PcapNanoseconds || aix.is_some();
    Layout {
        order: magic.order,
        resolution: if nanoseconds { Resolution::NANOSECONDS } else { Resolution::MICROSECONDS },
        record_header_len: match magic.format {
            Format::PcapModified => MODIFIED_HEADER_LEN,
            _ => RECORD_HEADER_LEN,
        },
        lengths: match version {
            (2, 3) => Lengths::Mixed,
            // 543.0 is DG/UX.
            (2, ..3) | (543, 0) if aix.is_none() => Lengths::Swapped,
            _ => Lengths::Plain,
        },
        snaplen: header.snaplen,
        link_type: aix.unwrap_or(LinkType(word as u16)),
        // Bit 26 says that the upper four bits count the check sequence, in units of two octets.
        fcs_len: if word & 0x0400_0000 == 0 { 0 } else { (word >> 28) as u8 * 2 },
    }
}

/// AIX writes version 2.2, nanoseconds whatever the magic says, and interface types of RFC 1573 for link types.
fn aix_link_type(word: u32) -> Option<LinkType> {
    match word {
        6 => Some(LinkType(1)),
        9 => Some(LinkType(6)),
        15 => Some(LinkType(10)),
        24 => Some(LinkType(0)),
        _ => None,
    }
}

/// Parses the file header. The dialects differ in their first four octets only, so the crate, which does not know all
/// of them, is given those of a plain file.
fn parse(data: &[u8], order: ByteOrder) -> Result<PcapHeader> {
    let plain = 0xa1b2_c3d4_u32;
    let magic = match order {
        ByteOrder::Little => plain.to_le_bytes(),
        ByteOrder::Big => plain.to_be_bytes(),
    };
    let header = [&magic, data.get(4..FILE_HEADER_LEN).unwrap_or_default()].concat();
    let parsed = parse_pcap_header(&header).map(|(_, header)| header);
    parsed.map_err(|_| Error::format(0, "a pcap file with an unreadable header"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(magic: u32, version: (u16, u16), network: u32) -> Vec<u8> {
        let mut octets = magic.to_be_bytes().to_vec();
        octets.extend(version.0.to_be_bytes());
        octets.extend(version.1.to_be_bytes());
        octets.extend([0; 8]);
        octets.extend(65_535u32.to_be_bytes());
        octets.extend(network.to_be_bytes());
        octets.extend([0; 4]);
        octets
    }

    fn layout_of(octets: &[u8]) -> Layout {
        read(&mut Window::new(octets, "x".into()), Magic::recognise(octets).unwrap()).unwrap()
    }

    #[test]
    fn five_magics_in_both_orders() {
        for magic in [0xa1b2_c3d4_u32, 0xa1b2_3c4d, 0xa1b2_cd34, 0x1c00_01ab, 0x1c00_01ac] {
            let big = Magic::recognise(&magic.to_be_bytes()).unwrap();
            let little = Magic::recognise(&magic.to_le_bytes()).unwrap();
            assert_eq!((big.order, little.order), (ByteOrder::Big, ByteOrder::Little));
            assert_eq!(big.format, little.format);
        }
        assert!(Magic::recognise(&[0xa1, 0xb2, 0xc3]).is_none());
        assert!(Magic::recognise(&[0xa1, 0xb2, 0xc3, 0xd5]).is_none());
    }

    #[test]
    fn the_link_type_word_may_tell_the_check_sequence() {
        let layout = layout_of(&header(0xa1b2_c3d4, (2, 4), 0x2400_0001));
        assert_eq!((layout.link_type, layout.fcs_len), (LinkType(1), 4));
        let layout = layout_of(&header(0xa1b2_c3d4, (2, 4), 0x3000_0084));
        assert_eq!((layout.link_type, layout.fcs_len), (LinkType(132), 0));
    }

    #[test]
    fn old_versions_swap_the_lengths_and_aix_does_not() {
        let lengths = |version, network| layout_of(&header(0xa1b2_c3d4, version, network)).lengths;
        assert_eq!(lengths((2, 4), 1), Lengths::Plain);
        assert_eq!(lengths((2, 3), 1), Lengths::Mixed);
        assert_eq!(lengths((2, 2), 1), Lengths::Swapped);
        assert_eq!(lengths((2, 2), 6), Lengths::Plain);
        assert_eq!(lengths((543, 0), 1), Lengths::Swapped);
        let aix = layout_of(&header(0xa1b2_c3d4, (2, 2), 6));
        assert_eq!((aix.link_type, aix.resolution), (LinkType(1), Resolution::NANOSECONDS));
    }

    #[test]
    fn a_cut_header_is_an_error() {
        let octets = &header(0xa1b2_c3d4, (2, 4), 1)[..20];
        let error = read(&mut Window::new(octets, "x".into()), Magic::recognise(octets).unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "at octet 0: a pcap file of 20 octets, cut inside its header of 24");
    }
}
