//! Octets to digests, for what Wireshark derives from keys and for what reports identify things by.

pub use sha1_smol::Sha1;
pub use sha2::{Digest, Sha256};
