//! What other programs make of what this one writes, where they are installed.

use crate::annotate::{annotated, captures};
use crate::cli::Bench;
use crate::support::octets::File;
use crate::support::read::read_all;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// A program, where it runs; without it a test says so and judges nothing.
fn installed(program: &str, says_version: &str) -> Option<Command> {
    let runs = Command::new(program).arg(says_version).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !runs.is_ok_and(|status| status.success()) {
        println!("skipped: there is no {program}");
        return None;
    }
    Some(Command::new(program))
}

/// What tshark prints: the command that `TCPFLOW_AUDIT_TSHARK` names, to which the capture is added, or the one there is.
fn tshark(capture: &Path, words: &[&str]) -> Option<String> {
    let mut command = match std::env::var("TCPFLOW_AUDIT_TSHARK") {
        Err(_) => {
            let mut command = installed("tshark", "--version")?;
            command.args(["-n", "-r"]);
            command
        }
        Ok(named) => {
            let mut parts = named.split_whitespace();
            let mut command = Command::new(parts.next().unwrap());
            command.args(parts);
            command
        }
    };
    let output = command.arg(capture).args(words).output().unwrap();
    assert!(output.status.success(), "{}: {}", capture.display(), String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The frames that capinfos counts.
fn counted(capture: &Path) -> Option<u64> {
    let output = installed("capinfos", "--version")?.args(["-M", "-c", "-T", "-r"]).arg(capture).output().unwrap();
    assert!(output.status.success(), "{}: {}", capture.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().split_whitespace().last().map(|count| count.parse().unwrap())
}

#[test]
fn wireshark_filters_by_the_comments() {
    let bench = Bench::new();
    assert_eq!(bench.status("annotate bad.pcap -o out.pcapng"), 0);
    let out = bench.path("out.pcapng");
    assert!(counted(&out).is_none_or(|count| count == 11));
    let filter = "frame.comment contains \"TFA1\"";
    let words = ["-Y", filter, "-T", "fields", "-e", "frame.number", "-e", "frame.comment"];
    let Some(text) = tshark(&out, &words) else { return };
    assert!(text.starts_with("2\tTFA101 syn-ack-wrong-ack, error: the SYN-ACK acknowledges"), "{text}");
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn wireshark_reads_several_comments_and_every_kind_of_block() {
    let bench = Bench::new();
    for (name, file) in ["little.pcapng", "big.pcapng"].into_iter().zip(File::both()) {
        let file = file.section(&[(4, b"us")]).interface(1, 0, &[(2, b"eth0")]).enhanced(0, 1, b"abc", &[(1, b"own")]);
        let octets = file.simple(4, b"abcd").obsolete(0, 3, 2, b"de", &[]).statistics(0, &[(5, &[0; 8])]).octets;
        let frames = read_all(&octets[..]).0.len();
        let numbers: Vec<u64> = (1..=frames as u64).flat_map(|number| [number, number]).collect();
        fs::write(bench.path(name), annotated(&octets, &numbers)).unwrap();
        assert!(counted(&bench.path(name)).is_none_or(|count| count == frames as u64));
        let words = ["-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|", "-e", "frame.comment"];
        let Some(text) = tshark(&bench.path(name), &words) else { return };
        assert_eq!(text.lines().count(), frames, "{text}");
        assert!(text.lines().all(|line| line.matches("TFA101").count() == 2), "{text}");
    }
}

#[test]
fn wireshark_reads_what_is_extracted_and_redacted() {
    let bench = Bench::new();
    for (path, octets) in captures().iter().filter(|(path, _)| path.to_string_lossy().contains("lab/")) {
        fs::write(bench.path("in.pcap"), octets).unwrap();
        for words in ["extract in.pcap --stream 0", "annotate in.pcap --redact"] {
            assert_eq!(bench.status(&format!("{words} -o out.pcapng")), 0, "{words}");
            let written = read_all(&fs::read(bench.path("out.pcapng")).unwrap()[..]).0.len();
            let Some(count) = counted(&bench.path("out.pcapng")) else { return };
            assert_eq!(count, written as u64, "{}: {words}", path.display());
        }
    }
    let words = ["-o", "tcp.check_checksum:TRUE", "-T", "fields", "-e", "tcp.checksum.status"];
    let Some(text) = tshark(&bench.path("out.pcapng"), &words) else { return };
    assert!(text.lines().all(|status| matches!(status, "1" | "2")) && text.contains('1'), "{text}");
}

#[test]
fn plantuml_draws_what_show_writes() {
    let bench = Bench::new();
    let hostile = "end note @enduml <b>&!include.pcap";
    fs::copy(bench.path("bad.pcap"), bench.path(hostile)).unwrap();
    let labs = ["refused", "half_close_with_data", "abort_by_client", "syn_blackhole", "simultaneous_close"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures/lab");
    let mut paths: Vec<_> = labs.iter().map(|name| root.join(format!("{name}.client.pcap"))).collect();
    paths.extend([bench.path("bad.pcap"), bench.path(hostile)]);
    let Some(mut plantuml) = installed("plantuml", "-version") else { return };
    plantuml.arg("-checkonly");
    for (index, path) in paths.iter().enumerate() {
        let mut show = Command::new(env!("CARGO_BIN_EXE_tcpflow-audit"));
        let source = show.arg("show").arg(path).args(["--format", "plantuml"]).output().unwrap().stdout;
        let file = bench.path(&format!("{index}.puml"));
        fs::write(&file, source).unwrap();
        plantuml.arg(file);
    }
    let output = plantuml.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn shells_read_the_completions() {
    let bench = Bench::new();
    for shell in ["bash", "zsh", "fish"] {
        let Some(mut command) = installed(shell, "--version") else { continue };
        fs::write(bench.path("completions"), bench.stdout(&format!("completions {shell}"))).unwrap();
        let output = command.arg("-n").arg(bench.path("completions")).output().unwrap();
        assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn mandoc_has_nothing_against_the_pages() {
    let bench = Bench::new();
    assert_eq!(bench.status("man pages"), 0);
    for page in fs::read_dir(bench.path("pages")).unwrap() {
        let page = page.unwrap().path();
        let Some(mut mandoc) = mandoc() else { return };
        let output = mandoc.args(["-T", "lint", "-W", "error"]).arg(&page).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}: {said}", page.display());
    }
}

/// mandoc tells no version.
fn mandoc() -> Option<Command> {
    let found = Command::new("mandoc").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_err() {
        println!("skipped: there is no mandoc");
    }
    found.ok().map(|_| Command::new("mandoc"))
}

/// `script` gives the command a terminal.
#[cfg(target_os = "linux")]
#[test]
fn who_waits_for_a_pipe_is_shown_how_much_has_come() {
    use std::io::Write;
    let Some(mut script) = installed("script", "--version") else { return };
    let Some(mut make) = installed("mkfifo", "--version") else { return };
    let bench = Bench::new();
    assert!(make.arg(bench.path("slow.pcap")).status().unwrap().success());
    let (octets, pipe) = (fs::read(bench.path("bad.pcap")).unwrap(), bench.path("slow.pcap"));
    let writer = std::thread::spawn(move || {
        let mut pipe = fs::OpenOptions::new().write(true).open(pipe).unwrap();
        pipe.write_all(&octets[..octets.len() / 2]).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(1300));
        pipe.write_all(&octets[octets.len() / 2..]).unwrap();
    });
    let command = format!("{} --no-config slow.pcap", env!("CARGO_BIN_EXE_tcpflow-audit"));
    script.args(["-qec", &command, "/dev/null"]).env("TERM", "xterm").current_dir(bench.path("")).stdin(Stdio::null());
    let shown = String::from_utf8(script.output().unwrap().stdout).unwrap();
    writer.join().unwrap();
    let (before, report) = shown.rsplit_once("\u{1b}[2K").expect("something is taken off the screen again");
    assert!(before.contains("slow.pcap") && before.contains(" B "), "{before}");
    assert!(report.contains("TFA101"), "{report}");
}
