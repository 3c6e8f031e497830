//! Durations to lengths on paper: logarithms, so that microseconds and minutes find room in one picture.

use crate::report::ladder::Ladder;

/// How far an arrow falls between its ends, and where on its way it was captured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slant {
    /// Pixels.
    pub fall: f64,
    /// 0 at the client, 1 at the server.
    pub tap: f64,
    /// Whether both were measured.
    pub known: bool,
}

impl Slant {
    /// From the round trips that the handshake shows.
    pub fn of(ladder: &Ladder) -> Self {
        let trips = ladder.trips().filter(|(client, server)| *client >= 0 && *server >= 0);
        let Some((client, server)) = trips else { return Self { fall: 12.0, tap: 0.5, known: false } };
        let (client, server) = (client as f64, server as f64);
        let whole = client + server;
        let tap = if whole > 0.0 { client / whole } else { 0.5 };
        Self { fall: decades(whole / 2.0, 1e4).mul_add(5.5, 5.0).min(32.0), tap, known: whole > 0.0 }
    }
}

/// Pixels that a pause adds to the space between two segments.
pub fn pause(nanoseconds: i64) -> f64 {
    (decades(nanoseconds as f64, 1e6) * 6.0).min(36.0)
}

/// Powers of ten between `least` and `value`; none below.
fn decades(value: f64, least: f64) -> f64 {
    (value / least).max(1.0).log10()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Side, Sides};
    use crate::report::ladder::{Check, Line, Number, Rung};
    use crate::wire::{Endpoint, Flags, SeqNum};

    fn ladder(segments: &[(i64, Side, Flags)]) -> Ladder {
        let end = Endpoint { ip: [10, 0, 0, 1].into(), port: 80 };
        let number = Number { value: SeqNum(0), owner: Side::Client, base: None, check: Check::Silent };
        let rung = |(at, side, flags): &(i64, Side, Flags)| Rung {
            frame: 1,
            at: *at,
            side: *side,
            flags: *flags,
            len: 0,
            seq: number,
            ack: None,
            states: Sides::default(),
            offer: String::new(),
            findings: Vec::new(),
        };
        let lines = segments.iter().map(|segment| Line::Rung(rung(segment))).collect();
        Ladder { title: String::new(), client: end, server: end, lines }
    }

    #[test]
    fn the_place_of_the_capture_is_told_by_the_segments_that_arrived() {
        let syn_ack = Flags::SYN.with(Flags::ACK);
        let lost = (0, Side::Client, Flags::SYN);
        let opened =
            [(1_000, Side::Client, Flags::SYN), (1_300, Side::Server, syn_ack), (1_400, Side::Client, Flags::ACK)];
        let slant = Slant::of(&ladder(&[lost, opened[0], opened[1], opened[2]]));
        assert_eq!(slant, Slant::of(&ladder(&opened)));
        assert!(slant.known && (slant.tap - 0.25).abs() < 1e-9);
        assert!(!Slant::of(&ladder(&opened[..2])).known);
    }

    #[test]
    fn longer_lasts_longer_but_never_leaves_the_paper() {
        assert_eq!(pause(-5), 0.0);
        assert!(pause(10_000_000) < pause(100_000_000));
        assert_eq!(pause(i64::MAX), 36.0);
    }
}
