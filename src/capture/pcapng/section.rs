//! A pcapng section: whole blocks in, packets out; interfaces and statistics go to the [`CaptureInfo`].

//!
//! The crate's parsers of these blocks are not used: on a machine whose most significant octet comes first they refuse
//! every block.

use std::borrow::Cow;

use pcap_parser::{BOM_MAGIC, IDB_MAGIC, ISB_MAGIC, OptionCode, SHB_MAGIC};

use super::packet::Packet;
use crate::capture::info::CaptureInfo;
use crate::capture::note::NoteKind;
use crate::capture::octets::ByteOrder;
use crate::capture::record::Found;
use crate::capture::write::says_went_on;
use crate::capture::{Block, Interface, LinkType, Resolution};

/// Interfaces of one section whose packets can be told apart; nobody has more.
const MAX_INTERFACES: usize = 65_536;

/// Characters kept of a text option.
const MAX_TEXT: usize = 1024;

/// `if_fcslen`, which the crate does not name.
const IF_FCSLEN: OptionCode = OptionCode(13);

/// What is known of the section being read.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) order: ByteOrder,
    /// By index; `None` where the declaration could not be read.
    interfaces: Vec<Option<Declared>>,
}

/// What packets need to know of their interface.
#[derive(Clone, Copy, Debug)]
struct Declared {
    link_type: LinkType,
    snaplen: u32,
    fcs_len: u8,
    resolution: Resolution,
    time_offset: i64,
    /// Index in [`CaptureInfo::interfaces`]; beyond its end where it is not described.
    described: usize,
}

impl Default for Section {
    fn default() -> Self {
        Self { order: ByteOrder::Little, interfaces: Vec::new() }
    }
}

/// The octets of the byte-order magic, if `block` begins as a section header.
pub(in crate::capture) fn magic(block: &[u8]) -> Option<[u8; 4]> {
    // The type reads the same in both orders.
    if block.starts_with(&SHB_MAGIC.to_le_bytes()) { block.get(8..)?.first_chunk().copied() } else { None }
}

/// The byte order that a byte-order magic means.
pub(super) fn byte_order(magic: [u8; 4]) -> Option<ByteOrder> {
    match u32::from_le_bytes(magic) {
        BOM_MAGIC => Some(ByteOrder::Little),
        swapped if swapped.swap_bytes() == BOM_MAGIC => Some(ByteOrder::Big),
        _ => None,
    }
}

impl Section {
    /// Reads a whole packet block, `offset` octets into the capture. Its data are named by their place in the block.
    pub(super) fn read_packet(&self, block: &[u8], offset: u64, info: &mut CaptureInfo) -> Option<Found> {
        info.frames += 1;
        let block_type = self.order.u32(block, 0)?;
        match Packet::parse(block_type, self.order, block) {
            Some(packet) => self.found(packet, offset, info),
            None => {
                info.notes.add(offset, NoteKind::MalformedBlock { block_type });
                None
            }
        }
    }

    /// Reads a whole block of another kind.
    pub(super) fn read_other(&mut self, block: &[u8], offset: u64, info: &mut CaptureInfo) {
        let block = Block { order: self.order, octets: block };
        let block_type = block.block_type();
        let read = match block_type {
            SHB_MAGIC => self.begin(&block, info),
            IDB_MAGIC => self.declare(&block, info),
            ISB_MAGIC => self.count(&block, info),
            _ => Some(()),
        };
        if read.is_none() {
            info.notes.add(offset, NoteKind::MalformedBlock { block_type });
            if block_type == IDB_MAGIC {
                // It is an interface all the same: the next one has the next index.
                self.push(None);
            }
        }
    }

    fn begin(&mut self, block: &Block<'_>, info: &mut CaptureInfo) -> Option<()> {
        const FIXED: usize = 16;
        block.body().get(..FIXED)?;
        let text = |code| option(block, FIXED, code).map(printable);
        self.interfaces.clear();
        info.byte_order = self.order;
        info.sections += 1;
        if info.sections == 1 {
            info.hardware = text(OptionCode::ShbHardware);
            info.system = text(OptionCode::ShbOs);
            info.application = text(OptionCode::ShbUserAppl);
        }
        Some(())
    }

    fn declare(&mut self, block: &Block<'_>, info: &mut CaptureInfo) -> Option<()> {
        const FIXED: usize = 8;
        let (link_type, snaplen) = (self.order.u16(block.body(), 0)?, self.order.u32(block.body(), 4)?);
        let option = |code| option(block, FIXED, code);
        let octet = |code| option(code).and_then(|value| value.first().copied());
        let offset = option(OptionCode::IfTsoffset).and_then(|value| self.order.u64(value, 0));
        let declared = Declared {
            link_type: LinkType(link_type),
            snaplen,
            fcs_len: octet(IF_FCSLEN).map_or(0, octets_of_fcs),
            resolution: octet(OptionCode::IfTsresol).map_or(Resolution::MICROSECONDS, Resolution),
            time_offset: offset.unwrap_or(0) as i64,
            described: info.interfaces.len(),
        };
        if info.interfaces.len() < CaptureInfo::MAX_INTERFACES {
            info.interfaces.push(Interface {
                section: info.sections.saturating_sub(1),
                id: self.interfaces.len() as u32,
                name: option(OptionCode::IfName).map(printable),
                description: option(OptionCode::IfDescription).map(printable),
                filter: option(OptionCode::IfFilter).and_then(filter),
                resolution: declared.resolution,
                time_offset: declared.time_offset,
                fcs_len: declared.fcs_len,
                ..Interface::new(declared.link_type, declared.snaplen)
            });
        }
        self.push(Some(declared));
        Some(())
    }

    fn push(&mut self, declared: Option<Declared>) {
        if self.interfaces.len() < MAX_INTERFACES {
            self.interfaces.push(declared);
        }
    }

    /// What an interface dropped, and until when it captured.
    fn count(&self, block: &Block<'_>, info: &mut CaptureInfo) -> Option<()> {
        const FIXED: usize = 12;
        let word = |at| self.order.u32(block.body(), at);
        let (id, units) = (word(0)?, u64::from(word(4)?) << 32 | u64::from(word(8)?));
        let option = |code| option(block, FIXED, code);
        let counter = |code| option(code).and_then(|value| self.order.u64(value, 0));
        let Some(declared) = self.declared(id) else { return Some(()) };
        if let Some(interface) = info.interfaces.get_mut(declared.described) {
            interface.dropped_by_interface = counter(OptionCode::IsbIfDrop).or(interface.dropped_by_interface);
            interface.dropped_by_system = counter(OptionCode::IsbOsDrop).or(interface.dropped_by_system);
        }
        if option(OptionCode::Comment).is_some_and(says_went_on) {
            let time = declared.resolution.time(units, declared.time_offset);
            let later = info.went_on_until.is_none_or(|known| known.since(time) < 0);
            info.went_on_until = if later { Some(time) } else { info.went_on_until };
        }
        Some(())
    }

    fn found(&self, packet: Packet, offset: u64, info: &mut CaptureInfo) -> Option<Found> {
        let Some(declared) = self.declared(packet.interface) else {
            info.notes.add(offset, NoteKind::UndeclaredInterface { id: packet.interface });
            return None;
        };
        if let Some(interface) = info.interfaces.get_mut(declared.described) {
            interface.frames += 1;
            interface.dropped_between = interface.dropped_between.saturating_add(packet.dropped);
        }
        let time = packet.time.map(|units| declared.resolution.time(units, declared.time_offset));
        Some(Found {
            time: time.unwrap_or_default(),
            link_type: declared.link_type,
            fcs_len: packet.fcs_len.unwrap_or(declared.fcs_len),
            interface: packet.interface,
            direction: packet.direction,
            original_len: packet.original_len,
            offset,
            data: packet.data_within(declared.snaplen),
        })
    }

    fn declared(&self, id: u32) -> Option<&Declared> {
        self.interfaces.get(id as usize)?.as_ref()
    }
}

/// The first option with `code` of a block with so many octets in front of its options.
fn option<'a>(block: &'a Block<'_>, fixed: usize, code: OptionCode) -> Option<&'a [u8]> {
    block.options(fixed).find(|(it, _)| *it == code.0).map(|(_, value)| value)
}

/// A filter, where its first octet says that it is text.
fn filter(value: &[u8]) -> Option<String> {
    match value {
        [0, text @ ..] => Some(printable(text)),
        _ => None,
    }
}

/// `if_fcslen` in octets: the specification asks for bits and gives octets in its example; writers do either.
fn octets_of_fcs(value: u8) -> u8 {
    if value >= 8 { value / 8 } else { value }
}

fn printable(octets: &[u8]) -> String {
    let text: Cow<'_, str> = String::from_utf8_lossy(octets);
    text.trim_end_matches('\0').chars().take(MAX_TEXT).collect()
}
