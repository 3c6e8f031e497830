//! Connections that open wrongly.

use super::{Defect, defect};
use crate::mutation::connection::{Connection, MILLISECOND, SECOND};
use crate::mutation::packet::{ACK, PSH, Packet, SCALE, SYN};
use std::net::IpAddr;
use std::ops::Not;
use tcpflow_audit::flow::Side;

pub const DEFECTS: &[Defect] = &[
    defect("TFA101", "SYN-ACK acknowledges another number", &[], |connection, random| {
        let place = connection.syn_ack()?;
        let packet = &mut connection.packets[place];
        packet.ack = packet.ack.wrapping_add(random.off());
        answers_no_syn(connection, place)
    }),
    defect("TFA101", "SYN-ACK acknowledges the SYN itself, or nothing", &[], |connection, random| {
        let place = connection.syn_ack()?;
        let iss = connection.packets[connection.syn()?].seq;
        connection.packets[place].ack = if random.chance(50) { iss } else { 0 };
        answers_no_syn(connection, place)
    }),
    defect("TFA102", "third ACK acknowledges another number", &[], |connection, random| {
        let place = connection.third_ack()?;
        let packet = &mut connection.packets[place];
        packet.ack = packet.ack.wrapping_add(random.off());
        Some(())
    }),
    defect("TFA103", "third ACK has another sequence number", &[], |connection, random| {
        let place = connection.third_ack()?;
        let packet = &mut connection.packets[place];
        packet.seq = packet.seq.wrapping_add(random.off());
        Some(())
    }),
    defect("TFA104", "an earlier try of the SYN has another ISS", &[], |connection, random| {
        let mut earlier = connection.syn_again(0)?;
        earlier.seq = earlier.seq.wrapping_add(random.off());
        insert_before_syn(connection, earlier)
    }),
    defect("TFA104", "the SYN is sent again with another ISS, and answered", &[], |connection, random| {
        let off = random.off();
        let earlier = connection.syn_again(0)?;
        insert_before_syn(connection, earlier)?;
        let first = &mut connection.packets[0];
        first.seq = first.seq.wrapping_add(off);
        Some(())
    }),
    defect("TFA104", "nobody answers, and one SYN has another ISS", &["TFA107"], |connection, random| {
        let syn = connection.syn()?;
        let tries = random.within(2, 4);
        let again: Option<Vec<_>> = (0..=tries).map(|n| connection.again(syn, ((1 << n) - 1) * SECOND)).collect();
        connection.packets = again?;
        for (n, packet) in connection.packets.iter_mut().enumerate() {
            packet.below.id = packet.below.id.wrapping_add(n as u16);
        }
        let changed = random.within(1, tries) as usize;
        connection.packets[changed].seq = connection.packets[changed].seq.wrapping_add(random.off());
        connection.clock(60 * SECOND);
        Some(())
    }),
    defect("TFA105", "SYN-ACK with another ISS after the third ACK", &[], |connection, random| {
        let syn_ack = connection.only_syn_ack()?;
        let place = connection.pick_gap(random)?;
        let mut again = connection.again(syn_ack, 0)?;
        again.seq = again.seq.wrapping_add(random.off());
        again.time = connection.time_before(place);
        connection.insert(place, again);
        Some(())
    }),
    defect("TFA105", "SYN-ACK sent again with another ISS", &[], |connection, random| {
        repeat_syn_ack(connection, |packet| packet.seq = packet.seq.wrapping_add(random.off()))
    }),
    defect("TFA105", "SYN-ACK sent again with another ACK", &["TFA101"], |connection, random| {
        repeat_syn_ack(connection, |packet| packet.ack = packet.ack.wrapping_add(random.off()))
    }),
    defect("TFA106", "the third ACK becomes a SYN-ACK", &[], |connection, _| {
        let syn_ack = connection.syn_ack()?;
        let place = connection.third_ack()?;
        connection.packets.remove(syn_ack);
        let packet = &mut connection.packets[place - 1];
        packet.bits = SYN | ACK;
        packet.seq = packet.seq.wrapping_sub(1);
        Some(())
    }),
    defect("TFA106", "a SYN-ACK of the client after its SYN", &[], |connection, random| {
        let place = connection.syn()?;
        let mut packet = connection.again(place, 0)?;
        packet.time = connection.time_before(place + 1);
        packet.bits = SYN | ACK;
        packet.ack = if random.chance(50) { 0 } else { random.next() as u32 };
        connection.insert(place + 1, packet);
        Some(())
    }),
    defect("TFA107", "nothing but SYNs", &[], |connection, random| {
        let syn = connection.syn()?;
        let tries = random.within(1, 5);
        let again: Option<Vec<_>> = (0..=tries).map(|n| connection.again(syn, ((1 << n) - 1) * SECOND)).collect();
        connection.packets = again?;
        connection.clock(120 * SECOND);
        Some(())
    }),
    defect("TFA107", "nothing but SYNs, to the end of the capture", &[], |connection, random| {
        let syn = connection.syn()?;
        let tries = random.within(2, 5);
        let again: Option<Vec<_>> = (0..=tries).map(|n| connection.again(syn, ((1 << n) - 1) * SECOND)).collect();
        connection.packets = again?;
        Some(())
    }),
    defect("TFA108", "SYN-ACK again and again", &[], |connection, random| {
        let (syn, syn_ack) = (connection.syn()?, connection.syn_ack()?);
        let tries = random.within(2, 5);
        let mut packets = vec![connection.packets[syn].clone()];
        for n in 0..=tries {
            packets.push(connection.again(syn_ack, ((1 << n) - 1) * SECOND)?);
        }
        connection.packets = packets;
        connection.clock(120 * SECOND);
        Some(())
    }),
    defect("TFA108", "SYN and SYN-ACK again and again, the third ACK never", &[], |connection, random| {
        let (syn, syn_ack) = (connection.syn()?, connection.syn_ack()?);
        let mut packets = Vec::new();
        for n in 0..=random.within(2, 5) {
            packets.push(connection.again(syn, ((1 << n) - 1) * SECOND)?);
            packets.push(connection.again(syn_ack, ((1 << n) - 1) * SECOND)?);
        }
        connection.packets = packets;
        connection.clock(60 * SECOND);
        Some(())
    }),
    defect("TFA108", "SYN-ACK again and again, to the end of the capture", &[], |connection, random| {
        let (syn, syn_ack) = (connection.syn()?, connection.syn_ack()?);
        let again = (0..=random.within(2, 5)).map(|n| connection.again(syn_ack, ((1 << n) - 1) * SECOND));
        let answers: Option<Vec<_>> = again.collect();
        connection.packets = [vec![connection.packets[syn].clone()], answers?].concat();
        Some(())
    }),
    defect("TFA109", "data in the SYN that is not acknowledged", &[], |connection, random| {
        let (place, answer) = (connection.syn()?, connection.syn_ack()?);
        (connection.packets[answer].ack == connection.packets[place].seq.wrapping_add(1)).then_some(())?;
        let octets = random.within(1, 1000) as usize;
        connection.packets[place].payload = (0..octets).map(|_| random.next() as u8).collect();
        Some(())
    }),
    defect("TFA110", "the client sends data before the SYN-ACK", &["TFA606"], |connection, random| {
        let place = connection.only_syn_ack()?;
        let syn = connection.syn()?;
        let mut packet = connection.packets[syn].clone();
        packet.seq = packet.seq.wrapping_add(1);
        packet.bits = if random.chance(70) { PSH | ACK } else { PSH };
        packet.options.clear();
        packet.payload = vec![b'x'; random.within(1, 900) as usize];
        packet.time = connection.time_before(place);
        connection.insert(place, packet);
        Some(())
    }),
    defect("TFA110", "the client sends data before the SYN-ACK whose number it guesses", &[], |connection, random| {
        let (syn, place, third) = (connection.syn()?, connection.only_syn_ack()?, connection.third_ack()?);
        connection.packets[syn].timestamps()?;
        let mut packet = connection.again(syn, 0)?;
        packet.seq = packet.seq.wrapping_add(1);
        packet.bits = PSH | ACK;
        packet.ack = connection.packets[third].ack;
        packet.payload = vec![b'x'; random.within(2, 900) as usize];
        packet.options = connection.packets[third].options.clone();
        packet.set_timestamps(connection.packets[syn].timestamps()?.0, 0);
        packet.time = connection.time_before(place);
        connection.insert(place, packet);
        Some(())
    }),
    defect("TFA110", "the server sends data before the third ACK", &["TFA304"], |connection, random| {
        let place = connection.third_ack()?;
        connection.only_syn_ack()?;
        connection.is_fast_open().not().then_some(())?;
        let mut packet = connection.data(Side::Server, place, random.within(1, 900) as usize)?;
        packet.time = connection.time_before(place);
        connection.insert(place, packet);
        Some(())
    }),
    defect("TFA111", "a stray SYN in the middle", &[], |connection, random| {
        let place = connection.pick_gap(random)?;
        let mut packet = connection.syn_again(0)?;
        let template = connection.ack(Side::Client, place)?;
        packet.seq = template.seq.wrapping_add(random.within(0, 30_000) as u32);
        packet.time = template.time;
        packet.below.id = template.below.id;
        if let Some((value, _)) = template.timestamps() {
            packet.set_timestamps(value, 0);
        }
        connection.insert(place, packet);
        Some(())
    }),
    defect("TFA112", "the server answers by a bare SYN", &[], |connection, _| {
        let place = connection.only_syn_ack()?;
        let packet = &mut connection.packets[place];
        packet.bits &= !ACK;
        packet.ack = 0;
        Some(())
    }),
    defect("TFA112", "bare SYN, SYN-ACK of the client, ACK of the server", &[], |connection, _| {
        connection.is_fast_open().not().then_some(())?;
        let (syn, syn_ack, third) = (connection.syn()?, connection.syn_ack()?, connection.third_ack()?);
        let last = connection.ack(Side::Server, third + 1)?;
        let ack = connection.packets[third].ack;
        let mut answer = connection.packets[syn].clone();
        answer.bits = SYN | ACK;
        answer.ack = ack;
        if let Some((value, echo)) = connection.packets[third].timestamps() {
            answer.set_timestamps(value, echo);
        }
        answer.time = connection.packets[third].time;
        connection.packets[third] = answer;
        connection.packets[syn_ack].bits = SYN;
        connection.packets[syn_ack].ack = 0;
        connection.insert(third + 1, last);
        Some(())
    }),
    defect("TFA115", "SYNs from everywhere", &[], |connection, random| {
        let syn = connection.packets[connection.syn()?].clone();
        connection.packets = (0..random.within(250, 600))
            .map(|n| {
                let mut packet = syn.clone();
                packet.time += n * 10 * MILLISECOND;
                packet.seq = random.next() as u32;
                packet.ports[0] = random.within(1024, 65_535) as u16;
                packet.below.source = match packet.below.source {
                    IpAddr::V4(_) => (random.next() as u32 | 1 << 30).to_be_bytes().into(),
                    IpAddr::V6(_) => (u128::from(random.next()) | 0x2001 << 112).to_be_bytes().into(),
                };
                packet
            })
            .collect();
        connection.clock(30 * SECOND);
        Some(())
    }),
    defect("TFA116", "somebody else answers the SYN, too", &[], |connection, random| {
        let place = connection.syn_ack()?;
        let mut other = connection.packets[place].clone();
        other.seq = random.next() as u32;
        let off = random.within(5, 40) as u8;
        other.below.ttl =
            other.below.ttl.checked_add(off).filter(|_| random.chance(50)).unwrap_or(other.below.ttl - off);
        if random.chance(50) {
            other.drop_option(SCALE);
        }
        let after = random.chance(50);
        other.time = if after { other.time + 300 } else { connection.time_before(place) };
        connection.insert(place + usize::from(after), other);
        Some(())
    }),
];

/// Whether the SYN-ACK at `place` acknowledges what no SYN could be answered with, data of the SYN included.
fn answers_no_syn(connection: &Connection, place: usize) -> Option<()> {
    let syn = &connection.packets[connection.syn()?];
    let answer = connection.packets[place].ack.wrapping_sub(syn.seq);
    (answer == 0 || answer > syn.seg_len()).then_some(())
}

/// Lets the first try of a SYN be one second (or three) before the one that is there.
fn insert_before_syn(connection: &mut Connection, mut earlier: Packet) -> Option<()> {
    earlier.time -= SECOND;
    earlier.below.id = earlier.below.id.wrapping_sub(2);
    if let Some((value, echo)) = earlier.timestamps() {
        earlier.set_timestamps(value.wrapping_sub(1000), echo);
    }
    connection.insert(0, earlier);
    Some(())
}

/// The third ACK comes a second later, after the SYN-ACK was sent again and `change`d.
fn repeat_syn_ack(connection: &mut Connection, change: impl FnOnce(&mut Packet)) -> Option<()> {
    let place = connection.syn_ack()?;
    let mut again = connection.again(place, SECOND)?;
    change(&mut again);
    connection.delay(place + 1, SECOND);
    connection.insert(place + 1, again);
    Some(())
}
