//! Family 3xx: sequence numbers, acknowledgements, windows.

pub mod ack_beyond_snd_nxt;
pub mod sequence_jump;
