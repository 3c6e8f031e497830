//! Patterns of file names.

use anyhow::Context;
use globset::{GlobBuilder, GlobMatcher};
use std::path::{Path, PathBuf, absolute};

/// Patterns of which a capture has to match one; where there are none every capture does.
///
/// A pattern with a slash is about the path from the folder of the configuration, one without about the name alone.
#[derive(Debug)]
pub struct Globs {
    patterns: Vec<(GlobMatcher, bool)>,
    folder: PathBuf,
}

impl Globs {
    /// Understands patterns of a configuration in `folder`.
    ///
    /// # Errors
    /// If one cannot be understood.
    pub fn new(patterns: &[&str], folder: &Path) -> anyhow::Result<Self> {
        let compile = |pattern: &&str| {
            let glob = GlobBuilder::new(pattern).literal_separator(true).build();
            let glob = glob.with_context(|| format!("files: `{pattern}`"))?;
            Ok((glob.compile_matcher(), pattern.contains('/')))
        };
        let patterns = patterns.iter().map(compile).collect::<anyhow::Result<_>>()?;
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        Ok(Self { patterns, folder: absolute(folder).unwrap_or_else(|_| folder.to_owned()) })
    }

    /// Whether a capture is meant.
    pub fn matches(&self, capture: &Path) -> bool {
        let whole = absolute(capture).unwrap_or_else(|_| capture.to_owned());
        let inner = whole.strip_prefix(&self.folder).unwrap_or(&whole);
        let name = capture.file_name().map(Path::new).unwrap_or(capture);
        self.patterns.is_empty()
            || self.patterns.iter().any(|(glob, path)| glob.is_match(if *path { inner } else { name }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_anywhere_and_paths_from_the_folder() {
        let globs = |pattern: &str| Globs::new(&[pattern], Path::new("")).unwrap();
        assert!(globs("*.pcap").matches(Path::new("a/b.pcap")) && !globs("*.pcap").matches(Path::new("a/b.cap")));
        assert!(globs("lab/*").matches(Path::new("lab/x.pcap")) && !globs("lab/*").matches(Path::new("x.pcap")));
        assert!(globs("**/x.pcap").matches(Path::new("a/b/x.pcap")));
        assert!(Globs::new(&[], Path::new("")).unwrap().matches(Path::new("-")));
        assert!(Globs::new(&["a["], Path::new("")).is_err());
    }
}
