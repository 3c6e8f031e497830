//! Header fields and flags that cannot be.

use super::{Defect, defect};
use crate::mutation::connection::Connection;
use crate::mutation::packet::{ACK, FIN, PSH, RST, SYN, URG};
use crate::mutation::random::Random;
use crate::support::packet::Checksum;
use tcpflow_audit::flow::Side;

pub const DEFECTS: &[Defect] = &[
    defect("TFA601", "the SYN carries FIN", &[], |connection, _| {
        let place = connection.syn()?;
        connection.packets[place].bits |= FIN;
        Some(())
    }),
    defect("TFA601", "SYN and FIN put in", &[], |connection, random| put_in(connection, random, SYN | FIN)),
    defect("TFA602", "the SYN carries RST", &[], |connection, _| {
        let place = connection.syn()?;
        connection.packets[place].bits |= RST;
        Some(())
    }),
    defect("TFA602", "SYN and RST put in", &[], |connection, random| put_in(connection, random, SYN | RST)),
    defect("TFA603", "a segment without flags put in", &[], |connection, random| put_in(connection, random, 0)),
    defect("TFA603", "a segment loses its flags", &[], |connection, random| set_bits(connection, random, |_| 0)),
    defect("TFA604", "FIN, PSH, URG put in", &[], |connection, random| put_in(connection, random, FIN | PSH | URG)),
    defect("TFA604", "all flags put in", &[], |connection, random| put_in(connection, random, 0xff)),
    defect("TFA605", "the FIN carries RST", &[], |connection, random| {
        let place = random.pick(&connection.fins()?)?;
        connection.packets[place].bits |= RST;
        Some(())
    }),
    defect("TFA605", "FIN and RST put in", &[], |connection, random| put_in(connection, random, FIN | RST | ACK)),
    defect("TFA606", "a segment loses ACK", &[], |connection, random| {
        let place = connection
            .pick(random, |_, packet| packet.has(ACK) && packet.bits & !ACK & 0x3f != 0 && packet.bits & RST == 0)?;
        connection.packets[place].bits &= !ACK;
        Some(())
    }),
    defect("TFA606", "a FIN loses ACK", &[], |connection, random| {
        let place = random.pick(&connection.fins()?)?;
        connection.packets[place].bits &= !ACK;
        Some(())
    }),
    defect("TFA608", "a reserved bit", &[], |connection, random| {
        let place = random.next() as usize % connection.packets.len();
        connection.packets[place].bits |= random.pick(&[0x200, 0x400, 0x800])?;
        Some(())
    }),
    defect("TFA609", "a data offset below five", &[], |connection, random| {
        let place = connection.pick(random, |_, _| true)?;
        connection.packets[place].offset = Some(random.within(0, 4) as u8);
        Some(())
    }),
    defect("TFA609", "a data offset beyond the segment", &[], |connection, random| {
        let place = connection.pick(random, |_, packet| packet.payload.is_empty() && packet.options.len() < 40)?;
        let words = 5 + connection.packets[place].options.len() as u64 / 4;
        connection.packets[place].offset = Some(random.within(words + 1, 15) as u8);
        Some(())
    }),
    defect("TFA610", "a wrong checksum", &[], |connection, random| {
        (connection.packets.len() > 4).then_some(())?;
        let place = connection.pick(random, |_, _| true)?;
        connection.packets[place].checksum = Checksum::Bad;
        Some(())
    }),
    defect("TFA610", "a damaged copy at once", &[], |connection, random| {
        let place = connection.pick(random, |_, packet| !packet.payload.is_empty())?;
        let mut copy = connection.packets[place].clone();
        copy.checksum = Checksum::Bad;
        copy.time += random.within(1, 40);
        connection.insert(place + 1, copy);
        Some(())
    }),
    defect("TFA611", "URG with pointer 0", &[], |connection, random| {
        let place = connection.pick(random, |_, packet| packet.is_plain())?;
        connection.packets[place].bits |= URG;
        connection.packets[place].urgent = 0;
        Some(())
    }),
    defect("TFA612", "port 0 from the beginning", &[], |connection, random| {
        let side = random.pick(&Side::BOTH)?;
        for packet in &mut connection.packets {
            packet.ports[usize::from(packet.side != side)] = 0;
        }
        Some(())
    }),
    defect("TFA612", "a segment with port 0", &[], |connection, random| {
        let place = random.next() as usize % connection.packets.len();
        let mut packet = connection.again(place, 100)?;
        packet.ports[random.within(0, 1) as usize] = 0;
        connection.insert(place + 1, packet);
        Some(())
    }),
    defect("TFA614", "source and destination are one", &[], |connection, random| {
        let place = if random.chance(50) { connection.syn()? } else { connection.pick_gap(random)? };
        let mut packet = connection.again(connection.syn()?, 100)?;
        packet.time = connection.time_before(place + 1);
        if random.chance(50) {
            packet.below.source = packet.below.destination;
            packet.ports[0] = packet.ports[1];
        } else {
            packet.below.destination = packet.below.source;
            packet.ports[1] = packet.ports[0];
        }
        connection.insert(place + 1, packet);
        Some(())
    }),
];

/// A segment with the next numbers and these control bits.
fn put_in(connection: &mut Connection, random: &mut Random, bits: u16) -> Option<()> {
    let place = connection.pick_gap(random)?;
    let mut packet = connection.ack(random.pick(&Side::BOTH)?, place)?;
    packet.bits = bits;
    if bits & ACK == 0 && random.chance(50) {
        packet.ack = 0;
    }
    if bits & URG != 0 && random.chance(50) {
        packet.urgent = 1;
    }
    connection.insert(place, packet);
    Some(())
}

/// Changes the control bits of a plain segment.
fn set_bits(connection: &mut Connection, random: &mut Random, change: fn(u16) -> u16) -> Option<()> {
    let place = connection.pick(random, |_, packet| packet.is_plain())?;
    connection.packets[place].bits = change(connection.packets[place].bits);
    Some(())
}
