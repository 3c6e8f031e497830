//! What a team makes of an audit: findings weighed, suppressed, known already; expectations that connections have to meet.

mod baseline;
mod expect;
mod policy;
mod sink;

pub use baseline::{Baseline, BaselineError, Ledger};
pub use expect::{Bound, Expectation};
pub use policy::{Policy, Suppression};
pub use sink::Lint;

use super::{Ends, Selection, Subject};
use crate::capture::Timestamp;

/// Whether `selection` is about a connection between `ends`; what it says of streams and times does not count.
fn selects(selection: &Selection, ends: Ends) -> bool {
    let (from, to, origin) = (Timestamp::default(), Timestamp::default(), Timestamp::default());
    selection.is_everything()
        || selection.matches(&Subject { client: ends.client, server: ends.server, stream: 0, from, to, origin })
}
