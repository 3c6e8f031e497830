//! What a Linux kernel recorded of its sockets' states (`inet_sock_set_state`), as the histories RFC 9293 would tell.

use serde_json::Value;
use std::collections::BTreeMap;
use std::net::IpAddr;
use tcpflow_audit::flow::State;

/// An address and a port.
pub type End = (IpAddr, u16);

/// The end whose history it is, and its peer.
pub type Pair = (End, End);

/// A state entered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    pub state: State,
    /// Seconds since the epoch, where the kernel recorded it.
    pub at: Option<f64>,
}

/// The states one end entered in one connection, in order.
pub type History = Vec<Move>;

/// The histories of all ends in a truth file, connection by connection.
pub fn histories(truth: &str) -> BTreeMap<Pair, Vec<History>> {
    let truth: Value = serde_json::from_str(truth).expect("a truth file");
    let mut book = Book::default();
    for transition in truth["transitions"].as_array().expect("transitions") {
        book.enter(transition);
    }
    book.close()
}

#[derive(Default)]
struct Book {
    live: BTreeMap<Pair, History>,
    done: BTreeMap<Pair, Vec<History>>,
    /// SYN-SENT of sockets whose port was not chosen yet, by local address and peer.
    unbound: BTreeMap<(IpAddr, End), Vec<Move>>,
}

impl Book {
    fn enter(&mut self, transition: &Value) {
        let word = |name: &str| transition[name].as_str().unwrap_or_default();
        let (old, new) = (word("old"), word("new"));
        if word("protocol") != "TCP" || new == "LISTEN" || (old == "LISTEN" && new == "CLOSE") {
            return;
        }
        let (local, remote) = (end(&transition["local"]), end(&transition["remote"]));
        let at = transition["t"].as_f64();
        let state: State = new.parse().expect("a state");
        if state == State::SynSent && local.1 == 0 {
            self.unbound.entry((local.0, remote)).or_default().push(Move { state, at: None });
            return;
        }
        let opens = matches!(state, State::SynSent | State::SynReceived) && matches!(old, "CLOSE" | "LISTEN");
        let bound = (old == "SYN_SENT").then(|| self.unbound.get_mut(&(local.0, remote))).flatten();
        let live = self.live.entry((local, remote)).or_default();
        if opens {
            live.clear();
        } else if live.is_empty() && old == "SYN_SENT" {
            let first = bound.filter(|moves| !moves.is_empty()).map(|moves| moves.remove(0));
            live.push(first.unwrap_or(Move { state: State::SynSent, at: None }));
        }
        // The kernel keeps TIME-WAIT in another kind of socket: the one that had FIN-WAIT-2 or CLOSING goes to CLOSE.
        let waits = state == State::Closed && matches!(old, "FIN_WAIT2" | "CLOSING");
        live.push(Move { state: if waits { State::TimeWait } else { state }, at });
        if state == State::Closed {
            let history = self.live.remove(&(local, remote)).unwrap_or_default();
            self.done.entry((local, remote)).or_default().push(history);
        }
    }

    fn close(mut self) -> BTreeMap<Pair, Vec<History>> {
        for (pair, history) in std::mem::take(&mut self.live) {
            self.done.entry(pair).or_default().push(history);
        }
        // Sockets that never came so far as to choose a port have no segments.
        self.done.retain(|(local, _), _| local.1 != 0);
        for histories in self.done.values_mut() {
            histories.iter_mut().for_each(|history| history.dedup_by_key(|moved| moved.state));
        }
        self.orphans_never_waited();
        self.done
    }

    /// An orphan in FIN-WAIT-2 is handed to a timer long before its peer's FIN: TIME-WAIT only if that FIN came.
    fn orphans_never_waited(&mut self) {
        let told = self.done.clone();
        for (pair, histories) in &mut self.done {
            for (place, history) in histories.iter_mut().enumerate() {
                let peer = told.get(&(pair.1, pair.0)).and_then(|histories| histories.get(place));
                let closed = |peer: &History| {
                    let closing = [State::LastAck, State::Closing, State::FinWait1];
                    peer.is_empty() || peer.iter().any(|moved| closing.contains(&moved.state))
                };
                let waiting = history.last_mut().filter(|last| last.state == State::TimeWait);
                if let Some(last) = waiting.filter(|_| !peer.is_none_or(closed)) {
                    last.state = State::Closed;
                }
            }
        }
    }
}

fn end(value: &Value) -> End {
    let ip = value[0].as_str().and_then(|ip| ip.parse().ok()).expect("an address");
    (ip, value[1].as_u64().and_then(|port| port.try_into().ok()).expect("a port"))
}
