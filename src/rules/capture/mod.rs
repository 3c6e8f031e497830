//! 9xx: what the capture cannot tell. Notes, which explain why other rules are silent.

pub mod duplicate_frames;
pub mod header_cut;
pub mod mid_stream;
pub mod missing_but_acknowledged;
pub mod numbers_rewritten;
pub mod offload;
pub mod one_sided;
pub mod time_goes_back;
pub mod whole;
