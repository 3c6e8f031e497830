//! Family 7xx: retries, and when nothing moved.

pub mod back_off_odd;
pub mod fin_retransmitted;
pub mod handshake_slow;
pub mod idle_then_reset;
pub mod syn_ack_retransmitted;
pub mod syn_retransmitted;
pub mod zero_window_stall;
