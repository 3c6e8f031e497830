//! What a connection leaves behind in TIME-WAIT, for the next one on the same ports (RFC 9293 §3.6.1, RFC 6191).

use super::{Flow, Side, State};
use crate::capture::Timestamp;
use crate::wire::SeqNum;

/// The numbers that the server of a connection still holds of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeWait {
    /// When the connection before had its last segment.
    pub since: Timestamp,
    /// The number it expected next from its peer.
    pub rcv_nxt: SeqNum,
    /// The number it would have sent next.
    pub snd_nxt: SeqNum,
    /// The newest TSval of its peer.
    pub tsval: Option<u32>,
}

impl Flow {
    /// Takes over what `former`, the connection before on the same ports, left in TIME-WAIT at this one's server.
    pub(super) fn inherit_time_wait(&mut self, former: &Self) {
        let server = self.endpoints.server;
        let waiting =
            |side: &Side| former.endpoints[*side] == server && former.ends[*side].state == Some(State::TimeWait);
        let Some(side) = Side::BOTH.into_iter().find(waiting) else { return };
        let end = &former.ends[side];
        let Some((rcv_nxt, snd_nxt)) = end.rcv_nxt.zip(end.snd_nxt) else { return };
        let tsval = former.ends[side.peer()].timestamps.map(|(_, newest)| newest.tsval);
        self.time_wait = Some(Box::new(TimeWait { since: former.last, rcv_nxt, snd_nxt, tsval }));
    }
}
