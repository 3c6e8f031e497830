//! Options to the words that Wireshark's Info column has for them.

use super::{AccEcn, Experiment, TcpOption, Walk, sack};
use crate::lens::wireshark::text::{write_number, write_upper_hex};
use crate::lens::wireshark::{Numbers, Row};
use crate::wire::Decoded;

/// Appends the text of every option: ` MSS=1460 SACK_PERM`.
pub fn write_texts(decoded: &Decoded<'_>, row: &Row, out: &mut Vec<u8>) {
    for option in Walk::shown(decoded, row).options() {
        write_text(&option, row.numbers, out);
    }
}

/// What Riverbed's options put in front: `S+, `.
pub fn write_prefix(decoded: &Decoded<'_>, row: &Row, out: &mut Vec<u8>) {
    for option in Walk::shown(decoded, row).options() {
        match option.riverbed_probe() {
            Some((prefix, needed)) if option.length >= needed => out.extend_from_slice(prefix.as_bytes()),
            _ if option.kind == 78 => out.extend_from_slice(b"TRPY, "),
            _ => {}
        }
    }
}

fn write_text(option: &TcpOption<'_>, numbers: Numbers, out: &mut Vec<u8>) {
    match option.kind {
        4 => return out.extend_from_slice(b" SACK_PERM"),
        5 => return write_sack(option, numbers, out),
        19 => return out.extend_from_slice(b" MD5"),
        29 => return out.extend_from_slice(b"TCP AO"),
        27 if option.fits() => return write_quick_start(option, out),
        172 | 174 => return write_acc_ecn(option, out),
        253 | 254 if option.acc_ecn().is_some() => return write_acc_ecn(option, out),
        _ => {}
    }
    if !option.is_sound() {
        return;
    }
    match option.kind {
        2 => write_value(" MSS=", option.mss(), out),
        3 => write_value(" WS=", option.window_scale().map(|shift| 1_u32 << shift.min(14)), out),
        6 | 7 => write_value(" ECHO=", option.u32(2), out),
        8 => {
            write_value(" TSval=", option.tsval(), out);
            write_value(" TSecr=", option.tsecr(), out);
        }
        11..=13 => write_value(" CC=", option.u32(2), out),
        20 => write_scps(option, out),
        28 => write_value(" USER_TO=", option.u16(2).map(|value| value & 0x7fff), out),
        34 => write_fast_open(option, out),
        253 | 254 => write_experiment(option, out),
        _ => {}
    }
}

fn write_value(label: &str, value: Option<impl itoa::Integer>, out: &mut Vec<u8>) {
    if let Some(value) = value {
        out.extend_from_slice(label.as_bytes());
        write_number(value, out);
    }
}

fn write_sack(option: &TcpOption<'_>, numbers: Numbers, out: &mut Vec<u8>) {
    let mut edges = sack::edges(option, numbers);
    while let (Some(left), Some(right)) = (edges.next(), edges.next()) {
        write_value(" SLE=", Some(left), out);
        write_value(" SRE=", Some(right), out);
    }
}

fn write_fast_open(option: &TcpOption<'_>, out: &mut Vec<u8>) {
    let requested = option.fast_open_cookie().is_none_or(<[u8]>::is_empty);
    out.extend_from_slice(if requested { b" TFO=R" } else { b" TFO=C" });
}

fn write_acc_ecn(option: &TcpOption<'_>, out: &mut Vec<u8>) {
    let Some(AccEcn { ect0_first, counters }) = option.acc_ecn() else { return };
    if counters.is_empty() && option.is_whole() {
        out.extend_from_slice(b" AccECN");
    }
    let labels = if ect0_first { [" EE0B=", " ECEB=", " EE1B="] } else { [" EE1B=", " ECEB=", " EE0B="] };
    for (label, counter) in labels.iter().zip(counters.chunks_exact(3)) {
        write_value(label, Some(counter.iter().fold(0_u32, |sum, octet| sum << 8 | u32::from(*octet))), out);
    }
}

fn write_experiment(option: &TcpOption<'_>, out: &mut Vec<u8>) {
    match option.experiment() {
        Some(Experiment::FastOpen) => write_fast_open(option, out),
        Some(Experiment::AckRate) => {
            out.extend_from_slice(b" TARR");
            write_value("=", option.u8(4).map(|octet| octet >> 1), out);
        }
        Some(Experiment::Other(exid)) => {
            out.extend_from_slice(b" ExID=");
            write_upper_hex(exid, out);
        }
        Some(Experiment::AccEcn) | None => {}
    }
}

fn write_scps(option: &TcpOption<'_>, out: &mut Vec<u8>) {
    const NAMES: [&str; 5] = ["BETS", "SNACK1", "SNACK2", "COMP", "NLTS"];
    let (4, Some(vector), Some(connection)) = (option.length, option.u8(2), option.u8(3)) else { return };
    let reserved = (vector & 0x07 != 0).then_some("RESERVED");
    let set = NAMES.iter().enumerate().filter(|(bit, _)| vector & (0x80 >> bit) != 0).map(|(_, name)| *name);
    for (position, name) in set.chain(reserved).enumerate() {
        out.extend_from_slice(if position == 0 { b" SCPS[" } else { b", " });
        out.extend_from_slice(name.as_bytes());
    }
    if vector != 0 {
        out.push(b']');
    }
    if connection != 0 {
        write_value(" Connection ID=", Some(connection), out);
    }
}

/// The rate that a Quick-Start option asks for or grants: 40 kbit/s doubled n times (RFC 4782 §3.1).
fn write_quick_start(option: &TcpOption<'_>, out: &mut Vec<u8>) {
    const RATES: [&str; 16] = [
        "0 bit/s",
        "80 Kbit/s",
        "160 Kbit/s",
        "320 Kbit/s",
        "640 Kbit/s",
        "1.28 Mbit/s",
        "2.56 Mbit/s",
        "5.12 Mbit/s",
        "10.24 Mbit/s",
        "20.48 Mbit/s",
        "40.96 Mbit/s",
        "81.92 Mbit/s",
        "163.84 Mbit/s",
        "327.68 Mbit/s",
        "655.36 Mbit/s",
        "1.31072 Gbit/s",
    ];
    if let Some(rate) = option.u8(2).and_then(|octet| RATES.get(usize::from(octet & 0x0f))) {
        out.extend_from_slice(b" QSresp=");
        out.extend_from_slice(rate.as_bytes());
    }
}
