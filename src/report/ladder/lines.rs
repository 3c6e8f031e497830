//! The lines of a ladder, as many as there is room for: the first and the last ones; what lies between is folded.

use super::{Fold, Line};
use std::collections::VecDeque;

/// Lines with a bound: how a connection opened and how it closed are kept.
#[derive(Clone, Debug)]
pub struct Lines {
    head: Vec<Line>,
    folded: Fold,
    tail: VecDeque<Line>,
    most: [usize; 2],
}

impl Lines {
    /// No lines; of those to come the first `head` and the last `tail` are kept.
    pub fn new(head: usize, tail: usize) -> Self {
        Self { head: Vec::new(), folded: Fold::default(), tail: VecDeque::new(), most: [head, tail] }
    }

    /// Adds a line.
    pub fn push(&mut self, line: Line) {
        let [head, tail] = self.most;
        if self.head.len() < head {
            self.head.push(line);
            return;
        }
        self.tail.push_back(line);
        if self.tail.len() > tail
            && let Some(line) = self.tail.pop_front()
        {
            self.folded.absorb(&line);
        }
    }

    /// All that was kept, in order.
    pub fn finish(mut self) -> Vec<Line> {
        self.head.extend(self.folded.take().map(Line::Fold));
        self.head.extend(self.tail);
        self.head
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Side;

    fn run(at: i64) -> Line {
        let mut fold = Fold::default();
        fold.add(Side::Client, 10, at);
        Line::Fold(fold)
    }

    #[test]
    fn the_first_and_the_last_lines_are_kept_and_the_rest_is_counted() {
        let mut lines = Lines::new(2, 3);
        (0..100).for_each(|at| lines.push(run(at)));
        let lines = lines.finish();
        let folds: Vec<(u64, i64, i64)> = lines
            .iter()
            .map(|line| match line {
                Line::Fold(fold) => (fold.segments.client, fold.from, fold.to),
                Line::Rung(_) => unreachable!(),
            })
            .collect();
        assert_eq!(folds, [(1, 0, 0), (1, 1, 1), (95, 2, 96), (1, 97, 97), (1, 98, 98), (1, 99, 99)]);
    }
}
