//! The states an end entered, in the few octets a flow can spare.

use super::{Entered, State};
use crate::capture::FrameNumber;

/// No state is entered twice in one connection, so seven places are enough for the longest life (SYN-SENT,
/// SYN-RECEIVED, ESTABLISHED, FIN-WAIT-1, CLOSING, TIME-WAIT, CLOSED).
const PLACES: usize = 7;

/// The states an end entered and their frames, as distances from the flow's first frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trail {
    frames: [u32; PLACES],
    states: [Option<State>; PLACES],
}

impl Trail {
    /// Adds a state entered at `frame` of the flow that began at `flow_id`.
    pub fn push(&mut self, flow_id: FrameNumber, frame: FrameNumber, state: State) {
        if let Some(free) = self.states.iter().position(Option::is_none) {
            self.states[free] = Some(state);
            // A flow that spans more than 2³² frames saturates here; nothing else is that exact either.
            self.frames[free] = u32::try_from(frame.saturating_sub(flow_id)).unwrap_or(u32::MAX);
        }
    }

    /// The states in order.
    pub fn iter(&self, flow_id: FrameNumber) -> impl Iterator<Item = Entered> + '_ {
        self.states
            .iter()
            .zip(&self.frames)
            .filter_map(move |(state, after)| Some(Entered { frame: flow_id + u64::from(*after), state: (*state)? }))
    }
}
