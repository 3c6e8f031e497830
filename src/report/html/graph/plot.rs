//! One direction's points to a plot: scales with round ticks, and a path for each line.

use super::thinned::Thinned;
use super::{Odd, Sign, Span, Step, Trace};
use crate::flow::Side;
use crate::report::html::numbers::count;
use crate::rules::human_duration;
use askama::Template;
use std::fmt::Write;

/// Width and height of the field that the lines are in.
const FIELD: [f64; 2] = [770.0, 280.0];
/// Ticks wanted on an axis.
const TICKS: f64 = 5.0;

/// A time–sequence graph as an `svg` element.
#[derive(Debug, Template)]
#[template(path = "html/graph/graph.svg", config = "src/report/askama.toml")]
pub struct Plot {
    id: String,
    title: String,
    description: String,
    x: Vec<Tick>,
    y: Vec<Tick>,
    data: String,
    again: String,
    late: String,
    acks: String,
    sacks: String,
    edge: String,
    signs: Vec<Place>,
    legend: Vec<Key>,
    left_out: u64,
}

/// A line of the legend.
#[derive(Debug)]
pub struct Key {
    x: i32,
    class: &'static str,
    text: &'static str,
}

/// A number on an axis.
#[derive(Debug)]
pub struct Tick {
    at: String,
    text: String,
}

/// A sign in the field.
#[derive(Debug)]
pub struct Place {
    x: String,
    y: String,
    name: &'static str,
    anchor: &'static str,
    /// Whether there is room for its name.
    alone: bool,
}

impl Plot {
    /// What it shows, in a few words.
    pub fn caption(&self) -> String {
        format!("{}: {}", self.title, self.description)
    }

    /// Draws what `side` sent.
    pub(super) fn new(trace: &Trace, side: Side, id: &str) -> Self {
        let scale = Scale::of(trace);
        let of = |odd: Odd| trace.odd.iter().filter(move |(it, _)| *it == odd).map(|(_, span)| span);
        let again = of(Odd::Again).count() as u64;
        let repeats = if again > 0 { format!(", {} sent again", count(again, "segment")) } else { String::new() };
        let lasted = human_duration(scale.to.saturating_sub(scale.from));
        let mut plot = Self {
            id: id.to_owned(),
            title: format!("What the {side} sent, by time and sequence number"),
            description: format!("{} in {lasted}{repeats}", count(trace.octets, "octet")),
            x: scale.times(),
            y: scale.numbers(),
            data: scale.spans(trace.data.items().iter()),
            again: scale.spans(of(Odd::Again)),
            late: scale.spans(of(Odd::Late)),
            acks: scale.steps(&trace.acks),
            sacks: scale.spans(trace.sacks.items().iter()),
            edge: scale.edge(&trace.edge),
            signs: scale.signs(&trace.signs),
            legend: Vec::new(),
            left_out: trace.left_out,
        };
        plot.legend = plot.keys();
        plot
    }

    /// What is drawn, from left to right.
    fn keys(&self) -> Vec<Key> {
        let mut x = 76;
        let lines = [
            ("data", "data", &self.data),
            ("again", "sent again", &self.again),
            ("late", "out of order", &self.late),
            ("acks", "acknowledged", &self.acks),
            ("sacks", "SACK blocks", &self.sacks),
            ("edge", "edge of the window", &self.edge),
        ];
        let drawn = lines.into_iter().filter(|(_, _, path)| !path.is_empty());
        drawn
            .map(|(class, text, _)| {
                let key = Key { x, class, text };
                x += 48 + 6 * text.len() as i32;
                key
            })
            .collect()
    }
}

/// Time and numbers to places in the field.
struct Scale {
    from: i64,
    to: i64,
    low: i64,
    high: i64,
}

impl Scale {
    /// The data fills the field; of the window's edge no more is shown than half as much again.
    fn of(trace: &Trace) -> Self {
        let spans = || trace.data.items().iter().chain(trace.odd.iter().map(|(_, span)| span));
        let times = || {
            let signs = trace.signs.iter().map(|sign| sign.at);
            spans().flat_map(|span| [span.from, span.to]).chain(signs).chain(trace.acks.items().iter().map(|it| it.at))
        };
        let (from, to) = (times().min().unwrap_or(0), times().max().unwrap_or(0));
        let low = spans().map(|span| span.low).min().unwrap_or(0);
        let high = spans().map(|span| span.high).max().unwrap_or(1);
        let room = high.saturating_sub(low).max(1);
        let edge = trace.edge.items().iter().map(|step| step.place).max().unwrap_or(high);
        let top = edge.clamp(high, high.saturating_add(room / 2)).saturating_add(room / 16 + 1);
        Self { from, to: to.max(from.saturating_add(1)), low: low.saturating_sub(room / 16 + 1), high: top }
    }

    fn x(&self, at: i64) -> f64 {
        let whole = self.to.saturating_sub(self.from) as f64;
        (at.saturating_sub(self.from) as f64 / whole * (FIELD[0] - 16.0) + 8.0).clamp(-50.0, FIELD[0] + 50.0)
    }

    fn y(&self, place: i64) -> f64 {
        let whole = self.high.saturating_sub(self.low).max(1) as f64;
        let y = FIELD[1] - place.saturating_sub(self.low) as f64 / whole * FIELD[1];
        y.clamp(-50.0, FIELD[1] + 50.0)
    }

    fn spans<'a>(&self, spans: impl Iterator<Item = &'a Span>) -> String {
        let mut path = String::new();
        for span in spans {
            let (x1, x2) = (self.x(span.from), self.x(span.to));
            let (y1, y2) = (self.y(span.low), self.y(span.high));
            // So that a few octets among millions are seen at all.
            let y2 = y2.min(y1 - 1.5);
            push(&mut path, format_args!("M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}"));
        }
        path
    }

    fn steps(&self, steps: &Thinned<Step>) -> String {
        let mut path = String::new();
        for (index, step) in steps.items().iter().enumerate() {
            let (x, y) = (self.x(step.at), self.y(step.place));
            match index {
                0 => push(&mut path, format_args!("M{x:.1} {y:.1}")),
                _ => push(&mut path, format_args!("H{x:.1}V{y:.1}")),
            }
        }
        if !path.is_empty() {
            push(&mut path, format_args!("H{:.1}", self.x(self.to)));
        }
        path
    }

    /// The edge of the window, where any of it is in the field.
    fn edge(&self, steps: &Thinned<Step>) -> String {
        let seen = steps.items().iter().any(|step| step.place <= self.high);
        if seen { self.steps(steps) } else { String::new() }
    }

    fn signs(&self, signs: &[Sign]) -> Vec<Place> {
        /// Pixels that a name takes.
        const ROOM: f64 = 60.0;
        let mut last = (f64::MIN, "");
        let mut places = Vec::with_capacity(signs.len());
        for Sign { at, place, name } in signs {
            let (x, y) = (self.x(*at), self.y(*place).clamp(4.0, FIELD[1] - 4.0));
            let anchor = if x > FIELD[0] / 2.0 { "end" } else { "start" };
            let alone = last.1 != *name || x - last.0 > ROOM;
            if alone {
                last = (x, name);
            }
            places.push(Place { x: format!("{x:.1}"), y: format!("{y:.1}"), name, anchor, alone });
        }
        places
    }

    fn times(&self) -> Vec<Tick> {
        let step = round_step(self.to.saturating_sub(self.from));
        ticks(self.from, self.to, step)
            .map(|at| Tick {
                at: format!("{:.1}", self.x(at)),
                text: if at == 0 { "0".to_owned() } else { human_duration(at) },
            })
            .collect()
    }

    fn numbers(&self) -> Vec<Tick> {
        let step = round_step(self.high.saturating_sub(self.low));
        ticks(self.low.max(0), self.high, step)
            .map(|place| Tick { at: format!("{:.1}", self.y(place)), text: short(place) })
            .collect()
    }
}

/// The smallest of 1, 2 and 5 times a power of ten that leaves no more ticks than wanted.
fn round_step(range: i64) -> i64 {
    let least = (range as f64 / TICKS).max(1.0);
    let powers = std::iter::successors(Some(1i64), |power| power.checked_mul(10));
    let mut steps = powers.flat_map(|power| [1, 2, 5].map(|times| power.saturating_mul(times)));
    steps.find(|step| *step as f64 >= least).unwrap_or(i64::MAX)
}

fn ticks(from: i64, to: i64, step: i64) -> impl Iterator<Item = i64> {
    let first = from.div_euclid(step).saturating_add(i64::from(from.rem_euclid(step) != 0)).saturating_mul(step);
    (0..=10).map(move |index: i64| first.saturating_add(step.saturating_mul(index))).take_while(move |at| *at <= to)
}

/// `20 k`, `1.5 M`: octets as an axis shows them.
fn short(octets: i64) -> String {
    let (unit, name) = match octets {
        1_000_000_000.. => (1e9, " G"),
        1_000_000.. => (1e6, " M"),
        10_000.. => (1e3, " k"),
        _ => (1.0, ""),
    };
    let digits = format!("{:.2}", octets as f64 / unit);
    format!("{}{name}", digits.trim_end_matches('0').trim_end_matches('.'))
}

/// Writing to a String cannot fail.
fn push(text: &mut String, content: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        for (range, want) in [(1, 1), (7, 2), (99, 20), (100, 20), (101, 50), (1_000_000, 200_000)] {
            assert_eq!(round_step(range), want, "{range}");
        }
        assert_eq!(ticks(3, 20, 5).collect::<Vec<_>>(), [5, 10, 15, 20]);
        assert!(ticks(0, i64::MAX, round_step(i64::MAX)).count() <= 11);
    }

    #[test]
    fn octets_are_short() {
        let told = [0, 9_999, 20_000, 1_500_000].map(short);
        assert_eq!(told, ["0", "9999", "20 k", "1.5 M"]);
    }
}
