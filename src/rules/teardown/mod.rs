//! Family 2xx: how a connection closes.

pub mod close_one_sided;
pub mod close_wait_long;
pub mod data_after_fin;
pub mod fin_ack_not_plus_one;
pub mod fin_before_synchronized;
pub mod fin_moved;
pub mod fin_not_acknowledged;
pub mod fin_wrong_seq;
pub mod open_at_end;
pub mod segment_after_close;
pub mod time_wait_reuse_unsafe;
