//! The same capture, the same octets of report: whatever the run, the number of threads, the seeds of the hashes.

use super::samples;
use crate::cli::Bench;
use crate::support::every_format::every_format;
use std::fs;
use tcpflow_audit::audit::Settings;
use tcpflow_audit::rules::Confidence;

/// Every table of this process has seeds of its own, so that a second run in it already has others.
#[test]
fn every_format_says_the_same_again_and_with_any_number_of_threads() {
    for (name, capture) in samples(4) {
        let settings =
            |jobs, prompt| Settings { jobs, prompt, min_confidence: Confidence::Possible, ..Settings::default() };
        let once = every_format(&capture, &name, &settings(1, false));
        for (jobs, prompt) in [(1, true), (2, false), (5, false)] {
            let again = every_format(&capture, &name, &settings(jobs, prompt));
            for (once, again) in once.iter().zip(&again) {
                assert_eq!(once, again, "{name} with {jobs} threads");
            }
        }
    }
}

#[test]
fn every_run_of_the_program_says_the_same() {
    let bench = Bench::new();
    let names: Vec<String> = samples(3)
        .into_iter()
        .map(|(name, capture)| {
            fs::write(bench.path(&name), capture).unwrap();
            name
        })
        .collect();
    let captures = format!("bad.pcap {}", names.join(" "));
    fs::write(bench.path("key"), [7; 32]).unwrap();
    let formats = "text json jsonl sarif junit github gitlab markdown".split(' ');
    let audits = formats.flat_map(|format| {
        ["--statistics", "--redact --redact-key key", "--merge"]
            .map(|how| format!("{captures} {how} --format {format}"))
    });
    let audits = audits.chain([format!("{captures} --output html=/dev/stdout --format jsonl")]);
    let views = ["text", "csv", "tsv", "json", "jsonl"]
        .into_iter()
        .flat_map(|format| ["flows", "packets"].map(|command| format!("{command} {captures} --format {format}")));
    let single = [
        "show bad.pcap",
        "show bad.pcap --format svg",
        "show bad.pcap --format mermaid",
        "show bad.pcap --format plantuml",
    ];
    let dissected = ["dissect bad.pcap --frame 1,2,3", "dissect clean.pcap --handshake"];
    let rewritten = ["annotate bad.pcap -o -", "extract bad.pcap --stream 0 -o -"];
    let single = single.into_iter().chain(dissected).chain(rewritten).map(str::to_owned);
    for words in audits.chain(views).chain(single) {
        let once = bench.run(&words);
        assert!(!once.stdout.is_empty(), "{words}");
        let alone = ["dissect", "annotate", "extract"].iter().any(|command| words.starts_with(command));
        let threads: &[u8] = if alone { &[] } else { &[1, 3] };
        let others = threads.iter().map(|jobs| format!("{words} --jobs {jobs}")).chain([words.clone()]);
        for other in others {
            let again = bench.run(&other);
            assert_eq!((again.status, again.stdout == once.stdout), (once.status, true), "{other}");
        }
    }
}

/// Nor does it depend on where the machine stands, what its user speaks, or how wide a terminal was.
#[test]
fn the_environment_changes_nothing() {
    let bench = Bench::new();
    for words in [
        "bad.pcap clean.pcap --statistics",
        "bad.pcap --format json --output html=/dev/stdout",
        "bad.pcap --format markdown",
        "bad.pcap --since 1970-01-01T00:00:00Z --format jsonl",
        "packets bad.pcap",
        "flows bad.pcap",
        "show bad.pcap",
        "dissect bad.pcap --frame 1",
        "rules",
    ] {
        let once = bench.run(words);
        let elsewhere = [("TZ", "Asia/Kathmandu"), ("LC_ALL", "tr_TR.UTF-8"), ("LANG", "de_DE"), ("COLUMNS", "37")];
        let elsewhere = bench.command(words).envs(elsewhere).env("TERM", "dumb").env("LINES", "5").output().unwrap();
        assert!(!once.stdout.is_empty(), "{words}");
        assert_eq!((once.status, once.stdout), (elsewhere.status, elsewhere.stdout), "{words}");
    }
}
