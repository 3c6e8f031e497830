//! The formats that other programs take in: told one handmade audit, they say what their golden files say.

use crate::cli::Bench;
use crate::support::golden::check;
use crate::support::sample;
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use tcpflow_audit::capture;
use tcpflow_audit::report::{Github, Gitlab, Junit, Markdown, Report, Sarif};
use tcpflow_audit::rules::{RULES, Severity};

fn told(make: impl FnOnce(&mut Vec<u8>) -> Box<dyn Report + '_>) -> String {
    let mut out = Vec::new();
    sample::tell(make(&mut out).as_mut()).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn sarif_lists_the_rules_that_ran_and_points_at_frames() {
    let sarif = told(|out| Box::new(Sarif::new(out, RULES.to_vec())));
    let value: Value = serde_json::from_str(&sarif).unwrap();
    let run = &value["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), RULES.len());
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"], "{result}");
    }
    assert_eq!(results[0]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], "stream 0/frame 2");
    assert_eq!(run["invocations"][0]["executionSuccessful"], false, "one capture could not be read");
    assert_sarif_is_valid(&value);
    // The rules are an interface of their own; what belongs to this format is the rest.
    check("formats/results.sarif", &sarif[sarif.find("\"results\"").unwrap()..]);
}

/// Holds a log against the schema that OASIS publishes.
pub(crate) fn assert_sarif_is_valid(log: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/schemas/sarif-2.1.0.json");
    // As published, one pattern of the schema has a bracket that nothing opens.
    let text = std::fs::read_to_string(path).unwrap().replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    let schema: Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> =
        validator.iter_errors(log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// The octets at each place that SARIF names are the record of that frame: in the file, and in what a packed one holds.
#[test]
fn sarif_points_at_the_octets_of_the_record() {
    let bench = Bench::new();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&std::fs::read(bench.path("bad.pcap")).unwrap()).unwrap();
    std::fs::write(bench.path("bad.pcap.gz"), packed.finish().unwrap()).unwrap();
    for words in ["bad.pcap", "bad.pcap.gz", "mute.pcap", "--merge bad.pcap mute.pcap"] {
        let log: Value = serde_json::from_str(&bench.stdout(&format!("{words} --format sarif"))).unwrap();
        assert_sarif_is_valid(&log);
        let results = log["runs"][0]["results"].as_array().unwrap();
        let places = |result: &Value| {
            let places = [&result["locations"], &result["relatedLocations"]].map(|list| list.as_array().cloned());
            places.into_iter().flatten().flatten().map(|place| place["physicalLocation"].clone()).collect::<Vec<_>>()
        };
        let places: Vec<Value> = results.iter().flat_map(places).collect();
        assert!(places.len() > results.len(), "{words}: {log}");
        for place in places {
            let (name, region) = (place["artifactLocation"]["uri"].as_str().unwrap(), &place["region"]);
            let (offset, length) = record(&bench.path(name), region["properties"]["frame"].as_u64().unwrap());
            assert_eq!((&region["byteOffset"], &region["byteLength"]), (&offset.into(), &length.into()), "{words}");
            assert_eq!(region["properties"]["unpacked"].as_bool().unwrap_or(false), name.ends_with("gz"), "{words}");
        }
    }
}

/// Where the record of a frame lies in a pcap file, and how long it is with its header.
fn record(path: &Path, frame: u64) -> (u64, u64) {
    let mut reader = capture::open(path).unwrap();
    while let Some(record) = reader.next_record().unwrap() {
        if record.number == frame {
            return (record.offset, record.data.len() as u64 + 16);
        }
    }
    panic!("{}: no frame {frame}", path.display());
}

#[test]
fn junit_shows_passes_and_failures() {
    let junit = told(|out| Box::new(Junit::new(out, Severity::Error)));
    assert_eq!(junit.matches("<testsuite ").count(), 3);
    assert_eq!(junit.matches("<failure ").count(), 1, "a warning does not fail a case");
    check("formats/audit.junit.xml", &junit);
}

#[test]
fn github_annotates_in_single_lines() {
    let github = told(|out| Box::new(Github::new(out)));
    assert!(github.lines().all(|line| line.starts_with("::")), "{github}");
    check("formats/github.txt", &github);
}

#[test]
fn gitlab_is_one_array() {
    let gitlab = told(|out| Box::new(Gitlab::new(out)));
    let issues: Value = serde_json::from_str(&gitlab).unwrap();
    assert_eq!(issues.as_array().unwrap().len(), 2);
    assert_ne!(issues[0]["fingerprint"], issues[1]["fingerprint"]);
    check("formats/gitlab.json", &gitlab);
}

#[test]
fn markdown_is_obeyed_by_nothing_in_a_capture() {
    let markdown = told(|out| Box::new(Markdown::new(out)));
    assert!(!markdown.contains('\u{1b}'));
    check("formats/audit.md", &markdown);
}
