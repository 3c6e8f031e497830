//! Groups of findings as a few aligned lines.

use super::paint;
use crate::audit::Cluster;
use crate::report::clusters::{in_common, worth_telling};
use crate::report::reference::address;
use crate::report::{Look, Paint, count};

/// A heading and a line for each group, which says by `first` where it begins; empty where no group is worth one.
pub fn render(clusters: &[Cluster], first: fn(&Cluster) -> String, look: Look) -> String {
    let (told, elsewhere) = worth_telling(clusters);
    if told.is_empty() {
        return String::new();
    }
    let digits = told.iter().map(|cluster| cluster.findings.to_string().len()).max().unwrap_or_default();
    let mut text = format!("{}\n", look.paint(Paint::Strong, "findings by what they have in common"));
    for cluster in told {
        let code = look.link(&address(cluster.rule), look.paint(paint(cluster.severity), cluster.rule.code));
        let facts: Vec<String> = [in_common(cluster), first(cluster)].into_iter().filter(|it| !it.is_empty()).collect();
        let (number, name, facts) = (cluster.findings, cluster.rule.name, facts.join(", "));
        text.push_str(&format!("{number:>digits$} × {code} {name}, {facts}\n"));
    }
    if elsewhere > 0 {
        text.push_str(&format!("… and {} in smaller groups\n", count(elsewhere, "finding")));
    }
    text.push('\n');
    text
}
