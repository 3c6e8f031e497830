//! Family 3xx: sequence numbers, acknowledgements, windows.

pub mod ack_beyond_snd_nxt;
pub mod ack_loop;
pub mod ack_went_back;
pub mod beyond_window;
pub mod data_not_acknowledged;
pub mod retransmission_differs;
pub mod segment_larger_than_mss;
pub mod sequence_hole;
pub mod sequence_jump;
pub mod window_shrunk;
pub mod zero_window_ignored;
