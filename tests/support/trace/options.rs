//! The words between `<` and `>` to option octets.

use super::values::number;

/// Option octets, padded to a multiple of four: with zeros after `end`, else with NOPs.
///
/// `peer` turns a number word about the peer's octets (SACK edges) into a sequence number.
pub fn octets(text: &str, peer: impl Fn(&str) -> Result<u32, String>) -> Result<Vec<u8>, String> {
    let mut octets = Vec::new();
    let mut ended = false;
    for option in text.split(',').map(str::trim).filter(|option| !option.is_empty()) {
        let (name, values) = option.split_once(' ').unwrap_or((option, ""));
        let values: Vec<&str> = values.split_whitespace().collect();
        one(&mut octets, name, &values, &peer).map_err(|message| format!("option {option}: {message}"))?;
        ended |= name == "end";
    }
    octets.resize(octets.len().next_multiple_of(4), u8::from(!ended));
    if octets.len() > 40 {
        return Err(format!("{} octets of options, 40 fit", octets.len()));
    }
    Ok(octets)
}

fn one(
    octets: &mut Vec<u8>,
    name: &str,
    values: &[&str],
    peer: &impl Fn(&str) -> Result<u32, String>,
) -> Result<(), String> {
    match (name, values) {
        ("end", []) => octets.push(0),
        ("nop", []) => octets.push(1),
        ("mss", [size]) => push(octets, 2, &number::<u16>(size)?.to_be_bytes()),
        ("scale", [shift]) => push(octets, 3, &[number(shift)?]),
        ("sack-ok", []) => push(octets, 4, &[]),
        ("sack", edges) => {
            let mut body = Vec::new();
            for block in edges {
                let (left, right) = block.split_once("..").ok_or("a block is LEFT..RIGHT")?;
                body.extend(peer(left)?.to_be_bytes());
                body.extend(peer(right)?.to_be_bytes());
            }
            push(octets, 5, &body);
        }
        ("ts", [both]) => {
            let (value, echo) = both.split_once('/').ok_or("timestamps are VALUE/ECHO")?;
            push(octets, 8, &[number::<u32>(value)?.to_be_bytes(), number::<u32>(echo)?.to_be_bytes()].concat());
        }
        ("md5", []) => push(octets, 19, &[0x5d; 16]),
        ("ao", []) => push(octets, 29, &[1, 1, 0xa0, 0xa0, 0xa0, 0xa0, 0xa0, 0xa0, 0xa0, 0xa0, 0xa0, 0xa0, 0xa0, 0xa0]),
        ("mptcp", [kind]) => push(octets, 30, mptcp(kind)?),
        ("tfo", ["request"]) => push(octets, 34, &[]),
        ("tfo", ["cookie", cookie]) => push(octets, 34, &hex(cookie)?),
        ("tfo-exp", ["request"]) => push(octets, 254, &[0xf9, 0x89]),
        ("tfo-exp", ["cookie", cookie]) => push(octets, 254, &[&[0xf9, 0x89], hex(cookie)?.as_slice()].concat()),
        ("raw", [digits]) => octets.extend(hex(digits)?),
        _ => return Err("unknown, or with the wrong values".to_owned()),
    }
    Ok(())
}

fn push(octets: &mut Vec<u8>, kind: u8, body: &[u8]) {
    octets.extend([kind, body.len() as u8 + 2]);
    octets.extend(body);
}

/// The body of an MPTCP option: version 0 MP_CAPABLE of a SYN, MP_JOIN of a SYN, DSS with a data ACK.
fn mptcp(kind: &str) -> Result<&'static [u8], String> {
    match kind {
        "capable" => Ok(&[0x00, 0x81, 1, 2, 3, 4, 5, 6, 7, 8]),
        "join" => Ok(&[0x10, 1, 1, 2, 3, 4, 5, 6, 7, 8]),
        "dss" => Ok(&[0x20, 0x01, 0, 0, 0, 1]),
        _ => Err("MPTCP options are capable, join, dss".to_owned()),
    }
}

fn hex(digits: &str) -> Result<Vec<u8>, String> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let pair = |pair: &[u8; 2]| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let octets: Option<Vec<u8>> = pairs.iter().map(pair).collect();
    octets.filter(|_| rest.is_empty()).ok_or_else(|| format!("{digits} is not pairs of hex digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(word: &str) -> Result<u32, String> {
        number(word)
    }

    #[test]
    fn options_become_octets_padded_with_nops() {
        assert_eq!(octets("mss 1460, scale 7", plain).unwrap(), [2, 4, 0x05, 0xb4, 3, 3, 7, 1]);
        assert_eq!(octets("sack-ok, end", plain).unwrap(), [4, 2, 0, 0]);
        assert_eq!(octets("sack 16..32", plain).unwrap(), [5, 10, 0, 0, 0, 16, 0, 0, 0, 32, 1, 1]);
        assert_eq!(octets("tfo cookie 0011223344556677", plain).unwrap().len(), 12);
        assert_eq!(octets("raw 0330", plain).unwrap(), [3, 0x30, 1, 1]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(octets("mss 70000", plain).unwrap_err(), "option mss 70000: 70000 is no number that fits");
        assert_eq!(octets("raw 033", plain).unwrap_err(), "option raw 033: 033 is not pairs of hex digits");
        assert!(octets("md5, md5, md5", plain).unwrap_err().contains("40 fit"));
    }
}
