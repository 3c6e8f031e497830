//! MPTCP options to what follows from their keys and tokens: which TCP streams make up a connection, and where its
//! sequence numbers begin (RFC 8684 §2).

use super::conversation::{End, MOST};
use crate::lens::digest::{Digest, Sha1, Sha256};
use std::collections::HashMap;

const MPTCP: u8 = 30;
const CAPABLE: u8 = 0;
const JOIN: u8 = 1;
const SIGNAL: u8 = 2;
/// Flags of a signal with a data sequence number of 64 bits.
const LONG_NUMBER: u8 = 0x0c;

/// Most streams of a connection that are kept.
const MOST_SUBFLOWS: usize = 1000;

/// Connections over several TCP streams, numbered in the order of their first option.
#[derive(Clone, Debug, Default)]
pub(super) struct Multipath {
    connections: Vec<Connection>,
    /// Connections that made room.
    forgotten: usize,
    /// The connection of each stream.
    streams: HashMap<u32, usize>,
    keys: HashMap<(u32, End), Key>,
    /// Whose key a token was made of, in which stream, and who was its peer.
    tokens: HashMap<u32, (u32, End, End)>,
}

/// One connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Connection {
    /// Its number.
    pub number: usize,
    /// The stream that opened it.
    pub master: Option<u32>,
    /// Its streams as far as they are known, the latest first.
    pub subflows: Vec<u32>,
}

/// What follows from the key of one end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// What names the connection in a join.
    pub token: u32,
    /// Initial data sequence number.
    pub first: u64,
}

/// What is known of the connection at one segment of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Share {
    /// The sender's key.
    pub own: Option<Key>,
    /// The receiver's key.
    pub peer: Option<Key>,
    /// The connection.
    pub connection: Option<Connection>,
}

impl Key {
    fn new(key: u64, version: u8) -> Self {
        let octets = key.to_be_bytes();
        if version == 0 { Self::of(&Sha1::from(octets).digest().bytes()) } else { Self::of(&Sha256::digest(octets)) }
    }

    fn of(digest: &[u8]) -> Self {
        let token = digest.first_chunk().copied().unwrap_or_default();
        let first = digest.last_chunk().copied().unwrap_or_default();
        Self { token: u32::from_be_bytes(token), first: u64::from_be_bytes(first) }
    }
}

impl Connection {
    fn add(&mut self, stream: u32) {
        if self.subflows.len() < MOST_SUBFLOWS && !self.subflows.contains(&stream) {
            self.subflows.insert(0, stream);
        }
    }
}

impl Multipath {
    /// Takes notice of the options of a segment; what is known then, if one of them was MPTCP's.
    pub fn note(&mut self, stream: u32, from: End, to: End, mut options: &[u8]) -> Option<Share> {
        let mut found = false;
        loop {
            options = match *options {
                [1, ref rest @ ..] => rest,
                [kind, length, ..] if kind > 1 && length > 1 => {
                    let Some((option, rest)) = options.split_at_checked(length.into()) else { break };
                    if kind == MPTCP {
                        found = true;
                        self.make_room();
                        self.option(stream, from, to, option);
                    }
                    rest
                }
                _ => break,
            };
        }
        found.then(|| self.share(stream, from, to))
    }

    /// Forgets everything where it is too much.
    fn make_room(&mut self) {
        if self.streams.len().max(self.keys.len()) >= MOST {
            *self = Self { forgotten: self.forgotten + self.connections.len(), ..Self::default() };
        }
    }

    fn share(&self, stream: u32, from: End, to: End) -> Share {
        let key = |end: End| self.keys.get(&(stream, end)).copied();
        let connection = self.streams.get(&stream).and_then(|number| self.connections.get(*number));
        Share { own: key(from), peer: key(to), connection: connection.cloned() }
    }

    fn option(&mut self, stream: u32, from: End, to: End, option: &[u8]) {
        let number = |at: usize| option.get(at..)?.first_chunk().map(|octets| u64::from_be_bytes(*octets));
        let subtype = option.get(2).map_or(0, |octet| octet >> 4);
        match (subtype, option) {
            (CAPABLE, [_, 12 | 20 | 22 | 24, version, ..]) => {
                let version = version & 0x0f;
                self.open(stream, from, to, number(4).map(|key| Key::new(key, version)));
                if let Some(key) = number(12) {
                    self.keys.entry((stream, to)).or_insert_with(|| Key::new(key, version));
                }
            }
            (JOIN, [_, 12, _, _, a, b, c, d, ..]) => self.join(stream, from, to, u32::from_be_bytes([*a, *b, *c, *d])),
            (CAPABLE, _) => {}
            (SIGNAL, [_, _, _, flags, ..]) if flags & LONG_NUMBER == LONG_NUMBER => {
                // A number in full tells Wireshark where to count from, if no key has: from zero.
                self.connection(stream);
                self.keys.entry((stream, from)).or_insert(Key { token: 0, first: 0 });
            }
            _ => {
                self.connection(stream);
            }
        }
    }

    fn open(&mut self, stream: u32, from: End, to: End, key: Option<Key>) {
        if let Some(key) = key {
            let key = *self.keys.entry((stream, from)).or_insert(key);
            self.tokens.entry(key.token).or_insert((stream, from, to));
        }
        let Some(connection) = self.connection(stream) else { return };
        connection.master = Some(stream);
        connection.add(stream);
    }

    /// A stream joins the connection that `token` names; one that names none makes a connection without a master.
    fn join(&mut self, stream: u32, from: End, to: End, token: u32) {
        let known = self.tokens.get(&token).copied();
        let Some((master, owner, peer)) = known else {
            self.connection(stream);
            return;
        };
        for (end, source) in [(to, owner), (from, peer)] {
            if let Some(key) = self.keys.get(&(master, source)).copied() {
                self.keys.entry((stream, end)).or_insert(key);
            }
        }
        let Some(number) = self.streams.get(&master).copied() else { return };
        self.streams.insert(stream, number);
        if let Some(connection) = self.connections.get_mut(number) {
            connection.add(stream);
        }
    }

    /// The connection of a stream, a new one if it has none.
    fn connection(&mut self, stream: u32) -> Option<&mut Connection> {
        let next = self.connections.len();
        let place = *self.streams.entry(stream).or_insert(next);
        if place == next {
            self.connections.push(Connection { number: self.forgotten + place, ..Connection::default() });
        }
        self.connections.get_mut(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: End = (std::net::IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1)), 1000);
    const SERVER: End = (std::net::IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2)), 80);

    fn capable(version: u8, key: u64) -> Vec<u8> {
        [&[1, 30, 12, version, 0x81], &key.to_be_bytes()[..]].concat()
    }

    #[test]
    fn a_key_gives_token_and_first_number_by_the_hash_of_its_version() {
        let old = Key { token: 1_732_394_687, first: 15_474_610_706_564_636_011 };
        assert_eq!(Key::new(283_686_952_306_183, 0), old);
        let new = Key { token: 2_740_809_090, first: 11_713_449_205_243_392_241 };
        assert_eq!(Key::new(3_001_306_557_161_771_836, 1), new);
    }

    #[test]
    fn a_stream_joins_by_the_token_of_its_receiver() {
        let mut multipath = Multipath::default();
        multipath.note(0, CLIENT, SERVER, &capable(0, 1));
        let opened = multipath.note(0, SERVER, CLIENT, &capable(0, 2)).unwrap();
        let token = opened.own.unwrap().token.to_be_bytes();
        let join = [&[30, 12, 0x10, 0], &token[..], &[0; 4]].concat();
        let joined = multipath.note(3, CLIENT, SERVER, &join).unwrap();
        assert_eq!((joined.own, joined.peer), (opened.peer, opened.own));
        let connection = joined.connection.unwrap();
        assert_eq!((connection.number, connection.master, connection.subflows), (0, Some(0), vec![3, 0]));
    }

    #[test]
    fn a_join_that_names_nothing_known_is_a_connection_without_master() {
        let mut multipath = Multipath::default();
        let joined = multipath.note(5, CLIENT, SERVER, &[30, 12, 0x10, 0, 9, 9, 9, 9, 0, 0, 0, 0]).unwrap();
        let connection = joined.connection.unwrap();
        assert_eq!((connection.master, connection.subflows.len()), (None, 0));
        assert!(multipath.note(5, CLIENT, SERVER, &[1, 1, 8, 10]).is_none());
    }
}
