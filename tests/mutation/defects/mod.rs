//! One defect of each kind: at a random place, by a random amount, everything else as it was captured.

mod handshake;
mod header;
mod options;
mod reset;
mod sequence;
mod teardown;

use super::connection::Connection;
use super::random::Random;

/// Changes a connection, or says that it has no place for that.
pub type Seed = fn(&mut Connection, &mut Random) -> Option<()>;

/// A way a connection may go wrong.
pub struct Defect {
    /// The rule that has to name it.
    pub code: &'static str,
    pub name: &'static str,
    /// Other rules that may name it, too, and are not wrong.
    pub also: &'static [&'static str],
    pub seed: Seed,
}

const fn defect(code: &'static str, name: &'static str, also: &'static [&'static str], seed: Seed) -> Defect {
    Defect { code, name, also, seed }
}

/// All of them, by code.
pub fn all() -> impl Iterator<Item = &'static Defect> {
    [handshake::DEFECTS, teardown::DEFECTS, sequence::DEFECTS, reset::DEFECTS, options::DEFECTS, header::DEFECTS]
        .into_iter()
        .flatten()
}
