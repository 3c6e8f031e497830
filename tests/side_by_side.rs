//! Several captures in one run: the report is the same octets as when they are audited one after the other.

use crate::cli::Bench;
use crate::support::octets::File;
use crate::support::pack;
use crate::support::packet::{self, Below, Checksum, Tcp};
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::process::Stdio;

/// Connections that are refused, each a SYN and a RST: more events than may wait for their turn.
fn refused(connections: u32) -> Vec<u8> {
    let server = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    let mut file = File::big().pcap(0xa1b2_c3d4, 0, 1);
    for number in 0..connections {
        let client = IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + number));
        for (ends, ports, ack, bits) in
            [([client, server], [2000, 9], 0, 0x002), ([server, client], [9, 2000], 1, 0x014)]
        {
            let header = Tcp {
                ports,
                seq: 0,
                ack,
                bits,
                window: 0,
                urgent: 0,
                offset: None,
                checksum: Checksum::Right,
                options: &[],
                payload: &[],
            };
            let [source, destination] = ends;
            let macs = [[2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]];
            let below = Below { macs, vlan: None, source, destination, ttl: 64, ecn: 0, id: 1, length: None };
            let octets = packet::frame(&below, 6, &packet::tcp(source, destination, &header));
            file = file.pcap_record(number / 1000, number % 1000, &octets);
        }
    }
    file.octets
}

fn bench() -> Bench {
    let bench = Bench::new();
    let many = refused(2500);
    fs::write(bench.path("many.pcap"), &many).unwrap();
    fs::write(bench.path("packed.pcap.gz"), pack::gzip(&many)).unwrap();
    fs::write(bench.path("key"), "sixteen octets and more").unwrap();
    fs::write(bench.path("cut.pcap.gz"), &pack::gzip(&many)[..20_000]).unwrap();
    bench
}

const CAPTURES: &str = "bad.pcap many.pcap garbage packed.pcap.gz missing.pcap mute.pcap cut.pcap.gz bad.pcap clean.pcap \
                        many.pcap empty.pcap clean.pcap mute.pcap bad.pcap";

/// What is said with one thread and with several, on both streams.
fn assert_same(bench: &Bench, words: &str) {
    let [one, several @ ..] = [1, 2, 5].map(|jobs| bench.run(&format!("{words} --jobs {jobs}")));
    assert!(!one.stdout.is_empty(), "{words}");
    for other in several {
        assert_eq!(other.status, one.status, "{words}");
        assert!(other.stdout == one.stdout, "{words}");
        assert_eq!(String::from_utf8_lossy(&other.stderr), String::from_utf8_lossy(&one.stderr), "{words}");
    }
}

#[test]
fn the_report_does_not_depend_on_threads() {
    let bench = bench();
    for words in ["", "--limit 3 --statistics", "--limit 0", "--format jsonl", "--format sarif", "--format junit"] {
        assert_same(&bench, &format!("{CAPTURES} {words}"));
    }
    for words in [
        "flows --format jsonl",
        "flows --format csv --redact --redact-key key",
        "--min-confidence possible",
        "--port 9",
    ] {
        assert_same(&bench, &format!("{words} {CAPTURES}"));
    }
}

#[test]
fn neither_do_reports_beside_the_screen() {
    let bench = bench();
    let written = [1, 4].map(|jobs| {
        bench.run(&format!("{CAPTURES} --limit 2 --jobs {jobs} --output sarif={jobs}.sarif --output html={jobs}.html"));
        ["sarif", "html"].map(|kind| fs::read(bench.path(&format!("{jobs}.{kind}"))).unwrap())
    });
    assert!(written[0] == written[1]);
}

/// What is expected of connections counts all of them, also those that the report has no room for.
#[test]
fn expectations_suppressions_and_the_baseline_see_everything() {
    let bench = bench();
    let configuration = r#"
        [[suppress]]
        rule = "TFA408"
        files = "packed*"
        reason = "a scanner"
        [[expect]]
        name = "refused"
        server = ":9"
        flows = 2500
    "#;
    fs::write(bench.path("tcpflow-audit.toml"), configuration).unwrap();
    assert_same(&bench, &format!("{CAPTURES} --limit 5"));
    assert_same(&bench, &format!("{CAPTURES} --format junit"));
    let baselines = [1, 3].map(|jobs| {
        bench.run(&format!("{CAPTURES} --jobs {jobs} --baseline {jobs}.toml --update-baseline"));
        fs::read(bench.path(&format!("{jobs}.toml"))).unwrap()
    });
    assert!(baselines[0] == baselines[1]);
    assert_same(&bench, &format!("{CAPTURES} --baseline 1.toml"));
}

/// Captures that wait for their turn, with no room for what is found in them, do not keep the program from ending.
#[test]
fn a_reader_that_leaves_ends_all_of_them() {
    let bench = bench();
    let mut command = bench.command(&format!("{CAPTURES} many.pcap many.pcap --format jsonl --jobs 3"));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

/// Findings that are too many to wait in memory come back in their order, capture by capture.
#[test]
fn a_document_has_every_finding_that_lines_have() {
    let bench = bench();
    let captures = "many.pcap bad.pcap packed.pcap.gz mute.pcap";
    let document: serde_json::Value =
        serde_json::from_str(&bench.stdout(&format!("{captures} --format json"))).unwrap();
    let captures = bench.stdout(&format!("{captures} --format jsonl"));
    let lines = captures.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let found: Vec<_> = lines.filter(|line| line["type"] == "finding").collect();
    let told = document["captures"].as_array().unwrap().iter().flat_map(|it| it["findings"].as_array().unwrap());
    assert!(found.len() > 5000 && told.eq(&found));
}
