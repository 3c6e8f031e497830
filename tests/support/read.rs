//! Captures read through the public API, from sources as odd as pipes can be.

use std::io::{self, Read};

use tcpflow_audit::capture::{CaptureInfo, Direction, LinkType, Reader, Record, Timestamp};

/// A record that outlives its reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owned {
    pub number: u64,
    pub time: Timestamp,
    pub link_type: LinkType,
    pub fcs_len: u8,
    pub interface: u32,
    pub direction: Direction,
    pub original_len: u32,
    pub offset: u64,
    pub data: Vec<u8>,
}

impl From<Record<'_>> for Owned {
    fn from(record: Record<'_>) -> Self {
        let Record { number, time, link_type, fcs_len, interface, direction, original_len, offset, data } = record;
        Self { number, time, link_type, fcs_len, interface, direction, original_len, offset, data: data.to_vec() }
    }
}

/// All records and what the capture says about itself in the end.
pub fn read_all<R: Read>(source: R) -> (Vec<Owned>, CaptureInfo) {
    let mut reader = Reader::new(source, "test").unwrap();
    let mut records = Vec::new();
    while let Some(record) = reader.next_record().unwrap() {
        records.push(Owned::from(record));
    }
    assert!(reader.next_record().unwrap().is_none(), "the end is final");
    (records, reader.info().clone())
}

/// The notes of a capture as text.
pub fn notes(info: &CaptureInfo) -> Vec<String> {
    info.notes.iter().map(ToString::to_string).collect()
}

/// A source that delivers at most `step` octets at a time.
pub struct Trickle<'a> {
    octets: &'a [u8],
    step: usize,
}

impl<'a> Trickle<'a> {
    pub fn new(octets: &'a [u8], step: usize) -> Self {
        Self { octets, step }
    }
}

impl Read for Trickle<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = buf.len().min(self.step);
        self.octets.read(&mut buf[..count])
    }
}

/// A source that must not be asked for more than it has: a live capture that would block.
pub struct Live<'a>(pub &'a [u8]);

impl Read for Live<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        assert!(!self.0.is_empty(), "read on although a whole record was there");
        self.0.read(buf)
    }
}
