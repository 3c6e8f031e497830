//! How findings group, and what was not judged, as JSON.

use super::values::{Object, Shown, Time};
use crate::audit::{Cluster, NotJudged, Spared};
use crate::capture::FrameNumber;
use serde::{Serialize, Serializer};
use std::net::IpAddr;

/// Findings of one rule and what they have in common; `null` is nothing.
#[derive(Serialize)]
pub struct ClusterBody {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    findings: u64,
    client: Option<Shown<IpAddr>>,
    server: Option<Shown<IpAddr>>,
    port: Option<u16>,
    frame: FrameNumber,
    first: Time,
    last: Time,
}

impl From<Cluster> for ClusterBody {
    fn from(cluster: Cluster) -> Self {
        Self {
            code: cluster.rule.code,
            name: cluster.rule.name,
            severity: cluster.severity.name(),
            findings: cluster.findings,
            client: cluster.client.map(Shown),
            server: cluster.server.map(Shown),
            port: cluster.port,
            frame: cluster.frame,
            first: Shown(cluster.first),
            last: Shown(cluster.last),
        }
    }
}

/// What was not judged.
#[derive(Serialize)]
pub struct NotJudgedBody<'a> {
    flows: Object<(&'static str, SparedBody)>,
    not_selected: u64,
    rules: &'a [&'static str],
}

struct SparedBody(Spared);

impl Serialize for SparedBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Object(vec![("flows", self.0.flows), ("rules", self.0.rules)]).serialize(serializer)
    }
}

impl<'a> From<&'a NotJudged> for NotJudgedBody<'a> {
    fn from(not_judged: &'a NotJudged) -> Self {
        let flows = not_judged.blind.iter().map(|(kind, spared)| (kind.name(), SparedBody(*spared)));
        Self { flows: Object(flows.collect()), not_selected: not_judged.not_selected, rules: &not_judged.rules }
    }
}
