//! An expectation that was not met, as a sentence.

use crate::audit::ExpectationEvent;

/// What is not as expected, and where; `None` where all is.
pub fn unmet(event: &ExpectationEvent<'_>) -> Option<String> {
    let failure = event.failure?;
    let place = match (event.stream, event.ends) {
        (Some(stream), Some(ends)) => format!("stream {stream}, {} > {}: ", ends.client, ends.server),
        _ => String::new(),
    };
    Some(format!("{}: {place}{failure}", event.name))
}
