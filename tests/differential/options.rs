//! Random numbers to option areas: those of SYNs, those of other segments, and those that nobody should send.

use super::random::Random;

/// Options of a SYN.
pub fn of_syn(random: &mut Random) -> Vec<u8> {
    let mut area = Vec::new();
    if random.chance(85) {
        area.extend([2, 4, 5, 180]);
    }
    if random.chance(60) {
        area.extend([4, 2]);
    }
    if random.chance(60) {
        area.extend([3, 3, random.pick(&[0, 1, 2, 7, 14, 15])]);
    }
    if random.chance(20) {
        timestamps(random, &mut area);
    }
    if random.chance(12) {
        area.extend_from_slice(random.pick(&[&[34, 2][..], &[34, 6, 1, 2, 3, 4], &[254, 6, 0xf9, 0x89, 1, 2]]));
    }
    if random.chance(5) {
        return odd(random);
    }
    padded(area)
}

/// Options of any other segment, mostly none.
pub fn usual(random: &mut Random) -> Vec<u8> {
    let mut area = Vec::new();
    match random.weighted(&[80, 15, 2, 3]) {
        0 => {}
        1 => {
            area.extend([1, 1]);
            timestamps(random, &mut area);
        }
        2 => area.extend([172, 5, 0, 0, 1]),
        _ => return odd(random),
    }
    padded(area)
}

/// A SACK option with these edges.
pub fn sack(edges: &[u32]) -> Vec<u8> {
    let mut area = vec![1, 1, 5, 2 + 4 * edges.len() as u8];
    edges.iter().for_each(|edge| area.extend(edge.to_be_bytes()));
    padded(area)
}

/// Anything: lengths that lie, kinds nobody knows, several of a kind.
pub fn odd(random: &mut Random) -> Vec<u8> {
    const KINDS: [u8; 24] = [0, 1, 1, 2, 3, 4, 5, 6, 8, 11, 19, 20, 21, 22, 27, 28, 29, 30, 34, 77, 172, 174, 253, 254];
    let mut area = Vec::new();
    while area.len() < 36 && random.chance(75) {
        let kind = random.pick(&KINDS);
        if kind < 2 {
            area.push(kind);
            continue;
        }
        let right = match kind {
            2 | 20 | 28 => 4,
            3 => 3,
            4 | 22 => 2,
            6 | 11 | 21 => 6,
            8 | 5 => 10,
            19 => 18,
            27 => 8,
            _ => random.below(10) + 2,
        };
        // Extended SCPS capabilities are the one thing that the lens does not read as Wireshark does.
        let length = if kind == 20 || random.chance(80) { right } else { random.below(14) };
        area.extend([kind, length as u8]);
        if matches!(kind, 253 | 254) && random.chance(60) {
            let exid = random.pick(&[[0xf9, 0x89], [0xac, 0xc0], [0xac, 0xc1], [0x00, 0xac], [0xe2, 0xd4]]);
            area.extend_from_slice(&exid);
        }
        let octets = length.saturating_sub(2);
        area.extend((0..octets).map(|_| random.pick(&[0, 1, 4, 8, 30, 200])));
    }
    area.truncate(40);
    padded(area)
}

fn timestamps(random: &mut Random, area: &mut Vec<u8>) {
    area.extend([8, 10]);
    area.extend((random.next() as u32).to_be_bytes());
    area.extend((random.next() as u32).to_be_bytes());
}

fn padded(mut area: Vec<u8>) -> Vec<u8> {
    area.truncate(40);
    while !area.len().is_multiple_of(4) {
        area.push(u8::from(!area.len().is_multiple_of(3)));
    }
    area
}
