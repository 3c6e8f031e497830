//! What a trace says is what the reader and the decoder find in the pcap and the pcapng made of it, field by field.

use crate::support::packet::Checksum;
use crate::support::trace::{Event, SegmentLine};
use crate::traces;
use tcpflow_audit::capture::Reader;
use tcpflow_audit::wire::{ChecksumStatus, Decoder, Segment, Standing};

#[test]
fn every_trace_reads_back_as_it_was_written() {
    for (name, trace) in traces::all() {
        let compiled = trace.compile();
        for (format, octets) in [("pcap", trace.pcap()), ("pcapng", trace.pcapng())] {
            let found = segments(&octets);
            for (line, frame) in trace.lines.iter().zip(compiled.frame_of_line(trace.lines.len())) {
                let Event::Segment(said) = &line.event else { continue };
                let place = format!("{name} line {} as {format}", line.number);
                let found: Vec<_> = found.iter().filter(|(segment, _)| segment.frame == frame as u64).collect();
                match (found.as_slice(), readable(said) && frame != 0) {
                    ([(segment, options)], true) => compare(&place, said, segment, options),
                    ([], false) => {}
                    (_, false) if frame != 0 => {}
                    (found, _) => assert!(trace.cut_file > 0, "{place}: {} segments", found.len()),
                }
            }
        }
    }
}

/// Whether the line stands for a segment that was captured as far as its fixed header.
fn readable(line: &SegmentLine) -> bool {
    let whole = line.carried.fragment.is_none_or(|fragment| fragment.captured == [true, true]);
    whole && line.carried.cut.is_none_or(|octets| octets >= 54)
}

/// The segments of a capture, with the option octets of each.
fn segments(octets: &[u8]) -> Vec<(Segment, Vec<u8>)> {
    let mut reader = Reader::new(octets, "trace").unwrap();
    let mut decoder = Decoder::new(true);
    let mut found = Vec::new();
    while let Some(record) = reader.next_record().unwrap() {
        let _ = decoder.decode(&record, &mut |decoded| {
            if matches!(decoded.segment.standing, Standing::Whole) {
                found.push((decoded.segment, decoded.header.get(20..).unwrap_or_default().to_vec()));
            }
        });
    }
    found
}

fn compare(place: &str, said: &SegmentLine, found: &Segment, options: &[u8]) {
    assert_eq!((found.source.ip, found.source.port), (said.from.ip, said.from.port), "{place}");
    assert_eq!((found.destination.ip, found.destination.port), (said.to.ip, said.to.port), "{place}");
    assert_eq!((found.seq.0, found.ack.0), (said.seq, said.ack), "{place}");
    assert_eq!((found.flags.0, found.window.0), (said.bits, said.window), "{place}");
    assert_eq!((found.ttl, found.ecn), (said.carried.ttl.unwrap_or(64), said.carried.ecn), "{place}");
    assert_eq!(found.urgent_pointer, said.urgent, "{place}");
    if said.offset.is_none() {
        assert_eq!(found.payload_len(), Some(said.payload.len() as u32), "{place}");
    }
    if said.carried.cut.is_none() && said.offset.is_none() {
        let status = match said.checksum {
            Checksum::Right => ChecksumStatus::Good,
            Checksum::Partial => ChecksumStatus::Partial,
            Checksum::Bad | Checksum::Zero => ChecksumStatus::Bad,
        };
        assert_eq!(found.checksum_status, status, "{place}");
        assert_eq!(options, said.options, "{place}");
    }
}
