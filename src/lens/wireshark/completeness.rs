//! [`Completeness`] to the letters and the phrase that Wireshark writes for it.

use crate::flow::conversation::Completeness;

/// `tcp.completeness.str`: the letters `RFDASS`, a middle dot where a step is missing.
pub fn write_letters(completeness: Option<Completeness>, out: &mut Vec<u8>) {
    let Some(seen) = completeness else { return out.extend_from_slice(b"[ Null ]") };
    const LETTERS: [(Completeness, u8); 6] = [
        (Completeness::RST, b'R'),
        (Completeness::FIN, b'F'),
        (Completeness::DATA, b'D'),
        (Completeness::ACK, b'A'),
        (Completeness::SYN_ACK, b'S'),
        (Completeness::SYN, b'S'),
    ];
    for (step, letter) in LETTERS {
        if seen.any(step) { out.push(letter) } else { out.extend_from_slice("·".as_bytes()) }
    }
}

/// The phrase of Wireshark's tree: `Complete, WITH_DATA`.
pub const fn phrase(completeness: Completeness) -> &'static str {
    match completeness.0 {
        1 => "Incomplete, SYN_SENT",
        3 => "Incomplete, CLIENT_ESTABLISHED",
        7 => "Incomplete, ESTABLISHED",
        15 => "Incomplete, DATA",
        31 | 47 | 63 => "Complete, WITH_DATA",
        23 | 39 | 55 => "Complete, NO_DATA",
        _ => "Incomplete",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(completeness: Option<u8>) -> String {
        let mut out = Vec::new();
        write_letters(completeness.map(Completeness), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn letters_stand_in_wireshark_s_order() {
        assert_eq!(letters(None), "[ Null ]");
        assert_eq!(letters(Some(0)), "······");
        assert_eq!(letters(Some(46)), "R·DAS·");
        assert_eq!(letters(Some(63)), "RFDASS");
    }
}
