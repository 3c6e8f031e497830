//! The marks that Wireshark sets on a segment by itself or by who closes first, each a function named after its field.

use super::options::{Item, TcpOption, Walk, sack_duplicates};
use super::{Reached, Row};
use crate::wire::{Decoded, Flags, Segment, Standing};

/// On which side of a close a FIN stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// The peer has not closed before: `tcp.connection.fin_active`.
    Active,
    /// The peer has: `tcp.connection.fin_passive`.
    Passive,
}

impl Closing {
    /// The role of a segment whose sender is marked as `closer` then, if no peer was.
    pub fn decide(flags: Flags, own: &mut bool, peer: bool) -> Option<Self> {
        if !flags.has(Flags::FIN) {
            return None;
        }
        *own |= !peer;
        Some(if peer { Self::Passive } else { Self::Active })
    }
}

/// `tcp.connection.syn`
pub fn connection_syn(segment: &Segment, row: &Row) -> bool {
    row.reached >= Reached::Flags && segment.flags.is_syn()
}

/// `tcp.connection.synack`
pub fn connection_synack(segment: &Segment, row: &Row) -> bool {
    row.reached >= Reached::Flags && segment.flags.is_syn_ack()
}

/// `tcp.connection.fin`
pub fn connection_fin(segment: &Segment, row: &Row) -> bool {
    row.reached >= Reached::Flags && segment.flags.has(Flags::FIN)
}

/// `tcp.connection.rst`
pub fn connection_rst(segment: &Segment, row: &Row) -> bool {
    row.reached >= Reached::Flags && segment.flags.has(Flags::RST)
}

/// `tcp.ack.nonzero`: an acknowledgement number without the ACK bit.
pub fn ack_nonzero(segment: &Segment, row: &Row) -> bool {
    row.reached >= Reached::Flags && !segment.flags.has(Flags::ACK) && segment.ack.0 != 0
}

/// `tcp.urgent_pointer.non_zero`: an urgent pointer without the URG bit.
pub fn urgent_pointer_non_zero(segment: &Segment, row: &Row) -> bool {
    row.reached >= Reached::Options && !segment.flags.has(Flags::URG) && segment.urgent_pointer != 0
}

/// `tcp.short_segment`: the data offset points behind the segment.
pub fn short_segment(segment: &Segment, row: &Row) -> bool {
    let whole = segment.standing == Standing::Whole;
    row.reached >= Reached::Sequence && whole && segment.reported < segment.header_len()
}

/// `tcp.bogus_header_length`: the data offset is below 5.
pub fn bogus_header_length(segment: &Segment, row: &Row) -> bool {
    row.reached >= Reached::Sequence && segment.header_len() < 20
}

/// `tcp.option.len.invalid`, once for each option.
pub fn option_len_invalid(decoded: &Decoded<'_>, row: &Row) -> usize {
    Walk::shown(decoded, row)
        .filter(|item| match item {
            Item::Option(option) => !option.fits(),
            Item::InvalidLength => true,
            Item::NonZeroAfterEnd => false,
        })
        .count()
}

/// `tcp.non_zero_bytes_after_eol`
pub fn non_zero_after_end(decoded: &Decoded<'_>, row: &Row) -> bool {
    Walk::shown(decoded, row).any(|item| item == Item::NonZeroAfterEnd)
}

/// `tcp.options.mss.absent`, `tcp.options.sack_perm.absent`: a SYN with options, but none of this kind.
pub fn option_absent(decoded: &Decoded<'_>, row: &Row, kind: u8) -> bool {
    let has_area = decoded.segment.header_len() > 20;
    let mut walk = Walk::shown(decoded, row);
    if !decoded.segment.flags.has(Flags::SYN) || !has_area || row.reached < Reached::Analysis {
        return false;
    }
    walk.all(|item| matches!(item, Item::Option(option) if option.kind != kind))
}

/// `tcp.options.mss.present`, `tcp.options.sack_perm.present`: an option of a SYN on another segment.
pub fn option_present(decoded: &Decoded<'_>, row: &Row, kind: u8) -> usize {
    let wanted = |option: &TcpOption<'_>| option.kind == kind && !decoded.segment.flags.has(Flags::SYN);
    Walk::shown(decoded, row).options().filter(wanted).count()
}

/// `tcp.options.wscale.shift.invalid`: a shift above 14.
pub fn window_scale_invalid(decoded: &Decoded<'_>, row: &Row) -> usize {
    let too_large = |option: &TcpOption<'_>| option.window_scale().is_some_and(|shift| shift > 14);
    Walk::shown(decoded, row).options().filter(too_large).count()
}

/// `tcp.options.sack.dsack`: the first block reports octets received twice.
pub fn dsack(decoded: &Decoded<'_>, row: &Row) -> usize {
    let reports = |option: &TcpOption<'_>| sack_duplicates(option, row.numbers).count() == 2;
    Walk::shown(decoded, row).options().filter(reports).count()
}

/// `tcp.suboption_malformed`: a SACK option whose last block is not whole.
pub fn suboption_malformed(decoded: &Decoded<'_>, row: &Row) -> usize {
    let broken = |option: &TcpOption<'_>| {
        let uneven = option.kind == 5 && option.length % 8 != 2;
        uneven && option.octets.len() >= 2 + 4 * option.sack_edges()
    };
    Walk::shown(decoded, row).options().filter(broken).count()
}

/// `tcp.nop`: four No-Operations that fill a word; groups add up, and a fifth at the start of a word starts anew.
pub fn four_nops(decoded: &Decoded<'_>, row: &Row) -> usize {
    let mut count = 0;
    let mut raised = 0;
    for option in Walk::shown(decoded, row).options().filter(|option| option.kind == 1) {
        count = if count == 0 || option.offset % 4 != 0 { count + 1 } else { 0 };
        raised += usize::from(count == 4);
    }
    raised
}
