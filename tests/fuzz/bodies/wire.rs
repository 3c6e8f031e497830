//! Frames of every link type, and option lists.

use tcpflow_audit::capture::{Direction, LinkType, Record, Timestamp};
use tcpflow_audit::lens::dissect::{Dissector, Tree};
use tcpflow_audit::lens::wireshark::Lens;
use tcpflow_audit::report::dissect::{details, document, explained, wrapping};
use tcpflow_audit::wire::{Decoder, RawOptions};

/// Link types that are read in a way of their own.
const LINK_TYPES: [u16; 32] = [
    1, 0, 7, 9, 10, 11, 12, 14, 50, 51, 100, 101, 104, 105, 108, 112, 113, 119, 127, 129, 130, 163, 167, 178, 179, 181,
    204, 228, 229, 239, 242, 276,
];

const RAW_IP: u16 = 101;

/// The octet that stands for a link type.
pub fn link_type_octet(link_type: u16) -> Option<u8> {
    LINK_TYPES.iter().position(|known| *known == link_type).map(|at| at as u8)
}

/// Frames, one after the other: an octet for the link type, and for each frame an octet of flags, two of its length, its octets.
pub fn wire(octets: &[u8]) {
    let [link_type, rest @ ..] = octets else { return };
    let link_type = LINK_TYPES[usize::from(*link_type) % LINK_TYPES.len()];
    let mut rest = rest;
    let mut frames = Frames::default();
    while let [flags, high, low, more @ ..] = rest {
        let len = usize::from(u16::from_be_bytes([*high, *low])).min(more.len());
        let (frame, more) = more.split_at(len);
        rest = more;
        frames.decode(link_type, *flags, frame);
    }
}

/// The option list of a TCP header: an octet of control bits, then the list.
pub fn options(octets: &[u8]) {
    let [bits, list @ ..] = octets else { return };
    let mut list = list.get(..list.len().min(40)).unwrap_or_default().to_vec();
    list.resize(list.len().next_multiple_of(4), 0);
    let mut header = vec![0x30, 0x39, 0, 80, 0, 0, 3, 0xe8, 0, 0, 7, 0xd0, ((5 + list.len() / 4) << 4) as u8, *bits];
    header.extend([0xff, 0xff, 0, 0, 0, 0]);
    header.extend(&list);
    let walked: usize = RawOptions::of(&header).flatten().map(|option| option.value.len()).sum();
    assert!(walked <= list.len());
    let total = (20 + header.len()) as u16;
    let mut packet = vec![0x45, 0];
    packet.extend(total.to_be_bytes());
    packet.extend([0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    packet.extend(&header);
    let mut frames = Frames::default();
    // The whole list, then every cut of it.
    for len in (40..=packet.len()).rev() {
        frames.decode(RAW_IP, 0, &packet[..len]);
    }
}

/// Everything that looks at frames, with what it remembers of those before.
#[derive(Default)]
struct Frames {
    count: u64,
    decoder: Decoder,
    lens: Lens,
    dissector: Dissector,
}

impl Frames {
    /// Decodes and dissects a frame. Of `flags`, bit 0 says that it was cut, the next three bits how long its check
    /// sequence is.
    fn decode(&mut self, link_type: u16, flags: u8, data: &[u8]) {
        self.count += 1;
        let record = Record {
            number: self.count,
            time: Timestamp::new(1_700_000_000, self.count as i32),
            link_type: LinkType(link_type),
            fcs_len: (flags >> 1) & 7,
            interface: 0,
            direction: Direction::Unknown,
            original_len: data.len() as u32 + u32::from(flags & 1) * 100,
            offset: 0,
            data,
        };
        let lens = &mut self.lens;
        let found = self.decoder.decode(&record, &mut |decoded| {
            assert!(decoded.payload.len() <= usize::from(u16::MAX) * 2);
            assert_eq!(decoded.segment.frame, record.number);
            lens.observe(decoded);
        });
        assert!(found.is_err() || found.is_ok_and(|found| found > 0));
        let tree = self.dissector.dissect(&record);
        check(&tree);
    }
}

/// Every form a dissected frame is shown in.
fn check(tree: &Tree) {
    let text = [details(tree), explained(tree), wrapping(tree)].concat();
    assert!(!text.contains('\u{1b}'));
    serde_json::to_string(&document(tree)).expect("a document");
}
