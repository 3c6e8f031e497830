//! Family 1xx: how a connection opens.

pub mod connection_unanswered;
pub mod handshake_ack_wrong_ack;
pub mod handshake_ack_wrong_seq;
pub mod handshake_not_completed;
pub mod syn_ack_wrong_ack;
