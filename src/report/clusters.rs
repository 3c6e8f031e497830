//! Groups of findings to lines: so that a thousand findings read as five.

use crate::audit::Cluster;
use crate::wire::Endpoint;

/// Groups are told where one has as many findings as this: two are read as easily one by one.
const LEAST: u64 = 3;

/// Lines at most; what the rest holds is counted.
const MOST: usize = 10;

/// The groups that are worth a line, and how many findings are in none of them.
pub fn worth_telling(clusters: &[Cluster]) -> (Vec<&Cluster>, u64) {
    if clusters.iter().all(|cluster| cluster.findings < LEAST) {
        return (Vec::new(), 0);
    }
    let told: Vec<&Cluster> = clusters.iter().filter(|cluster| cluster.findings > 1).take(MOST).collect();
    let of = |sum: u64, cluster: &&Cluster| sum.saturating_add(cluster.findings);
    let (all, here) = (clusters.iter().fold(0, |sum, it| of(sum, &it)), told.iter().fold(0, of));
    (told, all.saturating_sub(here))
}

/// What the connections of a group have in common: `all to 10.1.2.3:443`; empty where that is nothing.
pub fn in_common(cluster: &Cluster) -> String {
    let to = match (cluster.server, cluster.port) {
        (Some(ip), Some(port)) => Some(format!("to {}", Endpoint { ip, port })),
        (Some(ip), None) => Some(format!("to {ip}")),
        (None, Some(port)) => Some(format!("to port {port}")),
        (None, None) => None,
    };
    let from = cluster.client.map(|ip| format!("from {ip}"));
    let both: Vec<String> = from.into_iter().chain(to).collect();
    if both.is_empty() { String::new() } else { format!("all {}", both.join(" ")) }
}

/// Where a group begins: `first in frame 12, 2026-11-22 12:03:11`.
pub fn first(cluster: &Cluster) -> String {
    format!("first in frame {}, {}", cluster.frame, to_the_second(cluster))
}

/// When a group begins, where its captures are several: `first 2026-11-22 12:03:11`.
#[cfg(feature = "cli")]
pub fn beginning(cluster: &Cluster) -> String {
    format!("first {}", to_the_second(cluster))
}

fn to_the_second(cluster: &Cluster) -> String {
    let time = cluster.first.to_string();
    time.split('.').next().unwrap_or_default().replace('T', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Timestamp;
    use crate::rules::{RULES, Severity};

    fn cluster(findings: u64, client: Option<&str>, server: Option<&str>, port: Option<u16>) -> Cluster {
        Cluster {
            rule: RULES[0],
            severity: Severity::Note,
            findings,
            client: client.map(|ip| ip.parse().unwrap()),
            server: server.map(|ip| ip.parse().unwrap()),
            port,
            frame: 12,
            first: Timestamp::new(3600, 5),
            last: Timestamp::new(3601, 0),
        }
    }

    #[test]
    fn a_few_findings_are_read_one_by_one() {
        let all = |sizes: &[u64]| sizes.iter().map(|size| cluster(*size, None, None, None)).collect::<Vec<_>>();
        let told = |sizes: &[u64]| {
            let clusters = all(sizes);
            let (told, elsewhere) = worth_telling(&clusters);
            (told.len(), elsewhere)
        };
        assert_eq!(told(&[2, 2, 1]), (0, 0));
        assert_eq!(told(&[2, 3, 1, 1]), (2, 2));
        assert_eq!(told(&[3; 12]), (10, 6));
    }

    #[test]
    fn what_is_shared_is_said_and_no_more() {
        let said = |client, server, port| in_common(&cluster(3, client, server, port));
        assert_eq!(said(None, Some("10.1.2.3"), Some(443)), "all to 10.1.2.3:443");
        assert_eq!(said(Some("10.0.0.1"), None, Some(443)), "all from 10.0.0.1 to port 443");
        assert_eq!(said(Some("2001:db8::1"), Some("2001:db8::2"), None), "all from 2001:db8::1 to 2001:db8::2");
        assert_eq!(said(None, None, None), "");
        assert_eq!(first(&cluster(3, None, None, None)), "first in frame 12, 1970-01-01 01:00:00");
    }
}
