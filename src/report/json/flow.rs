//! A connection as JSON.

use super::SCHEMA;
use super::repeated::Repeated;
use super::values::{Seconds, Shown, Time};
use crate::audit::FlowEvent;
use crate::capture::FrameNumber;
use crate::flow::{Agreed, EndSummary, Entered, FlowSummary, Handshake, Moment, Offer, Side, Sides, Teardown, Vantage};
use crate::report::community_id;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::io;
use std::net::IpAddr;

/// What most connections have in common.
#[derive(Debug, Default)]
pub struct Common {
    vantage: Repeated<Vantage>,
    offered: Repeated<Sides<Option<Offer>>>,
    agreed: Repeated<Option<Agreed>>,
}

/// A connection ended.
#[derive(Serialize)]
pub struct FlowLine<'a> {
    schema: &'static str,
    r#type: &'static str,
    capture: &'a str,
    stream: u32,
    flow_id: FrameNumber,
    client: EndLine<'a>,
    server: EndLine<'a>,
    handshake: HandshakeLine<'a>,
    teardown: TeardownLine,
    start: Time,
    duration: Seconds,
    completeness: u8,
    community_id: String,
    vantage: &'a RawValue,
    findings: &'a [&'static str],
}

impl<'a> FlowLine<'a> {
    /// The line for a connection in `capture`.
    pub fn new(capture: &'a str, event: &'a FlowEvent, common: &'a mut Common) -> io::Result<Self> {
        let flow: &FlowSummary = &event.summary;
        let Common { vantage, offered, agreed } = common;
        Ok(Self {
            schema: SCHEMA,
            r#type: "flow",
            capture,
            stream: flow.stream,
            flow_id: flow.flow_id,
            client: (&flow.ends.client).into(),
            server: (&flow.ends.server).into(),
            handshake: HandshakeLine::new(&flow.handshake, offered, agreed)?,
            teardown: (&flow.teardown).into(),
            start: Shown(flow.start),
            duration: Seconds(flow.duration()),
            completeness: flow.completeness,
            community_id: community_id(flow.ends.client.endpoint, flow.ends.server.endpoint),
            vantage: vantage.json::<VantageLine>(flow.vantage)?,
            findings: &event.findings,
        })
    }
}

#[derive(Serialize)]
struct EndLine<'a> {
    ip: IpAddr,
    port: u16,
    isn: Option<u32>,
    segments: u64,
    octets: u64,
    states: States<'a>,
}

impl<'a> From<&'a EndSummary> for EndLine<'a> {
    fn from(end: &'a EndSummary) -> Self {
        Self {
            ip: end.endpoint.ip,
            port: end.endpoint.port,
            isn: end.isn.map(|isn| isn.0),
            segments: end.segments,
            octets: end.octets,
            states: States(&end.states),
        }
    }
}

/// States in the order entered, written without an intermediate copy.
struct States<'a>(&'a [Entered]);

impl Serialize for States<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct StateLine {
            frame: FrameNumber,
            state: &'static str,
        }
        let line = |entered: &Entered| StateLine { frame: entered.frame, state: entered.state.name() };
        serializer.collect_seq(self.0.iter().map(line))
    }
}

#[derive(Serialize)]
struct HandshakeLine<'a> {
    verdict: &'static str,
    syn: Option<FrameNumber>,
    syn_ack: Option<FrameNumber>,
    ack: Option<FrameNumber>,
    rtt_client: Option<Seconds>,
    rtt_server: Option<Seconds>,
    duration: Option<Seconds>,
    syn_retransmissions: u32,
    syn_ack_retransmissions: u32,
    offered: &'a RawValue,
    agreed: &'a RawValue,
}

impl<'a> HandshakeLine<'a> {
    fn new(
        handshake: &Handshake,
        offered: &'a mut Repeated<Sides<Option<Offer>>>,
        agreed: &'a mut Repeated<Option<Agreed>>,
    ) -> io::Result<Self> {
        Ok(Self {
            verdict: handshake.verdict.name(),
            syn: frame(handshake.syn),
            syn_ack: frame(handshake.syn_ack),
            ack: frame(handshake.ack),
            rtt_client: handshake.rtt_client().map(Seconds),
            rtt_server: handshake.rtt_server().map(Seconds),
            duration: handshake.duration().map(Seconds),
            syn_retransmissions: handshake.syn_retransmissions,
            syn_ack_retransmissions: handshake.syn_ack_retransmissions,
            offered: offered.json::<Offers>(handshake.offered)?,
            agreed: agreed.json::<AgreedLine>(handshake.agreed)?,
        })
    }
}

#[derive(Serialize)]
struct Offers {
    client: Option<OfferLine>,
    server: Option<OfferLine>,
}

impl From<Sides<Option<Offer>>> for Offers {
    fn from(offers: Sides<Option<Offer>>) -> Self {
        Self { client: offers.client.map(OfferLine::from), server: offers.server.map(OfferLine::from) }
    }
}

#[derive(Serialize)]
struct OfferLine {
    mss: Option<u16>,
    window_scale: Option<u8>,
    sack_permitted: bool,
    timestamps: bool,
    fast_open_cookie: Option<u8>,
}

impl From<Offer> for OfferLine {
    fn from(offer: Offer) -> Self {
        let Offer { mss, window_scale, sack_permitted, timestamps, fast_open_cookie } = offer;
        Self { mss, window_scale, sack_permitted, timestamps, fast_open_cookie }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct AgreedLine(Option<InForce>);

#[derive(Serialize)]
struct InForce {
    window_scale: bool,
    sack: bool,
    timestamps: bool,
}

impl From<Option<Agreed>> for AgreedLine {
    fn from(agreed: Option<Agreed>) -> Self {
        Self(agreed.map(|Agreed { window_scale, sack, timestamps }| InForce { window_scale, sack, timestamps }))
    }
}

#[derive(Serialize)]
struct TeardownLine {
    verdict: &'static str,
    initiator: Option<&'static str>,
    client: Close,
    server: Close,
    rst: Option<Rst>,
    duration: Option<Seconds>,
    half_closed: Option<Seconds>,
    time_wait_until: Option<Time>,
}

impl From<&Teardown> for TeardownLine {
    fn from(teardown: &Teardown) -> Self {
        let close = |side: Side| Close { fin: frame(teardown.fin[side]), ack: frame(teardown.fin_ack[side]) };
        Self {
            verdict: teardown.verdict.name(),
            initiator: teardown.initiator.map(Side::name),
            client: close(Side::Client),
            server: close(Side::Server),
            rst: teardown.rst.map(|(side, moment)| Rst { frame: moment.frame, from: side.name() }),
            duration: teardown.duration().map(Seconds),
            half_closed: teardown.half_closed().map(Seconds),
            time_wait_until: teardown.time_wait_until.map(Shown),
        }
    }
}

/// The frame of an end's FIN, and that of the peer's ACK of it.
#[derive(Serialize)]
struct Close {
    fin: Option<FrameNumber>,
    ack: Option<FrameNumber>,
}

#[derive(Serialize)]
struct Rst {
    frame: FrameNumber,
    from: &'static str,
}

#[derive(Serialize)]
struct VantageLine {
    client_seen: bool,
    server_seen: bool,
    handshake_seen: bool,
    mid_stream: bool,
    lost_in_capture: bool,
    duplicated: bool,
    reordered: bool,
    offload: bool,
    cut: bool,
}

impl From<Vantage> for VantageLine {
    fn from(vantage: Vantage) -> Self {
        let Vantage {
            client_seen,
            server_seen,
            handshake_seen,
            mid_stream,
            lost_in_capture,
            duplicated,
            reordered,
            offload,
            cut,
        } = vantage;
        Self {
            client_seen,
            server_seen,
            handshake_seen,
            mid_stream,
            lost_in_capture,
            duplicated,
            reordered,
            offload,
            cut,
        }
    }
}

fn frame(moment: Option<Moment>) -> Option<FrameNumber> {
    moment.map(|moment| moment.frame)
}
