//! Which segments Wireshark counts to one conversation: a segment in; whether it opens the next conversation between
//! the same endpoints, and how complete the conversation was, out.

use super::Sides;
use crate::wire::{Endpoint, Ends4, Flags, Packed, Segment, SeqNum, Standing};
use std::hash::{Hash, Hasher};
use std::net::IpAddr;

/// The unordered pair of endpoints that Wireshark knows a conversation by; VLANs and tunnels do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    high: Endpoint,
    low: Endpoint,
}

/// In a few words, not field by field: every segment is looked up.
impl Hash for Pair {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        for ip in [self.high.ip, self.low.ip] {
            match ip {
                IpAddr::V4(ip) => state.write_u32(ip.to_bits()),
                IpAddr::V6(ip) => state.write_u128(ip.to_bits()),
            }
        }
        state.write_u32(u32::from(self.high.port) << 16 | u32::from(self.low.port));
    }
}

impl Pair {
    /// The pair a segment belongs to.
    pub fn of(segment: &Segment) -> Self {
        match Slot::of(segment) {
            Slot::High => Self { high: segment.source, low: segment.destination },
            Slot::Low => Self { high: segment.destination, low: segment.source },
        }
    }
}

/// Which endpoint of its [`Pair`] sent a segment, whoever opened the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// The greater one: by address family, then address, then port.
    High,
    /// The smaller one; both "directions" where the two are equal.
    Low,
}

impl Slot {
    /// The sender's slot.
    #[inline]
    pub fn of(segment: &Segment) -> Self {
        let (one, other) = (&segment.source, &segment.destination);
        let is_high = match (one.ip, other.ip) {
            (IpAddr::V4(from), IpAddr::V4(to)) => (from.to_bits(), one.port) > (to.to_bits(), other.port),
            _ => one > other,
        };
        if is_high { Self::High } else { Self::Low }
    }

    /// The sender's slot of an IPv4 segment.
    #[inline]
    pub const fn of_ends(ends: &Ends4) -> Self {
        let [from, to] = ends.addresses;
        let is_high = from > to || (from == to && ends.ports[0] > ends.ports[1]);
        if is_high { Self::High } else { Self::Low }
    }

    /// The slot of the peer.
    pub const fn other(self) -> Self {
        match self {
            Self::High => Self::Low,
            Self::Low => Self::High,
        }
    }
}

/// `tcp.completeness`: which steps of its life a conversation has shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Completeness(pub u8);

#[allow(missing_docs)]
impl Completeness {
    pub const SYN: Self = Self(1);
    pub const SYN_ACK: Self = Self(2);
    pub const ACK: Self = Self(4);
    pub const DATA: Self = Self(8);
    pub const FIN: Self = Self(16);
    pub const RST: Self = Self(32);
    /// Any sign of an end.
    const CLOSED: Self = Self(16 | 32);
}

impl Completeness {
    /// Whether any step of `steps` was seen.
    pub const fn any(self, steps: Self) -> bool {
        self.0 & steps.0 != 0
    }

    const fn with(self, steps: Self, seen: bool) -> Self {
        if seen { Self(self.0 | steps.0) } else { self }
    }

    /// What one segment with these control bits adds, and with or without data.
    #[inline]
    const fn counting(self, flags: Flags, data: bool) -> Self {
        /// What there is to add, by the lowest five control bits and whether there is data.
        const ADDED: [u8; 64] = {
            let (mut added, mut at) = ([0; 64], 0);
            while at < added.len() {
                added[at] = Completeness(0).adding(Flags(at as u16 & 31), at & 32 != 0).0;
                at += 1;
            }
            added
        };
        Self(self.0 | ADDED[flags.0 as usize & 31 | if data { 32 } else { 0 }])
    }

    const fn adding(self, flags: Flags, data: bool) -> Self {
        let acknowledges = flags.has(Flags::ACK) && !flags.has(Flags::SYN);
        self.with(Self::SYN_ACK, flags.is_syn_ack())
            .with(Self::DATA, acknowledges && data)
            .with(Self::ACK, acknowledges && !data)
            .with(Self::FIN, flags.has(Flags::FIN.with(Flags::ACK)))
            .with(Self::RST, flags.has(Flags::RST))
    }
}

/// How a segment relates to the conversation that its endpoints have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It belongs to it.
    Same,
    /// A SYN with the sequence number that its sender started from: it opens the same conversation again.
    SynAgain,
    /// A SYN or SYN-ACK that opens the next conversation with the same ports.
    Reused,
}

/// What a segment found on arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Whether it belongs to the conversation.
    pub relation: Relation,
    /// The completeness before this segment; `None` where none was counted yet.
    pub completeness: Option<Completeness>,
}

/// The memory that decides where a conversation ends and the next one begins.
#[derive(Clone, Copy, Debug, Default)]
pub struct Conversation {
    bases: [SeqNum; 2],
    completeness: Completeness,
    /// A bit for each base that is known, and [`COUNTED`]; there is one of these for every pair of endpoints ever seen.
    known: u8,
}

/// Whether anything was counted.
const COUNTED: u8 = 1 << 2;

impl Conversation {
    /// Whether enough of the header was captured for the segment to take part in a conversation at all.
    pub const fn admits(segment: &Segment) -> bool {
        segment.captured >= 14
    }

    /// Counts `segment`, sent from `slot`. After [`Relation::Reused`] this is the new conversation.
    pub fn arrive(&mut self, segment: &Segment, slot: Slot) -> Arrival {
        let relation = self.relate(segment, slot);
        if relation == Relation::Reused {
            *self = Self::default();
        }
        let completeness = self.counted();
        if segment.header_len() >= 20 {
            let start = if segment.flags.is_syn() && self.base(slot).is_none() {
                Completeness::SYN.with(Completeness::DATA, segment.data_len() > 0)
            } else {
                completeness.unwrap_or_default()
            };
            self.completeness = start.counting(segment.flags, segment.data_len() > 0);
            self.known |= COUNTED;
        }
        if !matches!(segment.standing, Standing::Quoted(_)) {
            self.learn_bases(segment, slot);
        }
        Arrival { relation, completeness }
    }

    /// One of which nothing but the ordinary SYN `syn` was counted, sent from `slot`.
    pub fn begun(syn: &Packed, slot: Slot) -> Self {
        let mut this = Self { completeness: Completeness::SYN, known: COUNTED, ..Self::default() };
        this.learn(slot, syn.seq);
        this
    }

    /// Counts the first SYN-ACK, ordinary and sent from `slot`, of a conversation of which nothing but the SYN was counted.
    pub fn answered(&mut self, syn_ack: &Packed, slot: Slot) {
        self.go_on(syn_ack);
        self.learn(slot, syn_ack.seq);
    }

    /// Counts a whole segment without SYN of a conversation of which both numbers to count from are known.
    #[inline]
    pub fn go_on(&mut self, packed: &Packed) {
        self.completeness = self.completeness.counting(packed.bits.flags(), packed.len > 0);
        self.known |= COUNTED;
    }

    /// The completeness with everything counted so far.
    pub const fn completeness(&self) -> Completeness {
        self.completeness
    }

    fn counted(&self) -> Option<Completeness> {
        (self.known & COUNTED != 0).then_some(self.completeness)
    }

    /// The number that relative sequence numbers of this direction count from.
    pub const fn base(&self, slot: Slot) -> Option<SeqNum> {
        if self.known & bit(slot) != 0 { Some(self.bases[slot as usize]) } else { None }
    }

    /// The numbers of both ends, `client` being the client; zero where one is not known.
    pub fn bases(&self, client: Slot) -> Sides<SeqNum> {
        let base = |slot| self.base(slot).unwrap_or_default();
        Sides { client: base(client), server: base(client.other()) }
    }

    /// All there is to it, to be kept in less room.
    pub const fn parts(&self) -> ([SeqNum; 2], [u8; 2]) {
        (self.bases, [self.completeness.0, self.known])
    }

    /// The conversation of these [`Conversation::parts`].
    pub const fn of_parts(bases: [SeqNum; 2], [completeness, known]: [u8; 2]) -> Self {
        Self { bases, completeness: Completeness(completeness), known }
    }

    fn relate(&self, segment: &Segment, slot: Slot) -> Relation {
        let Some(base) = self.base(slot).filter(|_| segment.flags.has(Flags::SYN)) else { return Relation::Same };
        let closed = self.completeness.any(Completeness::CLOSED);
        match (segment.seq != base || closed, segment.flags.is_syn()) {
            (true, _) => Relation::Reused,
            (false, true) => Relation::SynAgain,
            (false, false) => Relation::Same,
        }
    }

    fn learn_bases(&mut self, segment: &Segment, slot: Slot) {
        let opens = segment.flags.has(Flags::SYN);
        self.learn(slot, if opens { segment.seq } else { segment.seq - 1 });
        if segment.flags.has(Flags::ACK) {
            self.learn(slot.other(), segment.ack - 1);
        }
    }

    fn learn(&mut self, slot: Slot, base: SeqNum) {
        if self.known & bit(slot) == 0 {
            self.bases[slot as usize] = base;
            self.known |= bit(slot);
        }
    }
}

const fn bit(slot: Slot) -> u8 {
    1 << slot as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Side, testing};
    use std::net::{Ipv4Addr, Ipv6Addr};

    fn endpoint(last: u8, port: u16) -> Endpoint {
        Endpoint { ip: IpAddr::V4(Ipv4Addr::new(10, 0, 0, last)), port }
    }

    fn segment(flags: Flags, seq: u32, ack: u32, len: u32) -> Segment {
        Segment { flags, ..testing::ack(Side::Client, 0, seq, ack, len) }
    }

    fn back(mut segment: Segment) -> Segment {
        std::mem::swap(&mut segment.source, &mut segment.destination);
        segment
    }

    fn tell(conversation: &mut Conversation, segment: Segment) -> (Relation, u8) {
        let arrival = conversation.arrive(&segment, Slot::of(&segment));
        (arrival.relation, conversation.completeness().0)
    }

    const SYN_ACK: Flags = Flags::SYN.with(Flags::ACK);
    const FIN_ACK: Flags = Flags::FIN.with(Flags::ACK);

    #[test]
    fn stays_small() {
        assert!(size_of::<Conversation>() <= 12);
    }

    #[test]
    fn a_whole_life_adds_up_to_31() {
        let mut it = Conversation::default();
        assert_eq!(tell(&mut it, segment(Flags::SYN, 100, 0, 0)), (Relation::Same, 1));
        assert_eq!(tell(&mut it, back(segment(SYN_ACK, 500, 101, 0))), (Relation::Same, 3));
        assert_eq!(tell(&mut it, segment(Flags::ACK, 101, 501, 0)), (Relation::Same, 7));
        assert_eq!(tell(&mut it, segment(Flags::ACK, 101, 501, 5)), (Relation::Same, 15));
        assert_eq!(tell(&mut it, segment(Flags::FIN, 106, 0, 0)), (Relation::Same, 15));
        assert_eq!(tell(&mut it, segment(FIN_ACK, 106, 501, 0)), (Relation::Same, 31));
    }

    #[test]
    fn what_is_packed_opens_it_alike() {
        let ordinary = |segment: Segment| Segment { data_offset: 5, captured: 20, reported: 20, ..segment };
        let syn = ordinary(segment(Flags::SYN, 100, 0, 0));
        let answer = ordinary(back(segment(SYN_ACK, 500, 101, 0)));
        let (mut whole, mut packed) = (Conversation::default(), None);
        for segment in [syn, answer] {
            whole.arrive(&segment, Slot::of(&segment));
            let (it, slot) = (Packed::of(&segment).expect("an ordinary segment"), Slot::of(&segment));
            match &mut packed {
                None => packed = Some(Conversation::begun(&it, slot)),
                Some(packed) => packed.answered(&it, slot),
            }
            assert_eq!(format!("{:?}", packed.unwrap()), format!("{whole:?}"));
        }
    }

    #[test]
    fn an_equal_syn_reopens_only_after_fin_or_rst() {
        let mut it = Conversation::default();
        tell(&mut it, segment(Flags::SYN, 100, 0, 0));
        assert_eq!(tell(&mut it, segment(Flags::SYN, 100, 0, 0)).0, Relation::SynAgain);
        tell(&mut it, back(segment(Flags::RST, 0, 0, 0)));
        assert_eq!(tell(&mut it, segment(Flags::SYN, 100, 0, 7)), (Relation::Reused, 9));
    }

    #[test]
    fn another_initial_number_reopens_for_syn_and_syn_ack() {
        let mut it = Conversation::default();
        tell(&mut it, segment(Flags::SYN, 100, 0, 0));
        tell(&mut it, back(segment(SYN_ACK, 500, 101, 0)));
        assert_eq!(tell(&mut it, back(segment(SYN_ACK, 501, 101, 0))), (Relation::Reused, 2));
        assert_eq!(tell(&mut it, segment(Flags::SYN, 101, 0, 0)).0, Relation::Reused);
    }

    #[test]
    fn the_middle_of_a_connection_starts_at_one() {
        let mut it = Conversation::default();
        tell(&mut it, segment(Flags::ACK, 0, 500, 0));
        assert_eq!(it.base(Slot::Low), Some(SeqNum(u32::MAX)));
        assert_eq!(it.base(Slot::High), Some(SeqNum(499)));
    }

    #[test]
    fn slots_follow_family_address_and_port() {
        let mut seg = segment(Flags::ACK, 0, 0, 0);
        assert_eq!(Slot::of(&seg), Slot::Low);
        assert_eq!(Slot::of(&back(seg)), Slot::High);
        assert_eq!(Pair::of(&seg), Pair::of(&back(seg)));
        seg.destination = endpoint(1, 80);
        assert_eq!(Slot::of(&seg), Slot::High);
        seg.destination = seg.source;
        assert_eq!(Slot::of(&seg), Slot::Low);
        seg.destination.ip = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
        assert_eq!(Slot::of(&seg), Slot::Low);
    }
}
