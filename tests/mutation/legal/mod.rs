//! Connections that look wrong and are not: what networks, captures and ends do every day.

mod capture;
mod lives;
mod network;

use super::defects::Seed;

/// A way a legal connection may look.
pub struct Legal {
    pub name: &'static str,
    /// Changes a clean connection, or puts another in its place.
    pub make: Seed,
}

const fn legal(name: &'static str, make: Seed) -> Legal {
    Legal { name, make }
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Legal> {
    [capture::LEGAL, network::LEGAL, lives::LEGAL].into_iter().flatten()
}
