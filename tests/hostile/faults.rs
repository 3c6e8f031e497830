//! Disks that are full, files that cannot be read, users who leave, captures that are not finished.

use crate::cli::Bench;
use crate::support::pack::PACKERS;
use serde_json::Value;
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long to wait for what has to come.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_full_disk_is_trouble() {
    let bench = Bench::new();
    for words in
        ["clean.pcap", "bad.pcap --format json", "flows bad.pcap", "show bad.pcap", "dissect bad.pcap --frame 1"]
    {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = bench.command(words).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{words}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("No space left"), "{words}");
    }
    for words in [
        "clean.pcap --output sarif=/dev/full",
        "extract bad.pcap --stream 0 --out /dev/full",
        "extract bad.pcap --findings --out /dev/full",
        "annotate bad.pcap --out /dev/full",
        "extract bad.pcap --stream 0 --redact --out /dev/full",
    ] {
        let output = bench.run(words);
        assert_eq!(output.status.code(), Some(2), "{words}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("/dev/full: No space left"), "{words}: {output:?}");
    }
}

/// A file system of a few pages, which is gone when this is.
struct Small<'a>(&'a Bench);

impl<'a> Small<'a> {
    /// Mounts it at `small`, where that may be done.
    fn mount(bench: &'a Bench) -> Option<Self> {
        fs::create_dir(bench.path("small")).unwrap();
        let words = ["-t", "tmpfs", "-o", "size=16k", "tmpfs"];
        let mounted = Command::new("mount").args(words).arg(bench.path("small")).stderr(Stdio::null()).status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(bench))
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path("small")).status();
    }
}

/// The disk itself fills up, under what is written beside the screen: a file of the same name stays what it was.
#[test]
fn a_disk_that_fills_up_costs_no_file() {
    let bench = Bench::new();
    let Some(_small) = Small::mount(&bench) else {
        return println!("skipped: to mount a small file system takes root");
    };
    let capture = fs::read(bench.path("bad.pcap")).unwrap();
    let (header, records) = capture.split_at(24);
    fs::write(bench.path("long.pcap"), [header, &records.repeat(100)].concat()).unwrap();
    let many = vec!["bad.pcap"; 50].join(" ");
    for words in [
        "extract long.pcap --server :80 --out small/file",
        "extract long.pcap --code TFA101 --out small/file",
        "extract long.pcap --server :80 --redact --out small/file",
        "annotate long.pcap --out small/file",
        &format!("{many} --output json=small/file"),
        &format!("{many} --output html=small/file"),
    ] {
        fs::write(bench.path("small/file"), "what was there before").unwrap();
        let output = bench.run(words);
        assert_eq!(output.status.code(), Some(2), "{words}: {output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("small/file: No space left"), "{words}: {output:?}");
        assert_eq!(fs::read_to_string(bench.path("small/file")).unwrap(), "what was there before", "{words}");
        assert_eq!(fs::read_dir(bench.path("small")).unwrap().count(), 1, "{words}");
    }
}

/// The disk fills up while the report is written: files may not grow beyond 4 KiB.
#[test]
fn no_half_report_is_left() {
    let bench = Bench::new();
    let many = vec!["bad.pcap"; 20].join(" ");
    for format in ["json", "jsonl", "sarif", "junit", "gitlab", "markdown"] {
        fs::write(bench.path("report"), "the report of before").unwrap();
        let mut command = limited(&bench, "trap '' XFSZ; ulimit -f 8", &format!("{many} --output {format}=report"));
        assert_eq!(command.output().unwrap().status.code(), Some(2), "{format}");
        assert_eq!(fs::read_to_string(bench.path("report")).unwrap(), "the report of before", "{format}");
    }
    let capture = fs::read(bench.path("bad.pcap")).unwrap();
    let (header, records) = capture.split_at(24);
    fs::write(bench.path("long.pcap"), [header, &records.repeat(100)].concat()).unwrap();
    let output = limited(&bench, "trap '' XFSZ; ulimit -f 8", "annotate long.pcap --out report").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(fs::read_to_string(bench.path("report")).unwrap(), "the report of before");
    let names = fs::read_dir(bench.path("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = names.filter(|name| name.starts_with(".tcpflow-audit")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_was_read_before_an_error_is_reported() {
    let bench = Bench::new();
    let (mut near, far) = connection();
    let mut command = bench.command("- --format jsonl");
    command.stdin(OwnedFd::from(far.try_clone().unwrap())).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    drop(command);
    near.write_all(&fs::read(bench.path("bad.pcap")).unwrap()).unwrap();
    // A socket closed with something unread in it is reset, and what the other end reads next is an error.
    (&far).write_all(b"never read").unwrap();
    drop(far);
    thread::sleep(Duration::from_millis(200));
    drop(near);
    let output = child.wait_with_output().unwrap();
    let told = lines(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(output.status.code(), Some(2));
    assert!(told.iter().any(|line| line["type"] == "finding"), "{told:?}");
    let totals = of_type(&told, "totals");
    assert!(totals["damaged"] == true && totals["notes"].to_string().contains("reset by peer"), "{totals}");
}

#[test]
fn ctrl_c_reports_what_is_known_while_a_pipe_is_silent() {
    let bench = Bench::new();
    let words = "- --format jsonl --output json=report.json";
    let mut child = bench.command(words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let whole = fs::read(bench.path("bad.pcap")).unwrap();
    stdin.write_all(&whole[..whole.len() - 7]).unwrap();
    let totals = interrupted_after_a_finding(child);
    drop(stdin);
    assert_eq!((&totals["interrupted"], &totals["damaged"]), (&Value::Bool(true), &Value::Bool(false)), "{totals}");
    assert!(totals["frames"].as_u64() > Some(1), "{totals}");
    let report: Value = serde_json::from_slice(&fs::read(bench.path("report.json")).unwrap()).unwrap();
    assert_eq!(report["captures"][0]["totals"]["interrupted"], true, "{report}");
}

#[test]
fn ctrl_c_ends_the_wait_for_a_first_octet() {
    let bench = Bench::new();
    for words in ["-", "- --format jsonl", "packets -", "show -", "dissect - --frame 1"] {
        let mut child = bench.command(words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let stdin = child.stdin.take().unwrap();
        interrupt(&child);
        assert_eq!(child.wait().unwrap().code(), Some(130), "{words}");
        drop(stdin);
    }
}

/// What was read of the capture at hand is told; those after it are not begun any more.
#[test]
fn ctrl_c_ends_several_captures() {
    let bench = Bench::new();
    // More than a pipe holds and is read ahead of it: once it is written, most of it was audited.
    let bad = fs::read(bench.path("bad.pcap")).unwrap();
    let (header, records) = bad.split_at(24);
    let long = [header, &records.repeat((4 << 20) / records.len()), &records[..20]].concat();
    for words in ["--jobs 1", "--jobs 3", "--merge"] {
        // One of its own for each: what is left unread in a pipe stays there until nobody has it open.
        let bench = Bench::new();
        assert!(Command::new("mkfifo").arg(bench.path("fifo")).status().unwrap().success());
        let words = format!("bad.pcap fifo clean.pcap --output json=report.json {words}");
        let mut child = bench.command(&words).stdout(Stdio::null()).spawn().unwrap();
        let mut fifo = OpenOptions::new().write(true).open(bench.path("fifo")).unwrap();
        fifo.write_all(&long).unwrap();
        interrupt(&child);
        assert_eq!(child.wait().unwrap().code(), Some(130), "{words}");
        drop(fifo);
        let report: Value = serde_json::from_slice(&fs::read(bench.path("report.json")).unwrap()).unwrap();
        let captures = report["captures"].as_array().unwrap();
        let last = captures.last().unwrap();
        assert_eq!(captures.len(), if words.contains("merge") { 1 } else { 2 }, "{words}");
        assert_eq!(
            (&last["totals"]["interrupted"], &last["totals"]["damaged"]),
            (&true.into(), &false.into()),
            "{words}"
        );
        assert!(last["totals"]["frames"].as_u64() > Some(10_000), "{words}: {}", last["totals"]);
        assert!(last["findings"].to_string().contains("TFA101"), "{words}");
    }
}

/// A packed capture grows, too: what was packed so far is audited.
#[test]
fn a_growing_packed_capture_is_followed() {
    let bench = Bench::new();
    let whole = fs::read(bench.path("bad.pcap")).unwrap();
    for (compression, pack) in PACKERS {
        let (early, late) = (pack(&whole[..100]), pack(&whole[100..]));
        fs::write(bench.path("live"), &early).unwrap();
        let child = bench
            .command("live --follow --format jsonl")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut live = OpenOptions::new().append(true).open(bench.path("live")).unwrap();
        for portion in late.chunks(100) {
            live.write_all(portion).unwrap();
            thread::sleep(Duration::from_millis(5));
        }
        let totals = interrupted_after_a_finding(child);
        assert_eq!((&totals["interrupted"], &totals["damaged"]), (&true.into(), &false.into()), "{compression}");
    }
}

/// Rotation: the file that was followed has another name now, and a new one has its name.
#[test]
fn a_capture_that_is_rotated_is_over() {
    let bench = Bench::new();
    fs::copy(bench.path("bad.pcap"), bench.path("live.pcap")).unwrap();
    let mut child = bench.command("live.pcap --follow --format jsonl").stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    read_until(&mut stdout, "finding");
    fs::rename(bench.path("live.pcap"), bench.path("live.1.pcap")).unwrap();
    fs::write(bench.path("live.pcap"), b"another").unwrap();
    let told = rest(stdout);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let totals = of_type(&told, "totals");
    assert_eq!((&totals["interrupted"], &totals["damaged"]), (&Value::Bool(false), &Value::Bool(false)), "{totals}");
}

#[test]
fn a_capture_that_is_cut_while_it_is_followed_is_an_error() {
    let bench = Bench::new();
    fs::copy(bench.path("bad.pcap"), bench.path("live.pcap")).unwrap();
    let mut child = bench.command("live.pcap --follow --format jsonl").stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    read_until(&mut stdout, "finding");
    OpenOptions::new().write(true).open(bench.path("live.pcap")).unwrap().set_len(24).unwrap();
    let told = rest(stdout);
    assert_eq!(child.wait().unwrap().code(), Some(2));
    let totals = of_type(&told, "totals");
    assert!(totals["damaged"] == true && totals["notes"].to_string().contains("cut short"), "{totals}");
}

/// A capture grows, record by record and half a record, and is audited as it does.
#[test]
fn a_growing_capture_is_followed() {
    let bench = Bench::new();
    let whole = fs::read(bench.path("bad.pcap")).unwrap();
    fs::write(bench.path("live.pcap"), &whole[..10]).unwrap();
    let child = bench
        .command("live.pcap --follow --format jsonl")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut live = OpenOptions::new().append(true).open(bench.path("live.pcap")).unwrap();
    for portion in whole[10..whole.len() - 7].chunks(50) {
        live.write_all(portion).unwrap();
        thread::sleep(Duration::from_millis(5));
    }
    let totals = interrupted_after_a_finding(child);
    assert_eq!((&totals["interrupted"], &totals["damaged"]), (&Value::Bool(true), &Value::Bool(false)), "{totals}");
}

#[test]
fn a_pipe_with_a_name_is_a_capture() {
    let bench = Bench::new();
    assert!(Command::new("mkfifo").arg(bench.path("fifo")).status().unwrap().success());
    let (path, whole) = (bench.path("fifo"), fs::read(bench.path("bad.pcap")).unwrap());
    let writer = thread::spawn(move || fs::write(path, whole));
    assert_eq!(bench.status("fifo"), 1);
    writer.join().unwrap().unwrap();
}

/// The program in a shell that set limits first. The allocator is to take address space for what is asked of it, not for
/// threads that might ask, too.
pub fn limited(bench: &Bench, limits: &str, words: &str) -> Command {
    let plain = bench.command(words);
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{limits}; exec \"$0\" \"$@\"")).arg(plain.get_program()).args(plain.get_args());
    command.current_dir(bench.path("")).env_remove("NO_COLOR").env("MALLOC_ARENA_MAX", "1");
    command
}

/// Both ends of a connection within this host.
fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let far = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (listener.accept().unwrap().0, far)
}

/// Sends SIGINT as soon as the program listens to it.
fn interrupt(child: &Child) {
    const SIGINT: u64 = 1 << 1;
    let begun = Instant::now();
    let status = format!("/proc/{}/status", child.id());
    let caught = |status: String| {
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:").map(str::trim).map(str::to_owned));
        mask.and_then(|mask| u64::from_str_radix(&mask, 16).ok()).is_some_and(|mask| mask & SIGINT != 0)
    };
    while !fs::read_to_string(&status).is_ok_and(caught) {
        assert!(begun.elapsed() < PATIENCE, "it never listens");
        thread::sleep(Duration::from_millis(5));
    }
    assert!(Command::new("kill").arg("-INT").arg(child.id().to_string()).status().unwrap().success());
}

/// The totals of a child that is interrupted once it told a finding.
fn interrupted_after_a_finding(mut child: Child) -> Value {
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut told = read_until(&mut stdout, "finding");
    interrupt(&child);
    told.extend(rest(stdout));
    assert_eq!(child.wait().unwrap().code(), Some(130));
    of_type(&told, "totals").clone()
}

fn read_until(stdout: &mut BufReader<ChildStdout>, kind: &str) -> Vec<Value> {
    let mut told = Vec::new();
    while told.last().is_none_or(|line: &Value| line["type"] != kind) {
        let mut line = String::new();
        assert!(stdout.read_line(&mut line).unwrap() > 0, "it ended before a {kind}: {told:?}");
        told.push(serde_json::from_str(&line).unwrap());
    }
    told
}

fn rest(mut stdout: BufReader<ChildStdout>) -> Vec<Value> {
    let mut text = String::new();
    stdout.read_to_string(&mut text).unwrap();
    lines(&text)
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of_type<'a>(told: &'a [Value], kind: &str) -> &'a Value {
    told.iter().find(|line| line["type"] == kind).unwrap_or_else(|| panic!("no {kind}: {told:?}"))
}
