//! `config show`: each setting as it holds for a capture, and where it comes from.

use super::{Config, Resolved, file::ConfigFile};
use std::fmt::Write;
use std::path::Path;

/// What holds for `capture`, in lines that a configuration file could have.
///
/// # Errors
/// If its configuration cannot be read, or makes no sense.
pub fn show(config: &mut Config<'_>, capture: &Path) -> anyhow::Result<String> {
    let file = config.file(capture)?;
    let layers = config.layers(file.as_deref(), capture);
    let mut resolved = Resolved::default();
    let mut origins = Vec::new();
    for (source, key, value) in &layers {
        let before = resolved.written();
        resolved.set(key, value)?;
        // A word such as `severity.TFA2` sets many at once.
        let after = resolved.written();
        let changed = after.iter().filter(|setting| setting.0 == *key || !before.contains(setting));
        origins.extend(changed.map(|(key, _)| (key.clone(), source)));
    }
    let mut text = String::new();
    for (key, value) in resolved.written() {
        let origin = origins.iter().rev().find(|(known, _)| *known == key).map_or("default", |(_, source)| source);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:56} # {origin}", format!("{key} = {value}"));
    }
    if let Some(file) = file {
        tables(&mut text, &file, capture, &config.today);
    }
    Ok(text)
}

fn tables(text: &mut String, file: &ConfigFile, capture: &Path, today: &str) {
    let path = file.path.display();
    for (index, suppress) in file.suppressions.iter().enumerate() {
        if suppress.files.matches(capture) && !suppress.has_expired(today) {
            let rules: Vec<_> = suppress.rules.iter().map(ToString::to_string).collect();
            let line = format!("# suppress {}: {}", rules.join(", "), suppress.reason);
            let _ = writeln!(text, "{line:56} # {path}, suppress {}", index + 1);
        }
    }
    for (index, (files, expectation)) in file.expectations.iter().enumerate() {
        if files.matches(capture) {
            let _ = writeln!(text, "{:56} # {path}, expect {}", format!("# expect {}", expectation.name), index + 1);
        }
    }
}
