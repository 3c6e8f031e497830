//! Family 4xx: how a connection is reset.

pub mod connection_refused;
pub mod reset_after_close;
pub mod reset_injected;
pub mod reset_loses_data;
pub mod reset_not_exact;
pub mod reset_outside_window;
pub mod reset_without_connection;
pub mod reset_wrong_numbers;
pub mod sender_continues_after_reset;
