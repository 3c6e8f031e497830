//! Connections that close wrongly.

use super::{Defect, defect};
use crate::mutation::connection::{Connection, MILLISECOND, SECOND};
use crate::mutation::packet::{ACK, FIN, PSH, RST, SYN};
use crate::mutation::random::Random;
use tcpflow_audit::flow::Side;

pub const DEFECTS: &[Defect] = &[
    defect("TFA201", "a FIN has another sequence number", &[], |connection, random| {
        let place = a_fin(connection, random)?;
        let packet = &mut connection.packets[place];
        packet.seq = packet.seq.wrapping_add(random.off());
        Some(())
    }),
    defect("TFA201", "a FIN is a little off and sent again so", &["TFA203"], |connection, random| {
        let place = connection.fins()?[0];
        let side = connection.packets[place].side;
        let right = connection.packets[place].seq;
        connection.packets.truncate(place + 1);
        let off = random.within(1, 1400) as u32;
        connection.packets[place].seq = right.wrapping_add(off);
        for n in 0..random.within(2, 4) {
            let at = connection.packets.len();
            let mut ack = connection.ack(side.peer(), at)?;
            ack.ack = right;
            connection.packets.push(ack);
            connection.packets.push(connection.again(place, (200 << n) * MILLISECOND)?);
        }
        let at = connection.packets.len();
        let mut ack = connection.ack(side.peer(), at)?;
        ack.ack = right;
        connection.packets.push(ack);
        connection.clock(20 * SECOND);
        Some(())
    }),
    defect("TFA201", "a FIN is a little off, and nothing was sent in between", &[], |connection, random| {
        let place = connection.fins()?[0];
        let side = connection.packets[place].side;
        let fin = &connection.packets[place].below;
        (fin.id != 0 && fin.source.is_ipv4()).then_some(())?;
        let (right, off) = (connection.packets[place].end(), random.within(1, 60_000) as u32);
        for packet in &mut connection.packets[place..] {
            if packet.side == side {
                packet.seq = packet.seq.wrapping_add(off);
            } else if packet.ack == right {
                packet.ack = right.wrapping_sub(1);
            }
        }
        Some(())
    }),
    defect("TFA202", "a FIN is sent again, its ACK stops short of it", &[], |connection, random| {
        let place = connection.fins()?[0];
        let side = connection.packets[place].side;
        let fin = connection.packets[place].end().wrapping_sub(1);
        connection.packets.truncate(place + 1);
        for n in 0..random.within(2, 5) {
            let mut ack = connection.ack(side.peer(), connection.packets.len())?;
            ack.ack = fin;
            ack.time = connection.packets.last()?.time + 100;
            connection.packets.push(ack);
            connection.packets.push(connection.again(place, (210 << n) * MILLISECOND)?);
        }
        let mut ack = connection.ack(side.peer(), connection.packets.len())?;
        ack.ack = fin;
        connection.packets.push(ack);
        connection.clock(20 * SECOND);
        Some(())
    }),
    defect("TFA202", "a FIN is sent again, the peer closes without counting it", &[], |connection, random| {
        let place = connection.fins()?[0];
        let side = connection.packets[place].side;
        let end = connection.packets[place].end();
        let again = connection.again(place, random.within(210, 900) * MILLISECOND)?;
        for packet in &mut connection.packets[place..] {
            if packet.side == side.peer() && packet.ack == end {
                packet.ack = end.wrapping_sub(1);
            }
        }
        let answered = connection.packets[place..].iter().position(|packet| packet.side == side.peer())? + place;
        connection.delay(answered + 1, SECOND);
        connection.insert(answered + 1, again);
        connection.clock(20 * SECOND);
        Some(())
    }),
    defect("TFA203", "a FIN again and again, never acknowledged", &[], |connection, random| {
        let place = a_fin(connection, random)?;
        let fin = connection.packets[place].clone();
        connection.packets.truncate(place + 1);
        for n in 1..=random.within(3, 6) {
            connection.packets.push(connection.again(place, ((1 << n) - 1) * 200 * MILLISECOND)?);
        }
        connection.packets.retain(|packet| packet.side == fin.side || packet.time <= fin.time);
        connection.clock(60 * SECOND);
        Some(())
    }),
    defect("TFA203", "a FIN again and again, to the end of the capture", &[], |connection, random| {
        let place = connection.fins()?[0];
        connection.packets.truncate(place + 1);
        for n in 1..=random.within(4, 8) {
            connection.packets.push(connection.again(place, ((1 << n) - 1) * 200 * MILLISECOND)?);
        }
        Some(())
    }),
    defect("TFA204", "the other side never closes", &[], |connection, random| {
        let [first, second] = connection.fins()?;
        if connection.packets[second].ack == connection.packets[first].end() && second == first + 1 {
            connection.packets[second].bits &= !FIN;
            connection.packets.truncate(second + 1);
        } else {
            connection.packets.truncate(second);
        }
        let side = connection.packets[first].side;
        connection.packets.iter().skip(first).find(|packet| packet.side != side && packet.has(ACK))?;
        connection.clock(random.within(75, 900) * SECOND);
        Some(())
    }),
    defect("TFA205", "data after the own FIN", &["TFA207"], |connection, random| {
        let place = a_fin(connection, random)?;
        let side = connection.packets[place].side;
        let at = random.within(place as u64 + 1, connection.packets.len() as u64) as usize;
        let data = connection.data(side, at, random.within(1, 1400) as usize)?;
        connection.insert(at, data);
        Some(())
    }),
    defect("TFA206", "a repeated FIN sits elsewhere", &[], |connection, random| {
        let place = a_fin(connection, random)?;
        let mut again = connection.again(place, random.within(210, 900) * MILLISECOND)?;
        let off = random.within(1, 2000) as u32;
        again.seq = if random.chance(60) { again.seq.wrapping_add(off) } else { again.seq.wrapping_sub(off) };
        connection.delay(place + 1, SECOND);
        connection.insert(place + 1, again);
        Some(())
    }),
    defect("TFA207", "new octets after the close", &["TFA205"], |connection, random| {
        let place = connection.closed()? + 1;
        let side = random.pick(&Side::BOTH)?;
        let mut data = connection.data(side, place, random.within(1, 1400) as usize)?;
        data.time = connection.packets[place - 1].time + random.within(1, 2000) * MILLISECOND;
        connection.packets.truncate(place);
        connection.insert(place, data);
        Some(())
    }),
    defect("TFA207", "an ACK beyond everything after the close", &[], |connection, random| {
        let place = connection.closed()? + 1;
        let mut ack = connection.ack(random.pick(&Side::BOTH)?, place)?;
        ack.ack = ack.ack.wrapping_add(random.within(1, 60_000) as u32);
        ack.time = connection.packets[place - 1].time + random.within(1, 2000) * MILLISECOND;
        connection.packets.truncate(place);
        connection.insert(place, ack);
        Some(())
    }),
    defect("TFA208", "TIME-WAIT accepts a SYN it should not", &[], |connection, random| {
        let closed = connection.closed()?;
        (connection.packets[connection.fins()?[0]].side == Side::Server).then_some(())?;
        let last = connection.packets[closed].time + random.within(1, 20) * SECOND;
        let mut again = connection.packets[..=closed].to_vec();
        let first = again[0].time;
        let end = connection.snd_nxt(Side::Client, closed)?;
        let down = random.within(1, 100_000) as u32;
        let start = again[0].seq;
        for packet in &mut again {
            packet.time = last + (packet.time - first);
            let shift = end.wrapping_sub(down).wrapping_sub(start);
            let field = if packet.side == Side::Client { &mut packet.seq } else { &mut packet.ack };
            *field = if packet.side == Side::Client || packet.bits & ACK != 0 { field.wrapping_add(shift) } else { 0 };
        }
        connection.packets.truncate(closed + 1);
        connection.packets.extend(again);
        Some(())
    }),
    defect("TFA208", "TIME-WAIT accepts the very SYN of before", &[], |connection, random| {
        let closed = connection.closed()?;
        (connection.packets[connection.fins()?[0]].side == Side::Server).then_some(())?;
        let first = connection.packets[connection.syn()?].time;
        let last = connection.packets[closed].time + random.within(1, 20) * SECOND;
        let mut again = connection.packets[..=closed].to_vec();
        again.iter_mut().for_each(|packet| packet.time = last + (packet.time - first));
        connection.packets.truncate(closed + 1);
        connection.packets.extend(again);
        Some(())
    }),
    defect("TFA209", "the second FIN comes very late", &[], |connection, random| {
        let [first, second] = connection.fins()?;
        let side = connection.packets[first].side;
        let end = connection.packets[first].end();
        let between = &connection.packets[first + 1..second];
        between.iter().find(|packet| packet.side != side && packet.ack == end)?;
        let quiet = between.iter().all(|packet| packet.payload.is_empty());
        quiet.then(|| connection.delay(second, random.within(70, 2000) * SECOND))
    }),
    defect("TFA211", "FIN in SYN-SENT", &["TFA606"], |connection, random| {
        let place = connection.syn()?;
        let mut fin = connection.again(place, MILLISECOND / 2)?;
        fin.bits = if random.chance(60) { FIN | ACK } else { FIN };
        fin.seq = fin.seq.wrapping_add(1);
        fin.time = connection.time_before(place + 1);
        connection.insert(place + 1, fin);
        Some(())
    }),
    defect("TFA211", "FIN in SYN-SENT that guesses the SYN-ACK's number", &[], |connection, _| {
        let (place, third) = (connection.only_syn_ack()?, connection.third_ack()?);
        connection.pick_data_of(Side::Client)?;
        let mut fin = connection.packets[third].clone();
        fin.bits = FIN | ACK;
        fin.payload.clear();
        fin.time = connection.time_before(place);
        connection.insert(place, fin);
        Some(())
    }),
    defect("TFA211", "FIN in place of the SYN-ACK, and the connection goes on", &[], |connection, _| {
        let syn_ack = connection.only_syn_ack()?;
        connection.pick_data_of(Side::Server)?;
        connection.packets[syn_ack].bits = FIN | ACK;
        Some(())
    }),
    defect("TFA211", "FIN from an end that never sent SYN", &[], |connection, random| {
        let (syn, syn_ack) = (connection.syn()?, connection.only_syn_ack()?);
        let packet = &mut connection.packets[syn_ack];
        packet.bits = if random.chance(70) { FIN | ACK } else { FIN | PSH | ACK };
        connection.packets.truncate(syn_ack + 1);
        connection.packets.drain(..syn);
        Some(())
    }),
];

/// One of the two FINs of a connection that closes by FINs.
fn a_fin(connection: &Connection, random: &mut Random) -> Option<usize> {
    connection.packets.iter().all(|packet| packet.bits & RST == 0 || packet.has(SYN)).then_some(())?;
    random.pick(&connection.fins()?)
}
