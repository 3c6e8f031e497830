//! The README's table of promises: every row names tests that exist.

use std::fs;
use std::path::Path;

#[test]
fn every_promise_names_its_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let (_, table) = readme.split_once("<!-- begin promises -->").expect("a table of promises");
    let (table, _) = table.split_once("<!-- end promises -->").expect("an end of the table");
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() > 10, "{rows:?}");
    for row in rows {
        let tests: Vec<&str> = row.split('`').skip(1).step_by(2).filter(|word| word.contains("::")).collect();
        assert!(!tests.is_empty(), "{row} names no test");
        for test in tests {
            assert!(exists(root, test), "{test} is no test");
        }
    }
}

/// Whether `module::…::name` is a test of this package.
fn exists(root: &Path, test: &str) -> bool {
    let (modules, name) = test.rsplit_once("::").unwrap_or(("", test));
    let path = modules.replace("::", "/");
    let files = ["tests", "src"]
        .iter()
        .flat_map(|top| [format!("{top}/{path}.rs"), format!("{top}/{path}/mod.rs")].map(|file| root.join(file)));
    files.into_iter().any(|file| fs::read_to_string(file).is_ok_and(|text| text.contains(&format!("fn {name}("))))
}
