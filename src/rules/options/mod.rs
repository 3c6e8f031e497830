//! 5xx: options and what both ends agree on by them.

pub mod authentication_dropped;
pub mod ecn_handshake_invalid;
pub mod fast_open_invalid;
pub mod mss_missing;
pub mod option_malformed;
pub mod option_repeated;
pub mod options_changed_on_retransmit;
pub mod sack_block_invalid;
pub mod sack_not_permitted;
pub mod syn_only_option;
pub mod timestamp_echo_unknown;
pub mod timestamp_went_back;
pub mod timestamps_dropped;
pub mod timestamps_not_negotiated;
pub mod window_scale_not_offered;
pub mod window_scale_too_large;
