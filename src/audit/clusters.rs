//! Findings in, a few groups of them out: what went wrong and which endpoints it has in common.

use super::Outline;
use crate::capture::{FrameNumber, Timestamp};
use crate::rules::{Rule, Severity};
use crate::wire::Endpoint;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Servers kept apart for one rule; beyond twice as many those with the fewest findings go together.
const MOST_SERVERS: usize = 128;

/// Servers of one rule that get a group of their own, at most, and the share of its findings they have to have: a fifth.
const MOST_GROUPS: usize = 8;
const LEAST_SHARE: u64 = 5;

/// Findings of one rule, and what their connections have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// The rule.
    pub rule: &'static Rule,
    /// The worst severity among them.
    pub severity: Severity,
    /// How many there are.
    pub findings: u64,
    /// The client's address, if all have the same.
    pub client: Option<IpAddr>,
    /// The server's address, if all have the same.
    pub server: Option<IpAddr>,
    /// The server's port, if all have the same.
    pub port: Option<u16>,
    /// The frame of the first finding told.
    pub frame: FrameNumber,
    /// Its time.
    pub first: Timestamp,
    /// The latest time of any.
    pub last: Timestamp,
}

/// Groups findings by rule and server, in bounded memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clusters(BTreeMap<&'static str, OfRule>);

impl Clusters {
    /// Counts a finding; one that concerns no single connection has nothing to share.
    pub fn count(&mut self, finding: &Outline) {
        let Some(ends) = finding.ends else { return };
        let group = Group {
            severity: finding.severity,
            findings: 1,
            client: Common::All(ends.client.ip),
            server: Common::All(ends.server.ip),
            port: Common::All(ends.server.port),
            frame: finding.frame,
            first: finding.time,
            last: finding.time,
        };
        self.0.entry(finding.rule.code).or_insert_with(|| OfRule::new(finding.rule)).add(ends.server, group);
    }

    /// Takes in those of another capture.
    pub fn absorb(&mut self, others: &Self) {
        for (code, other) in &others.0 {
            let known = self.0.entry(code).or_insert_with(|| OfRule::new(other.rule));
            known.rest = other.rest.iter().fold(known.rest.take(), Group::join);
            for (server, group) in &other.servers {
                known.add(*server, group.clone());
            }
        }
    }

    /// The groups: the worst first, of equally bad ones the largest.
    pub fn list(&self) -> Vec<Cluster> {
        let mut list: Vec<Cluster> = self.0.values().flat_map(OfRule::clusters).collect();
        list.sort_by_key(|it| (Reverse(it.severity), Reverse(it.findings), it.rule.code, it.frame));
        list
    }
}

/// The findings of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
struct OfRule {
    rule: &'static Rule,
    servers: BTreeMap<Endpoint, Group>,
    /// Findings whose servers are not kept apart any more.
    rest: Option<Group>,
}

impl OfRule {
    const fn new(rule: &'static Rule) -> Self {
        Self { rule, servers: BTreeMap::new(), rest: None }
    }

    fn add(&mut self, server: Endpoint, group: Group) {
        match self.servers.get_mut(&server) {
            Some(known) => *known = known.with(&group),
            None => drop(self.servers.insert(server, group)),
        }
        if self.servers.len() > 2 * MOST_SERVERS {
            self.forget_the_smallest();
        }
    }

    fn forget_the_smallest(&mut self) {
        let groups = largest_first(std::mem::take(&mut self.servers));
        for (index, (server, group)) in groups.into_iter().enumerate() {
            match index {
                ..MOST_SERVERS => drop(self.servers.insert(server, group)),
                _ => self.rest = Group::join(self.rest.take(), &group),
            }
        }
    }

    /// One group if all have one end in common; else one a large server, and one of what is left.
    fn clusters(&self) -> Vec<Cluster> {
        let all = self.servers.values().fold(self.rest.clone(), Group::join);
        let Some(all) = all else { return Vec::new() };
        if all.client.value().is_some() || all.server.value().is_some() {
            return vec![all.cluster(self.rule)];
        }
        let (mut clusters, mut rest) = (Vec::new(), self.rest.clone());
        for (_, group) in largest_first(self.servers.clone()) {
            let is_large = group.findings > 1 && group.findings.saturating_mul(LEAST_SHARE) >= all.findings;
            if is_large && clusters.len() < MOST_GROUPS {
                clusters.push(group.cluster(self.rule));
            } else {
                rest = Group::join(rest, &group);
            }
        }
        clusters.extend(rest.map(|rest| rest.cluster(self.rule)));
        clusters
    }
}

fn largest_first(servers: BTreeMap<Endpoint, Group>) -> Vec<(Endpoint, Group)> {
    let mut groups: Vec<_> = servers.into_iter().collect();
    groups.sort_by_key(|(_, group)| (Reverse(group.findings), group.frame));
    groups
}

/// Findings counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    severity: Severity,
    findings: u64,
    client: Common<IpAddr>,
    server: Common<IpAddr>,
    port: Common<u16>,
    frame: FrameNumber,
    first: Timestamp,
    last: Timestamp,
}

impl Group {
    fn join(known: Option<Self>, more: &Self) -> Option<Self> {
        Some(known.map_or_else(|| more.clone(), |known| known.with(more)))
    }

    fn with(&self, more: &Self) -> Self {
        // By time: frames of two captures have no order.
        let is_earlier = more.first.nanoseconds() < self.first.nanoseconds();
        let (earlier, last) = if is_earlier { (more, self) } else { (self, more) };
        Self {
            severity: self.severity.max(more.severity),
            findings: self.findings.saturating_add(more.findings),
            client: self.client.with(more.client),
            server: self.server.with(more.server),
            port: self.port.with(more.port),
            frame: earlier.frame,
            first: earlier.first,
            last: if last.last.nanoseconds() > earlier.last.nanoseconds() { last.last } else { earlier.last },
        }
    }

    fn cluster(&self, rule: &'static Rule) -> Cluster {
        Cluster {
            rule,
            severity: self.severity,
            findings: self.findings,
            client: self.client.value(),
            server: self.server.value(),
            port: self.port.value(),
            frame: self.frame,
            first: self.first,
            last: self.last,
        }
    }
}

/// What findings have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Common<T> {
    /// This.
    All(T),
    /// Nothing.
    Nothing,
}

impl<T: Copy + Eq> Common<T> {
    fn with(self, more: Self) -> Self {
        if self == more { self } else { Self::Nothing }
    }

    const fn value(self) -> Option<T> {
        match self {
            Self::All(value) => Some(value),
            Self::Nothing => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Ends;
    use crate::rules::RULES;

    /// Clusters of findings of the first rules, each told as rule, client's last octet, server's, port.
    fn clusters(told: &[(usize, u8, u8, u16)]) -> Vec<Cluster> {
        let mut clusters = Clusters::default();
        for (index, (rule, client, server, port)) in told.iter().enumerate() {
            let end = |last: u8, port| Endpoint { ip: [10, 0, 0, last].into(), port };
            clusters.count(&Outline {
                rule: RULES[*rule],
                severity: Severity::Error,
                ends: Some(Ends { client: end(*client, 40000), server: end(*server, *port) }),
                frame: index as u64 + 1,
                time: Timestamp::new(index as i64, 0),
            });
        }
        clusters.list()
    }

    fn shares(it: &Cluster) -> (u64, Option<u8>, Option<u8>, Option<u16>) {
        let last = |ip: IpAddr| match ip {
            IpAddr::V4(ip) => ip.octets()[3],
            IpAddr::V6(_) => 0,
        };
        (it.findings, it.client.map(last), it.server.map(last), it.port)
    }

    #[test]
    fn one_server_one_client_or_one_address_is_one_group() {
        let server = clusters(&[(0, 1, 9, 443), (0, 2, 9, 443), (0, 3, 9, 443)]);
        assert_eq!(server.iter().map(shares).collect::<Vec<_>>(), [(3, None, Some(9), Some(443))]);
        assert_eq!((server[0].frame, server[0].first.seconds, server[0].last.seconds), (1, 0, 2));
        let client = clusters(&[(0, 1, 7, 443), (0, 1, 8, 443), (0, 1, 9, 80)]);
        assert_eq!(client.iter().map(shares).collect::<Vec<_>>(), [(3, Some(1), None, None)]);
        let address = clusters(&[(0, 1, 9, 443), (0, 2, 9, 80)]);
        assert_eq!(address.iter().map(shares).collect::<Vec<_>>(), [(2, None, Some(9), None)]);
    }

    #[test]
    fn large_servers_stand_apart_and_rules_always_do() {
        let told = [(0, 1, 9, 443), (0, 2, 9, 443), (0, 3, 8, 443), (0, 4, 7, 443), (1, 1, 9, 443)];
        let expected = [(2, None, Some(9), Some(443)), (2, None, None, Some(443)), (1, Some(1), Some(9), Some(443))];
        assert_eq!(clusters(&told).iter().map(shares).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_late_heavy_server_is_found_among_many_small_ones_and_none_is_lost() {
        let mut told: Vec<_> = (0..1000).map(|port| (0, port as u8, (port % 7) as u8, port)).collect();
        told.extend((0..500).map(|client| (0, client as u8, 200, 443)));
        let found = clusters(&told);
        assert_eq!(shares(&found[0]), (1000, None, None, None));
        assert_eq!(shares(&found[1]), (500, None, Some(200), Some(443)));
        assert_eq!(found.iter().map(|it| it.findings).sum::<u64>(), 1500);
    }
}
