//! Family 2xx: how a connection closes.

pub mod close_one_sided;
pub mod data_after_fin;
pub mod fin_ack_not_plus_one;
pub mod fin_moved;
pub mod fin_not_acknowledged;
pub mod fin_wrong_seq;
