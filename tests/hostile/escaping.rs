//! Names and texts of a capture are shown, never obeyed: by a terminal, a browser, a spreadsheet, a CI system.

use crate::fuzz::check;
use crate::support::every_format::{Told, every_format};
use crate::support::octets::File;
use crate::support::trace::Trace;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tcpflow_audit::audit::Settings;
use tcpflow_audit::capture::Reader;
use tcpflow_audit::rules::Confidence;

/// Something for everyone to obey.
const HOSTILE: [&str; 6] = [
    "\u{1b}]0;owned\u{7}\u{1b}[31m\u{9b}2J\u{202e}.pcap",
    "a\n::error file=x::y\r%0A::stop-commands::z,title=b.pcap",
    "<script>alert(1)</script><img src=x onerror=alert(1)>&\"']]><!--.pcap",
    "=cmd|' /C calc'!A0\t,;\"x\".pcap",
    "a|b`c` [d](javascript:e) *f* _g_ \\| .pcap",
    "@sum(1+1)*cmd|' /C calc'!A0.pcap",
];

fn told() -> Vec<(&'static str, Told)> {
    let trace = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/traces/TFA101-syn-ack-wrong-ack.trace");
    let capture = Trace::parse(&fs::read_to_string(trace).unwrap()).unwrap().pcapng();
    let settings = Settings { min_confidence: Confidence::Possible, ..Settings::default() };
    let all = |name: &'static str| every_format(&capture, name, &settings).into_iter().map(move |told| (name, told));
    HOSTILE.into_iter().flat_map(all).collect()
}

/// A capture whose own words are hostile: the names of its system, its interfaces, its filters and its comments.
fn hostile_capture(word: &str) -> Vec<u8> {
    let word = word.as_bytes();
    let filter = [&[0], word].concat();
    let file = File::little().section(&[(1, word), (2, word), (3, word), (4, word)]);
    let file = file.interface(1, 0, &[(1, word), (2, word), (3, word), (11, &filter), (12, word), (15, word)]);
    let trace = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/traces/TFA101-syn-ack-wrong-ack.trace");
    let capture = Trace::parse(&fs::read_to_string(trace).unwrap()).unwrap().pcap();
    let mut reader = Reader::new(&capture[..], "trace").unwrap();
    let mut file = file;
    while let Some(record) = reader.next_record().unwrap() {
        file = file.enhanced(0, record.number, record.data, &[(1, word)]);
    }
    file.octets
}

#[test]
fn words_of_a_capture_are_not_obeyed() {
    let settings = Settings { min_confidence: Confidence::Possible, ..Settings::default() };
    let harmless = every_format(&hostile_capture("a"), "name.pcapng", &settings);
    assert!(harmless.iter().any(|told| told.text.contains("TFA101")));
    for word in HOSTILE {
        let hostile = every_format(&hostile_capture(word), "name.pcapng", &settings);
        for (told, harmless) in hostile.iter().zip(&harmless) {
            check(told);
            // Nothing but what is counted in octets may differ: no report has anything to do with such words.
            let skeleton = |text: &str| text.chars().filter(|it| "<>`|\u{1b}".contains(*it)).count();
            assert_eq!(skeleton(&told.text), skeleton(&harmless.text), "{word} as {}", told.format);
            assert!(!told.text.contains("stop-commands"), "{word} as {}", told.format);
        }
    }
}

/// A picture is drawn in a page, a diagram in Markdown: neither may have more than its own tags and lines.
#[cfg(feature = "html")]
#[test]
fn pictures_have_their_own_tags_and_lines() {
    for format in ["show-svg", "show-mermaid", "show-plantuml"] {
        // PlantUML's own way to write a letter is no tag.
        let tags = |text: &str| text.replace("<U+", "").matches('<').count();
        let pictures: Vec<(&str, usize, usize)> =
            of(format).map(|(name, text)| (name, tags(&text), text.lines().count())).collect();
        assert_eq!(pictures.len(), HOSTILE.len());
        for (name, tags, lines) in &pictures {
            assert_eq!((*tags, *lines), (pictures[0].1, pictures[0].2), "{name} as {format}");
        }
        let obeyed = |line: &str| ["<script", "<img"].iter().any(|tag| line.contains(tag)) || line.starts_with("```");
        assert!(!of(format).any(|(_, text)| text.lines().any(obeyed)), "{format}");
    }
}

fn of(format: &str) -> impl Iterator<Item = (&'static str, String)> {
    told().into_iter().filter(move |(_, told)| told.format == format).map(|(name, told)| (name, told.text))
}

#[test]
fn no_format_holds_anything_a_terminal_obeys() {
    for (_, told) in told() {
        check(&told);
    }
    for (name, text) in of("text-coloured") {
        let sequences = text.split('\u{1b}').skip(1);
        assert!(sequences.clone().count() > 0, "{name}");
        for sequence in sequences {
            let end = sequence.strip_prefix('[').and_then(|rest| rest.find('m').map(|end| &rest[..end]));
            assert!(end.is_some_and(|codes| codes.chars().all(|it| it.is_ascii_digit() || it == ';')), "{sequence:?}");
        }
    }
}

#[test]
fn xml_is_text_and_its_own_tags() {
    const TAGS: [&str; 9] =
        ["?xml", "testsuites", "testsuite", "testcase", "failure", "error", "system-out", "properties", "property"];
    for (name, xml) in of("junit") {
        for tag in xml.split('<').skip(1) {
            let word = tag.trim_start_matches('/').split([' ', '>', '/']).next().unwrap_or_default();
            assert!(TAGS.contains(&word), "{name}: <{tag}");
        }
        for entity in xml.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;", "quot;", "apos;", "#"].iter().any(|known| entity.starts_with(known));
            assert!(known, "{name}: &{entity}");
        }
    }
}

/// Tags of a name would be tags of the page; its own scripts and styles are the same for every name.
#[cfg(feature = "html")]
#[test]
fn a_page_has_its_own_tags_and_no_other() {
    let tags =
        |page: String| page.split('<').map(|tag| tag.split(['>', ' ']).next().unwrap_or_default().to_owned()).collect();
    let pages: Vec<Vec<String>> = of("html").map(|(_, page)| tags(page)).collect();
    assert!(pages.iter().all(|page| page.len() > 100 && *page == pages[0]));
    assert!(of("html").all(|(_, page)| !page.contains("<script>alert") && !page.contains("<img")));
}

#[test]
fn markdown_has_no_tags_and_rows_keep_their_cells() {
    for (name, text) in of("markdown") {
        assert!(!text.contains("<script") && !text.contains("<img"), "{name}: {text}");
        let cells = |line: &str| line.replace("\\\\", "").replace("\\|", "").matches('|').count();
        let rows: Vec<usize> = text.lines().filter(|line| line.starts_with('|')).map(cells).collect();
        assert!(rows.windows(2).all(|pair| pair[0] == pair[1]), "{name}: {text}");
    }
}

#[test]
fn workflow_commands_are_ours() {
    for (name, text) in of("github") {
        assert!(!text.is_empty());
        for line in text.lines() {
            let known =
                ["::error file=", "::warning file=", "::notice file="].iter().any(|word| line.starts_with(word));
            let properties = line.split("::").nth(1).unwrap_or_default();
            assert!(known && properties.matches(',').count() <= 2, "{name}: {line}");
        }
    }
}

#[test]
fn cells_are_no_formulas_and_rows_keep_their_cells() {
    for format in ["flows-csv", "packets-csv"] {
        for (name, text) in of(format) {
            let rows: Vec<Vec<String>> = text.lines().map(cells).collect();
            assert!(rows.windows(2).all(|pair| pair[0].len() == pair[1].len()), "{name}: {text}");
            let formula = |cell: &String| cell.starts_with(['=', '+', '@']);
            assert!(!rows.iter().flatten().any(formula), "{name}: {text}");
        }
    }
}

#[test]
fn json_gives_names_back_as_they_were() {
    for (name, text) in of("jsonl") {
        for line in text.lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            assert!(value["type"] == "summary" || value["capture"] == name, "{line}");
        }
    }
}

/// The cells of one row of a CSV file (RFC 4180).
fn cells(row: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for letter in row.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            letter => cells.last_mut().unwrap().push(letter),
        }
    }
    cells
}
