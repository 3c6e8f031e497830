//! Sequence numbers, acknowledgements and windows that cannot be.

use super::{Defect, defect};
use crate::mutation::connection::{Connection, MILLISECOND, SECOND, after};
use crate::mutation::packet::{ACK, Packet};
use crate::mutation::random::Random;
use tcpflow_audit::flow::Side;

pub const DEFECTS: &[Defect] = &[
    defect("TFA301", "an ACK beyond what was sent", &[], |connection, random| {
        let third = connection.third_ack()?;
        let place = connection.pick(random, |place, packet| packet.has(ACK) && place > third)?;
        let packet = &mut connection.packets[place];
        packet.ack = packet.ack.wrapping_add(random.ahead());
        let side = packet.side;
        let ack = packet.ack;
        // Only where the peer goes on it shows that it had not sent them.
        let goes_on = |packet: &Packet| packet.side != side && !packet.payload.is_empty() && after(ack, packet.seq);
        let sent = connection.snd_nxt(side.peer(), place)?;
        let later = connection.packets[place..].iter().find(|packet| packet.side != side && packet.seg_len() > 0)?;
        (after(ack, sent) && (goes_on(later) || after(ack, later.seq))).then_some(())
    }),
    defect("TFA303", "data beyond the window, one segment after the other", REPEATED, |connection, random| {
        let place = connection.pick_gap(random)?;
        let side = random.pick(&Side::BOTH)?;
        let edge = connection.right_edge(side.peer(), place)?;
        let room = edge.wrapping_sub(connection.snd_nxt(side, place)?);
        (room < 200_000).then_some(())?;
        let each = connection.data(side, place, 1400)?.payload.len() as u32;
        let count = room / each + 1 + random.within(1, 3) as u32;
        connection.delay(place, u64::from(count));
        for n in 0..count {
            let at = place + n as usize;
            let mut data = connection.data(side, at, 1400)?;
            data.time = connection.packets[place - 1].time + u64::from(n);
            connection.insert(at, data);
        }
        Some(())
    }),
    defect("TFA303", "one segment from beyond the window", &["TFA309"], |connection, random| {
        let place = connection.pick_gap(random)?;
        let side = random.pick(&Side::BOTH)?;
        let edge = connection.right_edge(side.peer(), place)?;
        let mut data = connection.data(side, place, random.within(10, 1400) as usize)?;
        data.seq = edge.wrapping_add(random.within(0, 5000) as u32);
        connection.insert(place, data);
        Some(())
    }),
    defect("TFA304", "a retransmission says something else", &[], |connection, random| {
        let place = connection.pick_data(random)?;
        let mut again = connection.again(place, random.within(30, 400) * MILLISECOND)?;
        (again.payload.len() > 1).then_some(())?;
        let octet = random.next() as usize % again.payload.len();
        again.payload[octet] ^= random.within(1, 255) as u8;
        connection.insert_in_time(again);
        Some(())
    }),
    defect("TFA304", "a retransmission is another text", &[], |connection, random| {
        let place = connection.pick_data(random)?;
        let mut again = connection.again(place, random.within(200, 400) * MILLISECOND)?;
        (again.payload.len() > 1).then_some(())?;
        again.payload.iter_mut().for_each(|octet| *octet = random.next() as u8);
        connection.delay(place + 1, 500 * MILLISECOND);
        connection.insert(place + 1, again);
        Some(())
    }),
    defect("TFA305", "a window shrinks", &[], |connection, random| {
        let place = pick_offer(connection, random)?;
        let side = connection.packets[place].side;
        let edge = connection.right_edge(side, place)?;
        let packet = &connection.packets[place];
        let scale = connection.scale(side);
        let room = edge.wrapping_sub(packet.ack) >> scale;
        (4..1 << 16).contains(&room).then_some(())?;
        connection.packets[place].window = (room - random.within(2, u64::from(room) - 1) as u32) as u16;
        Some(())
    }),
    defect("TFA305", "a window shrinks and stays small", &[], |connection, random| {
        let place = pick_offer(connection, random)?;
        let side = connection.packets[place].side;
        for packet in &mut connection.packets[place..] {
            if packet.side == side {
                packet.window /= 4;
            }
        }
        Some(())
    }),
    defect("TFA307", "data into a closed window", &[], |connection, random| {
        let places: Vec<usize> = (connection.third_ack()? + 1..connection.packets.len())
            .filter(|place| {
                let packet = &connection.packets[*place];
                packet.window == 0
                    && packet.is_plain()
                    && connection.right_edge(packet.side, place + 1) == Some(packet.ack)
            })
            .collect();
        let place = random.pick(&places)?;
        let side = connection.packets[place].side.peer();
        let data = connection.data(side, place + 1, random.within(2, 1400) as usize)?;
        connection.insert(place + 1, data);
        Some(())
    }),
    defect("TFA309", "a sequence number jumps", &[], |connection, random| {
        let place = connection.pick_data(random)?;
        let side = connection.packets[place].side;
        let next = connection.packets[place..].iter().skip(1).any(|packet| packet.side == side && packet.bits & 4 == 0);
        let packet = &mut connection.packets[place];
        let off = random.within(1 << 24, (1 << 31) - 1) as u32;
        packet.seq = packet.seq.wrapping_add(if random.chance(60) { off } else { off.wrapping_neg() });
        next.then_some(())
    }),
    defect("TFA310", "data again and again, never acknowledged", &[], |connection, random| {
        let place = connection.pick_data(random)?;
        connection.packets.truncate(place + 1);
        for n in 1..=random.within(4, 8) {
            connection.packets.push(connection.again(place, ((1 << n) - 1) * 210 * MILLISECOND)?);
        }
        connection.clock(60 * SECOND);
        Some(())
    }),
    defect("TFA310", "data again and again, to the end of the capture", &[], |connection, random| {
        let place = connection.pick_data(random)?;
        connection.packets.truncate(place + 1);
        for n in 1..=random.within(6, 9) {
            connection.packets.push(connection.again(place, ((1 << n) - 1) * 210 * MILLISECOND)?);
        }
        Some(())
    }),
    defect("TFA311", "ACK answers ACK", &[], |connection, random| {
        let place = connection.pick_gap(random)?;
        ack_loop(connection, place, random)
    }),
];

/// What may be said as well where octets are put in that the sender later sends with other content, or closes in front of.
const REPEATED: &[&str] = &["TFA304", "TFA205", "TFA404"];

/// A segment that advertises a window, not its sender's first after the SYN.
fn pick_offer(connection: &Connection, random: &mut Random) -> Option<usize> {
    let scaled = |packet: &Packet| packet.has(ACK) && packet.is_plain();
    connection.pick(random, |place, packet| {
        let before = connection.packets[..place].iter().any(|other| other.side == packet.side && scaled(other));
        scaled(packet) && before
    })
}

/// Both ends acknowledge what the other never sent, again and again.
fn ack_loop(connection: &mut Connection, place: usize, random: &mut Random) -> Option<()> {
    let first = connection.ack(Side::Client, place)?;
    let mut second = connection.ack(Side::Server, place)?;
    let off = random.within(1000, 1 << 28) as u32;
    second.seq = second.seq.wrapping_add(off);
    let rounds = random.within(15, 60);
    // No end can answer what it has not heard.
    let round_trip = connection.packets[connection.third_ack()?].time - connection.packets[connection.syn()?].time;
    let gap = random.within(50, 2000).max(round_trip / 2);
    let start = first.time;
    connection.delay(place, rounds * 2 * gap);
    for round in 0..rounds {
        for (n, packet) in [&first, &second].into_iter().enumerate() {
            let mut packet = packet.clone();
            packet.time = start + (2 * round + n as u64) * gap;
            packet.below.id = packet.below.id.wrapping_add(round as u16);
            connection.insert(place + (2 * round as usize) + n, packet);
        }
    }
    Some(())
}
