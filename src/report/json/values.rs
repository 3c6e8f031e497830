//! How single values look in JSON.

use crate::capture::Timestamp;
use crate::rules::Value;
use crate::wire::Endpoint;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt::Display;
use std::net::IpAddr;

/// A string made by `Display`, written without an intermediate copy.
pub struct Shown<T>(pub T);

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A time in RFC 3339 with nine digits.
pub type Time = Shown<Timestamp>;

/// Nanoseconds, written as a number of seconds.
pub struct Seconds(pub i64);

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 1e9)
    }
}

/// Address and port.
#[derive(serde::Serialize)]
pub struct End {
    ip: IpAddr,
    port: u16,
}

impl From<Endpoint> for End {
    fn from(end: Endpoint) -> Self {
        Self { ip: end.ip, port: end.port }
    }
}

/// A quantity's value: sequence numbers and counts as integers, durations in seconds.
pub struct Quantified<'a>(pub &'a Value);

impl Serialize for Quantified<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Seq(number) => serializer.serialize_u32(number.0),
            Value::Count(count) => serializer.serialize_u64(*count),
            Value::Nanoseconds(duration) => Seconds(*duration).serialize(serializer),
            Value::Schedule(waits) => serializer.collect_seq(waits.iter().map(|wait| Seconds(*wait))),
            Value::Text(text) => serializer.serialize_str(text),
        }
    }
}

/// Pairs as an object; of pairs with one name the first counts.
pub struct Object<K>(pub Vec<K>);

impl<K: AsRef<str>, V: Serialize> Serialize for Object<(K, V)> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (index, (name, value)) in self.0.iter().enumerate() {
            let told = self.0.iter().take(index).any(|(earlier, _)| earlier.as_ref() == name.as_ref());
            if !told {
                map.serialize_entry(name.as_ref(), value)?;
            }
        }
        map.end()
    }
}
