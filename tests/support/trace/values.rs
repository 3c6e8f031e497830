//! Single words to values: numbers, times, flags, addresses, payload.

use super::super::packet::{Checksum, Mac};
use super::words::Word;

/// The word, if it is a plain one.
pub fn plain(word: &Word) -> Option<&str> {
    match word {
        Word::Plain(word) => Some(word),
        _ => None,
    }
}

/// The value that follows the word `name`.
pub fn next<'a>(name: &str, words: &mut std::slice::Iter<'a, Word>) -> Result<&'a str, String> {
    words.next().and_then(plain).ok_or_else(|| format!("expected a value after {name}"))
}

/// A number that fits the type.
pub fn number<T: std::str::FromStr>(word: &str) -> Result<T, String> {
    word.parse().map_err(|_| format!("{word} is no number that fits"))
}

/// Seconds with up to six decimals.
pub fn microseconds(word: &str) -> Result<u64, String> {
    let (whole, fraction) = word.split_once('.').unwrap_or((word, ""));
    if fraction.len() > 6 {
        return Err(format!("{word}: times have at most six decimals"));
    }
    let fraction: u64 = number(&format!("{fraction:0<6}"))?;
    Ok(number::<u64>(whole).map_err(|_| format!("{word} is no time"))? * 1_000_000 + fraction)
}

/// tcpdump's letters: `S F R P . U E W`, and `A` for AE; `none` for no bit.
pub fn flags(letters: &str) -> Result<u16, String> {
    if letters == "none" {
        return Ok(0);
    }
    letters.chars().try_fold(0, |bits, letter| match letter {
        'F' => Ok(bits | 0x001),
        'S' => Ok(bits | 0x002),
        'R' => Ok(bits | 0x004),
        'P' => Ok(bits | 0x008),
        '.' => Ok(bits | 0x010),
        'U' => Ok(bits | 0x020),
        'E' => Ok(bits | 0x040),
        'W' => Ok(bits | 0x080),
        'A' => Ok(bits | 0x100),
        _ => Err(format!("{letter} in {letters}: flags are S F R P . U E W A, or none")),
    })
}

/// What to put in the checksum field.
pub fn checksum(word: &str) -> Result<Checksum, String> {
    match word {
        "bad" => Ok(Checksum::Bad),
        "partial" => Ok(Checksum::Partial),
        "zero" => Ok(Checksum::Zero),
        _ => Err("checksums are bad, partial or zero".to_owned()),
    }
}

/// A locally administered hardware address.
pub fn mac_number(number: u8) -> Mac {
    [2, 0, 0, 0, 0, number]
}

/// Payload that follows from sender and sequence number, so that octets sent again are equal.
pub fn payload(sender: &str, seq: u32, bits: u16, octets: usize) -> Vec<u8> {
    let first = seq.wrapping_add(u32::from(bits & 2 != 0));
    let salt = sender.bytes().fold(0u32, |salt, octet| salt.wrapping_mul(31).wrapping_add(u32::from(octet)));
    (0..octets as u32)
        .map(|place| {
            let mixed =
                first.wrapping_add(place).wrapping_mul(0x9e37_79b1).wrapping_add(salt).wrapping_mul(0x85eb_ca6b);
            b'a' + (mixed >> 24) as u8 % 26
        })
        .collect()
}
