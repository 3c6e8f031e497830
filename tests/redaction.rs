//! Redacted captures: the same findings on the same frames, and nothing of what was to be hidden.

use crate::annotate::{captures, every_block};
use crate::cli::Bench;
use crate::support::audit::{Said, audit_with};
use crate::support::octets::File;
use crate::support::read::read_all;
use crate::support::trace::Trace;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use tcpflow_audit::audit::Settings;
use tcpflow_audit::capture::Reader;
use tcpflow_audit::redact::{Redaction, Redactor};
use tcpflow_audit::rewrite::{LeftOut, Redacted};
use tcpflow_audit::rules::Confidence;
use tcpflow_audit::wire::{Decoder, Endpoint, Segment};

fn redaction(ports: bool) -> Redaction {
    Redaction::new(b"a secret of some length", ports)
}

fn redacted(octets: &[u8], redaction: Redaction) -> (Vec<u8>, LeftOut) {
    let mut stream = Redacted::new(Reader::new(octets, "test").unwrap(), redaction);
    let mut out = Vec::new();
    stream.read_to_end(&mut out).unwrap();
    (out, stream.tally().left_out())
}

fn everything() -> Settings {
    Settings { min_confidence: Confidence::Possible, ..Settings::default() }
}

/// The numbers of the frames that a redacted capture has.
fn kept(octets: &[u8]) -> Vec<u64> {
    let mut redactor = Redactor::new(redaction(false));
    let mut reader = Reader::new(octets, "test").unwrap();
    let mut kept = Vec::new();
    while let Some(record) = reader.next_record().unwrap() {
        if redactor.frame(&record).is_ok() {
            kept.push(record.number);
        }
    }
    kept
}

/// What must be the same of the findings about frames, whose numbers `number` gives.
fn findings(said: &Said, number: impl Fn(u64) -> u64) -> Vec<String> {
    let about_frames = said.findings.iter().filter(|said| said.finding.evidence.frame > 0);
    let told = about_frames.map(|said| {
        let (finding, evidence) = (&said.finding, &said.finding.evidence);
        let related: Vec<u64> = finding.related_frames().map(&number).collect();
        let (frame, at) = (number(evidence.frame), number(finding.known_at));
        format!(
            "{} {frame} {at} {related:?} {} {} {:?} {}",
            finding.rule.code, evidence.severity, evidence.confidence, evidence.culprit, evidence.pointer
        )
    });
    told.collect()
}

/// Captures of the project and those that its traces describe.
fn all() -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = captures();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/traces");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let trace = Trace::parse(&fs::read_to_string(&path).unwrap()).unwrap();
        all.push((path, trace.pcap()));
    }
    all
}

#[test]
fn a_redacted_capture_has_the_same_findings() {
    for (path, octets) in all() {
        let before = audit_with(&octets, &everything());
        let kept = kept(&octets);
        let (out, _) = redacted(&octets, redaction(false));
        let after = audit_with(&out, &everything());
        let number = |frame: u64| kept.get(frame as usize - 1).copied().unwrap_or(0);
        assert_eq!(findings(&after, number), findings(&before, |frame| frame), "{}", path.display());
        if after.totals.segments > 0 {
            assert_eq!(after.totals.end, before.totals.end, "{}", path.display());
        }
        let ends = |said: &Said, redaction: Option<Redaction>| -> Vec<[Endpoint; 2]> {
            let it = |end: Endpoint| redaction.map_or(end, |redaction| redaction.restore(end));
            said.flows
                .iter()
                .map(|flow| &flow.summary.ends)
                .map(|ends| [it(ends.client.endpoint), it(ends.server.endpoint)])
                .collect()
        };
        assert_eq!(ends(&after, Some(redaction(false))), ends(&before, None), "{}", path.display());
    }
}

#[test]
fn a_report_made_redacted_is_the_same_report_of_other_ends() {
    for (path, octets) in all() {
        let is_trace = path.extension().is_some_and(|it| it == "trace");
        for jobs in 1..=if is_trace { 1 } else { 2 } {
            assert_eq!(differences(&octets, jobs), None, "{}", path.display());
        }
    }
}

/// How a report of a capture differs when it is made redacted, in more than its ends: before, after.
pub(crate) fn differences(octets: &[u8], jobs: usize) -> Option<[String; 2]> {
    let [before, after] = [None, Some(redaction(false))].map(|redaction| {
        let said = audit_with(octets, &Settings { redaction, jobs, ..everything() });
        (findings(&said, |frame| frame), said.totals.frames, said.totals.segments)
    });
    (before != after).then(|| [before, after].map(|it| format!("{it:?}")))
}

/// The segments of a capture.
pub(crate) fn segments(octets: &[u8]) -> Vec<Segment> {
    let mut reader = Reader::new(octets, "test").unwrap();
    let mut decoder = Decoder::default();
    let mut segments = Vec::new();
    while let Some(record) = reader.next_record().unwrap() {
        let _ = decoder.decode(&record, &mut |decoded| segments.push(decoded.segment));
    }
    segments
}

/// A segment without what is replaced.
fn kept_of(segment: Segment) -> String {
    let Segment { ttl, ecn, ip_id, seq, ack, flags, window, urgent_pointer, data_offset, captured, reported, .. } =
        segment;
    let Segment { options, checksum_status, standing, .. } = segment;
    let standing = format!("{standing:?}");
    let standing = standing.split("reporter").next().unwrap();
    format!(
        "{ttl} {ecn} {ip_id:?} {seq} {ack} {flags} {window:?} {urgent_pointer} {data_offset} {captured} {reported} \
         {options:?} {checksum_status:?} {standing} {}",
        segment.checksum == 0
    )
}

#[test]
fn all_that_is_audited_of_a_segment_stays_and_checksums_stay_as_right_as_they_were() {
    for (index, (path, octets)) in all().into_iter().enumerate() {
        let ports = index % 2 == 1;
        let (out, _) = redacted(&octets, redaction(ports));
        let (before, after) = (segments(&octets), segments(&out));
        assert_eq!(before.len(), after.len(), "{}", path.display());
        for (before, after) in before.into_iter().zip(after) {
            assert_eq!(kept_of(after), kept_of(before), "{} frame {}", path.display(), before.frame);
            for (old, new) in [(before.source, after.source), (before.destination, after.destination)] {
                assert_eq!(redaction(ports).restore(new), old);
                assert!(
                    old.ip != new.ip || old.ip.is_loopback() || old.ip.is_multicast() || old.ip.is_unspecified(),
                    "{old}"
                );
            }
        }
    }
}

#[test]
fn nothing_that_was_to_be_hidden_is_left() {
    let secrets: [&[u8]; 8] = [
        &[198, 51, 100, 77],
        &[203, 0, 113, 99],
        &[0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xab, 0xcd, 0xef, 0x01],
        &[0x02, 0x42, 0xac, 0x11, 0x77, 0x88],
        b"password",
        b"cookie!!",
        b"digest of sixteen"[..16].as_ref(),
        b"trailer",
    ];
    for (name, frame) in secret_frames() {
        let octets = File::little().pcap(0xa1b2_c3d4, 0, 1).pcap_record(1, 2, &frame).octets;
        let (out, left_out) = redacted(&octets, redaction(false));
        assert_eq!(left_out, LeftOut::default(), "{name}");
        assert_eq!((read_all(&out[..]).0.len(), segments(&out).len()), (1, segments(&octets).len()), "{name}");
        for secret in secrets {
            assert!(!holds(&out, secret), "{name}: {}", String::from_utf8_lossy(secret));
        }
    }
}

fn holds(octets: &[u8], part: &[u8]) -> bool {
    octets.windows(part.len()).any(|window| window == part)
}

fn ethernet(kind: u16, payload: &[u8]) -> Vec<u8> {
    let macs = [0x02, 0x42, 0xac, 0x11, 0x77, 0x88, 0x02, 0x42, 0xac, 0x11, 0x77, 0x88];
    [&macs[..], &kind.to_be_bytes(), payload].concat()
}

fn ipv4(protocol: u8, options: &[u8], payload: &[u8]) -> Vec<u8> {
    let header = 20 + options.len();
    let [high, low] = ((header + payload.len()) as u16).to_be_bytes();
    let start = [0x40 | (header / 4) as u8, 0, high, low, 0, 9, 0, 0, 64, protocol, 0, 0];
    [&start[..], &[198, 51, 100, 77, 203, 0, 113, 99], options, payload].concat()
}

fn ipv6(next: u8, payload: &[u8]) -> Vec<u8> {
    let address = [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xab, 0xcd, 0xef, 0x01];
    let [high, low] = (payload.len() as u16).to_be_bytes();
    [&[0x60, 0, 0, 0, high, low, next, 64][..], &address, &address, payload].concat()
}

fn tcp(options: &[u8]) -> Vec<u8> {
    let offset = (5 + options.len() / 4) as u8;
    let start = [3, 232, 0, 80, 0, 0, 0, 1, 0, 0, 0, 2, offset << 4, 0x18, 16, 0, 0, 0, 0, 0];
    [&start[..], options, b"the password is password"].concat()
}

fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    let length = 8 + payload.len() as u16;
    [&60_000u16.to_be_bytes()[..], &port.to_be_bytes(), &length.to_be_bytes(), &[0, 0], payload].concat()
}

/// Frames that hold secrets in places of all kinds.
fn secret_frames() -> Vec<(&'static str, Vec<u8>)> {
    let segment = tcp(&[]);
    let plain = ethernet(0x0800, &ipv4(6, &[], &segment));
    let quote = [&[3, 1, 0, 0, 0, 0, 0, 0][..], &ipv4(6, &[], &segment)].concat();
    let redirect = [&[5, 1, 0, 0, 198, 51, 100, 77][..], &ipv4(6, &[], &segment)].concat();
    let route = [7, 11, 8, 203, 0, 113, 99, 198, 51, 100, 77, 0];
    let md5 = [&[19, 18][..], b"digest of sixtee", &[1, 1]].concat();
    let ao = [&[29, 20, 1, 2][..], b"digest of sixtee"].concat();
    let fast_open = [&[34, 10][..], b"cookie!!", &[1, 1]].concat();
    let add_address = [30, 8, 0x30, 1, 198, 51, 100, 77];
    let unknown = [&[77, 10][..], b"password", &[1, 1]].concat();
    let routing = [&[6, 2, 4, 0, 0, 0, 0, 0][..], &ipv6(6, &[])[8..24], &segment].concat();
    let geneve = [&[2, 0, 0x65, 0x58, 0, 0, 5, 0][..], b"password", &plain].concat();
    let vxlan = [&[8, 0, 0, 0, 0, 0, 5, 0][..], &plain].concat();
    let gre = [&[0x80, 0, 8, 0, 0, 0, 0, 0][..], &ipv4(6, &[], &segment)].concat();
    let later =
        [&ipv4(6, &[], b"the password is password")[..6], &[0, 3], &ipv4(6, &[], b"the password is password")[8..]];
    vec![
        ("padding", [&plain[..], b"trailer"].concat()),
        ("VLAN", ethernet(0x8100, &[&[0, 5, 8, 0][..], &ipv4(6, &[], &segment)].concat())),
        ("IPv6", ethernet(0x86dd, &ipv6(6, &segment))),
        ("IPv4 options", ethernet(0x0800, &ipv4(6, &route, &segment))),
        ("ICMP error", ethernet(0x0800, &ipv4(1, &[], &quote))),
        ("ICMP redirect", ethernet(0x0800, &ipv4(1, &[], &redirect))),
        ("MD5", ethernet(0x0800, &ipv4(6, &[], &tcp(&md5)))),
        ("AO", ethernet(0x0800, &ipv4(6, &[], &tcp(&ao)))),
        ("Fast Open", ethernet(0x0800, &ipv4(6, &[], &tcp(&fast_open)))),
        ("MPTCP", ethernet(0x0800, &ipv4(6, &[], &tcp(&add_address)))),
        ("unknown option", ethernet(0x0800, &ipv4(6, &[], &tcp(&unknown)))),
        ("routing header", ethernet(0x86dd, &ipv6(43, &routing))),
        ("GENEVE", ethernet(0x0800, &ipv4(17, &[], &udp(6081, &geneve)))),
        ("VXLAN", ethernet(0x0800, &ipv4(17, &[], &udp(4789, &vxlan)))),
        ("GRE", ethernet(0x0800, &ipv4(47, &[], &gre))),
        ("IP in IP", ethernet(0x0800, &ipv4(4, &[], &ipv4(6, &[], &segment)))),
        ("later fragment", ethernet(0x0800, &later.concat())),
    ]
}

#[test]
fn what_is_not_rewritten_is_left_out_and_counted() {
    for file in File::both() {
        let frame = secret_frames().swap_remove(0).1;
        let flags = file.part(|value| value.u32(1));
        let interface = [(2, &b"eth0"[..]), (3, b"to the customer"), (9, &[9]), (11, b"\0host 198.51.100.77")];
        let file = file.section(&[(4, b"us")]).interface(1, 0, &interface).block(4, &[0; 8]).block(10, b"secrets");
        let file =
            file.enhanced(0, 1, &frame, &[(1, b"Alice"), (2, &flags), (3, b"\x02hash")]).enhanced(0, 2, b"no", &[]);
        let file =
            file.block(0x0bad, b"custom").statistics(0, &[(1, b"Bob"), (5, &[0; 8])]).obsolete(0, 9, 3, &frame, &[]);
        let (out, left_out) = redacted(&file.octets, redaction(false));
        let expected = LeftOut { frames: 1, names: 1, secrets: 1, other_blocks: 1, comments: 2, options: 5 };
        assert_eq!(left_out, expected);
        let told =
            "1 frame that is not TCP, 1 block of names, 1 block of secrets, 1 other block, 2 comments, 5 other options";
        assert_eq!(left_out.to_string(), told);
        for secret in
            [&b"customer"[..], b"eth0", b"us\0\0", b"host 1", b"Alice", b"Bob", b"secrets", b"custom", b"hash"]
        {
            assert!(!holds(&out, secret), "{}", String::from_utf8_lossy(secret));
        }
        let (records, info) = read_all(&out[..]);
        assert_eq!((records.len(), info.notes.iter().count(), info.interfaces[0].dropped_between), (2, 0, 9));
        assert_eq!(records[0].time.nanos, 1, "the clock is kept");
    }
}

#[test]
fn damage_is_survived() {
    let mut samples: Vec<Vec<u8>> = File::both().map(every_block).into_iter().map(|file| file.octets).collect();
    let frames = secret_frames().into_iter();
    samples.extend(frames.map(|(_, frame)| File::little().pcap(0xa1b2_c3d4, 0, 1).pcap_record(1, 2, &frame).octets));
    for octets in samples {
        for at in 0..octets.len() {
            for wrong in [0, 0xff, octets[at] ^ 0x55] {
                let mut octets = octets.clone();
                octets[at] = wrong;
                for octets in [&octets[..], &octets[..at]] {
                    if let Ok(reader) = Reader::new(octets, "test") {
                        let mut out = Vec::new();
                        Redacted::new(reader, redaction(true)).read_to_end(&mut out).unwrap();
                    }
                }
            }
        }
    }
}

#[test]
fn every_command_redacts() {
    let bench = Bench::new();
    fs::write(bench.path("key"), "a key that is long enough").unwrap();
    fs::create_dir(bench.path("customer")).unwrap();
    fs::copy(bench.path("bad.pcap"), bench.path("customer/case.pcap")).unwrap();
    let redacted = "customer/case.pcap --redact --redact-key key --redact-ports";
    let formats = ["text", "json", "jsonl", "sarif", "junit", "github", "gitlab", "markdown"];
    let mut commands: Vec<String> = formats.iter().map(|format| format!("{redacted} --format {format}")).collect();
    commands.extend(["flows", "packets", "show"].map(|command| format!("{command} {redacted}")));
    commands.push(format!("dissect {redacted} --frame 2"));
    commands.push(format!("packets {redacted} --format tsv --fields ip.src,ip.dst,tcp.srcport,tcp.dstport"));
    commands.push(format!("missing/none.pcap {redacted} --merge --format jsonl"));
    for command in commands {
        let said = bench.stdout(&command);
        assert!(said.len() > 30 || command.contains("none.pcap"), "{command}");
        for secret in
            ["10.0.0.1", "10.0.0.2", ":40000", "40000 >", "\t40000", ":80 ", "customer", "02:00:00:00:00", "missing/"]
        {
            assert!(!said.contains(secret), "{command}: {secret} in {said}");
        }
        assert_eq!(said, bench.stdout(&command), "the same key, the same output");
    }
}

#[test]
fn nobody_is_told_where_a_redacted_capture_is() {
    let bench = Bench::new();
    fs::create_dir(bench.path("customer")).unwrap();
    let whole = fs::read(bench.path("bad.pcap")).unwrap();
    fs::write(bench.path("customer/cut.pcap"), &whole[..whole.len() - 9]).unwrap();
    fs::write(bench.path("customer/garbage.pcap"), "this is no capture").unwrap();
    for name in ["cut", "garbage", "none"] {
        for command in [
            "",
            "flows",
            "packets",
            "show",
            "dissect --frame 99",
            "annotate -o o.pcapng",
            "extract -o o.pcapng --stream 0",
        ] {
            let output = bench.run(&format!("{command} customer/{name}.pcap --redact"));
            let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            assert!(!said.contains("customer"), "{command} {name}: {said}");
            assert!(said.contains(&format!("{name}.pcap")) || name == "cut", "{command} {name}: {said}");
        }
    }
}

#[test]
fn selections_and_suppressions_speak_of_what_was_captured() {
    let bench = Bench::new();
    assert_eq!(bench.status("bad.pcap --redact --server 10.0.0.2:80 --redact-ports"), 1);
    assert_eq!(bench.status("bad.pcap --redact --net 10.0.0.0/30"), 1);
    assert_eq!(bench.status("bad.pcap --redact --host 10.0.0.9"), 0);
    assert!(bench.stdout("packets bad.pcap --redact --host 10.0.0.1").lines().count() > 5);
    assert_eq!(
        bench.stdout("packets bad.pcap --redact --host 10.0.0.9").lines().count(),
        1,
        "the heads of the columns"
    );
    let suppress = "[[suppress]]\nrule = \"TFA101\"\nserver = \"10.0.0.2:80\"\nreason = \"known\"\n";
    fs::write(bench.path("tcpflow-audit.toml"), suppress).unwrap();
    assert_eq!(bench.status("bad.pcap --redact --redact-ports"), 0);
}

#[test]
fn captures_are_written_redacted() {
    let bench = Bench::new();
    for command in ["annotate bad.pcap", "extract bad.pcap --findings", "extract bad.pcap --server :80"] {
        assert_eq!(bench.status(&format!("{command} --redact -o out.pcapng")), 0, "{command}");
        let octets = fs::read(bench.path("out.pcapng")).unwrap();
        assert!(!holds(&octets, &[10, 0, 0, 1, 10, 0, 0, 2]), "{command}");
        let said = audit_with(&octets, &Settings::default());
        assert_eq!(
            said.findings.iter().map(|said| said.finding.rule.code).collect::<Vec<_>>(),
            ["TFA101"],
            "{command}"
        );
    }
    let said = String::from_utf8(bench.run("annotate bad.pcap --redact -o out.pcapng").stderr).unwrap();
    assert!(
        said.contains("redacted by a key of this run only") && said.contains("11 frames written, 1 comment"),
        "{said}"
    );
    fs::write(bench.path("short"), "too short").unwrap();
    assert_eq!(bench.status("bad.pcap --redact --redact-key short"), 2);
    assert_eq!(bench.status("bad.pcap --redact --redact-key none"), 2);
    assert_eq!(bench.status("bad.pcap --redact-ports"), 2);
}
