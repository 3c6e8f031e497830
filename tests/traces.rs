//! Every story in `testdata/traces` is told to the audit, which must say exactly what stands on its lines.

use crate::support::audit::{Said, audit_with};
use crate::support::judge::differences;
use crate::support::trace::Trace;
use std::fs;
use std::path::{Path, PathBuf};
use tcpflow_audit::audit::Settings;
use tcpflow_audit::flow::{HandshakeVerdict, TeardownVerdict};
use tcpflow_audit::rules::{Confidence, RULES, Severity};

#[test]
fn every_trace_is_told_as_it_should_be() {
    let (mut wrong, mut passed_over, mut skipped) = (Vec::new(), 0, 0);
    for (name, trace) in all() {
        if trace.pending.is_some() {
            skipped += 1;
            continue;
        }
        let compiled = trace.compile();
        let formats = [("pcap", trace.pcap()), ("pcapng", trace.pcapng())];
        for (format, octets) in formats.iter().filter(|(format, _)| *format == "pcapng" || !trace.pcapng_only) {
            let (found, unknown) = differences(&trace, &compiled, &audit(&trace, octets));
            passed_over += unknown;
            wrong.extend(found.into_iter().map(|found| format!("{name} as {format}: {found}")));
        }
    }
    println!("{passed_over} marks name rules that do not exist yet, {skipped} traces are pending");
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_trace_can_be_read() {
    let wrong: Vec<String> = files().iter().filter_map(|path| read(path).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_fires_in_a_trace_and_is_silent_on_a_look_alike() {
    let told: Vec<_> = all().into_iter().filter(|(_, trace)| trace.pending.is_none()).collect();
    // No trace tells of samples that a switch took: `audit` tests that note by itself.
    for rule in RULES.iter().filter(|rule| rule.code != "TFA914") {
        let demands = |trace: &Trace| {
            let marks = trace.lines.iter().flat_map(|line| &line.findings).chain(&trace.capture_findings);
            marks.into_iter().any(|mark| mark.code == rule.code)
        };
        let fires = told.iter().any(|(name, trace)| name.starts_with(rule.code) && demands(trace));
        assert!(fires, "no trace named {}-… demands it", rule.code);
        let silent = |(name, trace): &(String, Trace)| name.starts_with(rule.code) && !demands(trace);
        let facts = rule.severity == Severity::Note;
        assert!(facts || told.iter().any(silent), "no trace named {}-… is a look-alike", rule.code);
    }
}

#[test]
fn every_verdict_is_told_by_a_trace() {
    let told: Vec<_> = all().into_iter().flat_map(|(_, trace)| trace.verdicts).collect();
    for verdict in HandshakeVerdict::ALL {
        assert!(told.iter().any(|told| told.handshake == verdict.name()), "no trace tells of {verdict}");
    }
    for verdict in TeardownVerdict::ALL {
        assert!(told.iter().any(|told| told.teardown == verdict.name()), "no trace tells of {verdict}");
    }
}

#[test]
fn every_trace_opens_with_what_it_tells() {
    for path in files() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# ") && !text.starts_with("# pending"), "{} opens with its story", path.display());
    }
}

/// With `WRITE_TRACES=DIR` leaves each trace as a capture, to be looked at in Wireshark.
#[test]
fn traces_can_be_written_as_captures() {
    let Some(folder) = std::env::var_os("WRITE_TRACES").map(PathBuf::from) else { return };
    fs::create_dir_all(&folder).unwrap();
    for (name, trace) in all() {
        fs::write(folder.join(name).with_extension("pcapng"), trace.pcapng()).unwrap();
    }
}

/// What is said of a trace, with the thresholds it asks for, at every confidence.
fn audit(trace: &Trace, octets: &[u8]) -> Said {
    let mut settings = Settings { min_confidence: Confidence::Possible, ..Settings::default() };
    for (name, value) in &trace.limits {
        match name.as_str() {
            "handshake-slow" => {
                settings.limits.handshake_slow = Some((value.parse::<f64>().expect("seconds") * 1e9) as i64);
            }
            _ => panic!("no limit is called {name}"),
        }
    }
    audit_with(octets, &settings)
}

/// Every trace that can be read, by file name.
pub fn all() -> Vec<(String, Trace)> {
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    files().iter().filter_map(|path| Some((name(path), read(path).ok()?))).collect()
}

fn read(path: &Path) -> Result<Trace, String> {
    let name = path.file_name().unwrap().to_string_lossy();
    let trace = Trace::parse(&fs::read_to_string(path).unwrap()).map_err(|error| format!("{name}: {error}"))?;
    let compiled = trace.compile();
    let ordered = compiled.frames.is_sorted_by_key(|frame| frame.time);
    if ordered || name.contains("time-goes-back") { Ok(trace) } else { Err(format!("{name}: time goes back")) }
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/traces");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "trace"));
    files.sort();
    files
}
