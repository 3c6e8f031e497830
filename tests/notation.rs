//! The notation of annotated traces: what it reads, what it refuses and how, and the octets it makes.

use crate::support::capture_file::Frame;
use crate::support::trace::{Annotation, Event, SegmentLine, Trace};
use std::net::IpAddr;

const ENDS: &str = "A = 10.0.0.1:40000   B = 10.0.0.2:80\n";

fn parse(lines: &str) -> Trace {
    Trace::parse(&format!("{ENDS}{lines}")).unwrap_or_else(|error| panic!("{error}"))
}

fn refusal(lines: &str) -> String {
    Trace::parse(&format!("{ENDS}{lines}")).expect_err("refused").to_string()
}

fn segment(trace: &Trace, place: usize) -> &SegmentLine {
    match &trace.lines[place].event {
        Event::Segment(segment) => segment,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_example_of_the_design_is_read() {
    let trace = parse(
        "0.000 A>B S   1000             win 65535 <mss 1460, scale 7>     => SYN-SENT / LISTEN\n\
         0.010 B>A S.  5000 ack 1002    win 65535 <mss 1460, scale 7>     #! TFA101\n",
    );
    assert_eq!(trace.lines[0].states, Some(["SYN-SENT".to_owned(), "LISTEN".to_owned()]));
    let finding = Annotation { code: "TFA101".to_owned(), note: false, confidence: None, known_at: None };
    assert_eq!(trace.lines[1].findings, [finding]);
    let answer = segment(&trace, 1);
    assert_eq!((answer.seq, answer.ack, answer.bits, answer.window), (5000, 1002, 0x12, 65535));
    assert_eq!(answer.options, [2, 4, 5, 180, 3, 3, 7, 1]);
}

#[test]
fn numbers_may_count_from_the_latest_syn_of_their_sender() {
    let trace = parse(
        "0.0 A>B S 4294967295\n\
         0.1 B>A S. 500 ack +1\n\
         +0.1 A>B P. +1 ack +1 len 3 <sack +5..+9>\n",
    );
    assert_eq!(segment(&trace, 1).ack, 0);
    let data = segment(&trace, 2);
    assert_eq!((data.seq, data.ack), (0, 501));
    assert_eq!(data.options[2..10], [0, 0, 1, 249, 0, 0, 1, 253]);
    assert_eq!(trace.lines[2].time, 200_000);
}

#[test]
fn octets_sent_again_are_equal_unless_the_line_says_otherwise() {
    let trace = parse(
        "0 A>B . 100 ack 7 len 10\n\
         1 A>B . 105 ack 7 len 10\n\
         2 A>B . 100 ack 7 len 10 fill x\n\
         3 A>B . 100 ack 7 data \"GET /\"\n\
         4 B>A . 100 ack 7 len 10\n",
    );
    let payload = |place| segment(&trace, place).payload.clone();
    assert_eq!(payload(0)[5..], payload(1)[..5]);
    assert_eq!(payload(2), [b'x'; 10]);
    assert_eq!(payload(3), b"GET /");
    assert_ne!(payload(0), payload(4));
}

#[test]
fn findings_may_demand_confidence_and_the_frame_that_settled_them() {
    let trace = parse("0 A>B S 1 #! TFA107(possible) TFA202@9 #? TFA701 # why\ncapture #? TFA912\n");
    let said: Vec<_> = trace.lines[0].findings.iter().map(|it| (it.code.as_str(), it.note, it.known_at)).collect();
    assert_eq!(said, [("TFA107", false, None), ("TFA202", false, Some(9)), ("TFA701", true, None)]);
    assert_eq!(trace.lines[0].findings[0].confidence.as_deref(), Some("possible"));
    assert_eq!(trace.capture_findings[0].code, "TFA912");
}

#[test]
fn verdicts_are_read() {
    let trace =
        parse("A>B => handshake complete, teardown four-segment by client\n=> handshake refused, teardown open\n");
    let ends = ["10.0.0.1", "10.0.0.2"].map(|ip| ip.parse::<IpAddr>().unwrap());
    assert_eq!(trace.verdicts[0].ends, Some([(ends[0], 40000), (ends[1], 80)]));
    assert_eq!(trace.verdicts[0].by.as_deref(), Some("client"));
    assert_eq!((trace.verdicts[1].handshake.as_str(), trace.verdicts[1].by.as_deref()), ("refused", None));
}

#[test]
fn lines_may_be_repeated_by_other_hosts_or_from_other_ports() {
    let trace = parse("repeat 3 every 0.5 ports A\n0.1 A>B S 1\n+0.1 A>B S 1\nend\n1 clock\n");
    let told = |place| (segment(&trace, place).from.port, trace.lines[place].time);
    assert_eq!([told(0), told(1), told(4)], [(40000, 100_000), (40000, 200_000), (40002, 1_100_000)]);
    assert_eq!(trace.lines[6].time, 1_000_000);
    let trace = parse("repeat 2 every 1 hosts A\n0 A>B S 1\nend\n");
    assert_eq!(segment(&trace, 1).from.ip, "10.0.0.2".parse::<IpAddr>().unwrap());
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    for (lines, message) in [
        ("0 A>C S 1", "line 2: nobody is called \"C\""),
        ("\n0 A>B X 1", "line 3: X in X: flags are S F R P . U E W A, or none"),
        ("0 A>B . +1", "line 2: +1: no SYN from A to B above"),
        ("0 A>B S 1 wim 5", "line 2: unknown word wim"),
        ("0 A>B S 1 win", "line 2: expected a value after win"),
        ("0 A>B S 1 win 70000", "line 2: 70000 is no number that fits"),
        ("0 A>B S 1 <mss", "line 2: expected a closing >"),
        ("0 A>B S 1 #! 101", "line 2: 101 is no code of a rule"),
        ("0 A>B S 1 => SYN_SENT / -", "line 2: expected `=> STATE / STATE` with the states of RFC 9293, or -"),
        ("0 A>B S 1 (lost) #! TFA101", "line 2: nothing can be said of a segment that was not captured"),
        ("x A>B S 1", "line 2: x is no time"),
        ("0.1234567 clock", "line 2: 0.1234567: times have at most six decimals"),
        ("0 B>A icmp 3/1 quotes 1", "line 2: an ICMP error quotes the number of a frame above it"),
        ("repeat 2 every 1 ports A\n0 A>B S 1", "line 2: expected `end` after the lines to repeat"),
        ("repeat 2 ports A\nend", "line 2: expected `repeat COUNT every SECONDS hosts|ports NAME`"),
        ("C = somewhere", "line 2: somewhere is no ADDRESS:PORT"),
        ("=> handshake complete", "line 2: expected `=> handshake WORD, teardown WORD [by client|server|nobody]`"),
    ] {
        assert_eq!(refusal(lines), message);
    }
}

#[test]
fn lines_become_frames() {
    let trace = parse(
        "0 A>B S 1 (lost)\n\
         1 A>B S 1\n\
         2 A>B . 2 ack 1 len 40 frag 24\n\
         3 A>B . 2 ack 1 len 40 cut 54 vlan 5\n\
         4 B>A icmp 3/4 quotes 1 mtu 1400\n\
         5 clock\n",
    );
    let compiled = trace.compile();
    assert_eq!(compiled.lines, [1, 2, 2, 3, 4, 5]);
    assert_eq!(compiled.frame_of_line(trace.lines.len()), [0, 1, 3, 4, 5, 6]);
    let sizes: Vec<_> = compiled.frames.iter().map(|frame| (frame.octets.len(), frame.original_len)).collect();
    assert_eq!(sizes, [(54, 54), (58, 58), (70, 70), (54, 98), (70, 70), (42, 42)]);
    assert!(trace.pcap().len() < trace.pcapng().len());
}

#[test]
fn hosts_keep_their_hardware_addresses_and_count_their_packets() {
    let trace = parse("C = 10.0.0.1:40001\n0 A>B S 1\n1 B>A S. 1 ack 2\n2 C>B S 1\n");
    let [first, answer, second]: [Frame; 3] = trace.compile().frames.try_into().unwrap();
    assert_eq!(first.octets[6..12], second.octets[6..12]);
    assert_eq!(first.octets[0..6], answer.octets[6..12]);
    let id = |frame: &Frame| u16::from_be_bytes([frame.octets[18], frame.octets[19]]);
    assert_eq!(id(&second), id(&first) + 1);
}
