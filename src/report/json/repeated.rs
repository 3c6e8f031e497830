//! What most connections of a capture have in common, put into JSON once.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use std::io;

/// The value told last, and its JSON.
#[derive(Debug)]
pub struct Repeated<T>(Option<(T, Box<RawValue>)>);

impl<T> Default for Repeated<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Copy + PartialEq> Repeated<T> {
    /// The JSON of `value`, which is written as an `L`.
    pub fn json<L: From<T> + Serialize>(&mut self, value: T) -> io::Result<&RawValue> {
        let known = self.0.take().filter(|(known, _)| *known == value);
        let (_, json) = self.0.insert(match known {
            Some(known) => known,
            None => (value, to_raw_value(&L::from(value))?),
        });
        Ok(json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_it_is_asked_for() {
        let mut repeated = Repeated::default();
        for (number, json) in [(7u8, "7"), (7, "7"), (8, "8"), (7, "7")] {
            assert_eq!(repeated.json::<u32>(number).unwrap().get(), json);
        }
    }
}
