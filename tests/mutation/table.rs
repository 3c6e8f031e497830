//! What came of each kind: `code · kind · n · found · other alarms`, and a line for each case that failed.

use std::collections::BTreeMap;
use std::fmt;

/// One kind.
pub struct Row {
    code: &'static str,
    name: &'static str,
    cases: usize,
    found: usize,
    others: BTreeMap<&'static str, usize>,
    failures: Vec<String>,
}

impl Row {
    pub fn new(code: &'static str, name: &'static str) -> Self {
        Self { code, name, cases: 0, found: 0, others: BTreeMap::new(), failures: Vec::new() }
    }

    /// Counts a case: whether it was judged right, and what else was said.
    pub fn count(&mut self, round: u64, source: &str, right: bool, others: Vec<(&'static str, String)>) {
        self.cases += 1;
        self.found += usize::from(right);
        if !right || !others.is_empty() {
            let word = if right { "found" } else { "MISSED" };
            let said: Vec<&str> = others.iter().map(|(_, text)| text.as_str()).collect();
            self.failures.push(format!("round {round} from {source}: {word} {}", said.join(" | ")));
        }
        for (code, _) in others {
            *self.others.entry(code).or_default() += 1;
        }
    }
}

/// All kinds.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    pub fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Cases judged right, in percent.
    pub fn found_percent(&self) -> usize {
        let cases: usize = self.rows.iter().map(|row| row.cases).sum();
        self.rows.iter().map(|row| row.found).sum::<usize>() * 100 / cases.max(1)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            let others: Vec<String> = row.others.iter().map(|(code, count)| format!("{code} {count}")).collect();
            let percent =
                (row.found * 100).checked_div(row.cases).map_or("-".to_owned(), |percent| format!("{percent} %"));
            writeln!(f, "{:7} {:62} {:4} {:>5}  {}", row.code, row.name, row.cases, percent, others.join(", "))?;
        }
        for row in self.rows.iter().filter(|row| !row.failures.is_empty()) {
            writeln!(f, "\n{} {}", row.code, row.name)?;
            row.failures.iter().take(8).try_for_each(|failure| writeln!(f, "  {failure}"))?;
        }
        write!(f, "\n{} % of all", self.found_percent())
    }
}
