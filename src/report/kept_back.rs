//! What a configuration and a baseline made of an audit, in words.

use crate::audit::Totals;

/// Findings suppressed and known, expectations met and not, of one capture.
pub const fn numbers(totals: &Totals) -> [u64; 4] {
    [totals.suppressed, totals.known, totals.passed, totals.failed]
}

/// A phrase for each of the [`numbers`] that is not zero: `2 suppressed`.
pub fn phrases(numbers: [u64; 4]) -> Vec<String> {
    let words = ["suppressed", "known from the baseline", "as expected", "not as expected"];
    let told = numbers.into_iter().zip(words).filter(|(number, _)| *number > 0);
    told.map(|(number, what)| format!("{number} {what}")).collect()
}
