//! Captures that are still being written: pipes that fall silent, files that grow, users that lose patience.
#![cfg(unix)]

use crate::cli::Bench;
use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tcpflow_audit::audit::{self, Event, Settings, Sink};
use tcpflow_audit::capture::Reader;

/// What a run may take to notice an interrupt, on a busy machine.
const AT_ONCE: Duration = Duration::from_secs(5);

fn interrupt(child: &Child) -> Instant {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    Instant::now()
}

#[test]
fn an_interrupt_ends_the_wait_for_a_silent_pipe_and_what_was_read_is_told() {
    let bench = Bench::new();
    let mut child = bench.command("- --format jsonl").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&fs::read(bench.path("bad.pcap")).unwrap()).unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains(r#""capture":"-""#), "the first line comes at once");
    assert!(lines.next().unwrap().unwrap().contains("TFA101"), "and so does the finding");
    let asked = interrupt(&child);
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(
        rest.iter().any(|line| line.contains(r#""flows":1"#) && line.contains(r#""interrupted":true"#)),
        "{rest:?}"
    );
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(asked.elapsed() < AT_ONCE);
    drop(stdin);
}

#[test]
fn whoever_follows_a_capture_sees_each_finding_as_it_comes() {
    let bench = Bench::new();
    let mut child = bench.command("bad.pcap --follow").stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.next().unwrap().starts_with("error[TFA101]"));
    interrupt(&child);
    let rest: Vec<String> = lines.collect();
    assert!(rest.iter().any(|line| line.starts_with("bad.pcap: pcap")), "{rest:?}");
    assert_eq!(rest.last().unwrap(), "1 error in 1 connection, interrupted");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn an_interrupt_before_the_first_octet_is_no_complaint() {
    let bench = Bench::new();
    let piped = |child: &mut Command| child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = piped(&mut bench.command("-")).unwrap();
    let stdin = child.stdin.take();
    std::thread::sleep(Duration::from_millis(500));
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    drop(stdin);
}

/// A disk that fails after what it gave.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::from_raw_os_error(5)),
            octets => Ok(octets),
        }
    }
}

#[test]
fn what_was_read_before_a_disk_failed_is_told() {
    struct Nobody;
    impl Sink for Nobody {
        fn event(&mut self, _: &Event<'_>) -> io::Result<()> {
            Ok(())
        }
    }
    let octets = fs::read(Bench::new().path("bad.pcap")).unwrap();
    for jobs in [1, 2] {
        let mut reader = Reader::new(Failing(&octets), "disk").unwrap();
        let settings = Settings { jobs, ..Settings::default() };
        let totals = audit::run(&mut reader, &settings, &mut Nobody, &mut || true).unwrap();
        assert!(totals.read_error && totals.damaged && totals.notes[0].contains("disk"), "{totals:?}");
        assert_eq!((totals.flows, totals.by_code.get("TFA101")), (1, Some(&1)));
    }
}

#[test]
fn a_growing_capture_is_audited_as_it_grows() {
    let bench = Bench::new();
    let whole = fs::read(bench.path("bad.pcap")).unwrap();
    let (first, rest) = whole.split_at(50);
    fs::write(bench.path("growing.pcap"), first).unwrap();
    let mut child = bench.command("growing.pcap --follow --format jsonl").stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains(r#""type":"capture""#));
    OpenOptions::new().append(true).open(bench.path("growing.pcap")).unwrap().write_all(rest).unwrap();
    assert!(lines.next().unwrap().unwrap().contains("TFA101"));
    let asked = interrupt(&child);
    assert!(lines.map(Result::unwrap).any(|line| line.contains(r#""damaged":false,"interrupted":true"#)));
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(asked.elapsed() < AT_ONCE);
    for words in ["--follow clean.pcap bad.pcap", "--follow --merge clean.pcap", "--follow"] {
        assert_eq!(bench.status(words), 2, "{words}");
    }
}
