//! What was not judged, in words: what is silent about it must not be taken for a pass.

use super::count;
use crate::audit::{Blindness, NotJudged};

/// One phrase for each reason: `2 one-sided connections by 31 rules`; none where everything was judged.
pub fn phrases(not_judged: &NotJudged) -> Vec<String> {
    let blind = not_judged.blind.iter().filter(|(_, spared)| spared.rules > 0);
    let blind = blind.map(|(kind, spared)| {
        let (flows, rules) = (spared.flows, count(spared.rules, "rule"));
        match kind {
            Blindness::OneSided => format!("{} by {rules}", count(flows, "one-sided connection")),
            Blindness::NoHandshake => format!("{} without the handshake by {rules}", count(flows, "connection")),
            Blindness::Lost => format!("{} with gaps in the capture by {rules}", count(flows, "connection")),
            Blindness::HeaderCut => format!("{} with cut headers by {rules}", count(flows, "connection")),
        }
    });
    let others = [
        (not_judged.not_selected, "connection", "not selected"),
        (not_judged.rules.len() as u64, "rule", "switched off"),
    ];
    let others = others.into_iter().filter(|(number, ..)| *number > 0);
    blind.chain(others.map(|(number, what, why)| format!("{} {why}", count(number, what)))).collect()
}
