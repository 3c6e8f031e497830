//! Findings counted by rule over all captures, the most frequent first.

use crate::audit::Totals;
use crate::report::reference::address;
use crate::report::text::paint;
use crate::report::{Look, Paint};
use crate::rules;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;

/// How often each rule was broken.
#[derive(Debug, Default)]
pub struct Statistics(BTreeMap<&'static str, u64>);

impl Statistics {
    /// Counts a capture.
    pub fn add(&mut self, totals: &Totals) {
        for (code, count) in &totals.by_code {
            let known = self.0.entry(code).or_default();
            *known = known.saturating_add(*count);
        }
    }

    /// A line a rule.
    pub fn render(&self, look: Look) -> String {
        let mut counts: Vec<_> = self.0.iter().map(|(code, count)| (Reverse(*count), *code)).collect();
        counts.sort_unstable();
        let digits = counts.first().map_or(0, |(count, _)| count.0.to_string().len());
        let mut text = format!("\n{}\n", look.paint(Paint::Strong, "findings by rule"));
        for (Reverse(count), code) in counts {
            let rule = rules::find(code);
            let name = rule.map_or("", |rule| rule.name);
            let code =
                rule.map_or(code.into(), |rule| look.link(&address(rule), look.paint(paint(rule.severity), code)));
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{count:>digits$}  {code}  {name}");
        }
        text
    }
}
