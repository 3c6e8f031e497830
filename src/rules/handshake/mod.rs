//! Family 1xx: how a connection opens.

pub mod connection_unanswered;
pub mod data_before_handshake;
pub mod handshake_ack_wrong_ack;
pub mod handshake_ack_wrong_seq;
pub mod handshake_not_completed;
pub mod handshake_other_peer;
pub mod old_duplicate_syn;
pub mod simultaneous_open;
pub mod split_handshake;
pub mod syn_ack_changed;
pub mod syn_ack_from_initiator;
pub mod syn_ack_wrong_ack;
pub mod syn_data_not_accepted;
pub mod syn_flood;
pub mod syn_in_synchronized_state;
pub mod syn_isn_changed;
