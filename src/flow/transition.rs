//! The state machine of RFC 9293 §3.3.2 as an observer sees it: total, pure, without numbers.
//!
//! What an end sends proves what it has heard; what it was sent does not. So a *sender* moves by what its segment asks
//! for and by what of its peer's the segment acknowledges. A *receiver* makes only the moves that leave no segment
//! behind (its SYN or its FIN was acknowledged, the connection was reset); they are assumed.

use super::State;
use super::cue::{Control, Covers, Role};

/// The states entered, in order: at most three (a client whose first ACK also covers the peer's FIN and carries its
/// own).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    entered: [Option<State>; 3],
}

impl Moves {
    /// The states entered, in order.
    pub fn iter(self) -> impl Iterator<Item = State> {
        self.entered.into_iter().flatten()
    }

    /// Whether nothing moves.
    pub const fn is_empty(self) -> bool {
        self.entered[0].is_none()
    }

    fn then(&mut self, from: State, to: Option<State>) -> State {
        let Some(to) = to else { return from };
        if let Some(free) = self.entered.iter_mut().find(|entered| entered.is_none()) {
            *free = Some(to);
        }
        to
    }
}

/// The moves of an end in `state` that sent (or was sent) a segment asking for `control`, whose ACK covers `covers` of
/// the peer's (or of its own).
pub fn next(state: State, role: Role, control: Control, covers: Covers) -> Moves {
    let mut moves = Moves::default();
    match role {
        Role::Sender => {
            let state = moves.then(state, synchronized_by(state, control, covers));
            let state = moves.then(state, if covers == Covers::Fin { fin_heard(state) } else { None });
            moves.then(state, asked_by(state, control));
        }
        Role::Receiver => {
            moves.then(state, if control == Control::Rst { reset(state) } else { acknowledged(state, covers) });
        }
    }
    moves
}

/// The move of an end in `state` that has heard its peer's FIN.
pub const fn fin_heard(state: State) -> Option<State> {
    match state {
        State::SynReceived | State::Established => Some(State::CloseWait),
        State::FinWait1 => Some(State::Closing),
        State::FinWait2 => Some(State::TimeWait),
        _ => None,
    }
}

/// An ACK of the peer's SYN without a SYN of its own shows that the sender has left SYN-SENT.
fn synchronized_by(state: State, control: Control, covers: Covers) -> Option<State> {
    let plain = matches!(control, Control::None | Control::Fin);
    (state == State::SynSent && plain && covers >= Covers::Syn).then_some(State::Established)
}

/// The move that the sender's own control bits make.
const fn asked_by(state: State, control: Control) -> Option<State> {
    match (control, state) {
        (Control::Syn, State::Closed | State::Listen) => Some(State::SynSent),
        (Control::SynAck, State::Closed | State::Listen | State::SynSent) => Some(State::SynReceived),
        (Control::Fin, State::SynReceived | State::Established) => Some(State::FinWait1),
        (Control::Fin, State::CloseWait) => Some(State::LastAck),
        (Control::Rst, _) => reset(state),
        _ => None,
    }
}

/// The assumed move of an end whose SYN or FIN was acknowledged.
const fn acknowledged(state: State, covers: Covers) -> Option<State> {
    match (covers, state) {
        (Covers::Syn | Covers::Fin, State::SynReceived) => Some(State::Established),
        (Covers::Fin, State::FinWait1) => Some(State::FinWait2),
        (Covers::Fin, State::Closing) => Some(State::TimeWait),
        (Covers::Fin, State::LastAck) => Some(State::Closed),
        _ => None,
    }
}

/// RST ends everything but what has no connection, and TIME-WAIT, which no reset may cut short (RFC 1337).
const fn reset(state: State) -> Option<State> {
    match state {
        State::Closed | State::Listen | State::TimeWait => None,
        _ => Some(State::Closed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    fn entered(state: State, role: Role, control: Control, covers: Covers) -> Vec<State> {
        next(state, role, control, covers).iter().collect()
    }

    #[test]
    fn the_passive_closer_merges_ack_and_fin() {
        let moves = entered(State::Established, Role::Sender, Control::Fin, Covers::Fin);
        assert_eq!(moves, [State::CloseWait, State::LastAck]);
    }

    #[test]
    fn a_first_ack_may_do_everything() {
        let moves = entered(State::SynSent, Role::Sender, Control::Fin, Covers::Fin);
        assert_eq!(moves, [State::Established, State::CloseWait, State::LastAck]);
    }

    #[test]
    fn nothing_ever_goes_back() {
        let rank = |state: State| match state {
            State::Closed | State::Listen => 0,
            State::SynSent => 1,
            State::SynReceived => 2,
            State::Established => 3,
            State::FinWait1 | State::CloseWait => 4,
            State::FinWait2 | State::Closing | State::LastAck => 5,
            State::TimeWait => 6,
        };
        for state in State::ALL {
            for role in [Role::Sender, Role::Receiver] {
                for control in Control::ALL {
                    for covers in Covers::ALL {
                        let mut from = state;
                        for to in next(state, role, control, covers).iter() {
                            assert!(to == State::Closed || rank(to) > rank(from), "{from} -> {to}");
                            from = to;
                        }
                    }
                }
            }
        }
    }

    /// The whole table, for a reviewer to read beside RFC 9293 figure 5; `BLESS=1` rewrites it.
    #[test]
    fn the_table_is_the_golden_one() {
        let mut table = String::new();
        for role in [Role::Sender, Role::Receiver] {
            for state in State::ALL {
                for control in Control::ALL {
                    for covers in Covers::ALL {
                        let moves = entered(state, role, control, covers);
                        if !moves.is_empty() {
                            let moves = moves.iter().map(|state| state.name()).collect::<Vec<_>>().join(", ");
                            let what = format!("{role:?} in {state}: {control:?}, ACK covers {covers:?}");
                            writeln!(table, "{what:<58} -> {moves}").expect("a string takes everything");
                        }
                    }
                }
            }
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/expected/transitions.txt");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, &table).expect("the golden file can be written");
        }
        assert_eq!(table, std::fs::read_to_string(path).expect("the golden file is there"));
    }
}
