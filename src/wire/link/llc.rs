//! IEEE 802.2 logical link control and the subnetwork access protocol on top of it.

use super::ethernet::{ethernet, ethertype};
use crate::wire::Skip;
use crate::wire::ip::ip;
use crate::wire::octets::Octets;
use crate::wire::walk::{Outcome, Walk};

/// Service access points.
const SAP_IP: u8 = 0x06;
const SAP_SNAP: u8 = 0xaa;
/// The control field of nearly every frame.
const UNNUMBERED_INFORMATION: u8 = 0x03;

pub(crate) fn llc(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    walk.deeper()?;
    let [destination, source, control] = octets.array(0)?;
    // Unnumbered frames have a control field of one octet; of the others, with two, information frames carry data.
    let body = match control {
        UNNUMBERED_INFORMATION => octets.skip(3)?,
        _ if control & 1 == 0 => octets.skip(4)?,
        _ => return walk.nothing(Skip::NotTcp),
    };
    match destination {
        SAP_SNAP if source == SAP_SNAP => snap(walk, body),
        SAP_IP => ip(walk, body),
        _ => walk.nothing(Skip::NotTcp),
    }
}

/// An organisation and a protocol of its own; those that lead to IP use EtherTypes, or bridge Ethernet.
fn snap(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    const ENCAPSULATED_ETHERNET: [u8; 3] = [0, 0, 0];
    const BRIDGE_TUNNEL: [u8; 3] = [0, 0, 0xf8];
    const IEEE_802_1: [u8; 3] = [0, 0x80, 0xc2];
    let protocol = octets.u16(3)?;
    let body = octets.skip(5)?;
    match (octets.array(0)?, protocol) {
        (ENCAPSULATED_ETHERNET | BRIDGE_TUNNEL, _) => ethertype(walk, protocol, body),
        (IEEE_802_1, 0x0001 | 0x0007) => ethernet(walk, body.skip(2)?),
        _ => walk.nothing(Skip::NotTcp),
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::testing::*;

    #[test]
    fn leads_to_ip_by_access_point_or_ether_type() {
        let ip = ipv4(6, &tcp());
        let frames = [
            snap(IPV4, &ip),
            join(&[&[6, 6, 3], &ip]),
            join(&[&[6, 6, 0, 0], &ip]),
            join(&[&[0xaa, 0xaa, 3, 0, 0, 0xf8], &IPV4.to_be_bytes(), &ip]),
            join(&[&[0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 7, 0, 0], &plain()]),
        ];
        all_hold_it(ETHERNET, &frames.map(|llc| ethernet(llc.len() as u16, &llc)));
    }

    #[test]
    fn only_frames_with_information_carry_ip() {
        let ip = ipv4(6, &tcp());
        let frames = [join(&[&[6, 6, 0xf3], &ip]), join(&[&[6, 6, 1, 0], &ip]), join(&[&[7, 6, 3], &ip])];
        none_holds_any(ETHERNET, &frames.map(|llc| ethernet(llc.len() as u16, &llc)));
    }
}
