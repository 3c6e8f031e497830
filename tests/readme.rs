//! The README is true: its examples are run, its tables come from the code. `BLESS=1 cargo test readme` rewrites them.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use tcpflow_audit::flow::{HandshakeVerdict, TeardownVerdict};
use tcpflow_audit::report::{Look, RuleFormat, list_rules};
use tcpflow_audit::rules::RULES;

#[test]
fn examples_and_tables_are_what_the_program_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut fresh = with_examples(&text);
    let handshakes = words(HandshakeVerdict::ALL.map(|verdict| (verdict.name(), verdict.meaning())));
    let teardowns = words(TeardownVerdict::ALL.map(|verdict| (verdict.name(), verdict.meaning())));
    for (name, table) in [("handshake", handshakes), ("teardown", teardowns), ("rules", rules())] {
        fresh = with_section(&fresh, name, &table);
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &fresh).unwrap();
        return;
    }
    let change = fresh.lines().zip(text.lines()).find(|(new, old)| new != old);
    assert_eq!(change, None, "README.md is out of date; BLESS=1 rewrites it");
    assert_eq!(fresh, text);
}

/// The text with the output of every command that follows `<!-- run -->`.
fn with_examples(text: &str) -> String {
    const START: &str = "<!-- run -->\n```console\n$ ";
    let mut parts = text.split(START);
    let mut fresh = parts.next().unwrap().to_owned();
    for part in parts {
        let (command, rest) = part.split_once('\n').unwrap();
        let (_, rest) = rest.split_once("```\n").unwrap();
        write!(fresh, "{START}{command}\n{}```\n{rest}", output(command)).unwrap();
    }
    fresh
}

fn output(command: &str) -> String {
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("tcpflow-audit"));
    let root = env!("CARGO_MANIFEST_DIR");
    let output =
        Command::new(env!("CARGO_BIN_EXE_tcpflow-audit")).args(words).current_dir(root).output().expect("it runs");
    String::from_utf8(output.stdout).unwrap()
}

fn with_section(text: &str, name: &str, content: &str) -> String {
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->\n"));
    let (before, rest) = text.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    format!("{before}{begin}{content}{end}{after}")
}

fn words<const N: usize>(words: [(&str, &str); N]) -> String {
    let mut table = "| word | meaning |\n|---|---|\n".to_owned();
    for (word, meaning) in words {
        writeln!(table, "| `{word}` | {meaning} |").unwrap();
    }
    table
}

fn rules() -> String {
    let mut table = Vec::new();
    list_rules(&mut table, RULES, RuleFormat::Markdown, Look::default()).unwrap();
    String::from_utf8(table).unwrap()
}
