//! What ends do: odd ways to open, to idle, to wait and to close, all of them allowed.

use super::{Legal, legal};
use crate::mutation::connection::{Connection, MILLISECOND, SECOND};
use crate::mutation::packet::{ACK, AE, CWR, ECE, FAST_OPEN, FIN, PSH, RST, SACK, SYN, URG};
use crate::mutation::random::Random;
use crate::mutation::talk::Talk;
use tcpflow_audit::flow::Side::{self, Client, Server};

pub const LEGAL: &[Legal] = &[
    legal("keep-alives", |it, random| {
        say(it, random, |talk, random| {
            talk.open();
            talk.say(Client, 100);
            let octets = random.within(0, 1) as usize;
            let side = random.pick(&Side::BOTH).unwrap();
            for _ in 0..random.within(1, 8) {
                talk.now += random.within(1, 75) * SECOND;
                talk.end(side).next = talk.end(side).next.wrapping_sub(1);
                talk.send(side, ACK, octets).payload.fill(0);
                talk.end(side).next = talk.end(side).next.wrapping_add(1 - octets as u32);
                let next = talk.end(side).next;
                talk.end(side.peer()).ack = next;
                talk.ack(side.peer());
            }
            talk.close(Client, false);
        })
    }),
    legal("zero window, probes, update", |it, random| {
        say(it, random, |talk, random| {
            talk.open();
            let shift = talk.end(Server).shift;
            let size = (8000 >> shift << shift) as usize;
            talk.end(Server).window = (size >> shift) as u16;
            talk.packets[1].window = size as u16;
            talk.data(Client, 1);
            talk.ack(Server);
            talk.say_unanswered(Client, size);
            talk.end(Server).window = 0;
            talk.ack(Server);
            let octets = random.within(0, 1) as usize;
            for n in 0..random.within(1, 6) {
                talk.now += (200 << n) * MILLISECOND;
                let next = talk.end(Client).next;
                if octets == 0 {
                    talk.end(Client).next = next.wrapping_sub(1);
                }
                talk.send(Client, ACK, octets);
                talk.end(Client).next = next;
                talk.end(Server).ack = next;
                talk.ack(Server);
            }
            talk.now += 70 * MILLISECOND;
            talk.end(Server).window = (60_000 >> shift) as u16;
            talk.ack(Server);
            talk.say(Client, 4000);
            talk.close(Client, true);
        })
    }),
    legal("window fills and FIN waits", |it, random| {
        say(it, random, |talk, _| {
            talk.open();
            let shift = talk.end(Server).shift;
            talk.end(Server).window = (8192 >> shift) as u16;
            talk.packets[1].window = 8192;
            talk.data(Client, 1);
            talk.ack(Server);
            talk.say_unanswered(Client, 8192 >> shift << shift);
            talk.send(Client, FIN | ACK, 0);
            talk.end(Server).window = 0;
            talk.ack(Server);
            talk.send(Server, FIN | ACK, 0);
            talk.ack(Client);
        })
    }),
    legal("simultaneous close", |it, random| {
        say(it, random, |talk, _| {
            talk.open();
            talk.say(Client, 50);
            talk.crossing(FIN | ACK);
            talk.ack(Client);
            talk.ack(Server);
        })
    }),
    legal("simultaneous open", |it, random| {
        say(it, random, |talk, _| {
            talk.crossing(SYN);
            let next = [talk.end(Client).next, talk.end(Server).next];
            for (side, next) in Side::BOTH.into_iter().zip(next) {
                talk.end(side).next = next.wrapping_sub(1);
                talk.send(side, SYN | ACK, 0);
            }
            talk.say(Client, 50);
            talk.say(Server, 50);
            talk.close(Client, false);
        })
    }),
    legal("RST because data was not read", |it, random| {
        say(it, random, |talk, random| {
            talk.open();
            talk.say(Client, random.within(10, 3000) as usize);
            talk.now += 100 * MILLISECOND;
            talk.send(Server, RST | ACK, 0);
        })
    }),
    legal("abort", |it, random| {
        say(it, random, |talk, random| {
            talk.open();
            talk.say(Client, random.within(10, 3000) as usize);
            let side = random.pick(&Side::BOTH).unwrap();
            talk.send(side, RST | ACK, 0);
        })
    }),
    legal("data for a closed socket", |it, random| {
        say(it, random, |talk, random| {
            talk.open();
            talk.say(Client, 30);
            talk.send(Server, FIN | ACK, 0);
            talk.ack(Client);
            talk.now += 40 * MILLISECOND;
            let first = talk.end(Client).ack;
            for _ in 0..random.within(1, 4) {
                talk.data(Client, 500);
            }
            for _ in 0..2 {
                let reset = talk.send(Server, RST, 0);
                (reset.seq, reset.window, reset.below.id) = (first, 0, 0);
            }
        })
    }),
    legal("RST after both FINs", |it, random| {
        say(it, random, |talk, _| {
            talk.open();
            talk.say(Client, 30);
            talk.close(Client, false);
            talk.send(Client, RST | ACK, 0).window = 0;
        })
    }),
    legal("FIN, then RST for what comes late", |it, random| {
        say(it, random, |talk, _| {
            talk.open();
            talk.say(Client, 30);
            talk.send(Client, FIN | ACK, 0);
            talk.data(Server, 400);
            let seq = talk.end(Server).ack;
            let reset = talk.send(Client, RST, 0);
            (reset.seq, reset.window) = (seq, 0);
        })
    }),
    legal("refused", |it, random| {
        say(it, random, |talk, _| {
            talk.send(Client, SYN, 0);
            let reset = talk.send(Server, RST | ACK, 0);
            (reset.seq, reset.window) = (0, 0);
        })
    }),
    legal("a port used again at once", |it, random| {
        say(it, random, |talk, random| {
            for _ in 0..random.within(2, 4) {
                talk.open();
                talk.say(Client, 200);
                talk.close(random.pick(&Side::BOTH).unwrap(), random.chance(50));
                talk.now += random.within(1, 90) * SECOND;
                for side in Side::BOTH {
                    let end = talk.end(side);
                    (end.next, end.ack, end.echo) =
                        (end.next.wrapping_add(random.within(64_000, 1 << 24) as u32), 0, 0);
                }
            }
        })
    }),
    legal("urgent data", |it, random| {
        say(it, random, |talk, random| {
            talk.open();
            for _ in 0..random.within(1, 3) {
                let packet = talk.data(Client, 30);
                (packet.bits, packet.urgent) = (ACK | PSH | URG, 30);
                talk.ack(Server);
            }
            talk.close(Client, false);
        })
    }),
    legal("PSH without data", |it, random| {
        say(it, random, |talk, _| {
            talk.open();
            talk.send(Client, ACK | PSH, 0);
            talk.say(Client, 30);
            talk.close(Client, false);
        })
    }),
    legal("ECN agreed and used", |it, random| {
        say(it, random, |talk, _| {
            talk.send(Client, SYN | ECE | CWR, 0);
            talk.send(Server, SYN | ACK | ECE, 0);
            talk.ack(Client);
            talk.data(Client, 500).below.ecn = 3;
            talk.send(Server, ACK | ECE, 0);
            talk.send(Client, ACK | CWR, 400).below.ecn = 2;
            talk.ack(Server);
            talk.close(Client, false);
        })
    }),
    legal("accurate ECN", |it, random| {
        say(it, random, |talk, random| {
            talk.send(Client, SYN | AE | ECE | CWR, 0);
            let answer = random.pick(&[CWR, AE, ECE | AE, CWR | AE]).unwrap();
            talk.send(Server, SYN | ACK | answer, 0);
            talk.send(Client, ACK | CWR, 0);
            talk.send(Client, ACK | ECE | AE | PSH, 300).below.ecn = 1;
            talk.send(Server, ACK | AE | CWR | ECE, 0);
            talk.send(Server, ACK | CWR | PSH, 400).below.ecn = 1;
            talk.send(Client, ACK | AE, 0);
            talk.close(Client, true);
        })
    }),
    legal("Fast Open: cookie asked for", |it, random| {
        say(it, random, |talk, random| {
            let cookie: Vec<u8> = (0..8).map(|_| random.next() as u8).collect();
            talk.send(Client, SYN, 0).add_option(FAST_OPEN, &[]);
            talk.send(Server, SYN | ACK, 0).add_option(FAST_OPEN, &cookie);
            talk.ack(Client);
            talk.say(Client, 300);
            talk.say(Server, 300);
            talk.close(Client, true);
        })
    }),
    legal("Fast Open: taken, and answered at once", |it, random| {
        say(it, random, |talk, _| {
            talk.send(Client, SYN, 200).add_option(FAST_OPEN, &[1, 2, 3, 4, 5, 6, 7, 8]);
            talk.send(Server, SYN | ACK, 0);
            talk.data(Server, 400);
            talk.ack(Client);
            talk.close(Server, true);
        })
    }),
    legal("Fast Open: not taken", |it, random| {
        say(it, random, |talk, _| {
            talk.send(Client, SYN, 200).add_option(FAST_OPEN, &[1, 2, 3, 4, 5, 6, 7, 8]);
            talk.end(Client).next = talk.end(Client).next.wrapping_sub(200);
            let next = talk.end(Client).next;
            talk.end(Server).ack = next;
            talk.send(Server, SYN | ACK, 0);
            talk.ack(Client);
            talk.say(Client, 200);
            talk.close(Client, true);
        })
    }),
    legal("an old SYN answered late", |it, random| {
        say(it, random, |talk, random| {
            let next = talk.end(Client).next;
            talk.send(Client, SYN, 0);
            talk.end(Client).next = next.wrapping_add(random.within(1, 1 << 30) as u32);
            talk.now += random.within(200, 800) * MILLISECOND;
            let wanted = talk.end(Server).ack;
            talk.send(Client, SYN, 0);
            let right = talk.end(Server).ack;
            talk.end(Server).ack = wanted;
            let iss = talk.end(Server).next;
            talk.send(Server, SYN | ACK, 0);
            let reset = talk.send(Client, RST, 0);
            (reset.seq, reset.ack, reset.window) = (wanted, 0, 0);
            talk.end(Server).next = iss;
            talk.end(Server).ack = right;
            talk.now += 100 * MILLISECOND;
            talk.send(Server, SYN | ACK, 0);
            talk.ack(Client);
            talk.say(Client, 90);
            talk.close(Client, true);
        })
    }),
    legal("a RST that is challenged, then exact", |it, random| {
        say(it, random, |talk, random| {
            talk.open();
            talk.say(Client, 90);
            let off = random.within(1, 2000) as u32;
            let reset = talk.send(Client, RST | ACK, 0);
            reset.seq = reset.seq.wrapping_add(off);
            let exact = talk.end(Server).ack;
            talk.ack(Server);
            let reset = talk.send(Client, RST, 0);
            (reset.seq, reset.ack, reset.window) = (exact, 0, 0);
        })
    }),
    legal("delayed ACKs", |it, random| {
        say(it, random, |talk, random| {
            talk.open();
            for _ in 0..random.within(1, 5) {
                talk.data(Client, 30);
                talk.now += random.within(40, 500) * MILLISECOND;
                talk.ack(Server);
            }
            talk.close(Server, false);
        })
    }),
    legal("lost segment, duplicate ACKs with SACK, sent again", |it, random| {
        say(it, random, |talk, random| {
            talk.open();
            talk.say(Client, 100);
            let start = talk.end(Server).next;
            let room = talk.room();
            let lost = talk.data(Server, room).clone();
            let sacks = talk.sack();
            for _ in 0..random.within(3, 9) {
                talk.data(Server, room);
                let to = talk.end(Client).ack;
                let ack = talk.ack(Client);
                ack.ack = start;
                if sacks {
                    ack.add_option(SACK, &[lost.end().to_be_bytes(), to.to_be_bytes()].concat());
                }
            }
            let captured = random.chance(50);
            let next = talk.end(Server).next;
            talk.end(Server).next = start;
            talk.data(Server, room);
            talk.end(Server).next = next;
            talk.end(Client).ack = next;
            talk.ack(Client);
            if !captured {
                talk.packets.retain(|packet| packet.time != lost.time);
            }
            talk.close(Client, true);
        })
    }),
    legal("idle for weeks", |it, random| {
        say(it, random, |talk, random| {
            talk.open();
            talk.say(Client, 90);
            talk.now += random.within(3600, 30 * 86_400) * SECOND;
            talk.say(Server, 90);
            talk.close(Client, true);
        })
    }),
    legal("half close and hours of data", |it, random| {
        say(it, random, |talk, random| {
            talk.open();
            talk.send(Client, FIN | ACK, 0);
            talk.ack(Server);
            for _ in 0..20 {
                talk.now += random.within(1, 50) * SECOND;
                talk.say(Server, 300);
            }
            talk.send(Server, FIN | ACK, 0);
            talk.ack(Client);
        })
    }),
    legal("TIME-WAIT answers", |it, random| {
        say(it, random, |talk, _| {
            talk.open();
            talk.close(Client, false);
            talk.now += 300 * MILLISECOND;
            let next = talk.end(Server).next;
            talk.end(Server).next = next.wrapping_sub(1);
            talk.send(Server, FIN | ACK, 0);
            talk.ack(Client);
        })
    }),
];

/// A conversation in place of the connection.
fn say(it: &mut Connection, random: &mut Random, tell: impl FnOnce(&mut Talk, &mut Random)) -> Option<()> {
    let mut talk = Talk::new(random);
    tell(&mut talk, random);
    *it = talk.finish("talk");
    Some(())
}
