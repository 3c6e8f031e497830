//! Options that were not agreed upon, that changed, or that are no options.

use super::{Defect, defect};
use crate::mutation::connection::Connection;
use crate::mutation::packet::{
    ACK, CWR, ECE, FAST_OPEN, MD5, MSS, Packet, SACK, SACK_PERMITTED, SCALE, SYN, TIMESTAMPS,
};
use crate::mutation::random::Random;
use tcpflow_audit::flow::Side;

pub const DEFECTS: &[Defect] = &[
    defect("TFA501", "the SYN offered no window scale", &[], |connection, _| {
        strip_syns(connection, SCALE, Side::Client)
    }),
    defect("TFA502", "a shift beyond 14", &[], |connection, random| {
        let place = random.pick(&[connection.syn()?, connection.syn_ack()?])?;
        let shift = random.within(15, 255) as u8;
        connection.packets[place].edit_option(SCALE, |body| body[0] = shift).then_some(())
    }),
    defect("TFA503", "SACK blocks to a peer that offered none", &[], |connection, _| {
        let place = connection.packets.iter().position(|packet| packet.option(SACK).is_some())?;
        let side = connection.packets[place].side.peer();
        strip_syns(connection, SACK_PERMITTED, side)
    }),
    defect("TFA503", "a SACK block in a connection without", &["TFA504"], |connection, random| {
        strip_syns(connection, SACK_PERMITTED, random.pick(&Side::BOTH)?)?;
        strip_syns(connection, SACK_PERMITTED, Side::Client);
        strip_syns(connection, SACK_PERMITTED, Side::Server);
        let place = connection.pick(random, |_, packet| packet.is_plain() && packet.has(ACK))?;
        let ack = connection.packets[place].ack;
        add_block(&mut connection.packets[place], ack.wrapping_sub(20), ack)
    }),
    defect("TFA504", "a SACK block beyond everything sent", &[], |connection, random| {
        let place = permitted(connection, random)?;
        let from = connection.snd_nxt(connection.packets[place].side.peer(), place)?.wrapping_add(random.ahead());
        add_block(&mut connection.packets[place], from, from.wrapping_add(random.within(1, 3000) as u32))
    }),
    defect("TFA504", "a SACK block backwards, or empty", &[], |connection, random| {
        let place = permitted(connection, random)?;
        let ack = connection.packets[place].ack;
        let length = if random.chance(50) { 0 } else { random.within(1, 2000) as u32 };
        add_block(&mut connection.packets[place], ack, ack.wrapping_sub(length))
    }),
    defect("TFA504", "an edge of a real SACK block is wrong", &[], |connection, random| {
        let places: Vec<usize> =
            (0..connection.packets.len()).filter(|place| connection.packets[*place].option(SACK).is_some()).collect();
        let place = random.pick(&places)?;
        let off = random.within(1 << 20, 1 << 30) as u32;
        connection.packets[place].edit_option(SACK, |body| add(&mut body[4..8], off)).then_some(())
    }),
    defect("TFA504", "a real SACK block reaches a little too far", &[], |connection, random| {
        let sacks = |place: &usize| connection.packets[*place].option(SACK).is_some_and(|blocks| blocks.len() >= 8);
        let places: Vec<usize> = (0..connection.packets.len()).filter(sacks).collect();
        let place = random.pick(&places)?;
        let next = connection.snd_nxt(connection.packets[place].side.peer(), place)?;
        let right = next.wrapping_add(random.ahead());
        let edit = |body: &mut [u8]| body[4..8].copy_from_slice(&right.to_be_bytes());
        connection.packets[place].edit_option(SACK, edit).then_some(())
    }),
    defect("TFA503", "a duplicate ACK with SACK to an end that permits none", &[], |connection, random| {
        let place = connection.pick_data(random)?;
        let data = connection.packets[place].clone();
        strip_syns(connection, SACK_PERMITTED, data.side)?;
        let mut again = connection.ack(data.side.peer(), place + 1)?;
        again.ack = data.seq;
        add_block(&mut again, data.seq, data.end())?;
        connection.insert(place + 1, again);
        Some(())
    }),
    defect("TFA505", "the SYN-ACK agreed to no timestamps", &[], |connection, _| {
        strip_syns(connection, TIMESTAMPS, Side::Server)
    }),
    defect("TFA505", "the SYN offered no timestamps", &[], |connection, _| {
        strip_syns(connection, TIMESTAMPS, Side::Client)?;
        strip_syns(connection, TIMESTAMPS, Side::Server)
    }),
    defect("TFA506", "a segment without timestamps", &[], |connection, random| {
        let place = connection.pick(random, |_, packet| packet.timestamps().is_some())?;
        let packet = &mut connection.packets[place];
        if random.chance(50) {
            packet.options.clear()
        } else {
            packet.drop_option(TIMESTAMPS).then_some(())?
        }
        Some(())
    }),
    defect("TFA506", "a side gives timestamps up", &[], |connection, random| {
        let place = connection.pick(random, |_, packet| packet.timestamps().is_some())?;
        let side = connection.packets[place].side;
        connection.packets[place..].iter_mut().filter(|packet| packet.side == side).for_each(|packet| {
            packet.drop_option(TIMESTAMPS);
        });
        Some(())
    }),
    defect("TFA507", "a timestamp goes back", &[], |connection, random| {
        let third = connection.third_ack()?;
        let places: Vec<usize> = (third + 1..connection.packets.len())
            .filter(|place| {
                let packet = &connection.packets[*place];
                packet.timestamps().is_some() && packet.bits & 4 == 0 && connection.is_new(*place)
            })
            .collect();
        let place = random.pick(&places)?;
        let (value, echo) = connection.packets[place].timestamps()?;
        let side = connection.packets[place].side;
        let earlier = connection.packets[..place].iter().rfind(|packet| packet.side == side)?.timestamps()?.0;
        let back = random.within(1, 1 << 30) as u32 + value.wrapping_sub(earlier);
        connection.packets[place].set_timestamps(value.wrapping_sub(back), echo);
        Some(())
    }),
    defect("TFA507", "a clock goes back and stays there", &[], |connection, random| {
        let place = connection.pick(random, |_, packet| packet.timestamps().is_some())?;
        let side = connection.packets[place].side;
        let back = random.within(100_000, 1 << 30) as u32;
        for packet in connection.packets[place..].iter_mut().filter(|packet| packet.side == side) {
            if let Some((value, echo)) = packet.timestamps() {
                packet.set_timestamps(value.wrapping_sub(back), echo);
            }
        }
        Some(())
    }),
    defect("TFA508", "the SYN-ACK echoes another time", &[], |connection, random| {
        connection.syn()?;
        let place = connection.syn_ack()?;
        let (value, echo) = connection.packets[place].timestamps()?;
        let off = random.within(1 << 18, 1 << 30) as u32;
        let off = if random.chance(50) { off } else { off.wrapping_neg() };
        connection.packets[place].set_timestamps(value, echo.wrapping_add(off));
        Some(())
    }),
    defect("TFA508", "the ACK of the handshake echoes another time", &[], |connection, random| {
        connection.syn()?;
        let place = connection.third_ack()?;
        let (value, echo) = connection.packets[place].timestamps()?;
        let off = random.within(10_000, 1 << 30) as u32;
        let off = if random.chance(50) { off } else { off.wrapping_neg() };
        connection.packets[place].set_timestamps(value, echo.wrapping_add(off));
        Some(())
    }),
    defect("TFA508", "an echo of no timestamp", &[], |connection, random| {
        let place = connection.pick(random, |_, packet| packet.timestamps().is_some() && packet.has(ACK))?;
        let (value, echo) = connection.packets[place].timestamps()?;
        let off = random.within(100_000, 1 << 30) as u32;
        let wrong = if random.chance(50) { echo.wrapping_add(off) } else { echo.wrapping_sub(off) };
        connection.packets[place].set_timestamps(value, wrong);
        Some(())
    }),
    defect("TFA509", "an option of the SYN in the middle", &[], |connection, random| {
        let place = connection.pick(random, |_, packet| packet.is_plain())?;
        let (kind, body): (u8, &[u8]) = random.pick(&[(MSS, &[5, 0xb4][..]), (SCALE, &[7]), (SACK_PERMITTED, &[])])?;
        connection.packets[place].add_option(kind, body).then_some(())
    }),
    defect("TFA511", "an option of an impossible length", &MALFORMED, |connection, random| {
        let (syn, syn_ack) = (connection.syn()?, connection.syn_ack()?);
        let place = random.pick(&[syn, syn_ack])?;
        let packet = &mut connection.packets[place];
        let kind = random.pick(&[MSS, SCALE, SACK_PERMITTED, TIMESTAMPS])?;
        let (from, to) = packet.place_of(kind)?;
        let right = (to - from) as u8;
        packet.options[from + 1] =
            random.pick(&[0, 1, right + 1, right.saturating_sub(1).max(2), 200, 60]).filter(|it| *it != right)?;
        Some(())
    }),
    defect("TFA511", "an option runs past the header", &MALFORMED, |connection, random| {
        let place = connection.pick(random, |_, packet| packet.place_of(TIMESTAMPS).is_some())?;
        let packet = &mut connection.packets[place];
        let (from, _) = packet.place_of(TIMESTAMPS)?;
        let room = packet.options.len() - from;
        packet.options[from + 1] = random.within(room as u64 + 1, 255) as u8;
        Some(())
    }),
    defect("TFA512", "an option twice", &[], |connection, random| {
        let place = random.pick(&[connection.syn()?, connection.syn_ack()?, connection.third_ack()?])?;
        let packet = &mut connection.packets[place];
        let kind = random.pick(&[MSS, SCALE, SACK_PERMITTED, TIMESTAMPS])?;
        let body = packet.option(kind)?.to_vec();
        packet.add_option(kind, &body).then_some(())
    }),
    defect("TFA513", "a cookie of an impossible length", &[], |connection, random| {
        let place = random.pick(&[connection.syn()?, connection.syn_ack()?])?;
        let length = random.pick(&[1, 2, 3, 5, 7, 9, 11, 13, 15, 17, 18])?;
        let cookie: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        connection.packets[place].drop_option(FAST_OPEN);
        connection.packets[place].add_option(FAST_OPEN, &cookie).then_some(())
    }),
    defect("TFA513", "Fast Open in the middle", &[], |connection, random| {
        let place = connection.pick(random, |_, packet| packet.is_plain())?;
        let cookie: Vec<u8> = (0..random.pick(&[0, 4, 8, 16])?).map(|_| random.next() as u8).collect();
        connection.packets[place].add_option(FAST_OPEN, &cookie).then_some(())
    }),
    defect("TFA515", "one segment is not signed", &[], |connection, random| unsigned(connection, random, MD5, 16)),
    defect("TFA515", "one segment has no TCP-AO", &[], |connection, random| unsigned(connection, random, 29, 14)),
    defect("TFA516", "the SYN-ACK reflects ECE and CWR", &[], |connection, _| {
        let (syn, syn_ack) = (connection.syn()?, connection.syn_ack()?);
        connection.packets[syn].bits |= ECE | CWR;
        connection.packets[syn_ack].bits |= ECE | CWR;
        Some(())
    }),
    defect("TFA516", "data travels as ECN-capable without agreement", &[], |connection, random| {
        connection.syn()?;
        let plain = connection.packets.iter().all(|packet| packet.bits & (ECE | CWR) == 0 && packet.below.ecn == 0);
        let place = connection.pick_data(random).filter(|_| plain)?;
        let from = if random.chance(50) { place } else { 0 };
        let data = connection.packets[from..=place].iter_mut().filter(|packet| !packet.payload.is_empty());
        data.filter(|packet| !packet.has(SYN)).for_each(|packet| packet.below.ecn = 2);
        Some(())
    }),
    defect("TFA516", "ECE without negotiation", &[], |connection, random| {
        let place = connection.pick(random, |_, packet| packet.is_plain() && packet.below.ecn == 0)?;
        let plain = connection.packets.iter().all(|packet| packet.bits & (ECE | CWR) == 0);
        connection.packets[place].bits |= random.pick(&[ECE, CWR, ECE | CWR])?;
        plain.then_some(())
    }),
];

/// What a list of options that cannot be read makes of the agreements.
const MALFORMED: [&str; 7] = ["TFA305", "TFA501", "TFA503", "TFA505", "TFA506", "TFA303", "TFA512"];

/// Takes an option out of the SYNs of a side.
fn strip_syns(connection: &mut Connection, kind: u8, side: Side) -> Option<()> {
    let mut any = false;
    for packet in connection.packets.iter_mut().filter(|packet| packet.side == side && packet.has(SYN)) {
        any |= packet.drop_option(kind);
    }
    any.then_some(())
}

/// A plain ACK of a connection in which both offered SACK.
fn permitted(connection: &Connection, random: &mut Random) -> Option<usize> {
    let offers = |place: usize| connection.packets[place].option(SACK_PERMITTED).is_some();
    (offers(connection.syn()?) && offers(connection.syn_ack()?)).then_some(())?;
    connection.pick(random, |_, packet| packet.is_plain() && packet.option(SACK).is_none())
}

fn add_block(packet: &mut Packet, from: u32, to: u32) -> Option<()> {
    packet.add_option(SACK, &[from.to_be_bytes(), to.to_be_bytes()].concat()).then_some(())
}

fn add(number: &mut [u8], off: u32) {
    let value = u32::from_be_bytes([number[0], number[1], number[2], number[3]]).wrapping_add(off);
    number.copy_from_slice(&value.to_be_bytes());
}

/// Signs all segments but one, or all but those from one on.
fn unsigned(connection: &mut Connection, random: &mut Random, kind: u8, length: usize) -> Option<()> {
    for packet in &mut connection.packets {
        packet.drop_option(TIMESTAMPS);
        packet.drop_option(SACK);
        let signature: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        packet.add_option(kind, &signature).then_some(())?;
    }
    let place = connection.pick(random, |_, packet| packet.is_plain())?;
    connection.packets[place].drop_option(kind).then_some(())
}
