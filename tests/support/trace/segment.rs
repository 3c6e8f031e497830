//! The words of a segment and of an ICMP error, and what carries them.

use super::super::capture_file::Direction;
use super::super::packet::Checksum;
use super::parse::{Outcome, Reader};
use super::values::{checksum, flags, mac_number, next, number, payload, plain};
use super::words::Word;
use super::{Carried, End, Fragment, IcmpLine, SegmentLine, options};
use std::net::IpAddr;

impl Reader {
    /// `FLAGS SEQ [ack N] [words …]`
    pub(super) fn segment(&mut self, ends: &str, words: &[Word]) -> Outcome<SegmentLine> {
        let [from, to] = self.pair(ends)?;
        let [Word::Plain(letters), Word::Plain(seq), rest @ ..] = words else {
            return Err("expected flags and a sequence number".to_owned());
        };
        let bits = flags(letters)?;
        let own = (from.name.clone(), to.name.clone());
        let seq = self.number(seq, &own)?;
        if bits & 2 != 0 {
            self.iss.insert(own.clone(), seq);
        }
        let peer = (to.name.clone(), from.name.clone());
        let mut segment = SegmentLine {
            seq,
            ack: 0,
            bits,
            window: 65535,
            options: Vec::new(),
            payload: Vec::new(),
            urgent: 0,
            offset: None,
            checksum: Checksum::Right,
            carried: Carried { id: self.next_id(from.ip), ..Carried::default() },
            from,
            to,
        };
        let mut words = rest.iter();
        while let Some(word) = words.next() {
            match word {
                Word::Options(text) => segment.options = options::octets(text, |word| self.number(word, &peer))?,
                Word::Plain(word) => {
                    let mut value = || next(word, &mut words);
                    match word.as_str() {
                        "ack" => segment.ack = self.number(value()?, &peer)?,
                        "win" => segment.window = number(value()?)?,
                        "len" => {
                            segment.payload = payload(&segment.from.name, seq, segment.bits, number(value()?)?);
                        }
                        "fill" => {
                            let letter = value()?.as_bytes()[0];
                            segment.payload.fill(letter);
                        }
                        "data" => match words.next() {
                            Some(Word::Text(text)) => segment.payload = text.clone().into_bytes(),
                            _ => return Err("expected \"text\" after data".to_owned()),
                        },
                        "urg" => segment.urgent = number(value()?)?,
                        "offset" => segment.offset = Some(number(value()?)?),
                        "reserved" => segment.bits |= (number::<u16>(value()?)? & 7) << 9,
                        "checksum" => segment.checksum = checksum(value()?)?,
                        _ => self.carried(&mut segment.carried, word, &mut words)?,
                    }
                }
                Word::Text(_) | Word::Remark(_) => return Err("\"text\" follows the word data".to_owned()),
            }
        }
        Ok(segment)
    }

    /// `icmp KIND/CODE quotes FRAME [octets N] [mtu N] [words …]`
    pub(super) fn icmp(&mut self, ends: &str, words: &[Word]) -> Outcome<IcmpLine> {
        let [from, to] = self.pair(ends)?;
        let [Word::Plain(kind), Word::Plain(quotes), Word::Plain(frame), rest @ ..] = words else {
            return Err("expected `icmp KIND/CODE quotes FRAME`".to_owned());
        };
        let (kind, code) = kind.split_once('/').ok_or("an ICMP error is KIND/CODE")?;
        let frame: usize = number(frame)?;
        if quotes != "quotes" || frame == 0 || frame > self.frames {
            return Err("an ICMP error quotes the number of a frame above it".to_owned());
        }
        let mut line = IcmpLine {
            kind: number(kind)?,
            code: number(code)?,
            mtu: 0,
            quotes: frame,
            octets: 8,
            carried: Carried { id: self.next_id(from.ip), ..Carried::default() },
            from,
            to,
        };
        let mut words = rest.iter();
        while let Some(word) = words.next() {
            match plain(word) {
                Some("octets") => line.octets = number(next("octets", &mut words)?)?,
                Some("mtu") => line.mtu = number(next("mtu", &mut words)?)?,
                Some(word) => self.carried(&mut line.carried, word, &mut words)?,
                None => return Err("an ICMP error has no options and no text".to_owned()),
            }
        }
        Ok(line)
    }

    /// The words about what carries a segment.
    fn carried(&mut self, carried: &mut Carried, word: &str, words: &mut std::slice::Iter<'_, Word>) -> Outcome {
        if word == "in" || word == "out" {
            carried.direction = Some(if word == "in" { Direction::In } else { Direction::Out });
            self.trace.pcapng_only = true;
            return Ok(());
        }
        let value = next(word, words)?;
        match word {
            "ttl" => carried.ttl = Some(number(value)?),
            "id" => carried.id = number(value)?,
            "ecn" => carried.ecn = number(value)?,
            "ip-length" => carried.ip_length = Some(number(value)?),
            "vlan" => carried.vlan = Some(number(value)?),
            "cut" => carried.cut = Some(number(value)?),
            "mac" => {
                let (from, to) = value.split_once('>').ok_or("hardware addresses are N>M")?;
                carried.macs = Some([mac_number(number(from)?), mac_number(number(to)?)]);
            }
            "frag" => {
                let (octets, captured) = match value.split_once('/') {
                    None => (value, [true, true]),
                    Some((octets, "first")) => (octets, [true, false]),
                    Some((octets, "second")) => (octets, [false, true]),
                    Some(_) => return Err("fragments are `frag N`, `frag N/first` or `frag N/second`".to_owned()),
                };
                carried.fragment = Some(Fragment { first_octets: number(octets)?, captured });
            }
            "interface" => {
                carried.interface = number(value)?;
                self.trace.pcapng_only = true;
            }
            _ => return Err(format!("unknown word {word}")),
        }
        Ok(())
    }

    /// `A>B` to both ends.
    pub(super) fn pair(&self, ends: &str) -> Outcome<[End; 2]> {
        let (from, to) = ends.split_once('>').ok_or_else(|| format!("expected A>B, found {ends}"))?;
        let end = |name: &str| self.ends.get(name).cloned().ok_or_else(|| format!("nobody is called {name:?}"));
        Ok([end(from)?, end(to)?])
    }

    /// A sequence number: absolute, or `+N` or `-N` from the ISS of the latest SYN from the first to the second of `way`.
    fn number(&self, word: &str, way: &(String, String)) -> Outcome<u32> {
        if !word.starts_with(['+', '-']) {
            return number(word);
        }
        let iss = self.iss.get(way).ok_or_else(|| format!("{word}: no SYN from {} to {} above", way.0, way.1))?;
        Ok(iss.wrapping_add_signed(number::<i64>(word)? as i32))
    }

    /// IP identifications count up, host by host.
    fn next_id(&mut self, ip: IpAddr) -> u16 {
        match self.hosts.iter_mut().enumerate().find(|(_, host)| host.0 == ip) {
            Some((place, host)) => {
                host.1 = host.1.wrapping_add(1);
                (place as u16 + 1).wrapping_mul(0x1000).wrapping_add(host.1)
            }
            None => 0,
        }
    }
}
