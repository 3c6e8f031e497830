//! tcpflow-audit says, with proof, whether the TCP connections in a capture opened, ran and closed as RFC 9293 demands.
//!
//! One path, one direction:
//!
//! ```text
//! octets ─capture─▶ Record ─wire─▶ Segment ─flow─▶ Step ─rules─▶ Finding ─audit─▶ Event ─report─▶ text · JSON · …
//!                     │               │               │                                    │
//!                     └ Error         └ Skip, counted └─lens─▶ the words of Wireshark      └─rewrite─▶ a capture
//! ```
//!
//! What is asked to be redacted is redacted between Record and Segment, so that nothing to the right of it can tell more.
//!
//! A module imports from itself and from what stands to its left in
//! `error · capture · wire · redact · flow · lens · rules · audit · rewrite · report · cli`; a test keeps it so.

pub mod audit;
pub mod capture;
pub mod error;
pub mod flow;
pub mod lens;
pub mod redact;
pub mod report;
pub mod rewrite;
pub mod rules;
pub mod wire;

pub use error::{Error, Result};
