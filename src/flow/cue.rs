//! A segment reduced to the few words the state machine understands.

use crate::wire::{Flags, SeqNum};

/// What a segment asks for. RST overrides SYN, SYN overrides FIN, as RFC 9293 §3.10.7.4 checks them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Control {
    None,
    Syn,
    SynAck,
    Fin,
    Rst,
}

impl Control {
    /// Every word.
    pub const ALL: [Self; 5] = [Self::None, Self::Syn, Self::SynAck, Self::Fin, Self::Rst];

    /// What these control bits ask for.
    pub const fn of(flags: Flags) -> Self {
        if flags.has(Flags::RST) {
            Self::Rst
        } else if flags.is_syn_ack() {
            Self::SynAck
        } else if flags.has(Flags::SYN) {
            Self::Syn
        } else if flags.has(Flags::FIN) {
            Self::Fin
        } else {
            Self::None
        }
    }
}

/// How much of the other end's control octets an ACK covers: its FIN, its SYN only, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Covers {
    Nothing,
    Syn,
    Fin,
}

impl Covers {
    /// Every word.
    pub const ALL: [Self; 3] = [Self::Nothing, Self::Syn, Self::Fin];

    /// What `ack` covers of an end that began at `iss` and whose FIN, if it sent one, has the number `fin`.
    pub fn of(ack: Option<SeqNum>, iss: Option<SeqNum>, fin: Option<SeqNum>) -> Self {
        let Some(ack) = ack else { return Self::Nothing };
        match (iss, fin) {
            (_, Some(fin)) if ack.after(fin) => Self::Fin,
            (Some(iss), _) if ack.after(iss) => Self::Syn,
            (Some(_), _) => Self::Nothing,
            (None, _) => Self::Syn,
        }
    }
}

/// Whether an end sent the segment or heard it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Role {
    Sender,
    Receiver,
}
