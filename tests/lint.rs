//! The linter's manners: which rules run, what they say of themselves, in which formats, and what fails a run.

use crate::cli::Bench;
use crate::formats_ci::assert_sarif_is_valid;
use crate::support::golden::check;
use crate::support::trace::Trace;
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

/// Forty connections that nobody answers: forty findings, one line.
#[test]
fn many_findings_read_as_few_lines() {
    let bench = Bench::new();
    let outage = "B = 10.0.0.2:80   C = 10.1.0.1:40000\nrepeat 40 every 0.5 hosts C\n\
                  0.000 C>B S 1000 <mss 1460>\n+1 C>B S 1000 <mss 1460>\n+2 C>B S 1000 <mss 1460>\nend\n90 clock\n";
    fs::write(bench.path("outage.pcap"), Trace::parse(outage).unwrap().pcap()).unwrap();
    let text = bench.stdout("outage.pcap --limit 1");
    let line = "40 x TFA107 connection-unanswered, all to 10.0.0.2:80, first in frame 1, 2026-01-01 00:00:00\n";
    assert!(text.contains(line), "{text}");
    assert!(bench.stdout("outage.pcap --format markdown").contains("| 40 | TFA107 `connection-unanswered` | all to"));
    let lines = bench.stdout("outage.pcap --format jsonl");
    let totals = lines.lines().find(|line| line.contains(r#""type":"totals""#)).unwrap();
    let totals: serde_json::Value = serde_json::from_str(totals).unwrap();
    assert_eq!((&totals["clusters"][0]["findings"], &totals["clusters"][0]["port"]), (&40.into(), &80.into()));
    let together = bench.stdout("outage.pcap outage.pcap --limit 1");
    assert!(together.contains("\n80 x TFA107 connection-unanswered, all to 10.0.0.2:80, first 2026-01-01 00:00:00\n"));
    let quiet = bench.stdout("outage.pcap --ignore TFA107");
    assert!(!quiet.contains("in common"), "{quiet}");
}

/// Silence is never taken for a pass.
#[test]
fn what_was_not_judged_is_said() {
    let bench = Bench::new();
    assert!(!bench.stdout("clean.pcap").contains("not judged"));
    let half = "A = 10.0.0.1:40000   B = 10.0.0.2:80\n0.000 A>B . 1000 ack 5000 len 9\n0.010 A>B . 1009 ack 5100\n";
    fs::write(bench.path("half.pcap"), Trace::parse(half).unwrap().pcap()).unwrap();
    let text = bench.stdout("half.pcap");
    assert!(text.contains("not judged: 1 one-sided connection by "), "{text}");
    assert!(text.contains("; 1 connection without the handshake by "), "{text}");
    assert!(bench.stdout("half.pcap --format markdown").contains("Not judged: 1 one-sided"));
    let off = bench.stdout("clean.pcap --select TFA1 --port 9");
    assert!(off.contains("not judged: 1 connection not selected; ") && off.contains(" rules switched off"), "{off}");
    assert!(
        bench.stdout("half.pcap --format jsonl").contains(r#""not_judged":{"flows":{"one-sided":{"flows":1,"rules":"#)
    );
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

/// A bench with a configuration.
fn configured(text: &str) -> Bench {
    let bench = Bench::new();
    fs::write(bench.path("tcpflow-audit.toml"), text).unwrap();
    bench
}

#[test]
fn a_configuration_is_found_named_and_can_be_left_out() {
    let bench = configured("ignore = [\"TFA101\"]");
    assert_eq!(bench.status("bad.pcap"), 0);
    assert!(bench.stdout("bad.pcap").lines().next().unwrap().ends_with("configuration tcpflow-audit.toml"));
    assert_eq!(bench.status("bad.pcap --no-config"), 1);
    assert_eq!(bench.status("bad.pcap --extend-select TFA101"), 0, "of equally narrow words ignore counts");
    assert_eq!(bench.status("bad.pcap --ignore TFA2"), 1, "the command line counts over the file");
    fs::create_dir(bench.path("inner")).unwrap();
    fs::copy(bench.path("bad.pcap"), bench.path("inner/bad.pcap")).unwrap();
    assert_eq!(bench.status("inner/bad.pcap"), 0, "it is found upward from the capture");
    fs::write(bench.path("inner/tcpflow-audit.toml"), "").unwrap();
    assert_eq!(bench.status("inner/bad.pcap"), 1, "the nearest counts");
    assert_eq!(bench.status("inner/bad.pcap --config tcpflow-audit.toml"), 0);
    let mut named = bench.command("inner/bad.pcap");
    assert_eq!(named.env("TCPFLOW_AUDIT_CONFIG", "tcpflow-audit.toml").output().unwrap().status.code(), Some(0));
    assert_eq!(bench.status("bad.pcap --config missing.toml"), 2);
}

#[test]
fn views_obey_the_configuration_and_judge_nothing() {
    let bench =
        configured("[[suppress]]\nrule = \"TFA101\"\nreason = \"old stack\"\n[[expect]]\nclosed_by = \"server\"\n");
    for words in ["flows bad.pcap", "show bad.pcap", "packets bad.pcap --only flagged"] {
        assert!(!bench.stdout(words).contains("TFA101"), "{words}");
        assert!(bench.stdout(&format!("{words} --no-config")).contains("TFA101"), "{words}");
        assert_eq!(bench.status(words), 0, "{words}");
        assert_eq!(bench.status(&format!("{words} --config missing.toml")), 2, "{words}");
    }
    for words in ["flows bad.pcap", "show bad.pcap"] {
        let head = bench.stdout(words).lines().next().unwrap().to_owned();
        assert!(head.ends_with("configuration tcpflow-audit.toml"), "{head}");
    }
    let limits = configured("[limits]\nclosewait = \"1s\"");
    assert_eq!(limits.status("flows bad.pcap"), 2, "mistakes are named to whoever looks");
}

#[test]
fn settings_of_a_configuration_hold() {
    for (text, words, want) in [
        ("fail-on = \"warning\"", "mute.pcap", 1),
        ("fail-on = \"warning\"", "mute.pcap --fail-on error", 0),
        ("[severity]\nTFA203 = \"error\"", "mute.pcap", 1),
        ("[severity]\nTFA1 = \"note\"", "bad.pcap", 0),
        ("[severity]\nsyn-ack-wrong-ack = \"off\"", "bad.pcap --fail-on note --select TFA101", 0),
        ("[[override]]\nfiles = \"bad.*\"\nignore = \"ALL\"", "bad.pcap", 0),
        ("[[override]]\nfiles = \"mute.*\"\nignore = \"ALL\"", "bad.pcap", 1),
        ("[limits]\nclose-wait = \"1s\"\nmax-flows = 10", "clean.pcap", 0),
    ] {
        assert_eq!(configured(text).status(words), want, "{text}: {words}");
    }
}

#[test]
fn mistakes_in_a_configuration_are_named() {
    for (text, told) in [
        ("fail_on = \"error\"", "did you mean `fail-on`?"),
        ("[limits]\nclosewait = \"1s\"", "did you mean `close-wait`?"),
        ("[limits]\nmsl = 30", "is no duration"),
        ("[severity]\nTFA103 = \"bad\"", "none of error, warning, note, off"),
        ("[severity]\nsyn-ack-wrong-akc = \"off\"", "did you mean syn-ack-wrong-ack?"),
        ("[[suppress]]\nrule = \"TFA101\"", "every suppression says why"),
        ("[[suppress]]\nrule = \"TFA101\"\nreason = \"x\"\nframe = 2", "there is no key `frame`"),
        ("[[suppress]]\nrule = \"TFA101\"\nreason = \"x\"\nexpires = \"soon\"", "is no date"),
        ("[[expect]]\nserver = \":80\"", "expects nothing"),
        ("[[expect]]\nteardown = \"four-segments\"", "none of four-segment"),
        ("[[expect]]\nflows = \"> 1\"", "is no number"),
        ("select = [", "tcpflow-audit.toml"),
        ("select = [", "\n1 | select = [\n"),
    ] {
        let output = configured(text).run("clean.pcap");
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && complaint.contains(told), "{text}: {complaint}");
        assert!(output.stdout.is_empty(), "nothing is audited by half a configuration");
    }
}

#[test]
fn suppressions_keep_back_what_they_name_and_no_more() {
    let suppress = |more: &str| configured(&format!("[[suppress]]\nrule = \"TFA101\"\nreason = \"old stack\"\n{more}"));
    let told = |bench: &Bench| String::from_utf8(bench.run("bad.pcap").stderr).unwrap();
    for more in ["", "server = \":80\"", "port = [80, 443]", "files = \"bad.pcap\"", "expires = 2999-01-01"] {
        let bench = suppress(more);
        assert_eq!(bench.status("bad.pcap"), 0, "{more}");
        assert!(bench.stdout("bad.pcap").contains("1 suppressed"), "{more}");
        for (format, told) in [
            ("markdown", "Configuration: tcpflow-audit.toml"),
            ("markdown", "0 notes, 1 suppressed."),
            ("junit", "name=\"suppressed\" value=\"1\""),
            ("junit", "name=\"configuration\" value=\"tcpflow-audit.toml\""),
            ("sarif", "judged by the configuration tcpflow-audit.toml"),
            ("sarif", "bad.pcap: 1 suppressed"),
        ] {
            assert!(bench.stdout(&format!("bad.pcap --format {format}")).contains(told), "{format}: {told}");
        }
        assert!(told(&bench).is_empty(), "{more}");
    }
    for more in ["server = \":443\"", "net = \"192.0.2.0/24\"", "files = \"other*\""] {
        let bench = suppress(more);
        assert_eq!(bench.status("bad.pcap"), 1, "{more}");
        assert!(told(&bench).contains("suppress 1 (old stack): suppressed nothing"), "{more}");
    }
    let expired = suppress("expires = 2001-01-01");
    assert_eq!(expired.status("bad.pcap"), 1);
    assert_eq!(told(&expired), "tcpflow-audit: tcpflow-audit.toml: suppress 1 (old stack): expired on 2001-01-01\n");
}

#[test]
fn expectations_pass_and_fail() {
    for (expect, want) in [
        ("handshake = \"complete\"", 0),
        ("handshake = \"refused\"", 1),
        ("handshake_below = \"10s\"", 0),
        ("handshake_below = \"1ns\"", 1),
        ("teardown = [\"four-segment\", \"three-segment\"]", 0),
        ("teardown = \"reset\"", 1),
        ("closed_by = \"client\"", 0),
        ("closed_by = \"server\"", 1),
        ("resets = 0", 0),
        ("flows = \">= 1\"", 0),
        ("flows = 2", 1),
        ("port = 9\nflows = 1", 1),
        ("port = 9\nhandshake = \"refused\"", 0),
    ] {
        assert_eq!(configured(&format!("[[expect]]\n{expect}")).status("clean.pcap"), want, "{expect}");
    }
}

#[test]
fn expectations_are_told_in_every_format() {
    let bench = configured("[[expect]]\nname = \"web\"\nclosed_by = \"server\"\n[[expect]]\nflows = 1");
    check("cli/expect.txt", &bench.stdout("clean.pcap"));
    check("cli/expect.jsonl", &bench.stdout("clean.pcap --format jsonl"));
    let junit = bench.stdout("clean.pcap --format junit");
    assert!(junit.contains("name=\"web, stream 0\"") && junit.contains("name=\"expect 2\""), "{junit}");
    assert_eq!(junit.matches("<failure ").count(), 1);
    assert!(bench.stdout("clean.pcap --format markdown").contains("Not as expected"));
    let gitlab: serde_json::Value = serde_json::from_str(&bench.stdout("clean.pcap --format gitlab")).unwrap();
    assert_eq!(gitlab[0]["check_name"], "expectation");
    let sarif: serde_json::Value = serde_json::from_str(&bench.stdout("clean.pcap --format sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "expectation");
    assert_sarif_is_valid(&sarif);
    assert!(bench.stdout("clean.pcap --format github").starts_with("::error file=clean.pcap,title=expectation::web"));
    let schema = jsonschema::validator_for(&serde_json::from_str(&bench.stdout("schema")).unwrap()).unwrap();
    assert!(bench.stdout("clean.pcap bad.pcap").contains("2 as expected, 2 not as expected\n"), "the summary counts");
    let document = bench.stdout("clean.pcap bad.pcap --format json");
    for line in bench.stdout("clean.pcap --format jsonl").lines().chain([document.as_str()]) {
        assert!(schema.is_valid(&serde_json::from_str(line).unwrap()), "{line}");
    }
}

#[test]
fn the_configuration_says_where_each_value_comes_from() {
    let bench = configured(
        "fail-on = \"warning\"\n[limits]\nmsl = \"2min\"\n[[override]]\nfiles = \"bad*\"\nseverity.TFA408 = \"off\"\n",
    );
    check("cli/config-show.txt", &bench.stdout("config show bad.pcap --min-confidence certain"));
}

#[test]
fn a_baseline_knows_what_was_and_tells_what_is_new() {
    let bench = Bench::new();
    assert_eq!(bench.status("bad.pcap --baseline known"), 2, "it has to be there");
    assert_eq!(bench.status("bad.pcap --update-baseline"), 2, "it has to be named");
    assert_eq!(bench.status("bad.pcap --baseline known --update-baseline"), 0);
    check("cli/baseline.txt", &fs::read_to_string(bench.path("known")).unwrap());
    assert_eq!(bench.status("bad.pcap --baseline known"), 0);
    fs::copy(bench.path("bad.pcap"), bench.path("again.pcap")).unwrap();
    assert_eq!(bench.status("again.pcap --baseline known"), 0, "a capture taken again still matches");
    assert_eq!(bench.status("bad.pcap again.pcap --baseline known"), 1, "one more of the same is new");
    assert_eq!(bench.status("mute.pcap --fail-on warning --baseline known"), 1);
    assert_eq!(bench.status("clean.pcap --baseline known --prune-baseline"), 0);
    assert_eq!(bench.status("bad.pcap --baseline known"), 1, "what was pruned is new");
    fs::write(bench.path("known"), "not a baseline").unwrap();
    assert_eq!(bench.status("bad.pcap --baseline known"), 2);
}
