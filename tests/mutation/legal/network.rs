//! What networks do to a connection: loss and repetition, another order, addresses rewritten, options stripped.

use super::{Legal, legal};
use crate::mutation::connection::{Connection, MILLISECOND, SECOND, after};
use crate::mutation::packet::{ACK, FIN, MD5, MPTCP, Packet, RST, SACK, SYN, TIMESTAMPS};
use crate::mutation::random::Random;
use tcpflow_audit::flow::Side;

pub const LEGAL: &[Legal] = &[
    legal("SYN lost behind the capture", |connection, random| lost_behind(connection, random, |it, _| it.syn())),
    legal("SYN-ACK lost behind the capture", |connection, random| {
        lost_behind(connection, random, |it, _| it.syn_ack())
    }),
    legal("data lost behind the capture", |connection, random| {
        lost_behind(connection, random, |it, random| it.pick_data(random))
    }),
    legal("first FIN lost behind the capture", |connection, random| {
        lost_behind(connection, random, |it, _| it.fins().map(|[first, _]| first))
    }),
    legal("second FIN lost behind the capture", |connection, random| {
        lost_behind(connection, random, |it, _| it.fins().map(|[_, second]| second))
    }),
    legal("SYN sent again although it was heard", |connection, _| {
        // The SYN-ACK took longer than the client's patience; both answers of the server are the same.
        let place = connection.syn_ack()?;
        let syn = connection.syn_again(SECOND)?;
        connection.delay(place, SECOND + 50 * MILLISECOND);
        let answer = connection.again(place, 40 * MILLISECOND)?;
        connection.insert_in_time(syn);
        connection.insert_in_time(answer);
        Some(())
    }),
    legal("data sent again although it was heard", |connection, random| {
        let place = connection.pick_data(random)?;
        let again = connection.again(place, random.within(210, 900) * MILLISECOND)?;
        let side = again.side;
        connection.delay(place + 1, SECOND);
        // The ACK of the first came in time, and was late for the sender: D-SACK answers the second.
        let mut answer = connection.ack(side.peer(), place + 1)?;
        let edge = connection.right_edge(side.peer(), place + 1)?;
        answer.ack = again.end();
        answer.window = (edge.wrapping_sub(answer.ack) >> connection.scale(side.peer())).try_into().ok()?;
        answer.time = connection.packets[place].time + 20;
        let mut second = answer.clone();
        second.time = again.time + 20;
        let (from, to) = (again.seq, again.end());
        if connection.packets[connection.syn()?].option(4).is_some()
            && connection.packets[connection.syn_ack()?].option(4).is_some()
        {
            second.add_option(SACK, &[from.to_be_bytes(), to.to_be_bytes()].concat());
        }
        connection.insert(place + 1, answer);
        connection.insert(place + 2, again);
        connection.insert(place + 3, second);
        Some(())
    }),
    legal("the last ACK lost behind the capture", |connection, random| {
        let closed = connection.closed()?;
        let second = connection.fins()?[1];
        let side = connection.packets[second].side;
        connection.packets.truncate(closed + 1);
        for n in 0..random.within(1, 3) {
            let again = connection.again(second, (210 << n) * MILLISECOND)?;
            let mut ack = connection.ack(side.peer(), connection.packets.len())?;
            ack.time = again.time + 100;
            connection.packets.extend([again, ack]);
        }
        Some(())
    }),
    legal("data in another order", |connection, random| {
        let place = connection.pick(random, |place, packet| {
            let next = connection.packets.get(place + 1);
            next.is_some_and(|next| next.side == packet.side && next.bits & (SYN | FIN | RST) == 0)
        })?;
        let (one, other) = (connection.packets[place].time, connection.packets[place + 1].time);
        connection.packets.swap(place, place + 1);
        connection.packets[place].time = one;
        connection.packets[place + 1].time = other.min(one + 40 * MILLISECOND);
        Some(())
    }),
    legal("old SYN comes again in the middle", |connection, random| {
        let place = connection.pick_gap(random)?;
        let mut old = connection.packets[connection.syn()?].clone();
        old.time = connection.time_before(place);
        connection.insert(place, old);
        Some(())
    }),
    legal("old data comes again, late", |connection, random| {
        let place = connection.pick_data(random)?;
        let mut old = connection.packets[place].clone();
        old.time += random.within(1, 3000) * MILLISECOND;
        connection.insert_in_time(old);
        Some(())
    }),
    legal("duplicate ACKs", |connection, random| {
        let place = connection.pick(random, |_, packet| packet.bits == ACK && packet.payload.is_empty())?;
        for n in 1..=random.within(2, 9) {
            let mut copy = connection.packets[place].clone();
            copy.below.id = copy.below.id.wrapping_add(n as u16);
            copy.time += n;
            connection.insert(place + n as usize, copy);
        }
        Some(())
    }),
    legal("addresses rewritten", |connection, _| {
        for packet in &mut connection.packets {
            let own =
                if packet.side == Side::Client { &mut packet.below.source } else { &mut packet.below.destination };
            if own.is_ipv4() {
                *own = [192, 0, 2, 77].into();
            }
            packet.ports[usize::from(packet.side == Side::Server)] = 1025;
        }
        Some(())
    }),
    legal("TTL changes with the route", |connection, random| {
        let place = random.next() as usize % connection.packets.len();
        let side = random.pick(&Side::BOTH)?;
        let packets = connection.packets.iter_mut().skip(place).filter(|packet| packet.side == side);
        packets.for_each(|packet| packet.below.ttl -= 6);
        Some(())
    }),
    legal("SYN with fewer options the second time", |connection, _| {
        let mut first = connection.packets[connection.syn()?].clone();
        connection.packets.iter().all(|packet| packet.option(TIMESTAMPS).is_none()).then_some(())?;
        first.time -= SECOND;
        first.add_option(TIMESTAMPS, &[0, 0, 9, 9, 0, 0, 0, 0]).then_some(())?;
        connection.insert(0, first);
        Some(())
    }),
    legal("MD5 on every segment", |connection, random| signed(connection, random, MD5, 16)),
    legal("TCP-AO on every segment", |connection, random| signed(connection, random, 29, 14)),
    legal("MPTCP options", |connection, _| {
        for packet in &mut connection.packets {
            if packet.has(SYN) {
                packet.drop_option(8);
                packet.add_option(MPTCP, &[0, 0x81, 1, 2, 3, 4, 5, 6, 7, 8]);
            } else {
                packet.drop_option(8);
                packet.add_option(MPTCP, &[0x20, 1, 0, 0, 0, 1]);
            }
        }
        Some(())
    }),
];

/// The segment got lost behind the capture: it is sent again later, and everything after it waits.
fn lost_behind(
    connection: &mut Connection,
    random: &mut Random,
    place: fn(&Connection, &mut Random) -> Option<usize>,
) -> Option<()> {
    let place = place(connection, random)?;
    let lost = connection.packets[place].clone();
    let later = if lost.has(SYN) { SECOND } else { random.within(210, 900) * MILLISECOND };
    // What the same end sent right behind it would have drawn duplicate ACKs.
    let next = connection.packets.get(place + 1);
    next.is_none_or(|next| next.side != lost.side && !after(lost.end(), next.ack)).then_some(())?;
    connection.delay(place, later);
    connection.insert(place, lost);
    Some(())
}

/// Each segment carries a signature of its own.
fn signed(connection: &mut Connection, random: &mut Random, kind: u8, length: usize) -> Option<()> {
    for packet in connection.packets.iter_mut() {
        packet.drop_option(TIMESTAMPS);
        packet.drop_option(SACK);
        let signature: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        packet.add_option(kind, &signature).then_some(())?;
    }
    let no_loss = |packet: &Packet| packet.option(kind).is_some();
    connection.packets.iter().all(no_loss).then_some(())
}
