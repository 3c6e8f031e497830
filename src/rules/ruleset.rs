//! The rules of one audit, arranged so that a step meets only those that its cues concern.

use super::{Family, Finding, Needs, Rule};
use crate::flow::{Cues, Limits, Step};

/// Rules that one audit can run: the bits of a mask.
const MOST: usize = u128::BITS as usize;
const _: () = assert!(super::RULES.len() <= MOST, "a mask has a bit for every rule");

/// Rules to hold steps against.
#[derive(Clone, Debug)]
pub struct Ruleset {
    rules: Vec<&'static Rule>,
    /// For each bit of [`Cues`] the rules that listen to it.
    listeners: [u128; u32::BITS as usize],
    open_at_end: Option<&'static Rule>,
}

impl Ruleset {
    /// These rules, the first 128 of them.
    pub fn new(rules: &[&'static Rule]) -> Self {
        let mut listeners = [0; u32::BITS as usize];
        for (bit, rule) in rules.iter().take(MOST).enumerate() {
            for (cue, listening) in listeners.iter_mut().enumerate() {
                if rule.on.any(Cues(1 << cue)) {
                    *listening |= 1 << bit;
                }
            }
        }
        let open_at_end = rules.iter().copied().find(|rule| rule.on == Cues::OPEN);
        Self { rules: rules.to_vec(), listeners, open_at_end }
    }

    /// The rule, if it is among these, that has something to say of a connection which went in order and is open when the
    /// capture ends; no other has.
    pub const fn open_at_end(&self) -> Option<&'static Rule> {
        self.open_at_end
    }

    /// Holds `step` against the rules that its cues concern, in their order; whatever fires goes to `found`.
    pub fn judge(&self, step: &Step<'_>, limits: &Limits, found: &mut impl FnMut(Finding)) {
        let mut listening = 0;
        let mut cues = step.cues.0;
        while cues != 0 {
            listening |= self.listeners[cues.trailing_zeros() as usize];
            cues &= cues - 1;
        }
        while listening != 0 {
            let rule = self.rules[listening.trailing_zeros() as usize];
            listening &= listening - 1;
            if let Some(finding) = rule.judge(step, limits) {
                found(finding);
            }
        }
    }
}

impl Rule {
    /// Whether the rule cannot judge a connection of which only SYN, FIN and RST were captured (TFA912).
    fn needs_every_segment(&self) -> bool {
        self.needs.has(Needs::EVERY_SEGMENT) || matches!(self.family, Family::Teardown | Family::Sequence)
    }

    /// Holds `step` against this rule, whatever its cues.
    pub fn judge(&'static self, step: &Step<'_>, limits: &Limits) -> Option<Finding> {
        if step.flow.is_filtered() && self.needs_every_segment() {
            return None;
        }
        let confidence = self.needs.confidence(step)?;
        let evidence = (self.check)(step, limits)?.at_most(confidence).no_worse_than(self.severity);
        let known_at = step.segment.map_or(evidence.frame, |segment| segment.frame);
        Some(Finding { rule: self, evidence, known_at })
    }
}
