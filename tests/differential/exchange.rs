//! Random numbers to an exchange of two ends that is plausible, seen on a path that loses, reorders and repeats.

use super::options;
use super::packet::{ACK, FIN, PSH, Packet, RST, SYN, URG};
use super::random::Random;

/// What one end has done.
#[derive(Clone, Debug, Default)]
struct End {
    iss: u32,
    next: u32,
    window: u16,
    /// Sequence number, octets and control bits of what it sent.
    sent: Vec<(u32, usize, u16)>,
    /// The latest acknowledgement number of its own.
    acked: u32,
}

/// An exchange in the making.
pub struct Exchange<'r> {
    random: &'r mut Random,
    ends: [End; 2],
    /// Held back, to be seen late.
    late: Vec<Packet>,
    packets: Vec<Packet>,
    time: i64,
}

/// Microseconds that matter to some limit, and some that matter to none.
const WAITS: [i64; 20] = [
    0, 1, 10, 100, 500, 500, 1000, 1000, 1000, 1500, 2000, 2999, 3000, 5000, 10_000, 19_999, 20_000, 200_000,
    1_000_000, -700,
];
const LENGTHS: [usize; 12] = [1, 1, 2, 10, 10, 100, 100, 100, 536, 1000, 1460, 4000];
const WINDOWS: [u16; 8] = [0, 1, 100, 1000, 1000, 1000, 4000, 65535];
const FIRST_NUMBERS: [u32; 8] = [0, 1, u32::MAX, u32::MAX - 150, (1 << 31) - 10, 1 << 31, 1000, 100_000];

/// The packets of an exchange with some `length` segments between opening and close.
pub fn generate(random: &mut Random, length: usize) -> Vec<Packet> {
    let mut exchange = Exchange { random, ends: Default::default(), late: Vec::new(), packets: Vec::new(), time: 0 };
    exchange.begin();
    for _ in 0..1 + exchange.random.below(2) {
        exchange.open();
        for _ in 0..exchange.random.below(length) {
            exchange.act();
        }
        exchange.close();
        for _ in 0..exchange.random.below(5) {
            exchange.act();
        }
    }
    exchange.packets
}

impl Exchange<'_> {
    fn begin(&mut self) {
        for end in 0..2 {
            self.renew(end);
        }
    }

    fn renew(&mut self, end: usize) {
        let iss = if self.random.chance(50) { self.random.pick(&FIRST_NUMBERS) } else { self.random.next() as u32 };
        let window = self.random.pick(&WINDOWS[2..]);
        self.ends[end] = End { iss, next: iss, window, ..End::default() };
    }

    fn open(&mut self) {
        let client = self.random.below(2);
        if self.random.chance(40) && !self.packets.is_empty() {
            self.renew(client);
        }
        if self.random.chance(60) && !self.packets.is_empty() {
            self.renew(1 - client);
        }
        match self.random.weighted(&[60, 10, 10, 10, 5, 5]) {
            0 => self.handshake(client, [true; 3]),
            1 => self.handshake(client, [false, true, true]),
            2 => self.handshake(client, [true, false, true]),
            3 => self.handshake(client, [false; 3]),
            4 => self.handshake(client, [true, true, false]),
            _ => {
                self.syn(client, true);
                self.syn(1 - client, true);
                self.syn_ack(client, true);
                self.syn_ack(1 - client, true);
            }
        }
    }

    /// A handshake of which `seen` segments were captured.
    fn handshake(&mut self, client: usize, seen: [bool; 3]) {
        self.syn(client, seen[0]);
        while self.random.chance(10) {
            self.syn(client, seen[0]);
        }
        self.syn_ack(1 - client, seen[1]);
        if self.random.chance(10) {
            self.syn_ack(1 - client, seen[1]);
        }
        if seen[2] {
            self.acknowledge(client);
        }
    }

    fn syn(&mut self, end: usize, seen: bool) {
        let len = if self.random.chance(8) { self.random.pick(&LENGTHS) } else { 0 };
        let accurate = if self.random.chance(10) { 0x1c0 } else { 0 };
        let iss = self.ends[end].iss;
        let options = options::of_syn(self.random);
        self.send(end, SYN | accurate, iss, 0, len, options, seen);
    }

    fn syn_ack(&mut self, end: usize, seen: bool) {
        let iss = self.ends[end].iss;
        let ack = self.ends[1 - end].next;
        let accurate = if self.random.chance(15) { self.random.pick(&[0x080, 0x100, 0x040]) } else { 0 };
        let options = options::of_syn(self.random);
        self.send(end, SYN | ACK | accurate, iss, ack, 0, options, seen);
    }

    fn close(&mut self) {
        let first = self.random.below(2);
        match self.random.weighted(&[40, 15, 15, 10, 20]) {
            0 => {
                self.fin(first);
                self.acknowledge(1 - first);
                self.fin(1 - first);
                self.acknowledge(first);
            }
            1 => {
                self.fin(first);
                self.fin(1 - first);
                self.acknowledge(first);
            }
            2 => self.reset(first),
            3 => {
                self.fin(first);
                self.resend(first);
                self.reset(1 - first);
            }
            _ => {}
        }
    }

    /// Anything that may happen between opening and close.
    fn act(&mut self) {
        let end = self.random.below(2);
        match self.random.weighted(&[30, 20, 8, 8, 5, 4, 5, 4, 4, 3, 2, 2, 2, 1, 2, 3]) {
            0 => self.data(end),
            1 => self.acknowledge(end),
            2 => self.resend(end),
            3 => self.repeat_ack(end),
            4 => self.acknowledge_selectively(end),
            5 => self.keep_alive(end),
            6 => self.change_window(end),
            7 => self.probe(end),
            8 => self.fill_window(end),
            9 => self.acknowledge_oddly(end),
            10 => self.fin(end),
            11 => self.reset(end),
            12 => self.syn(end, true),
            13 => self.syn_ack(end, true),
            14 => self.nonsense(end),
            _ => self.release(),
        }
    }

    fn data(&mut self, end: usize) {
        let End { next, .. } = self.ends[end];
        let len = self.random.pick(&LENGTHS);
        let bits = if self.random.chance(40) { ACK | PSH } else { ACK };
        let ack = self.current_ack(end);
        let options = options::usual(self.random);
        match self.random.weighted(&[75, 10, 15]) {
            0 => self.send(end, bits, next, ack, len, options, true),
            1 => self.send(end, bits, next, ack, len, options, false),
            _ => {
                self.send(end, bits, next, ack, len, options, true);
                let late = self.packets.pop();
                self.late.extend(late);
            }
        }
    }

    /// Shows what was held back.
    fn release(&mut self) {
        if self.late.is_empty() {
            return;
        }
        let place = self.random.below(self.late.len());
        let mut packet = self.late.remove(place);
        self.wait();
        packet.time = self.time;
        self.packets.push(packet);
    }

    fn acknowledge(&mut self, end: usize) {
        let ack = self.ends[1 - end].next;
        self.ends[end].acked = ack;
        let options = options::usual(self.random);
        self.send(end, ACK, self.ends[end].next, ack, 0, options, true);
    }

    fn repeat_ack(&mut self, end: usize) {
        for _ in 0..1 + self.random.below(4) {
            let ack = self.current_ack(end);
            let options = options::usual(self.random);
            self.send(end, ACK, self.ends[end].next, ack, 0, options, true);
        }
    }

    fn acknowledge_selectively(&mut self, end: usize) {
        let peer = self.ends[1 - end].clone();
        let edges: Vec<u32> = (0..2 * self.random.below(4))
            .map(|place| match peer.sent.is_empty() {
                true => self.random.next() as u32,
                false => {
                    let (seq, len, _) = peer.sent[self.random.below(peer.sent.len())];
                    seq.wrapping_add(if place % 2 == 1 { len as u32 } else { 0 })
                }
            })
            .collect();
        let ack = self.current_ack(end);
        let len = if self.random.chance(10) { self.random.pick(&LENGTHS) } else { 0 };
        self.send(end, ACK, self.ends[end].next, ack, len, options::sack(&edges), true);
    }

    fn resend(&mut self, end: usize) {
        if self.ends[end].sent.is_empty() {
            return;
        }
        let place = self.random.below(self.ends[end].sent.len());
        let (seq, len, bits) = self.ends[end].sent[place];
        let (seq, len) = match self.random.weighted(&[60, 10, 10, 10, 10]) {
            0 => (seq, len),
            1 => (seq, len / 2),
            2 => (seq.wrapping_add(len as u32 / 2), len - len / 2),
            3 => (seq, len + self.random.pick(&LENGTHS)),
            _ => (seq.wrapping_sub(1), len + 1),
        };
        let ack = self.current_ack(end);
        let options = options::usual(self.random);
        self.send(end, bits, seq, ack, len, options, true);
    }

    fn keep_alive(&mut self, end: usize) {
        let seq = self.ends[end].next.wrapping_sub(1);
        let ack = self.current_ack(end);
        let len = self.random.below(2);
        let options = options::usual(self.random);
        self.send(end, ACK, seq, ack, len, options, true);
        if self.random.chance(70) {
            self.repeat_ack(1 - end);
        }
    }

    fn change_window(&mut self, end: usize) {
        self.ends[end].window = self.random.pick(&WINDOWS);
        if self.random.chance(80) { self.repeat_ack(end) } else { self.acknowledge(end) }
    }

    fn probe(&mut self, end: usize) {
        self.ends[1 - end].window = 0;
        self.acknowledge(1 - end);
        let (next, ack) = (self.ends[end].next, self.current_ack(end));
        self.send(end, ACK, next, ack, 1, Vec::new(), true);
        self.ends[1 - end].window = if self.random.chance(60) { 0 } else { self.random.pick(&WINDOWS) };
        if self.random.chance(50) {
            self.acknowledge(1 - end)
        } else {
            self.repeat_ack(1 - end)
        }
        if self.random.chance(40) {
            self.ends[end].next = next;
        }
        if self.random.chance(40) {
            self.change_window(1 - end);
        }
    }

    fn fill_window(&mut self, end: usize) {
        let peer = &self.ends[1 - end];
        let room = peer.acked.wrapping_add(peer.window.into()).wrapping_sub(self.ends[end].next);
        let len = (room as usize).min(9000);
        let (next, ack) = (self.ends[end].next, self.current_ack(end));
        self.send(end, ACK, next, ack, len, Vec::new(), true);
    }

    /// Acknowledges what was not captured, or part of a segment, or what was acknowledged long ago.
    fn acknowledge_oddly(&mut self, end: usize) {
        let top = self.ends[1 - end].next;
        let by = self.random.pick(&[1, 1, 2, 50, 100, 1000, 5000]);
        let ack = if self.random.chance(50) { top.wrapping_add(by) } else { top.wrapping_sub(by) };
        self.ends[end].acked = ack;
        let len = if self.random.chance(20) { self.random.pick(&LENGTHS) } else { 0 };
        self.send(end, ACK, self.ends[end].next, ack, len, Vec::new(), true);
    }

    fn fin(&mut self, end: usize) {
        let (next, ack) = (self.ends[end].next, self.current_ack(end));
        let len = if self.random.chance(20) { self.random.pick(&LENGTHS) } else { 0 };
        let bits = if self.random.chance(97) { FIN | ACK } else { FIN };
        let options = options::usual(self.random);
        self.send(end, bits, next, ack, len, options, true);
    }

    fn reset(&mut self, end: usize) {
        let next = self.ends[end].next;
        let seq = match self.random.weighted(&[60, 20, 20]) {
            0 => next,
            1 => self.current_ack(1 - end),
            _ => next.wrapping_add(self.random.pick(&[1, 100, 70_000])),
        };
        let len = if self.random.chance(8) { self.random.pick(&LENGTHS) } else { 0 };
        if self.random.chance(50) {
            self.send(end, RST, seq, 0, len, Vec::new(), true);
        } else {
            let ack = self.current_ack(end);
            self.send(end, RST | ACK, seq, ack, len, Vec::new(), true);
        }
    }

    /// Bits, numbers and options that nobody should send.
    fn nonsense(&mut self, end: usize) {
        let next = self.ends[end].next;
        let seq = self.random.pick(&[next, next.wrapping_add(1 << 31), next.wrapping_add(5), next.wrapping_sub(5), 0]);
        let ack =
            self.random.pick(&[self.ends[1 - end].next, 0, 1, u32::MAX, self.ends[1 - end].next.wrapping_add(1 << 31)]);
        let any = self.random.next() as u16 & 0xfff;
        let bits = self.random.pick(&[
            0,
            ACK | URG,
            SYN | FIN,
            SYN | RST,
            FIN | RST | ACK,
            ACK | 0x1c0,
            ACK | 0x080,
            any,
            0xfff,
        ]);
        let len = if self.random.chance(30) { self.random.pick(&LENGTHS) } else { 0 };
        let options = options::odd(self.random);
        self.send(end, bits, seq, ack, len, options, true);
    }

    fn current_ack(&self, end: usize) -> u32 {
        if self.ends[end].acked == 0 { self.ends[1 - end].next } else { self.ends[end].acked }
    }

    fn wait(&mut self) {
        self.time += self.random.pick(&WAITS);
    }

    #[allow(clippy::too_many_arguments)]
    fn send(&mut self, from: usize, bits: u16, seq: u32, ack: u32, len: usize, options: Vec<u8>, seen: bool) {
        self.wait();
        let end = &mut self.ends[from];
        let phantom = u32::from(bits & (SYN | FIN) != 0);
        let behind = seq.wrapping_add(len as u32).wrapping_add(phantom);
        if seq == end.next {
            end.next = behind;
        }
        if phantom != 0 || len > 0 {
            end.sent.push((seq, len, bits));
        }
        let window = end.window;
        if !seen {
            return;
        }
        let urgent = if self.random.chance(1) { 7 } else { 0 };
        let header_len = 20 + options.len();
        let offset = self.random.chance(1).then(|| self.random.below(16) as u8);
        let cut = self.random.chance(1).then(|| self.random.below(header_len + len + 1));
        let quoted = self.random.chance(1);
        let packet =
            Packet { time: self.time, from, bits, seq, ack, window, urgent, options, len, offset, cut, quoted };
        if self.random.chance(2) {
            self.packets.push(packet.clone());
        }
        self.packets.push(packet);
    }
}
