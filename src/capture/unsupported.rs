//! First octets that are no capture to a sentence on what they are and what to do.

/// Says what a file is that begins with `octets` and is neither pcap nor pcapng.
pub(super) fn explain(octets: &[u8]) -> String {
    let octets = octets.get(..MAX_SHOWN).unwrap_or(octets);
    let (what, advice) = match octets {
        [] => return "the input is empty, not a capture".to_owned(),
        [b'B', b'Z', b'h', ..] => ("a bzip2 file", "unpack it first: `bzcat FILE | tcpflow-audit -`"),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => ("an xz file", "unpack it first: `xzcat FILE | tcpflow-audit -`"),
        [b'P', b'K', 3, 4, ..] => ("a zip archive", "unpack it first: `unzip -p FILE | tcpflow-audit -`"),
        [b's', b'n', b'o', b'o', b'p', 0, ..] => ("a snoop capture", CONVERT),
        [b'X', b'C', b'P', 0, ..] => ("a NetXRay or Sniffer capture", CONVERT),
        [b'T', b'R', b'S', b'N', b'I', b'F', b'F', ..] => ("a Sniffer capture", CONVERT),
        [b'G', b'M', b'B', b'U', ..] => ("a Network Monitor capture", CONVERT),
        [0x0a, 0x0d, 0x0d, 0x0a, ..] => ("the beginning of a pcapng file", "it was cut off; copy it again"),
        _ if octets.iter().all(|octet| octet.is_ascii_graphic() || octet.is_ascii_whitespace()) => {
            ("text", "a capture is written by `tcpdump -w FILE`")
        }
        _ => return format!("neither pcap nor pcapng: it begins with {octets:02x?}; {CONVERT}"),
    };
    format!("neither pcap nor pcapng but {what}; {advice}")
}

/// Octets judged and shown at most.
const MAX_SHOWN: usize = 12;

const CONVERT: &str = "if Wireshark reads it, `editcap -F pcapng FILE out.pcapng` makes a capture of it";
