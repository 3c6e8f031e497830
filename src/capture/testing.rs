//! Captures for the tests of other modules.

use std::path::{Path, PathBuf};

/// Captures to hold two ways of counting against each other: the project's own, and those of a corpus where there is one.
pub fn captures() -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures");
    let corpus = std::env::var_os("TCPFLOW_AUDIT_CORPUS")
        .filter(|it| !it.is_empty())
        .map(|corpus| PathBuf::from(corpus).join("captures"));
    let mut folders = vec![own.join("lab"), own.join("handmade")];
    folders
        .extend(corpus.into_iter().flat_map(|corpus| [corpus.join("lab"), corpus.join("zeek/testing/btest/Traces")]));
    let files = folders.into_iter().flat_map(|folder| std::fs::read_dir(folder).expect("captures").flatten());
    files.map(|file| file.path()).collect()
}
