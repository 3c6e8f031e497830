//! File names to URI references (RFC 3986).

use std::fmt::Write;

/// A path as a URI reference: relative paths stay relative, whatever a URI cannot hold is percent-encoded.
pub fn reference(path: &str) -> String {
    if path == "-" {
        return "stdin".to_owned();
    }
    let mut uri = if path.starts_with('/') { "file://".to_owned() } else { String::new() };
    for octet in path.trim_start_matches("./").bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(octet)),
            b'\\' => uri.push('/'),
            // Writing to a String cannot fail.
            _ => drop(write!(uri, "%{octet:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::reference;

    #[test]
    fn what_a_uri_cannot_hold_is_encoded() {
        assert_eq!(reference("a b/ü:1.pcap"), "a%20b/%C3%BC%3A1.pcap");
        assert_eq!(reference("/tmp/x.pcap"), "file:///tmp/x.pcap");
        assert_eq!(reference("./x.pcap"), "x.pcap");
        assert_eq!(reference("-"), "stdin");
    }
}
