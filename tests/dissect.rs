//! Frames dissected and printed as `tshark -V` prints them: chosen frames of captures against what tshark 4.6.9 said.

use crate::support::corpus;
use proptest::prelude::*;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use tcpflow_audit::capture::{Direction, LinkType, Reader, Record, Timestamp};
use tcpflow_audit::lens::dissect::{Dissector, Node, Tree};
use tcpflow_audit::report::dissect::{Lines, details, document, explained, header_drawing, header_meanings, wrapping};

/// Where the chosen frames are: `NAME.txt` with blocks `Frame N`, lines as tshark prints them, an empty line.
fn expected() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/expected/dissect");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The capture that an expected file is about, in one of the folders below `root`.
fn capture(root: &Path, expected: &Path) -> PathBuf {
    let name = expected.file_stem().unwrap();
    ["handmade", "lab"].iter().map(|folder| root.join(folder).join(name)).find(|path| path.exists()).unwrap()
}

/// Every frame's tree.
fn trees(path: &Path) -> Vec<Tree> {
    let mut reader = Reader::new(File::open(path).unwrap(), path.display().to_string()).unwrap();
    let mut dissector = Dissector::new();
    let mut trees = Vec::new();
    // A capture that breaks off is judged up to there.
    while let Ok(Some(record)) = reader.next_record() {
        trees.push(dissector.dissect(&record));
    }
    trees
}

#[test]
fn equals_tshark_line_by_line() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures");
    let mut frames = 0;
    for file in expected() {
        let trees = trees(&capture(&root, &file));
        let text = fs::read_to_string(&file).unwrap();
        for block in text.split_terminator("\n\n") {
            let (head, lines) = block.split_once('\n').unwrap();
            let number: usize = head.strip_prefix("Frame ").unwrap().parse().unwrap();
            let ours = details(&trees[number - 1]);
            for (line, (ours, theirs)) in ours.lines().zip(lines.lines()).enumerate() {
                assert_eq!(ours, theirs, "{}: frame {number}, line {}", file.display(), line + 1);
            }
            assert_eq!(ours.lines().count(), lines.lines().count(), "{}: frame {number}", file.display());
            frames += 1;
        }
    }
    assert!(frames > 50, "only {frames} frames were compared");
}

#[test]
fn a_frame_passed_over_leaves_the_same_memory_as_one_shown() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures");
    for file in expected() {
        let path = capture(&root, &file);
        let shown = trees(&path);
        let mut reader = Reader::new(File::open(&path).unwrap(), "capture").unwrap();
        let mut dissector = Dissector::new();
        while let Ok(Some(record)) = reader.next_record() {
            if record.number == shown.len() as u64 {
                assert_eq!(Some(&dissector.dissect(&record)), shown.last(), "{}", path.display());
            } else {
                dissector.observe(&record);
            }
        }
    }
}

#[test]
fn octets_lie_inside_their_source() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures");
    for file in expected() {
        for tree in trees(&capture(&root, &file)) {
            for layer in &tree.layers {
                check(&tree, layer);
            }
        }
    }

    fn check(tree: &Tree, node: &Node) {
        if let Some(octets) = node.octets.filter(|octets| octets.len > 0) {
            assert!(octets.source < tree.sources.len(), "{}", node.label);
            assert!(octets.start <= tree.sources[octets.source].len(), "{}", node.label);
        }
        node.children.iter().for_each(|child| check(tree, child));
    }
}

/// The handmade capture with an ordinary handshake.
fn handshake() -> Vec<Tree> {
    trees(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures/lab/close_by_client.server.pcap"))
}

#[test]
fn every_field_of_a_header_that_was_read_is_explained() {
    let text = explained(&handshake()[0]);
    for words in
        ["tcp.srcport", "Port of the end that sent this segment.", "opens this direction", "tcp.options.mss_val"]
    {
        assert!(text.contains(words), "{words} is missing in\n{text}");
    }
    let lines = header_meanings(&handshake()[0]);
    assert!(lines.lines().count() > 20, "{lines}");
}

#[test]
fn the_header_is_drawn_in_rows_of_32_bits() {
    let trees = handshake();
    for lines in [Lines::Ascii, Lines::Unicode] {
        let drawing = header_drawing(&trees[0], lines).unwrap();
        for row in drawing.lines().skip(2) {
            assert_eq!(row.chars().count(), 65, "{row:?} in\n{drawing}");
        }
        assert!(drawing.contains("Sequence number"), "{drawing}");
    }
    assert!(header_drawing(&trees[0], Lines::Ascii).unwrap().is_ascii());
}

#[test]
fn layers_are_listed_from_the_outside_in() {
    let text = wrapping(&handshake()[0]);
    let places: Vec<_> = ["Ethernet II", "Internet Protocol Version", "Transmission Control Protocol"]
        .iter()
        .map(|name| text.find(name))
        .collect();
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{text}");
}

#[test]
fn the_document_has_names_values_places_and_octets() {
    let trees = handshake();
    let json = serde_json::to_value(document(&trees[0])).unwrap();
    let tcp = json["layers"].as_array().unwrap().iter().find(|layer| layer["name"] == "tcp").unwrap();
    let port = &tcp["fields"][1];
    assert_eq!(port["name"], "tcp.dstport");
    assert_eq!(port["octets"]["length"], 2);
    assert_eq!(port["octets"]["hex"].as_str().unwrap().len(), 4);
    assert!(port["value"].is_number() && port["meaning"].is_string());
}

/// Every text that can be made of a tree.
fn render(tree: &Tree) -> usize {
    let drawn = header_drawing(tree, Lines::Ascii).unwrap_or_default();
    let json = serde_json::to_string(&document(tree)).unwrap();
    details(tree).len()
        + explained(tree).len()
        + header_meanings(tree).len()
        + wrapping(tree).len()
        + drawn.len()
        + json.len()
}

/// A frame that no file holds.
fn frame(link_type: u16, original_len: usize, data: &[u8]) -> Record<'_> {
    Record {
        number: 1,
        time: Timestamp::default(),
        link_type: LinkType(link_type),
        fcs_len: 0,
        interface: 0,
        direction: Direction::Unknown,
        original_len: u32::try_from(original_len).unwrap(),
        offset: 0,
        data,
    }
}

/// Link types that are dissected, and one that is not.
const LINK_TYPES: [u16; 14] = [0, 1, 9, 12, 14, 50, 101, 104, 108, 113, 228, 229, 276, 147];

#[test]
fn a_frame_cut_anywhere_is_shown_up_to_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures");
    for file in expected() {
        let mut reader = Reader::new(File::open(capture(&root, &file)).unwrap(), "capture").unwrap();
        while let Ok(Some(record)) = reader.next_record() {
            // The first frames have the options; the others are cut alike.
            if record.number > 2 {
                break;
            }
            let most = record.data.len().min(120);
            for len in 0..most {
                let cut = frame(record.link_type.0, record.data.len(), &record.data[..len]);
                render(&Dissector::new().dissect(&cut));
            }
        }
    }
}

proptest! {
    #[test]
    fn random_octets_are_shown_without_a_panic(
        data in proptest::collection::vec(any::<u8>(), 0..200),
        missing in 0_usize..40,
        link_type in proptest::sample::select(LINK_TYPES.as_slice()),
    ) {
        render(&Dissector::new().dissect(&frame(link_type, data.len() + missing, &data)));
    }

    #[test]
    fn random_options_are_shown_without_a_panic(
        options in proptest::collection::vec(any::<u8>(), 0..40),
        flags in any::<u8>(),
        payload in proptest::collection::vec(any::<u8>(), 0..20),
    ) {
        let mut options = options;
        options.resize(options.len().next_multiple_of(4), 1);
        let words = 5 + options.len() / 4;
        let mut data = vec![0x9c, 0x40, 0, 80, 0, 0, 0, 1, 0, 0, 0, 2, (words << 4) as u8, flags, 0xff, 0xff, 0, 0, 0, 0];
        data.extend(options);
        data.extend(payload);
        let total = u16::try_from(data.len() + 20).unwrap().to_be_bytes();
        let header = [0x45, 0, total[0], total[1], 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        let packet = [header.as_slice(), &data].concat();
        prop_assert!(render(&Dissector::new().dissect(&frame(101, packet.len(), &packet))) > 500);
    }
}

#[test]
fn survives_every_capture_of_the_corpus() {
    let Some(root) = corpus() else { return };
    for folder in ["handmade", "lab"] {
        for entry in fs::read_dir(root.join("captures").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "pcap") {
                assert!(!trees(&path).is_empty(), "{}", path.display());
            }
        }
    }
}
