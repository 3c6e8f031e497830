//! Wireshark's field names to what the fields are for, one sentence each, in our own words.

mod analysis;
mod carrier;
mod header;
mod link;
mod network;
mod options;

/// Tables by the layer they are about; a name stands in one of them only.
const TABLES: [&[(&str, &str)]; 6] =
    [link::MEANINGS, carrier::MEANINGS, network::MEANINGS, header::MEANINGS, options::MEANINGS, analysis::MEANINGS];

/// What a field is for; nothing for headings and for fields that need no word.
pub fn meaning(field: &str) -> Option<&'static str> {
    if field.is_empty() {
        return None;
    }
    TABLES.iter().find_map(|table| table.iter().find(|row| row.0 == field)).map(|row| row.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_name_stands_once_and_has_one_sentence() {
        let mut names = HashSet::new();
        for (name, words) in TABLES.iter().copied().flatten() {
            assert!(names.insert(name), "{name} stands twice");
            assert!(words.ends_with('.'), "{name}: {words}");
            assert!(words.len() <= 160 && !words.contains('\n'), "{name} takes more than a line");
        }
    }

    #[test]
    fn every_part_of_the_fixed_header_has_a_meaning() {
        for name in [
            "tcp.srcport",
            "tcp.dstport",
            "tcp.seq",
            "tcp.ack",
            "tcp.hdr_len",
            "tcp.flags",
            "tcp.flags.syn",
            "tcp.flags.fin",
            "tcp.window_size_value",
            "tcp.checksum",
            "tcp.urgent_pointer",
        ] {
            assert!(meaning(name).is_some(), "{name}");
        }
        assert_eq!(meaning(""), None);
    }
}
