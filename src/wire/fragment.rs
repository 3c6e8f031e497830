//! IP fragments in, whole datagrams out, by Wireshark's rules and within a bound of memory.

/// Datagrams of which some fragments have been seen.
#[derive(Debug, Default)]
pub(super) struct Fragments {}
