//! Which rules run: codes, names and prefixes as people type them in, rules out.

use super::{RULES, Rule, find};
use std::fmt;
use std::str::FromStr;

/// A code, a name, a prefix of codes, or `ALL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleWord {
    /// Every rule.
    All,
    /// Rules whose code begins like this: `TFA2`.
    Prefix(String),
    /// One rule.
    One(&'static Rule),
}

impl RuleWord {
    /// How narrowly this word names `rule`: the more of its code it gives, the more; `None` where it does not.
    fn narrowness(&self, rule: &Rule) -> Option<usize> {
        match self {
            Self::All => Some(0),
            Self::Prefix(prefix) => rule.code.starts_with(prefix).then_some(prefix.len()),
            Self::One(one) => (one.code == rule.code).then_some(rule.code.len()),
        }
    }

    /// Whether this word names `rule`.
    pub fn names(&self, rule: &Rule) -> bool {
        self.narrowness(rule).is_some()
    }
}

impl FromStr for RuleWord {
    type Err = UnknownRule;

    fn from_str(word: &str) -> Result<Self, UnknownRule> {
        let word = word.trim();
        let upper = word.to_ascii_uppercase();
        let begins = |rule: &&&Rule| rule.code.starts_with(&upper);
        match find(word) {
            Some(rule) => Ok(Self::One(rule)),
            None if upper == "ALL" => Ok(Self::All),
            None if !upper.is_empty() && RULES.iter().any(|rule| begins(&rule)) => Ok(Self::Prefix(upper)),
            None => Err(UnknownRule { word: word.to_owned() }),
        }
    }
}

impl fmt::Display for RuleWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("ALL"),
            Self::Prefix(prefix) => f.write_str(prefix),
            Self::One(rule) => f.write_str(rule.code),
        }
    }
}

/// A word that names no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRule {
    /// The word.
    pub word: String,
}

impl fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no rule's code, prefix or name", self.word)
    }
}

impl std::error::Error for UnknownRule {}

/// Which rules run. Where words disagree about a rule the narrowest counts; of equally narrow ones `ignore`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleChoice {
    /// Rules that run.
    pub select: Vec<RuleWord>,
    /// Rules that run, too.
    pub extend_select: Vec<RuleWord>,
    /// Rules that do not.
    pub ignore: Vec<RuleWord>,
}

impl Default for RuleChoice {
    fn default() -> Self {
        Self { select: vec![RuleWord::All], extend_select: Vec::new(), ignore: Vec::new() }
    }
}

impl RuleChoice {
    /// The rules chosen, in order of their codes.
    pub fn rules(&self) -> Vec<&'static Rule> {
        RULES.iter().copied().filter(|rule| self.chooses(rule)).collect()
    }

    fn chooses(&self, rule: &Rule) -> bool {
        let narrowest = |words: &[RuleWord]| words.iter().filter_map(|word| word.narrowness(rule)).max();
        let chosen = narrowest(&self.select).max(narrowest(&self.extend_select));
        chosen.is_some() && chosen > narrowest(&self.ignore)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<RuleWord> {
        text.split_whitespace().map(|word| word.parse().unwrap()).collect()
    }

    fn codes(select: &str, extend: &str, ignore: &str) -> Vec<&'static str> {
        let choice = RuleChoice { select: words(select), extend_select: words(extend), ignore: words(ignore) };
        choice.rules().iter().map(|rule| rule.code).collect()
    }

    #[test]
    fn all_run_unless_told_otherwise() {
        assert_eq!(RuleChoice::default().rules(), RULES);
        assert_eq!(codes("all", "", ""), codes("ALL", "TFA1", ""));
    }

    #[test]
    fn codes_names_and_prefixes_choose() {
        assert_eq!(codes("TFA101 open-at-end", "", ""), ["TFA101", "TFA210"]);
        assert!(codes("tfa2", "", "").iter().all(|code| code.starts_with("TFA2")));
        assert_eq!(codes("TFA101", "TFA102", ""), ["TFA101", "TFA102"]);
    }

    #[test]
    fn the_narrowest_word_counts_and_of_equals_ignore() {
        assert_eq!(codes("TFA201", "", "TFA2"), ["TFA201"]);
        assert!(codes("TFA2", "", "TFA2").is_empty());
        assert!(!codes("ALL", "", "TFA201").contains(&"TFA201"));
    }

    #[test]
    fn what_names_nothing_is_refused() {
        for word in ["", "TFA99", "syn-ack", "T F A"] {
            assert!(word.parse::<RuleWord>().is_err(), "{word}");
        }
    }
}
