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

/// The text with the output of every command that follows `<!-- run -->`, or with the lines of it that
/// `<!-- run 3-9 -->` names.
fn with_examples(text: &str) -> String {
    const START: &str = "<!-- run";
    const FENCE: &str = " -->\n```console\n$ ";
    let mut parts = text.split(START);
    let mut fresh = parts.next().unwrap().to_owned();
    for part in parts {
        let Some((lines, rest)) = part.split_once(FENCE).filter(|(lines, _)| !lines.contains('\n')) else {
            fresh += &format!("{START}{part}");
            continue;
        };
        let (command, rest) = rest.split_once('\n').unwrap();
        let (_, rest) = rest.split_once("```\n").unwrap();
        let output = shortened(&output(command), lines.trim());
        write!(fresh, "{START}{lines}{FENCE}{command}\n{output}```\n{rest}").unwrap();
    }
    fresh
}

/// The lines `3-9` of an output, the rest as dots; all where none are named.
fn shortened(output: &str, lines: &str) -> String {
    let Some((first, last)) = lines.split_once('-') else { return output.to_owned() };
    let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
    let all: Vec<&str> = output.lines().collect();
    let shown = all[first - 1..last.min(all.len())].iter().map(|line| format!("{line}\n")).collect::<String>();
    let dots = |left_out: bool| if left_out { "…\n" } else { "" };
    format!("{}{shown}{}", dots(first > 1), dots(last < all.len()))
}

/// Pictures are what the command before them draws.
#[test]
fn pictures_are_what_the_program_draws() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("README.md")).unwrap();
    let commands =
        text.split("<!-- run ").filter_map(|part| part.split_once(" -->\n![")).filter(|it| !it.0.contains('\n'));
    let mut seen = 0;
    for (command, rest) in commands {
        let path = rest.split_once("](").and_then(|(_, rest)| rest.split_once(')')).unwrap().0;
        let drawn = output(&format!("tcpflow-audit {command}"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(root.join(path), &drawn).unwrap();
        }
        assert_eq!(std::fs::read_to_string(root.join(path)).unwrap(), drawn, "{path}; BLESS=1 rewrites it");
        seen += 1;
    }
    assert!(seen > 0, "there is a picture");
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
