//! The program as its users run it: exit status, streams, help, colours, selection.

use crate::support::golden::check;
use crate::support::trace::Trace;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A folder with captures, and the program to run in it.
pub(crate) struct Bench {
    folder: TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, trace) in [
            ("clean.pcap", "life-clean"),
            ("bad.pcap", "TFA101-syn-ack-wrong-ack"),
            ("mute.pcap", "TFA203-fin-not-acknowledged"),
        ] {
            fs::write(folder.path().join(name), pcap(trace)).unwrap();
        }
        fs::write(folder.path().join("empty.pcap"), &pcap("life-clean")[..24]).unwrap();
        fs::write(folder.path().join("garbage"), "this is no capture at all").unwrap();
        Self { folder }
    }

    pub(crate) fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tcpflow-audit"));
        command.args(words.split_whitespace()).current_dir(self.folder.path()).env_remove("NO_COLOR");
        command
    }

    pub(crate) fn run(&self, words: &str) -> Output {
        self.command(words).output().unwrap()
    }

    pub(crate) fn status(&self, words: &str) -> i32 {
        self.run(words).status.code().unwrap()
    }

    pub(crate) fn stdout(&self, words: &str) -> String {
        String::from_utf8(self.run(words).stdout).unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// A trace of the test data as a pcap file.
pub(crate) fn pcap(trace: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/traces").join(trace).with_extension("trace");
    Trace::parse(&fs::read_to_string(path).unwrap()).unwrap().pcap()
}

#[test]
fn the_exit_status_says_what_was_found() {
    let bench = Bench::new();
    for (words, want) in [
        ("clean.pcap", 0),
        ("bad.pcap", 1),
        ("bad.pcap --exit-zero", 0),
        ("mute.pcap", 0),
        ("mute.pcap --fail-on warning", 1),
        ("mute.pcap --fail-on note", 1),
        ("empty.pcap", 3),
        ("empty.pcap --exit-zero", 0),
        ("empty.pcap clean.pcap", 0),
        ("garbage", 2),
        ("garbage --exit-zero", 2),
        ("missing.pcap", 2),
        ("bad.pcap missing.pcap", 2),
        ("missing.pcap bad.pcap --format jsonl", 2),
        ("bad.pcap --format json", 1),
        ("--no-such-option", 2),
        ("clean.pcap --port nine", 2),
        ("clean.pcap --net 10.0.0.0/40", 2),
        ("flows bad.pcap", 0),
        ("flows empty.pcap", 3),
        ("flows garbage", 2),
        ("show bad.pcap", 0),
        ("show clean.pcap --stream 7", 3),
        ("show empty.pcap", 3),
        ("show missing.pcap", 2),
        ("packets bad.pcap", 0),
        ("packets empty.pcap", 3),
        ("packets bad.pcap --fields tcp.sec", 2),
        ("packets bad.pcap --frame 9-1", 2),
        ("packets bad.pcap --only flagged", 0),
        ("packets bad.pcap --only odd", 2),
        ("packets --fields help", 0),
        ("dissect bad.pcap --frame 2", 0),
        ("dissect bad.pcap --frame 99", 2),
        ("dissect bad.pcap", 2),
        ("dissect bad.pcap --handshake --teardown", 0),
        ("dissect bad.pcap --handshake --stream 9", 2),
        ("dissect - --handshake", 2),
        ("dissect missing.pcap --frame 1", 2),
        ("schema", 0),
        ("--help", 0),
        ("--version", 0),
        ("", 2),
    ] {
        assert_eq!(bench.status(words), want, "tcpflow-audit {words}");
    }
}

#[test]
fn one_unreadable_capture_does_not_cost_the_others() {
    let bench = Bench::new();
    let output = bench.run("missing.pcap clean.pcap");
    assert!(String::from_utf8_lossy(&output.stdout).contains("clean.pcap: pcap"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("missing.pcap"));
}

#[test]
fn a_cut_capture_is_audited_to_the_cut() {
    let bench = Bench::new();
    let whole = fs::read(bench.path("bad.pcap")).unwrap();
    fs::write(bench.path("cut.pcap"), &whole[..whole.len() - 1]).unwrap();
    assert_eq!(bench.status("cut.pcap"), 1);
    assert_eq!(bench.status("cut.pcap --strict-input"), 2);
    assert!(bench.stdout("cut.pcap").contains("octet"), "the place of the cut is told");
}

#[test]
fn standard_input_gives_the_same_answer_in_any_portion() {
    let bench = Bench::new();
    let whole = fs::read(bench.path("bad.pcap")).unwrap();
    let mut child = bench.command("- --format jsonl").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for portion in whole.chunks(3) {
        stdin.write_all(portion).unwrap();
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let codes = |text: &str| text.matches("\"code\":\"TFA").count();
    assert_eq!(codes(&String::from_utf8(output.stdout).unwrap()), codes(&bench.stdout("bad.pcap --format jsonl")));
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let bench = Bench::new();
    let many = vec!["bad.pcap"; 400].join(" ");
    for words in [format!("{many} --format jsonl"), many] {
        let mut child = bench.command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn nobody_listening_to_complaints_is_no_crash() {
    let bench = Bench::new();
    for words in ["missing.pcap", "", "clean.pcap --port nine"] {
        let mut child = bench.command(words).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stderr.take());
        let status = child.wait().unwrap().code();
        assert!(status == Some(2) || status == Some(0), "{words}: {status:?}");
    }
}

#[test]
fn help_fits_eighty_columns_and_shows_examples() {
    let bench = Bench::new();
    let commands =
        ["", "flows", "packets", "show", "dissect", "rule", "rules", "config", "schema", "completions", "man"];
    for command in commands {
        let help = bench.stdout(&format!("{command} --help"));
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
        assert!(help.contains("Usage: ") && help.contains("Examples:"), "{help}");
    }
    let help = bench.stdout("--help");
    assert!(help.contains("Examples:") && help.contains("Exit status:"));
    assert!(commands.iter().all(|command| help.contains(command)));
}

#[test]
fn without_arguments_the_next_step_is_told() {
    let output = Bench::new().run("");
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("tcpflow-audit capture.pcap"));
}

#[test]
fn a_command_that_reads_captures_wants_one() {
    let bench = Bench::new();
    for command in ["flows", "packets", "show"] {
        let output = bench.run(command);
        assert_eq!(output.status.code(), Some(2), "{command}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("name a capture"), "{command}");
    }
}

#[test]
fn shells_learn_every_command() {
    let bench = Bench::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = bench.stdout(&format!("completions {shell}"));
        assert!(script.contains("dissect") && script.contains("fail-on"), "{shell}");
    }
    assert_eq!(bench.status("man pages"), 0);
    for (page, told) in [
        ("tcpflow-audit.1", "RFC 9293"),
        ("tcpflow-audit-flows.1", "server"),
        ("tcpflow-audit-config-show.1", "setting"),
    ] {
        assert!(fs::read_to_string(bench.path("pages").join(page)).unwrap().contains(told), "{page}");
    }
    assert!(bench.stdout("man").contains("tcpflow\\-audit"));
    assert_eq!(bench.status("man clean.pcap"), 2, "a file is no folder");
}

#[test]
fn what_stands_before_a_command_is_not_ignored() {
    let output = Bench::new().run("--port 80 flows clean.pcap");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("go after the command"));
}

#[test]
fn a_file_named_like_a_command_can_be_given() {
    let bench = Bench::new();
    fs::copy(bench.path("clean.pcap"), bench.path("flows")).unwrap();
    assert_eq!(bench.status("./flows"), 0);
}

#[test]
fn colours_and_characters_obey_the_reader() {
    let bench = Bench::new();
    let plain = bench.stdout("bad.pcap");
    assert!(plain.is_ascii() && !plain.contains('\u{1b}'), "nothing but ASCII goes to a pipe");
    assert!(bench.stdout("bad.pcap --color always").contains("\u{1b}["));
    let dull = bench.command("bad.pcap").env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(!dull.stdout.contains(&0x1b));
}

#[test]
fn hostile_file_names_are_escaped() {
    let bench = Bench::new();
    fs::copy(bench.path("bad.pcap"), bench.path("\u{1b}[31mred.pcap")).unwrap();
    let mut command = bench.command("");
    let output = command.arg("\u{1b}[31mred.pcap").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(!output.stdout.contains(&0x1b));
    let output = bench.command("").arg("\u{1b}[31mmissing.pcap").output().unwrap();
    assert!(!output.stderr.contains(&0x1b));
}

#[test]
fn selections_leave_out_what_was_not_asked_for() {
    let bench = Bench::new();
    let rows = |words: &str| bench.stdout(words).lines().count() - 1;
    let ports = "flows clean.pcap --format csv";
    assert_eq!(rows(ports), 1);
    assert_eq!(rows(&format!("{ports} --stream 0")), 1);
    assert_eq!(rows(&format!("{ports} --stream 1")), 0);
    assert_eq!(rows(&format!("{ports} --host 203.0.113.254")), 0);
    assert_eq!(rows(&format!("{ports} --until 1970-01-01T00:00:00Z")), 0);
}

#[test]
fn every_format_is_what_it_says() {
    let bench = Bench::new();
    let validator = jsonschema::validator_for(&serde_json::from_str(&bench.stdout("schema")).unwrap()).unwrap();
    for words in ["clean.pcap bad.pcap garbage", "flows mute.pcap", "empty.pcap"] {
        let lines = bench.stdout(&format!("{words} --format jsonl"));
        for line in lines.lines().chain([bench.stdout(&format!("{words} --format json")).as_str()]) {
            assert!(validator.is_valid(&serde_json::from_str(line).unwrap()), "{words}: {line}");
        }
    }
    let header = bench.stdout("flows clean.pcap --format tsv");
    assert!(header.starts_with("capture\tstream\t"));
}

#[test]
fn connections_are_told_as_stories() {
    let bench = Bench::new();
    for name in ["clean", "bad", "mute"] {
        check(&format!("cli/show-{name}.txt"), &bench.stdout(&format!("show {name}.pcap")));
        check(&format!("cli/audit-{name}.txt"), &bench.stdout(&format!("{name}.pcap")));
    }
    let all = bench.stdout("show clean.pcap --all-segments");
    assert!(!all.contains("    :"), "nothing is folded: {all}");
}

#[test]
fn segments_are_printed_with_the_fields_asked_for() {
    let bench = Bench::new();
    let rows = bench.stdout("packets bad.pcap --format tsv --fields frame.number,tcp.ack --frame 1-2");
    assert_eq!(rows, "frame.number\ttcp.ack\n1\t0\n2\t2\n");
    let wrong = bench.run("packets bad.pcap --fields tcp.sec");
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("did you mean"));
}

#[test]
fn handshake_and_teardown_are_dissected_in_one_go() {
    let bench = Bench::new();
    for (what, roles) in [
        ("handshake", ["SYN of the client", "SYN-ACK of the server", "ACK of the client"]),
        ("teardown", ["FIN of the client", "ACK of the client's FIN", "ACK of the server's FIN"]),
    ] {
        let text = bench.stdout(&format!("dissect clean.pcap --{what}"));
        assert!(roles.iter().all(|role| text.contains(role)), "{text}");
        assert!(text.contains("Sequence Number"), "the header is drawn and explained: {text}");
        check(&format!("cli/dissect-{what}.txt"), &text);
    }
}

#[test]
fn a_frame_is_dissected_as_text_and_as_json() {
    let bench = Bench::new();
    check("cli/dissect-frame.txt", &bench.stdout("dissect bad.pcap --frame 2"));
    let document: serde_json::Value =
        serde_json::from_str(&bench.stdout("dissect bad.pcap --frame 1,2 --format json")).unwrap();
    assert_eq!(document["frames"].as_array().unwrap().len(), 2);
    let schema = jsonschema::validator_for(&serde_json::from_str(&bench.stdout("schema")).unwrap()).unwrap();
    assert!(schema.is_valid(&document));
}

/// Rotated files of one capture: the connection is one, its frames are named by file and number.
#[test]
fn merged_captures_are_one_timeline() {
    let bench = Bench::new();
    let whole = fs::read(bench.path("bad.pcap")).unwrap();
    let first_record = 24 + 16 + u32::from_le_bytes(whole[32..36].try_into().unwrap()) as usize;
    fs::write(bench.path("bad.1.pcap"), &whole[..first_record]).unwrap();
    fs::write(bench.path("bad.2.pcap"), [&whole[..24], &whole[first_record..]].concat()).unwrap();
    let output = bench.run("--merge bad.2.pcap bad.1.pcap");
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("frame 2 (bad.2.pcap frame 1)"), "{text}");
    assert!(text.contains("1 connection"), "{text}");
    let lines = bench.stdout("--merge --format jsonl bad.1.pcap bad.2.pcap");
    assert!(lines.contains(r#""origin":{"capture":"bad.2.pcap","frame":1}"#), "{lines}");
}

/// What cannot be read costs the others nothing when they are audited as one, either; neither does a cut.
#[test]
fn an_unreadable_capture_does_not_cost_the_others_of_a_merge() {
    let bench = Bench::new();
    let output = bench.run("--merge missing.pcap bad.pcap garbage clean.pcap --format jsonl");
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |kind: &str| lines.iter().filter(|line| line["type"] == kind).count();
    assert_eq!((of("unreadable"), of("totals")), (2, 1), "{text}");
    assert!(of("finding") > 0 && of("flow") == 1, "{text}");
    let complaints = String::from_utf8(output.stderr).unwrap();
    assert!(complaints.contains("missing.pcap") && complaints.contains("garbage"), "{complaints}");
    assert_eq!(bench.status("--merge missing.pcap garbage"), 2);

    let whole = fs::read(bench.path("clean.pcap")).unwrap();
    fs::write(bench.path("cut.pcap"), &whole[..whole.len() - 3]).unwrap();
    let told = bench.stdout("--merge bad.pcap cut.pcap --format json");
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let totals = &told["captures"][0]["totals"];
    assert!(totals["damaged"] == true && totals["notes"].to_string().contains("cut.pcap: at octet"), "{totals}");
    assert!(told["captures"][0]["findings"].to_string().contains("TFA904"), "{told}");
    assert_eq!(bench.status("--merge bad.pcap cut.pcap --strict-input"), 2);
}
