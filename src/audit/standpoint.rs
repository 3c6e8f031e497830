//! Where a capture was taken, as far as its handshakes show: an end that answers at once is near.

use crate::flow::Flow;
use crate::wire::Flags;

/// How much nearer one end has to be before the capture counts as taken there.
const NEARER: i64 = 4;

/// What the flows of a capture say of the place it was taken at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standpoint {
    /// Flows of which both ends were seen.
    both: u64,
    /// Flows of which just one end was seen, although it heard the other.
    one: u64,
    /// Nanoseconds that servers took to answer a SYN, and clients to answer a SYN-ACK, in all handshakes.
    answers: [i64; 2],
}

impl Standpoint {
    /// Counts a flow that ended.
    pub fn count(&mut self, flow: &Flow) {
        let (client, server) = (flow.ends.client.seen(), flow.ends.server.seen());
        self.both += u64::from(client && server);
        self.one += u64::from(flow.is_one_sided());
        let opening = &flow.opening;
        if let (Some(syn), Some(answer), Some(ack)) = (opening.syn, opening.syn_ack, opening.ack)
            && opening.syns.count == 1
            && answer.flags.has(Flags::ACK)
        {
            self.answered([answer.time.since(syn.time), ack.time.since(answer.time)]);
        }
    }

    /// Counts a flow that opened in order: both ends were seen, and took `answers` nanoseconds to answer.
    pub fn count_orderly(&mut self, answers: [i64; 2]) {
        self.both += 1;
        self.answered(answers);
    }

    fn answered(&mut self, answers: [i64; 2]) {
        for (sum, took) in self.answers.iter_mut().zip(answers) {
            *sum = sum.saturating_add(took.max(0));
        }
    }

    /// In words; empty where nothing shows it.
    pub fn describe(&self) -> String {
        let sides = match (self.both, self.one) {
            (0, 0) => return String::new(),
            (0, _) => "one direction only",
            (_, 0) => "both directions",
            _ => "both directions of some connections",
        };
        let [server, client] = self.answers;
        let place = match () {
            () if server.max(client) == 0 => "",
            () if server > client.saturating_mul(NEARER) => ", near the client",
            () if client > server.saturating_mul(NEARER) => ", near the server",
            () => ", between the ends",
        };
        format!("{sides}{place}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_that_answers_at_once_is_near() {
        let told = |both, one, answers| Standpoint { both, one, answers }.describe();
        assert_eq!(told(1, 0, [20_000, 1_000]), "both directions, near the client");
        assert_eq!(told(1, 1, [1_000, 20_000]), "both directions of some connections, near the server");
        assert_eq!(told(2, 0, [1_000, 1_100]), "both directions, between the ends");
        assert_eq!(told(0, 3, [0, 0]), "one direction only");
        assert_eq!(told(0, 0, [0, 0]), "");
    }
}
