//! What users write: selections, rule words, baselines.

use tcpflow_audit::audit::Selection;
use tcpflow_audit::audit::lint::{Baseline, Bound};
use tcpflow_audit::capture::Timestamp;
use tcpflow_audit::report::{named_fields, nearest, printable};
use tcpflow_audit::rules::{RuleChoice, RuleWord};

/// Text: every line as each kind of word, the whole as a baseline.
pub fn words(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    if let Ok(baseline) = text.parse::<Baseline>() {
        let again: Baseline = baseline.to_string().parse().expect("what is written reads back");
        assert_eq!(again, baseline);
        assert_eq!(baseline.clone().pruned(&baseline).with(&baseline), baseline);
    }
    for line in text.lines() {
        for word in Selection::WORDS {
            let _ = Selection::default().add(word, line);
        }
        if let Ok(time) = line.parse::<Timestamp>() {
            assert_eq!(time.to_string().parse::<Timestamp>().ok(), Some(time), "{line}");
        }
        let _ = line.parse::<Bound>();
        if let Ok(word) = line.parse::<RuleWord>() {
            let choice = RuleChoice { select: vec![word], ..RuleChoice::default() };
            assert!(!choice.rules().is_empty() || line.is_empty(), "{line}");
        }
        let _ = named_fields(line.split(','));
        let _ = nearest(line, ["syn-fin", "syn-rst"].into_iter());
        assert!(!printable(line).chars().any(char::is_control));
    }
}
