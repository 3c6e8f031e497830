//! Fast Open in one handshake: options and acknowledgement numbers in, `tcp.analysis.tfo_*` out (RFC 7413).

use super::options::TcpOption;
use crate::wire::{Flags, Segment};

/// The Fast Open marks of one segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FastOpen {
    /// `tcp.analysis.tfo_syn`: a SYN with a cookie, how many of them.
    pub syn: usize,
    /// `tcp.analysis.tfo_ack`: a SYN-ACK that takes data of the SYN.
    pub ack: bool,
    /// `tcp.analysis.tfo_ignored`: a SYN-ACK that leaves it.
    pub ignored: bool,
}

/// Whether the conversation's SYN brought data with its cookie.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offered(bool);

impl Offered {
    /// What `option` of `segment` means, and remembers the data that comes with it.
    pub fn note_option(&mut self, segment: &Segment, option: &TcpOption<'_>, marks: &mut FastOpen) {
        let cookie = option.fast_open_cookie().is_some_and(|cookie| !cookie.is_empty());
        if segment.flags.is_syn() && option.is_sound() && cookie {
            marks.syn += 1;
            self.0 |= segment.data_len() > 0;
        }
    }

    /// What the displayed acknowledgement number of a SYN-ACK says of the data.
    pub fn answer(self, flags: Flags, displayed_ack: u32) -> FastOpen {
        let taken = displayed_ack > 1;
        let ack = flags.is_syn_ack() && taken;
        let ignored = flags.is_syn_ack() && !taken && self.0;
        FastOpen { syn: 0, ack, ignored }
    }
}
