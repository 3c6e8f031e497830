//! Keys of a table one after the other; what nobody asked for is an error.

use anyhow::{anyhow, bail};
use tcpflow_audit::report::nearest;
use toml::{Table, Value};

/// A table being read.
pub struct Keys<'t> {
    table: &'t Table,
    place: String,
    known: Vec<&'static str>,
}

impl<'t> Keys<'t> {
    /// Reads `table`, which errors call `place`.
    pub fn new(table: &'t Table, place: impl Into<String>) -> Self {
        Self { table, place: place.into(), known: Vec::new() }
    }

    /// The value of `key`.
    pub fn get(&mut self, key: &'static str) -> Option<&'t Value> {
        self.known.push(key);
        self.table.get(key)
    }

    /// The words of `key`: a string, or a list of strings.
    ///
    /// # Errors
    /// If it is something else.
    pub fn words(&mut self, key: &'static str) -> anyhow::Result<Vec<&'t str>> {
        let value = self.get(key);
        value.map_or(Ok(Vec::new()), words).map_err(|error| self.wrong(key, &error))
    }

    /// The text of `key`.
    ///
    /// # Errors
    /// If it is something else.
    pub fn text(&mut self, key: &'static str) -> anyhow::Result<Option<&'t str>> {
        let text = |value: &'t Value| value.as_str().ok_or_else(|| anyhow!("is no text"));
        self.get(key).map(text).transpose().map_err(|error| self.wrong(key, &error))
    }

    /// The value of `key` as something that is written in words.
    ///
    /// # Errors
    /// If it makes no sense.
    pub fn parsed<T>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> anyhow::Result<Option<T>> {
        let value = self.get(key).map(written);
        value.map(|text| parse(&text)).transpose().map_err(|error| self.wrong(key, &anyhow!(error)))
    }

    /// An error about `key`.
    pub fn wrong(&self, key: &str, error: &anyhow::Error) -> anyhow::Error {
        anyhow!("{}: {key}: {error:#}", self.place)
    }

    /// Demands that every key has been asked for.
    ///
    /// # Errors
    /// If one has not, with the one that was probably meant.
    pub fn finish(self) -> anyhow::Result<()> {
        match self.table.keys().find(|key| !self.known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => bail!("{}: {}", self.place, unknown(key, self.known.iter().copied())),
        }
    }
}

/// Says that a key is none of those known.
pub fn unknown<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> String {
    let meant = nearest(key, known).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
    format!("there is no key `{key}`{meant}")
}

/// A string, or a list of strings.
///
/// # Errors
/// If it is something else.
pub fn words(value: &Value) -> anyhow::Result<Vec<&str>> {
    let word = |value| Value::as_str(value).ok_or_else(|| anyhow!("is neither text nor a list of texts"));
    match value {
        Value::Array(list) => list.iter().map(word).collect(),
        value => Ok(vec![word(value)?]),
    }
}

/// A value as it is written, text without its quotes.
pub fn written(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
