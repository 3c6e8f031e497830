//! Groups of findings to lines: so that a thousand findings read as five.

use crate::audit::Cluster;
use crate::wire::Endpoint;

/// Findings that are as many as this are worth a line together.
const LEAST: u64 = 3;

/// Lines at most; what the rest holds is counted.
const MOST: usize = 10;

/// The groups that are worth a line, and how many findings are in none of them.
pub fn worth_telling(clusters: &[Cluster]) -> (Vec<&Cluster>, u64) {
    let told: Vec<&Cluster> = clusters.iter().filter(|cluster| cluster.findings >= LEAST).take(MOST).collect();
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
pub fn beginning(cluster: &Cluster) -> String {
    format!("first {}", to_the_second(cluster))
}

fn to_the_second(cluster: &Cluster) -> String {
    let time = cluster.first.to_string();
    time.split('.').next().unwrap_or_default().replace('T', " ")
}
