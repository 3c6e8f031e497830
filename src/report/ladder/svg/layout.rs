//! Lines of a ladder to places on paper.

use super::Svg;
use super::scale::{Slant, pause};
use crate::flow::{Side, Sides, State};
use crate::report::ladder::line::clock;
use crate::report::ladder::{Check, Fold, Ladder, Line, Number, Rung, phase};
use crate::rules::human_duration;
use crate::wire::Flags;

/// Where the life lines of both ends stand.
const ENDS: Sides<f64> = Sides { client: 230.0, server: 670.0 };
/// Pixels from a life line to what is written beside it.
const ASIDE: f64 = 12.0;
/// Pixels from one line of text to the next.
const LEADING: i32 = 15;
/// Where the first segment may begin.
const TOP: f64 = 62.0;
/// A pause of more nanoseconds than this is named.
const NAMED: i64 = 100_000_000;

/// A stretch of a life line in one phase.
#[derive(Debug)]
pub struct Bar {
    pub x: f64,
    pub y: i32,
    pub height: i32,
    pub phase: &'static str,
}

/// A state beside a life line.
#[derive(Debug)]
pub struct Label {
    pub x: f64,
    pub y: i32,
    pub anchor: &'static str,
    pub text: &'static str,
}

/// A pause between two segments.
#[derive(Debug)]
pub struct Break {
    pub y: i32,
    pub text: String,
}

/// What stands between the life lines.
#[derive(Debug)]
pub enum Shape {
    Fold { y: i32, time: String, text: String },
    Arrow(Arrow),
}

/// A segment on its way.
#[derive(Debug)]
pub struct Arrow {
    pub frame: u64,
    pub time: String,
    pub y: i32,
    pub middle: String,
    pub angle: String,
    pub shaft: String,
    pub barb: String,
    pub label: String,
    pub numbers: Vec<Equation>,
    pub notes: Vec<Note>,
    pub reset: bool,
}

/// A number of a segment as it is written below its arrow.
#[derive(Debug)]
pub struct Equation {
    pub text: String,
    pub good: bool,
    pub bad: bool,
}

/// A line of text below the numbers.
#[derive(Debug)]
pub struct Note {
    pub class: &'static str,
    pub y: i32,
    pub text: String,
}

/// Places everything.
pub fn layout(ladder: &Ladder, id: &str, style: Option<&'static str>) -> Svg {
    let mut page = Page::new(Slant::of(ladder));
    for line in &ladder.lines {
        match line {
            Line::Rung(rung) => page.rung(rung),
            Line::Fold(fold) => page.fold(fold),
        }
    }
    let foot = page.finish();
    let tap = page.slant.known.then(|| across(page.slant.tap) as i32);
    Svg {
        id: id.to_owned(),
        style,
        title: ladder.title.clone(),
        description: describe(&ladder.lines),
        client: ladder.client.to_string(),
        server: ladder.server.to_string(),
        height: foot + 28,
        foot,
        tap,
        bars: page.bars,
        labels: page.labels,
        shapes: page.shapes,
        breaks: page.breaks,
    }
}

/// A page being filled from top to bottom.
struct Page {
    slant: Slant,
    /// Where the text of the line above ends.
    y: f64,
    last: Option<(i64, Option<Side>)>,
    /// The state of each end, and where it began.
    states: Sides<(Option<State>, f64)>,
    bars: Vec<Bar>,
    labels: Vec<Label>,
    shapes: Vec<Shape>,
    breaks: Vec<Break>,
}

impl Page {
    fn new(slant: Slant) -> Self {
        Self {
            slant,
            y: TOP,
            last: None,
            states: Sides { client: (None, TOP - 8.0), server: (None, TOP - 8.0) },
            bars: Vec::new(),
            labels: Vec::new(),
            shapes: Vec::new(),
            breaks: Vec::new(),
        }
    }

    fn rung(&mut self, rung: &Rung) {
        self.advance(rung.at, rung.at, Some(rung.side));
        let fall = Sides { client: self.slant.fall * self.slant.tap, server: self.slant.fall * (1.0 - self.slant.tap) };
        let y = self.y + 20.0 + fall[rung.side];
        let (from, to) = (y - fall[rung.side], y + fall[rung.side.peer()]);
        let notes = notes(rung);
        let below = 18 + LEADING * notes.len() as i32;
        self.shapes.push(Shape::Arrow(arrow(rung, y, from, to, notes)));
        for side in Side::BOTH {
            self.enter(side, rung.states[side], if side == rung.side { from } else { to });
        }
        self.y = (from + to) / 2.0 + f64::from(below) + (to - from) * 0.3 + 6.0;
    }

    fn fold(&mut self, fold: &Fold) {
        self.advance(fold.from, fold.to, None);
        let y = self.y + 20.0;
        let of = |side: Side| (fold.segments[side] > 0).then(|| fold.of(side));
        let (client, server) = (of(Side::Client), of(Side::Server));
        let both = [client.map(|text| format!("{text} ▸")), server.map(|text| format!("◂ {text}"))];
        let text = both.into_iter().flatten().collect::<Vec<_>>().join("\u{2003}");
        self.shapes.push(Shape::Fold { y: y as i32, time: clock(fold.from), text });
        self.y = y + 18.0;
    }

    /// Leaves room for the time that went by since the line above.
    fn advance(&mut self, from: i64, to: i64, side: Option<Side>) {
        if let Some((before, above)) = self.last.replace((to, side)) {
            let waited = from.saturating_sub(before);
            let turned = side.is_some() && above.is_some() && side != above;
            let room = pause(waited) + if turned { self.slant.fall * 0.5 } else { 0.0 };
            if waited > NAMED {
                let y = self.y + 8.0 + room / 2.0;
                self.breaks.push(Break { y: y as i32, text: human_duration(waited) });
                self.y += 6.0;
            }
            self.y += room;
        }
    }

    /// An end enters a state at a place.
    fn enter(&mut self, side: Side, state: Option<State>, y: f64) {
        let (before, since) = self.states[side];
        if state == before {
            return;
        }
        self.bar(side, before, since, y);
        self.states[side] = (state, y);
        if let Some(state) = state {
            let (x, anchor) = match side {
                Side::Client => (ENDS.client - ASIDE, "end"),
                Side::Server => (ENDS.server + ASIDE, "start"),
            };
            self.labels.push(Label { x, y: y as i32 + 4, anchor, text: state.name() });
        }
    }

    fn bar(&mut self, side: Side, state: Option<State>, from: f64, to: f64) {
        let (y, height) = (from as i32, (to as i32).saturating_sub(from as i32));
        if height > 0 {
            self.bars.push(Bar { x: ENDS[side] - 3.0, y, height, phase: phase(state) });
        }
    }

    /// Ends both life lines; where.
    fn finish(&mut self) -> i32 {
        let foot = self.y + 10.0;
        for side in Side::BOTH {
            let (state, since) = self.states[side];
            self.bar(side, state, since, foot);
        }
        foot as i32
    }
}

fn arrow(rung: &Rung, y: f64, from: f64, to: f64, notes: Vec<Note>) -> Arrow {
    let inward = |side: Side| if side == Side::Client { 5.0 } else { -5.0 };
    let (start, end) = (ENDS[rung.side] + inward(rung.side), ENDS[rung.side.peer()] + inward(rung.side.peer()));
    let (run, fall) = (end - start, to - from);
    let length = (run * run + fall * fall).sqrt().max(1.0);
    let (dx, dy) = (run / length, fall / length);
    let (x1, y1) = (end - 9.0 * dx, to - 9.0 * dy);
    let barb = format!(
        "M{end:.1} {to:.1}L{:.1} {:.1}L{:.1} {:.1}Z",
        x1 - 3.8 * dy,
        y1 + 3.8 * dx,
        x1 + 3.8 * dy,
        y1 - 3.8 * dx
    );
    Arrow {
        frame: rung.frame,
        time: clock(rung.at),
        y: y as i32,
        middle: format!("{:.1}", (from + to) / 2.0),
        angle: format!("{:.2}", (fall / run.abs()).atan().to_degrees() * run.signum()),
        shaft: format!("M{start:.1} {from:.1}L{x1:.1} {y1:.1}"),
        barb,
        label: rung.label(),
        numbers: equations(rung),
        notes,
        reset: rung.flags.has(Flags::RST),
    }
}

fn equations(rung: &Rung) -> Vec<Equation> {
    let equation = |what: &str, number: &Number| Equation {
        text: format!("{what} = {}", number.equation()),
        good: number.check == Check::Right,
        bad: number.is_wrong(),
    };
    let mut equations = vec![equation("seq", &rung.seq)];
    equations.extend(rung.ack.as_ref().map(|ack| equation("ack", ack)));
    equations
}

/// What is written below the numbers: what was due, what a SYN offers, what was found.
fn notes(rung: &Rung) -> Vec<Note> {
    let due = |what: &str, number: Number| number.due().map(|due| format!("✗ {what} = {due} was due"));
    let mut lines: Vec<(&'static str, String)> = Vec::new();
    lines.extend(due("seq", rung.seq).map(|text| ("bad", text)));
    lines.extend(rung.ack.and_then(|ack| due("ack", ack)).map(|text| ("bad", text)));
    lines.extend(rung.findings.iter().map(|it| (it.severity.name(), format!("{} {}", it.code, it.name))));
    if !rung.offer.is_empty() {
        lines.push(("offer", rung.offer.clone()));
    }
    let place = |(index, (class, text))| Note { class, y: 14 + LEADING * (index as i32 + 1), text };
    lines.into_iter().enumerate().map(place).collect()
}

/// Where between the life lines a fraction of the way lies.
fn across(fraction: f64) -> f64 {
    ENDS.client + (ENDS.server - ENDS.client) * fraction.clamp(0.0, 1.0)
}

/// The ladder in words, for those who do not see it.
fn describe(lines: &[Line]) -> String {
    let words = lines.iter().map(|line| match line {
        Line::Rung(rung) => {
            let ack = rung.ack.map(|ack| format!(" ack {}", ack.short())).unwrap_or_default();
            format!("{}: {} sends {} seq {}{ack}", clock(rung.at), rung.side, rung.label(), rung.seq.short())
        }
        Line::Fold(fold) => {
            format!("client sends {}, server {}", fold.of(Side::Client), fold.of(Side::Server))
        }
    });
    words.collect::<Vec<_>>().join("; ")
}
