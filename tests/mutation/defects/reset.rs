//! Resets with wrong numbers, from somebody else, or without effect.

use super::{Defect, defect};
use crate::mutation::connection::{Connection, MILLISECOND};
use crate::mutation::packet::{ACK, Packet, RST, SYN};
use crate::mutation::random::Random;
use std::ops::Not;
use tcpflow_audit::flow::Side;

pub const DEFECTS: &[Defect] = &[
    defect("TFA401", "a RST from outside the window", &[], |connection, random| {
        let place = connection.pick_gap(random)?;
        let side = random.pick(&Side::BOTH)?;
        let edge = connection.right_edge(side.peer(), place)?;
        let mut reset = reset(connection, side, place)?;
        let off = random.within(1000, 1 << 30) as u32;
        reset.seq =
            if random.chance(60) { edge.wrapping_add(off) } else { reset.seq.wrapping_sub(off).wrapping_sub(100_000) };
        connection.insert(place, reset);
        Some(())
    }),
    defect("TFA401", "the last RST is far off", &[], |connection, random| {
        let place = connection.packets.iter().rposition(|packet| packet.has(RST))?;
        let syn_ack = connection.packets.iter().any(|packet| packet.has(SYN | ACK));
        let packet = &mut connection.packets[place];
        let off = random.within(1 << 20, 1 << 30) as u32;
        packet.seq = packet.seq.wrapping_add(if random.chance(50) { off } else { off.wrapping_neg() });
        syn_ack.then_some(())
    }),
    defect("TFA403", "a refusal acknowledges another number", &[], |connection, random| {
        let packet = connection.packets.get_mut(1).filter(|packet| packet.has(RST | ACK) && packet.seq == 0)?;
        packet.ack = packet.ack.wrapping_add(random.off());
        Some(())
    }),
    defect("TFA403", "a refusal has a sequence number", &[], |connection, random| {
        let packet = connection.packets.get_mut(1).filter(|packet| packet.has(RST | ACK) && packet.seq == 0)?;
        packet.seq = random.within(1, u64::from(u32::MAX)) as u32;
        Some(())
    }),
    defect("TFA403", "the SYN is refused with a wrong number", &[], |connection, random| {
        let place = connection.syn_ack()?;
        connection.packets.truncate(place + 1);
        let packet = &mut connection.packets[place];
        packet.bits = RST | ACK;
        packet.seq = 0;
        packet.window = 0;
        packet.options.clear();
        packet.ack = packet.ack.wrapping_add(random.off());
        Some(())
    }),
    defect("TFA403", "the client refuses the SYN-ACK with a wrong number", &[], |connection, random| {
        let place = connection.only_syn_ack()?;
        connection.is_fast_open().not().then_some(())?;
        let mut refusal = connection.packets[connection.syn()?].clone();
        (refusal.bits, refusal.window) = (RST, 0);
        refusal.options.clear();
        refusal.seq = connection.packets[place].ack.wrapping_add(random.off()).wrapping_add(1);
        refusal.time = connection.packets[place].time + 70;
        let fits = refusal.seq == connection.packets[place].ack;
        connection.packets.truncate(place + 1);
        connection.packets.push(refusal);
        fits.not().then_some(())
    }),
    defect("TFA401", "the connection ends by a RST from far off", &[], |connection, random| {
        let place = connection.pick_gap(random)?;
        let mut reset = reset(connection, random.pick(&Side::BOTH)?, place)?;
        let off = random.within(1 << 25, (1 << 31) - 1) as u32;
        reset.seq = reset.seq.wrapping_add(if random.chance(50) { off } else { off.wrapping_neg() });
        connection.packets.truncate(place);
        connection.packets.push(reset);
        Some(())
    }),
    defect("TFA406", "several RSTs from another distance", &[], |connection, random| {
        let place = connection.pick_data(random)?;
        let data = connection.packets[place].clone();
        let peer = data.side.peer();
        connection.packets[place + 1..].iter().find(|packet| packet.side == peer && packet.seg_len() > 0)?;
        for n in 0..3 {
            let mut reset = reset(connection, peer, place + 1)?;
            reset.below.ttl = reset.below.ttl.wrapping_add(if random.chance(50) { 236 } else { 40 });
            reset.below.id = random.next() as u16;
            reset.seq = reset.seq.wrapping_add([0, 1460, 4380][n]);
            (reset.time, reset.ack) = (data.time + 10 + n as u64, data.end());
            connection.insert(place + 1 + n, reset);
        }
        Some(())
    }),
    defect("TFA404", "a RST while own octets are not acknowledged", &[], |connection, random| {
        let place = connection.pick_data(random)?;
        let side = connection.packets[place].side;
        connection.packets.truncate(place + 1);
        let mut reset = reset(connection, side, place + 1)?;
        reset.time = connection.packets[place].time + random.within(1, 50) * MILLISECOND;
        connection.packets.push(reset);
        Some(())
    }),
    defect("TFA405", "a side goes on after its RST", &[], |connection, random| {
        let (place, side) = before_more(connection, random)?;
        let reset = reset(connection, side, place)?;
        connection.insert(place, reset);
        Some(())
    }),
    defect("TFA406", "a RST from another distance, and the connection goes on", &[], |connection, random| {
        let (place, side) = before_more(connection, random)?;
        let mut reset = reset(connection, side, place)?;
        reset.below.ttl = reset.below.ttl.wrapping_add(random.pick(&[245, 236, 40, 60, 190])?);
        reset.below.id = random.next() as u16;
        connection.insert(place, reset);
        Some(())
    }),
];

/// A RST as `side` would send it there.
fn reset(connection: &Connection, side: Side, place: usize) -> Option<Packet> {
    let mut packet = connection.ack(side, place)?;
    packet.bits = RST | ACK;
    packet.options.clear();
    packet.window = 0;
    Some(packet)
}

/// A place from which on its side sends more.
fn before_more(connection: &Connection, random: &mut Random) -> Option<(usize, Side)> {
    let life = connection.life()?;
    let side = random.pick(&Side::BOTH)?;
    let goes_on = |place: &usize| {
        let mut rest = connection.packets[*place..].iter();
        rest.any(|packet| packet.side == side && packet.seg_len() > 0 && packet.bits & RST == 0)
    };
    let places: Vec<usize> = life.filter(goes_on).collect();
    Some((random.pick(&places)?, side))
}
