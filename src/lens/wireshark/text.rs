//! Numbers, times and octets to the text that `tshark -T fields` has for them, appended to a buffer.

use super::Elapsed;
use crate::capture::Timestamp;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

/// A number in decimal.
pub fn write_number(number: impl itoa::Integer, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// An IPv4 address. Nearly every row has two of them, so that its numbers are looked up.
pub fn write_ipv4(address: Ipv4Addr, out: &mut Vec<u8>) {
    for octet in address.octets() {
        let (digits, len) = &OCTETS[usize::from(octet)];
        // Copying all there is room for costs less than copying so many.
        out.extend_from_slice(digits);
        out.truncate(out.len() - digits.len() + len);
    }
    out.pop();
}

/// Each octet in decimal and a dot, and how long they are.
const OCTETS: [([u8; 4], usize); 256] = {
    let mut octets = [([b'.'; 4], 0); 256];
    let mut number = 0;
    while number < octets.len() {
        let (digits, len) = &mut octets[number];
        let mut unit = if number >= 100 {
            100
        } else if number >= 10 {
            10
        } else {
            1
        };
        while unit > 0 {
            digits[*len] = b'0' + (number / unit % 10) as u8;
            *len += 1;
            unit /= 10;
        }
        *len += 1;
        number += 1;
    }
    octets
};

/// `0x0018`.
pub fn write_hex_u16(number: u16, out: &mut Vec<u8>) {
    out.extend_from_slice(b"0x");
    for octet in number.to_be_bytes() {
        write_hex_octet(octet, out);
    }
}

/// A number in hexadecimal with capital letters and without leading zeros.
pub fn write_upper_hex(number: u16, out: &mut Vec<u8>) {
    let digits = number.checked_ilog2().map_or(1, |bits| bits / 4 + 1);
    for position in (0..digits).rev() {
        let digit = number >> (4 * position) & 0x0f;
        out.push(b"0123456789ABCDEF"[usize::from(digit)]);
    }
}

/// Octets as lower-case hexadecimal digits without separators.
pub fn write_hex(octets: &[u8], out: &mut Vec<u8>) {
    for octet in octets {
        write_hex_octet(*octet, out);
    }
}

/// Seconds with nine digits: `-0.010000000`. Wireshark has room for thirty characters.
pub fn write_elapsed(elapsed: Elapsed, out: &mut Vec<u8>) {
    const ROOM: usize = 30;
    let start = out.len();
    if elapsed.is_negative() {
        out.push(b'-');
    }
    write_number(elapsed.seconds.unsigned_abs(), out);
    out.push(b'.');
    write_fraction(elapsed.nanos, out);
    out.truncate(start + ROOM);
}

/// Seconds since the epoch with nine digits: `1700000000.010000000`.
pub fn write_epoch(time: Timestamp, out: &mut Vec<u8>) {
    write_elapsed(Elapsed { seconds: time.seconds, nanos: time.nanos }, out);
}

/// An address as Wireshark spells it: in IPv6, 32 bits behind nothing but zeros are written as an IPv4 address.
#[derive(Clone, Copy, Debug)]
pub struct Spelled(pub IpAddr);

impl fmt::Display for Spelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V6(ip) if (0x1_0000..=0xffff_ffff).contains(&ip.to_bits()) => {
                write!(f, "::{}", Ipv4Addr::from_bits(ip.to_bits() as u32))
            }
            ip => ip.fmt(f),
        }
    }
}

fn write_fraction(nanos: i32, out: &mut Vec<u8>) {
    let nanos = nanos.unsigned_abs();
    if nanos >= 1_000_000_000 {
        out.push(b'(');
        write_number(nanos, out);
        return out.extend_from_slice(b" nanoseconds)");
    }
    // A one in front keeps the zeros.
    let mut digits = itoa::Buffer::new();
    let (_, digits) = digits.format(nanos + 1_000_000_000).split_at(1);
    out.extend_from_slice(digits.as_bytes());
}

fn write_hex_octet(octet: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.extend_from_slice(&[DIGITS[usize::from(octet >> 4)], DIGITS[usize::from(octet & 0x0f)]]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elapsed(seconds: i64, nanos: i32) -> String {
        let mut out = Vec::new();
        write_elapsed(Elapsed { seconds, nanos }, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn times_have_nine_digits_and_one_sign() {
        assert_eq!(elapsed(1_700_000_000, 10), "1700000000.000000010");
        assert_eq!(elapsed(0, -10_000_000), "-0.010000000");
        assert_eq!(elapsed(-3, -5), "-3.000000005");
    }

    #[test]
    fn a_fraction_beyond_a_second_is_spelled_out() {
        assert_eq!(elapsed(0, -1_000_000_000), "-0.(1000000000 nanoseconds)");
        assert_eq!(elapsed(1_418_145_370, 1_000_000_000), "1418145370.(1000000000 nanosec");
    }

    #[test]
    fn every_octet_of_an_address_is_spelled() {
        for octet in 0..=255 {
            let (address, mut out) = (Ipv4Addr::new(octet, 0, octet, 255 - octet), Vec::new());
            write_ipv4(address, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), address.to_string());
        }
    }

    #[test]
    fn an_address_behind_zeros_is_spelled_as_in_ipv4() {
        let spelled = |ip: &str| Spelled(ip.parse().unwrap()).to_string();
        assert_eq!(spelled("::c400:1"), "::196.0.0.1");
        assert_eq!(spelled("::1:0"), "::0.1.0.0");
        for unchanged in ["::", "::1", "::ffff", "::ffff:1.2.3.4", "1::1:2", "10.0.0.1"] {
            assert_eq!(spelled(unchanged), unchanged);
        }
    }

    #[test]
    fn hexadecimal_has_the_width_of_its_field() {
        let mut out = Vec::new();
        write_hex_u16(0x18, &mut out);
        write_upper_hex(0, &mut out);
        write_upper_hex(0xe2d, &mut out);
        write_hex(&[0x0a, 0xff], &mut out);
        assert_eq!(out, b"0x00180E2D0aff");
    }
}
