//! One handmade audit, told to every format: two captures, three connections, two findings, hostile names.

use std::collections::BTreeMap;
use std::io;
use tcpflow_audit::audit::{CaptureHead, Ends, Event, FindingEvent, FlowEvent, Totals};
use tcpflow_audit::capture::Timestamp;
use tcpflow_audit::error::Error;
use tcpflow_audit::flow::{
    Agreed, Cues, EndSummary, Entered, FlowSummary, Handshake, HandshakeVerdict, Mark, Moment, Offer, Side, Sides,
    State, Teardown, TeardownVerdict, Vantage,
};
use tcpflow_audit::report::{Report, Summary};
use tcpflow_audit::rules::{Confidence, Evidence, Family, Finding, Needs, Peers, Quantity, Rule, Severity, Value};
use tcpflow_audit::wire::{Endpoint, Flags, RawWindow, SeqNum, Skip};

/// Tells the whole sample to `report`.
pub fn tell(report: &mut dyn Report) -> io::Result<()> {
    let mut summary = Summary::default();
    first_capture(report, &mut summary)?;
    second_capture(report, &mut summary)?;
    report.unreadable("none.pcap", &Error::format(0, "no capture begins like this"))?;
    summary.unreadable += 1;
    report.finish(&summary)
}

fn first_capture(report: &mut dyn Report, summary: &mut Summary) -> io::Result<()> {
    let head = CaptureHead { name: "=\u{1b}[31mbad,1.pcap".into(), format: "pcap".into(), ..CaptureHead::default() };
    report.event(&Event::Capture(&head))?;
    report.event(&Event::Finding(&FindingEvent {
        finding: &wrong_ack(),
        time: time(10),
        stream: Some(0),
        flow_id: Some(1),
        ends: Some(Ends { client: client(), server: server() }),
        origin: None,
        whereabouts: None,
    }))?;
    report.event(&Event::Flow(&half_open_flow()))?;
    report.event(&Event::Flow(&complete_flow()))?;
    let totals = first_totals();
    summary.add(&totals);
    report.event(&Event::Totals(&totals))
}

fn second_capture(report: &mut dyn Report, summary: &mut Summary) -> io::Result<()> {
    let head = CaptureHead { name: "cut.pcapng".into(), format: "pcapng, gzip".into(), ..CaptureHead::default() };
    report.event(&Event::Capture(&head))?;
    report.event(&Event::Finding(&FindingEvent {
        finding: &unanswered(),
        time: time(0),
        stream: None,
        flow_id: None,
        ends: None,
        origin: None,
        whereabouts: None,
    }))?;
    report.event(&Event::Flow(&unknown_flow()))?;
    let totals = Totals {
        frames: 3,
        segments: 1,
        flows: 1,
        skipped: BTreeMap::from([(Skip::NotTcp, 2)]),
        findings: BTreeMap::from([(Severity::Warning, 1)]),
        by_code: BTreeMap::from([("TFA107", 1)]),
        notes: vec!["at octet 24: the capture ends inside a record".into()],
        damaged: true,
        ..Totals::default()
    };
    summary.add(&totals);
    report.event(&Event::Totals(&totals))
}

fn first_totals() -> Totals {
    Totals {
        frames: 14,
        segments: 14,
        flows: 2,
        link_types: vec!["Ethernet".into()],
        start: Some(time(0)),
        end: Some(time(900)),
        findings: BTreeMap::from([(Severity::Error, 1)]),
        by_code: BTreeMap::from([("TFA101", 1)]),
        vantage: "at the client".into(),
        ..Totals::default()
    }
}

fn complete_flow() -> FlowEvent {
    use State::{CloseWait, Established, FinWait1, FinWait2, LastAck, SynReceived, SynSent, TimeWait};
    let offer = Offer {
        mss: Some(1460),
        window_scale: Some(7),
        sack_permitted: true,
        timestamps: true,
        fast_open_cookie: None,
    };
    let client_states = entered(&[(3, SynSent), (5, Established), (8, FinWait1), (9, FinWait2), (10, TimeWait)]);
    let server_states =
        entered(&[(4, SynReceived), (5, Established), (9, CloseWait), (10, LastAck), (11, State::Closed)]);
    let flow = FlowSummary {
        flow_id: 3,
        stream: 1,
        ends: Sides {
            client: end(client(), Some(u32::MAX), 6, 77, client_states),
            server: end(server(), Some(5000), 5, 1448, server_states),
        },
        start: time(100),
        end: time(900),
        handshake: Handshake {
            verdict: HandshakeVerdict::Complete,
            syn: moment(3, 100),
            syn_ack: moment(4, 110),
            ack: moment(5, 111),
            syn_retransmissions: 0,
            syn_ack_retransmissions: 0,
            offered: Sides { client: Some(offer), server: Some(offer) },
            agreed: Some(Agreed { window_scale: true, sack: true, timestamps: true }),
        },
        teardown: Teardown {
            verdict: TeardownVerdict::FourSegment,
            initiator: Some(Side::Client),
            fin: Sides { client: moment(8, 500), server: moment(10, 800) },
            fin_ack: Sides { client: moment(9, 510), server: moment(11, 801) },
            rst: None,
            time_wait_until: Some(time(60_801)),
        },
        completeness: 31,
        vantage: Vantage { client_seen: true, server_seen: true, handshake_seen: true, ..Vantage::default() },
    };
    FlowEvent { summary: flow, later_streams: vec![], findings: vec![], worst: None }
}

fn half_open_flow() -> FlowEvent {
    let states = |list: &[(u64, State)]| entered(list);
    let flow = FlowSummary {
        flow_id: 1,
        stream: 0,
        ends: Sides {
            client: end(client(), Some(1000), 1, 0, states(&[(1, State::SynSent)])),
            server: end(server(), Some(5000), 1, 0, states(&[(2, State::SynReceived)])),
        },
        start: time(0),
        end: time(10),
        handshake: Handshake {
            verdict: HandshakeVerdict::HalfOpen,
            syn: moment(1, 0),
            syn_ack: moment(2, 10),
            ack: None,
            syn_retransmissions: 0,
            syn_ack_retransmissions: 0,
            offered: Sides { client: Some(Offer::default()), server: Some(Offer::default()) },
            agreed: Some(Agreed::default()),
        },
        teardown: open(TeardownVerdict::NeverOpened),
        completeness: 3,
        vantage: Vantage { client_seen: true, server_seen: true, handshake_seen: true, ..Vantage::default() },
    };
    FlowEvent { summary: flow, later_streams: vec![], findings: vec!["TFA101"], worst: Some(Severity::Error) }
}

/// A flow of which next to nothing is known.
fn unknown_flow() -> FlowEvent {
    let peer = Endpoint { ip: "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff".parse().unwrap(), port: 443 };
    let asker = Endpoint { ip: "2001:db8::1".parse().unwrap(), port: 65535 };
    let flow = FlowSummary {
        flow_id: 2,
        stream: 0,
        ends: Sides { client: end(asker, None, 1, 12, vec![]), server: end(peer, None, 0, 0, vec![]) },
        start: time(0),
        end: time(0),
        handshake: Handshake {
            verdict: HandshakeVerdict::NotCaptured,
            syn: None,
            syn_ack: None,
            ack: None,
            syn_retransmissions: 0,
            syn_ack_retransmissions: 0,
            offered: Sides::default(),
            agreed: None,
        },
        teardown: open(TeardownVerdict::Open),
        completeness: 8,
        vantage: Vantage { client_seen: true, mid_stream: true, ..Vantage::default() },
    };
    FlowEvent {
        summary: flow,
        later_streams: vec![],
        findings: vec!["TFA107", "TFA107"],
        worst: Some(Severity::Warning),
    }
}

fn wrong_ack() -> Finding {
    static RULE: Rule = rule("TFA101", "syn-ack-wrong-ack", "RFC 9293 §3.5, §3.10.7.3");
    let syn = mark(1, 0, Side::Client, Flags::SYN, 1000, 0);
    let syn_ack = mark(2, 10, Side::Server, Flags::SYN.with(Flags::ACK), 5000, 1002);
    Finding {
        rule: &RULE,
        evidence: Evidence {
            frame: 2,
            time: syn_ack.time,
            culprit: Some(Side::Server),
            message: "the SYN-ACK acknowledges 1002, but the SYN at 1000 asked for 1001".into(),
            quantities: vec![
                Quantity { name: "SEG.ACK", value: Value::Seq(SeqNum(1002)) },
                Quantity { name: "SND.NXT", value: Value::Seq(SeqNum(1001)) },
            ],
            ladder: vec![syn, syn_ack],
            pointer: "should be x+1 = 1001".into(),
            confidence: Confidence::Certain,
            severity: Severity::Error,
        },
        known_at: 2,
    }
}

fn unanswered() -> Finding {
    static RULE: Rule = rule("TFA107", "connection-unanswered", "RFC 9293 §3.8.3");
    Finding {
        rule: &RULE,
        evidence: Evidence {
            frame: 1,
            time: time(0),
            culprit: None,
            message: "3 SYNs in 3 s and no answer\u{1b}[2J".into(),
            quantities: vec![
                Quantity { name: "SYNs", value: Value::Count(3) },
                Quantity { name: "schedule", value: Value::Schedule(vec![1_000_000_000, 2_000_000_000]) },
                Quantity { name: "waited", value: Value::Nanoseconds(3_000_000_001) },
                Quantity { name: "ICMP", value: Value::Text("host unreachable".into()) },
            ],
            ladder: vec![],
            pointer: String::new(),
            confidence: Confidence::Likely,
            severity: Severity::Warning,
        },
        known_at: 3,
    }
}

const fn rule(code: &'static str, name: &'static str, reference: &'static str) -> Rule {
    Rule {
        code,
        name,
        family: Family::Handshake,
        severity: Severity::Error,
        reference,
        summary: "",
        explanation: "",
        look_alikes: &[],
        remedy: "",
        equation: "",
        ladder: &[],
        peers: Peers { wireshark: None, zeek: None, suricata: None },
        needs: Needs::NOTHING,
        on: Cues::ALL,
        check: |_, _| None,
    }
}

fn mark(frame: u64, at: i64, side: Side, flags: Flags, seq: u32, ack: u32) -> Mark {
    Mark {
        frame,
        time: time(at),
        seq: SeqNum(seq),
        ack: SeqNum(ack),
        len: 0,
        flags,
        window: RawWindow(65535),
        side,
        ttl: 64,
        ip_id: None,
    }
}

fn open(verdict: TeardownVerdict) -> Teardown {
    Teardown {
        verdict,
        initiator: None,
        fin: Sides::default(),
        fin_ack: Sides::default(),
        rst: None,
        time_wait_until: None,
    }
}

fn end(endpoint: Endpoint, isn: Option<u32>, segments: u64, octets: u64, states: Vec<Entered>) -> EndSummary {
    EndSummary { endpoint, isn: isn.map(SeqNum), segments, octets, states }
}

fn entered(states: &[(u64, State)]) -> Vec<Entered> {
    states.iter().map(|(frame, state)| Entered { frame: *frame, state: *state }).collect()
}

fn moment(frame: u64, at: i64) -> Option<Moment> {
    Some(Moment { frame, time: time(at) })
}

/// Milliseconds after the sample's first frame.
fn time(milliseconds: i64) -> Timestamp {
    Timestamp::from_nanoseconds(1_763_806_500_000_000_000 + milliseconds * 1_000_000 + 1)
}

fn client() -> Endpoint {
    Endpoint { ip: "10.0.0.1".parse().unwrap(), port: 40000 }
}

fn server() -> Endpoint {
    Endpoint { ip: "10.0.0.2".parse().unwrap(), port: 80 }
}
