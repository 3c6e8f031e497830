//! Frames in, the same frames out without what tells who talked to whom and about what; the same in, the same out.
//!
//! Addresses, hardware addresses, payload, on demand ports, and what in options names or authenticates an end are
//! replaced under a key; everything else that TCP is audited by stays, checksums are as right or wrong as they were. What
//! the decoder does not read down to TCP is not rewritten, and no frame with it is given out.

mod address;
mod cipher;
mod fragments;
mod frame;
mod head;
mod options;
mod rewrite;
mod sums;

pub use frame::Redactor;

use crate::wire::Endpoint;
use cipher::Key;
use std::net::IpAddr;

/// What is replaced, and by which key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Redaction {
    key: Key,
    ports: bool,
}

impl Redaction {
    /// Replaces under a key made from `secret`, which should hold 16 random octets or more; `ports` too, if so asked.
    pub fn new(secret: &[u8], ports: bool) -> Self {
        Self { key: Key::from_secret(secret), ports }
    }

    /// What stands for an address: one of the same kind, with as long a common prefix with others as before.
    pub fn address(&self, address: IpAddr) -> IpAddr {
        address::replace(&self.key, address)
    }

    /// What stands for a port: one of the same of the three ranges of RFC 6335 §6.
    pub fn port(&self, port: u16) -> u16 {
        if self.ports { self.key.port(port) } else { port }
    }

    /// The end that `end` stands for: only who has the key can ask.
    pub fn restore(&self, end: Endpoint) -> Endpoint {
        let port = if self.ports { self.key.restore_port(end.port) } else { end.port };
        Endpoint { ip: address::restore(&self.key, end.ip), port }
    }
}

/// The key is nobody's business.
impl std::fmt::Debug for Redaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redaction").field("ports", &self.ports).finish_non_exhaustive()
    }
}
