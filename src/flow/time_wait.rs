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
        if former.closing.as_deref().and_then(|closing| closing.rst).is_some_and(|rst| rst.side != side) {
            // The peer may have ended it (RFC 1337).
            return;
        }
        let end = &former.ends[side];
        let Some((rcv_nxt, snd_nxt)) = end.rcv_nxt.zip(end.snd_nxt) else { return };
        let tsval = former.ends[side.peer()].timestamps.map(|(_, newest)| newest.tsval);
        self.time_wait = Some(Box::new(TimeWait { since: former.last, rcv_nxt, snd_nxt, tsval }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::testing::{ack, established, tell, with};
    use crate::wire::Flags;
    use Side::{Client, Server};

    #[test]
    fn the_end_that_closed_first_leaves_its_numbers() {
        let mut former = established();
        tell(&mut former, with(Flags::FIN, ack(Server, 10, 5001, 1001, 0)));
        tell(&mut former, with(Flags::FIN, ack(Client, 20, 1001, 5002, 0)));
        tell(&mut former, ack(Server, 30, 5002, 1002, 0));
        let mut next = established();
        next.inherit_time_wait(&former);
        let left = next.time_wait.expect("the server is in TIME-WAIT");
        assert_eq!((left.rcv_nxt, left.snd_nxt, left.tsval), (SeqNum(1002), SeqNum(5002), None));
    }

    #[test]
    fn a_client_in_time_wait_is_no_matter_of_its_servers() {
        let mut former = established();
        tell(&mut former, with(Flags::FIN, ack(Client, 10, 1001, 5001, 0)));
        tell(&mut former, with(Flags::FIN, ack(Server, 20, 5001, 1002, 0)));
        tell(&mut former, ack(Client, 30, 1002, 5002, 0));
        let mut next = established();
        next.inherit_time_wait(&former);
        assert_eq!(next.time_wait, None);
    }
}
