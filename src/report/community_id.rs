//! Both ends of a connection to the Community ID (version 1) that other tools give the same connection.

use crate::lens::digest::Sha1;
use crate::wire::Endpoint;
use data_encoding::BASE64;
use std::net::IpAddr;

const VERSION: &str = "1:";
const SEED: [u8; 2] = [0, 0];
const PROTOCOL_TCP: u8 = 6;

/// `1:` and the base-64 SHA-1 of the ordered endpoints, with seed 0; the same for both directions.
pub fn community_id(one: Endpoint, other: Endpoint) -> String {
    let (low, high) = if one <= other { (one, other) } else { (other, one) };
    let mut hash = Sha1::new();
    hash.update(&SEED);
    address(&mut hash, low.ip);
    address(&mut hash, high.ip);
    hash.update(&[PROTOCOL_TCP, 0]);
    hash.update(&low.port.to_be_bytes());
    hash.update(&high.port.to_be_bytes());
    let mut id = String::with_capacity(30);
    id.push_str(VERSION);
    BASE64.encode_append(&hash.digest().bytes(), &mut id);
    id
}

fn address(hash: &mut Sha1, ip: IpAddr) {
    match ip {
        IpAddr::V4(ip) => hash.update(&ip.octets()),
        IpAddr::V6(ip) => hash.update(&ip.octets()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(ip: &str, port: u16) -> Endpoint {
        Endpoint { ip: ip.parse().unwrap(), port }
    }

    #[test]
    fn agrees_with_the_published_example_in_both_directions() {
        let (one, other) = (end("128.232.110.120", 34855), end("66.35.250.204", 80));
        assert_eq!(community_id(one, other), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
        assert_eq!(community_id(other, one), community_id(one, other));
    }
}
