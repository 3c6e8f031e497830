//! Pages and pictures: what they say, that nothing in a capture can act in them, and that they stay small.

use crate::cli::Bench;
use crate::support::golden::check;
use crate::support::sample;
use crate::support::trace::Trace;
use std::fs;
use std::path::Path;
use tcpflow_audit::audit::{self, CaptureHead, Event, FindingEvent, FlowEvent, Settings, Sink};
use tcpflow_audit::capture::Reader;
use tcpflow_audit::report::{Html, Picture, PictureFormat, Report, Summary};

/// The page of a run of which `tell` tells.
fn page(tell: impl FnOnce(&mut dyn Report)) -> String {
    let mut out = Vec::new();
    tell(&mut Html::new(&mut out));
    String::from_utf8(out).unwrap()
}

/// A trace of testdata, told to `report` under a name.
fn tell(report: &mut dyn Report, trace: &str, name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/traces").join(trace).with_extension("trace");
    let pcap = Trace::parse(&fs::read_to_string(path).unwrap()).unwrap().pcap();
    let mut reader = Reader::new(pcap.as_slice(), name).unwrap();
    let mut summary = Summary::default();
    summary.add(&audit::run(&mut reader, &Settings::default(), report, &mut || true).unwrap());
    report.finish(&summary).unwrap();
}

#[test]
fn a_page_has_summary_findings_connections_and_pictures() {
    let page = page(|report| tell(report, "TFA101-syn-ack-wrong-ack", "bad.pcap"));
    for part in [
        "<h1>1 error in 1 connection</h1>",
        r#"id="rule-TFA101""#,
        r##"<a href="#c1-1">"##,
        r#"<article id="c1-1""#,
        r#"role="img" aria-labelledby="c1-1-ladder-title c1-1-ladder-desc""#,
        "✗ ack = x+1 = 1001 was due",
        "SYN-RECEIVED",
        r#"class="graph""#,
    ] {
        assert!(page.contains(part), "{part} is missing");
    }
}

#[test]
fn a_page_asks_nobody_for_anything() {
    let page = page(|report| sample::tell(report).unwrap());
    for word in ["http:", "https:", "url(", "@import", "<link rel=\"stylesheet", " src=", " style=", "onclick"] {
        let found = page.replace("http://www.w3.org/2000/svg", "").contains(word);
        assert!(!found, "{word}");
    }
    assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
}

#[test]
fn nothing_in_a_name_acts() {
    let hostile = "</title><script>alert(1)</script>\"'&<img onerror=x>\u{202e}.pcap";
    let page = page(|report| tell(report, "TFA101-syn-ack-wrong-ack", hostile));
    assert_eq!(page.matches("<script").count(), 1, "ours");
    assert!(!page.contains("<img") && !page.contains('\u{202e}'));
    for format in [PictureFormat::Svg, PictureFormat::Mermaid, PictureFormat::PlantUml] {
        let mut out = Vec::new();
        tell(&mut Picture::new(&mut out, format, false), "TFA101-syn-ack-wrong-ack", hostile);
        let picture = String::from_utf8(out).unwrap();
        assert!(!picture.contains("<script") && !picture.contains("<img"), "{format:?}");
    }
}

#[test]
fn a_page_is_the_same_each_time() {
    let once = || page(|report| sample::tell(report).unwrap());
    assert_eq!(once(), once());
}

#[test]
fn pictures_of_a_connection() {
    let bench = Bench::new();
    for (format, ending) in [("svg", "svg"), ("mermaid", "mmd"), ("plantuml", "puml")] {
        let name = format!("pictures/bad.{ending}");
        check(&name, &bench.stdout(&format!("show bad.pcap --format {format}")));
        assert_eq!(bench.status(&format!("show empty.pcap --format {format}")), 3);
    }
}

#[test]
fn a_page_gets_a_file_of_its_own() {
    let bench = Bench::new();
    assert_eq!(bench.status("bad.pcap --output html=page.html"), 1);
    let page = fs::read_to_string(bench.path("page.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    assert_eq!(page, bench.stdout("bad.pcap --format html"));
}

/// Tells every event again and again, each time as another connection, to the report behind it.
struct Echo<'a> {
    report: &'a mut dyn Report,
    times: u64,
    findings: Vec<tcpflow_audit::rules::Finding>,
}

impl Sink for Echo<'_> {
    fn event(&mut self, event: &Event<'_>) -> std::io::Result<()> {
        match event {
            Event::Finding(event) => {
                self.findings.push(event.finding.clone());
                Ok(())
            }
            Event::Flow(flow) => (0..self.times).try_for_each(|number| self.one(flow, number)),
            event => self.report.event(event),
        }
    }
}

impl Echo<'_> {
    fn one(&mut self, flow: &FlowEvent, number: u64) -> std::io::Result<()> {
        let mut flow = flow.clone();
        flow.summary.flow_id = number + 1;
        for finding in &self.findings {
            let (stream, flow_id) = (Some(number as u32), Some(number + 1));
            self.report.event(&Event::Finding(&FindingEvent {
                finding,
                time: finding.evidence.time,
                stream,
                flow_id,
                ends: None,
                origin: None,
                whereabouts: None,
            }))?;
        }
        self.report.event(&Event::Flow(&flow))
    }
}

#[test]
fn a_hundred_thousand_connections_make_a_small_page() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures/handmade/syn-ack-wrong-ack.pcapng");
    let octets = fs::read(path).unwrap();
    let page = page(|report| {
        let mut reader = Reader::new(octets.as_slice(), "many.pcap").unwrap();
        let mut echo = Echo { report, times: 100_000, findings: Vec::new() };
        echo.event(&Event::Capture(&CaptureHead::default())).unwrap();
        audit::run(&mut reader, &Settings::default(), &mut echo, &mut || true).unwrap();
        echo.report.finish(&Summary::default()).unwrap();
    });
    assert!(page.len() < 10_000_000, "{} octets", page.len());
    assert!(page.contains("98\u{202f}000 connections more are counted above"));
    assert!(page.contains("99\u{202f}940 connections more have no section"));
}
