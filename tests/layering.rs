//! The sources obey the architecture: imports go left, each third-party crate has one home, files stay short.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Who stands to whose left. `main` is the binary; it and `cli` see the library by its name.
const ORDER: [&str; 12] =
    ["error", "capture", "wire", "redact", "flow", "lens", "rules", "audit", "rewrite", "report", "cli", "main"];

/// Third-party crates whose home is fixed; the others may choose one.
const HOMES: [(&str, &str); 16] = [
    ("pcap_parser", "capture"),
    ("flate2", "capture"),
    ("ruzstd", "capture"),
    ("lz4_flex", "capture"),
    ("etherparse", "wire"),
    ("siphasher", "redact"),
    ("comfy_table", "report"),
    ("serde_json", "report"),
    ("quick_xml", "report"),
    ("itoa", "lens"),
    ("clap", "cli"),
    ("anyhow", "cli"),
    ("toml", "cli"),
    ("indicatif", "cli"),
    ("anstream", "cli"),
    ("clap_mangen", "cli"),
];

const MAX_LINES: usize = 400;

/// One source file.
struct Source {
    path: PathBuf,
    /// Its module path, `[flow, track]`.
    module: Vec<String>,
    text: String,
}

#[test]
fn imports_go_left() {
    let mut wrong = Vec::new();
    for source in sources() {
        let own = place(&source.module[0]).unwrap_or_else(|| panic!("{} is in no layer", source.path.display()));
        for (line, target) in imports(&source.text, source.module.len()) {
            if place(&target).is_some_and(|target| target > own) {
                wrong.push(format!("{}:{line} imports {target}, to its right", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_third_party_crate_is_named_in_one_module() {
    let dependencies = dependencies();
    let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let sources = sources();
    for source in &sources {
        let code = code(&source.text);
        for dependency in dependencies.iter().filter(|name| names(&code, name)) {
            // The command line is two modules, `cli` and `main`, and one layer.
            let module = if source.module[0] == "main" { "cli" } else { source.module[0].as_str() };
            named.entry(dependency).or_default().insert(module);
        }
    }
    for (dependency, modules) in &named {
        assert!(modules.len() == 1, "{dependency} is named in {modules:?}, one module may");
        let home = HOMES.iter().find(|(name, _)| name == dependency).map(|(_, home)| *home);
        let found = modules.first().copied();
        assert!(home.is_none() || home == found, "{dependency} belongs to {home:?}, found in {found:?}");
    }
}

#[test]
fn files_stay_short() {
    for source in sources() {
        let lines = source.text.lines().count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines, {MAX_LINES} are allowed", source.path.display());
    }
}

#[test]
fn modules_open_with_a_sentence() {
    for source in sources() {
        assert!(source.text.starts_with("//! "), "{} does not open with a `//!` sentence", source.path.display());
    }
}

fn place(module: &str) -> Option<usize> {
    ORDER.iter().position(|name| *name == module)
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    found.retain(|source| source.module != ["lib"]);
    assert!(found.len() > 5, "the sources were found");
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let relative = path.strip_prefix(root).unwrap().with_extension("");
            let mut module: Vec<String> = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            module.pop_if(|last| last == "mod");
            found.push(Source { text: fs::read_to_string(&path).unwrap(), path, module });
        }
    }
}

/// The text without comment lines: documentation may point to the right.
fn code(text: &str) -> String {
    let blank = |line: &str| if line.trim_start().starts_with("//") { String::new() } else { line.to_owned() };
    text.lines().map(blank).collect::<Vec<_>>().join("\n")
}

/// Top-level modules that a file of a module at `depth` names, with their lines.
fn imports(text: &str, depth: usize) -> Vec<(usize, String)> {
    let code = code(text);
    let root = |chain: &str| chain.matches("super::").count() >= depth;
    let mut found = Vec::new();
    for (start, prefix) in code.match_indices("crate::").chain(code.match_indices("super::")) {
        let before = &code[..start];
        if before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':') {
            continue;
        }
        let mut rest = &code[start..];
        let mut chain = 0;
        while let Some(shorter) = rest.strip_prefix(prefix) {
            chain += prefix.len();
            rest = shorter;
        }
        if prefix == "super::" && !root(&code[start..start + chain]) {
            continue;
        }
        let line = before.matches('\n').count() + 1;
        found.extend(heads(rest).into_iter().map(|head| (line, head)));
    }
    found
}

/// First names of a path, or of each path of a `{…}` list.
fn heads(path: &str) -> Vec<String> {
    let name =
        |path: &str| path.trim_start().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap().to_owned();
    let Some(list) = path.strip_prefix('{') else {
        return vec![name(path)];
    };
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (index, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                found.push(name(&list[start..index]));
                start = index + 1;
                if letter == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found
}

/// Names of the third-party crates, as sources spell them.
fn dependencies() -> Vec<String> {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let after = manifest.split_once("[dependencies]\n").unwrap().1;
    let section = after.split("\n[").next().unwrap();
    let names: Vec<String> =
        section.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.replace('-', "_")).collect();
    assert!(names.contains(&"etherparse".to_owned()), "the manifest was understood");
    names
}

/// Whether `code` has a path that begins with `name`.
fn names(code: &str, name: &str) -> bool {
    let word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    code.match_indices(name).any(|(start, _)| {
        let after = &code[start + name.len()..];
        !code[..start].ends_with(word) && (after.starts_with("::") || used(code, start, after))
    })
}

/// Whether the name at `start` is the whole of a `use name;` or `use name as …`.
fn used(code: &str, start: usize, after: &str) -> bool {
    code[..start].ends_with("use ") && (after.starts_with(';') || after.starts_with(" as "))
}

#[test]
fn the_reader_of_imports_sees_lists_comments_and_supers() {
    let text =
        "// crate::report\nuse crate::{wire::{A, B}, flow::C};\nuse super::super::audit;\nlet x = crate::cli::y();";
    let found: Vec<String> = imports(text, 2).into_iter().map(|(line, name)| format!("{line} {name}")).collect();
    assert_eq!(found, ["2 wire", "2 flow", "4 cli", "3 audit"]);
    assert!(imports("use super::super::audit;", 3).is_empty());
    assert!(names("use clap::Parser;", "clap") && names("use clap;", "clap"));
    assert!(!names("use clap_mangen::Man; x::clap::y()", "clap"));
}
