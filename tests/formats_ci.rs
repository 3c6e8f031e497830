//! The formats that other programs take in: told one handmade audit, they say what their golden files say.

use crate::support::golden::check;
use crate::support::sample;
use serde_json::Value;
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
    // The rules are an interface of their own; what belongs to this format is the rest.
    check("formats/results.sarif", &sarif[sarif.find("\"results\"").unwrap()..]);
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
