//! The linter's manners: which rules run, what they say of themselves, in which formats, and what fails a run.

use crate::cli::Bench;
use crate::support::golden::check;
use std::fs;
use std::process::Stdio;
use tcpflow_audit::rules::RULES;

#[test]
fn rules_are_chosen_by_code_name_and_prefix() {
    let bench = Bench::new();
    for (words, want) in [
        ("bad.pcap --select TFA101", 1),
        ("bad.pcap --select syn-ack-wrong-ack", 1),
        ("bad.pcap --select TFA2", 0),
        ("bad.pcap --ignore TFA1", 0),
        ("bad.pcap --ignore ALL", 0),
        ("bad.pcap --ignore TFA1 --extend-select TFA101", 1),
        ("bad.pcap --select TFA2,TFA1", 1),
        ("bad.pcap --select TFA1001", 2),
        ("mute.pcap --fail-on warning --ignore TFA203", 0),
        ("mute.pcap --fail-on warning --min-confidence certain", 1),
        ("rule TFA101", 0),
        ("rule syn-ack-wrong-ack --format json", 0),
        ("rule TFA000", 2),
        ("rules", 0),
    ] {
        assert_eq!(bench.status(words), want, "tcpflow-audit {words}");
    }
    let wrong = bench.run("bad.pcap --select syn-ack-wrong-akc");
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("did you mean syn-ack-wrong-ack?"));
}

#[test]
fn a_rule_explains_itself() {
    let bench = Bench::new();
    check("cli/rule.txt", &bench.stdout("rule TFA101"));
    check("cli/rule.md", &bench.stdout("rule TFA101 --format markdown"));
    assert_eq!(bench.stdout("rules").lines().count(), RULES.len());
    let schema = jsonschema::validator_for(&serde_json::from_str(&bench.stdout("schema")).unwrap()).unwrap();
    for words in ["rules --format json", "rule TFA203 --format json"] {
        assert!(schema.is_valid(&serde_json::from_str(&bench.stdout(words)).unwrap()), "{words}");
    }
}

#[test]
fn findings_are_counted_or_told_alone() {
    let bench = Bench::new();
    let counted = bench.stdout("bad.pcap mute.pcap --statistics");
    assert!(counted.contains("findings by rule") && counted.contains("1  TFA101  syn-ack-wrong-ack"), "{counted}");
    assert!(bench.stdout("clean.pcap --quiet").is_empty());
    assert!(bench.stdout("bad.pcap --quiet").starts_with("error[TFA101]"));
}

#[test]
fn formats_for_machines_go_to_the_screen() {
    let bench = Bench::new();
    for (format, begins) in [
        ("sarif", "{\"$schema\""),
        ("junit", "<?xml"),
        ("github", "::error"),
        ("gitlab", "["),
        ("markdown", "### bad.pcap"),
    ] {
        let words = format!("bad.pcap --format {format}");
        assert_eq!(bench.status(&words), 1, "{format} leaves the exit status alone");
        assert!(bench.stdout(&words).starts_with(begins), "{format}");
    }
}

#[test]
fn files_are_written_beside_the_screen_in_one_pass() {
    let bench = Bench::new();
    let words = "bad.pcap --output sarif=a.sarif --output jsonl=a.jsonl --output text=a.txt";
    assert_eq!(bench.stdout(words), bench.stdout("bad.pcap"));
    assert_eq!(fs::read_to_string(bench.path("a.jsonl")).unwrap(), bench.stdout("bad.pcap --format jsonl"));
    assert_eq!(fs::read_to_string(bench.path("a.sarif")).unwrap(), bench.stdout("bad.pcap --format sarif"));
    assert!(fs::read_to_string(bench.path("a.txt")).unwrap().contains("error[TFA101]"));
    assert_eq!(bench.status("bad.pcap --output yaml=a"), 2);
    assert_eq!(bench.status("bad.pcap --output json=no/such/folder/a"), 2);
}

#[test]
fn a_reader_that_leaves_does_not_cost_the_files() {
    let bench = Bench::new();
    let many = vec!["bad.pcap"; 400].join(" ");
    let mut command = bench.command(&format!("{many} --format jsonl --output gitlab=a.json"));
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let issues: serde_json::Value = serde_json::from_slice(&fs::read(bench.path("a.json")).unwrap()).unwrap();
    assert_eq!(issues.as_array().unwrap().len(), 400);
}

#[cfg(target_os = "linux")]
#[test]
fn no_half_file_is_left_where_the_disk_is_full() {
    let bench = Bench::new();
    fs::write(bench.path("kept.json"), "as it was").unwrap();
    assert_eq!(bench.status("bad.pcap --output json=kept.json --output sarif=/dev/full"), 2);
    assert_eq!(fs::read_to_string(bench.path("kept.json")).unwrap(), "as it was");
    let left = fs::read_dir(bench.path("")).unwrap().flatten();
    assert!(left.map(|entry| entry.file_name()).all(|name| !name.to_string_lossy().starts_with(".tcpflow")));
}
