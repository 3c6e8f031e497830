//! What a capture does to a connection: loss, copies, cuts, one side only, offload.

use super::{Legal, legal};
use crate::mutation::connection::{Connection, MILLISECOND, SECOND};
use crate::mutation::packet::{ACK, FIN, PSH, Packet, RST, SYN};
use crate::mutation::random::Random;
use crate::support::packet::Checksum;
use tcpflow_audit::flow::Side;

pub const LEGAL: &[Legal] = &[
    legal("as it was", |_, _| Some(())),
    legal("frames missing here and there", |connection, random| {
        let percent = random.pick(&[2, 10, 40])?;
        connection.packets.retain(|_| !random.chance(percent));
        (!connection.packets.is_empty()).then_some(())
    }),
    legal("a burst of frames missing", |connection, random| {
        let from = random.next() as usize % connection.packets.len();
        let to = (from + random.within(1, 12) as usize).min(connection.packets.len() - 1);
        (from < to).then(|| drop(connection.packets.drain(from..to)))
    }),
    legal("one handshake frame missing", |connection, random| {
        let place = random.pick(&[connection.syn()?, connection.syn_ack()?, connection.third_ack()?])?;
        connection.packets.remove(place);
        Some(())
    }),
    legal("one closing frame missing", |connection, random| {
        let [first, second] = connection.fins()?;
        let place = random.pick(&[first, second, (second + 1).min(connection.packets.len() - 1)])?;
        connection.packets.remove(place);
        Some(())
    }),
    legal("only one side", |connection, random| {
        let side = random.pick(&Side::BOTH)?;
        connection.packets.retain(|packet| packet.side == side);
        Some(())
    }),
    legal("only one side, and time goes on", |connection, random| {
        let side = random.pick(&Side::BOTH)?;
        connection.packets.retain(|packet| packet.side == side);
        connection.packets.iter().any(|packet| !packet.has(SYN)).then(|| connection.clock(300 * SECOND))
    }),
    legal("begins in the middle", |connection, random| {
        let from = random.within(1, connection.packets.len() as u64 - 1) as usize;
        connection.packets.drain(..from);
        Some(())
    }),
    legal("ends in the middle", |connection, random| {
        let to = random.within(1, connection.packets.len() as u64) as usize;
        connection.packets.truncate(to);
        Some(())
    }),
    legal("cut by snaplen", |connection, random| {
        let snaplen = random.pick(&[54, 60, 66, 68, 80, 96, 128])?;
        connection.packets.iter_mut().for_each(|packet| packet.cut = Some(snaplen));
        Some(())
    }),
    legal("each frame twice", |connection, random| copies(connection, random, 100, |_| ())),
    legal("some frames twice", |connection, random| copies(connection, random, 30, |_| ())),
    legal("copies with lower TTL and other hardware", |connection, random| {
        copies(connection, random, 100, |packet| {
            packet.below.ttl -= 1;
            packet.below.macs = [[2, 9, 9, 9, 9, 9], [2, 8, 8, 8, 8, 8]];
        })
    }),
    legal("copies in a VLAN", |connection, random| {
        copies(connection, random, 100, |packet| packet.below.vlan = Some(7))
    }),
    legal("captured in the wrong order", |connection, random| {
        reorder(connection, random, |packet, random| packet.time += random.within(0, 200))
    }),
    legal("directions captured by two queues", |connection, random| {
        let late = random.within(100, 3000);
        let side = random.pick(&Side::BOTH)?;
        connection.packets.iter_mut().filter(|packet| packet.side == side).for_each(|packet| packet.time += late);
        connection.packets.sort_by_key(|packet| packet.time);
        Some(())
    }),
    legal("outgoing checksums left to the card", |connection, random| {
        let side = random.pick(&Side::BOTH)?;
        let checksum = random.pick(&[Checksum::Partial, Checksum::Zero])?;
        connection
            .packets
            .iter_mut()
            .filter(|packet| packet.side == side)
            .for_each(|packet| packet.checksum = checksum);
        Some(())
    }),
    legal("segments merged by offload", |connection, _| {
        let mut merged: Vec<Packet> = Vec::new();
        connection.packets.iter().any(|packet| packet.payload.len() > 1300).then_some(())?;
        for packet in connection.packets.drain(..) {
            match merged.last_mut() {
                Some(last)
                    if last.side == packet.side
                        && packet.bits & !(PSH | ACK) == 0
                        && last.bits & !(PSH | ACK) == 0
                        && !last.payload.is_empty()
                        && packet.seq == last.end()
                        && last.options.len() == packet.options.len()
                        && last.payload.len() < 20_000 =>
                {
                    last.payload.extend(&packet.payload);
                    last.bits |= packet.bits;
                }
                _ => merged.push(packet),
            }
        }
        connection.packets = merged;
        Some(())
    }),
    legal("the clock steps back", |connection, random| {
        let place = random.within(1, connection.packets.len() as u64) as usize;
        let step = random.within(1, 20_000) * MILLISECOND;
        connection.packets.iter_mut().skip(place).for_each(|packet| packet.time -= step);
        Some(())
    }),
    legal("the clock steps on", |connection, random| {
        let place = random.within(1, connection.packets.len() as u64) as usize;
        let step = random.within(1, 50_000) * MILLISECOND;
        connection.packets.iter_mut().skip(place).for_each(|packet| packet.time += step);
        Some(())
    }),
    legal("only SYN, FIN and RST captured", |connection, _| {
        connection.packets.retain(|packet| packet.bits & (SYN | FIN | RST) != 0);
        Some(())
    }),
    legal("only SYN captured", |connection, _| {
        connection.syn_ack()?;
        connection.packets.retain(|packet| packet.bits & SYN != 0);
        Some(())
    }),
    legal("no bare ACKs captured", |connection, _| {
        connection.packets.retain(|packet| packet.seg_len() > 0 || packet.bits & RST != 0);
        (!connection.packets.is_empty()).then_some(())
    }),
    legal("queues emptied in turn", |connection, random| {
        let batch = random.within(200, 2000);
        connection.packets.sort_by_key(|packet| (packet.time / batch, packet.side == Side::Server, packet.time));
        Some(())
    }),
    legal("one direction in a VLAN", |connection, random| {
        let side = random.pick(&Side::BOTH)?;
        connection.packets.iter_mut().filter(|packet| packet.side == side).for_each(|packet| {
            packet.below.vlan = Some(5);
        });
        Some(())
    }),
    legal("seen on both sides of a firewall that rewrites numbers", |connection, random| {
        rewritten(connection, [0, random.next() as u32 | 1])
    }),
    legal("seen on both sides of a firewall that rewrites both ends' numbers", |connection, random| {
        rewritten(connection, [random.next() as u32 | 1, random.next() as u32 | 1])
    }),
];

/// Each frame (or some) once more, a little later.
fn copies(connection: &mut Connection, random: &mut Random, percent: u64, change: fn(&mut Packet)) -> Option<()> {
    let late = random.pick(&[1, 30, 900, 9000])?;
    let mut all = Vec::new();
    for packet in connection.packets.drain(..) {
        let mut copy = packet.clone();
        copy.time += late;
        change(&mut copy);
        all.push(packet);
        if random.chance(percent) {
            all.push(copy);
        }
    }
    all.sort_by_key(|packet| packet.time);
    connection.packets = all;
    Some(())
}

fn reorder(connection: &mut Connection, random: &mut Random, change: fn(&mut Packet, &mut Random)) -> Option<()> {
    let mut shaken: Vec<(u64, Packet)> = Vec::new();
    for packet in connection.packets.drain(..) {
        let mut place = packet.clone();
        change(&mut place, random);
        shaken.push((place.time, packet));
    }
    shaken.sort_by_key(|(place, _)| *place);
    connection.packets = shaken.into_iter().map(|(time, packet)| Packet { time, ..packet }).collect();
    Some(())
}

/// Each segment before a firewall and behind it, where the numbers of both ends are others, by `added`.
fn rewritten(connection: &mut Connection, added: [u32; 2]) -> Option<()> {
    let mut seen = Vec::new();
    for packet in &connection.packets {
        let mut outside = packet.clone();
        let [own, peer] = if packet.side == Side::Client { added } else { [added[1], added[0]] };
        outside.seq = if packet.bits & RST != 0 && packet.seq == 0 { 0 } else { outside.seq.wrapping_add(own) };
        outside.ack = if packet.bits & ACK == 0 { outside.ack } else { outside.ack.wrapping_add(peer) };
        outside.below.macs = match packet.side {
            Side::Client => [[2, 0, 0, 0, 0, 0x11], [2, 0, 0, 0, 0, 0x12]],
            Side::Server => [[2, 0, 0, 0, 0, 0x12], [2, 0, 0, 0, 0, 0x11]],
        };
        packet.option(crate::mutation::packet::SACK).is_none().then_some(())?;
        let mut inside = packet.clone();
        let (first, second) = match packet.side {
            Side::Client => (&mut inside, &mut outside),
            Side::Server => (&mut outside, &mut inside),
        };
        second.below.ttl -= 1;
        second.time += 20;
        seen.extend([first.clone(), second.clone()]);
    }
    connection.packets = seen;
    Some(())
}
