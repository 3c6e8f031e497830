//! The text of a trace to a [`Trace`]: names, times, numbers relative to an ISS, and the expectations.

use super::super::capture_file::Direction;
use super::super::packet::Checksum;
use super::expect::{Expected, expectations, is_mark};
use super::values::{checksum, flags, mac_number, microseconds, next, number, payload, plain};
use super::words::{Word, words};
use super::{Carried, End, Event, Fragment, IcmpLine, Line, SegmentLine, Trace, TraceError, Verdict, options};
use std::collections::HashMap;
use std::net::IpAddr;

/// Reads a whole trace.
pub fn trace(text: &str) -> Result<Trace, TraceError> {
    let mut reader = Reader::default();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        reader.line(number, line).map_err(|message| TraceError { line: number, message })?;
    }
    Ok(reader.trace)
}

type Outcome<T = ()> = Result<T, String>;

/// What is known above the line being read.
#[derive(Default)]
struct Reader {
    trace: Trace,
    ends: HashMap<String, End>,
    /// Hosts in order of appearance: their hardware addresses and IP identifications follow from the place.
    hosts: Vec<(IpAddr, u16)>,
    /// ISS of the latest SYN from one end to another.
    iss: HashMap<(String, String), u32>,
    time: u64,
    frames: usize,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) -> Outcome {
        if let Some(comment) = line.trim_start().strip_prefix("# ") {
            if let Some(reason) = comment.strip_prefix("pending:") {
                self.trace.pending = Some(reason.trim().to_owned());
            }
            return Ok(());
        }
        let words = words(line)?;
        match words.as_slice() {
            [] => Ok(()),
            [Word::Plain(_), Word::Plain(equals), ..] if equals == "=" => self.define(&words),
            [Word::Plain(first), rest @ ..] => match first.as_str() {
                "=>" => self.verdict(number, None, rest),
                "capture" => self.about(rest),
                "limit" => self.limit(rest),
                _ if first.contains('>') => match rest.split_first() {
                    Some((Word::Plain(arrow), rest)) if arrow == "=>" => self.verdict(number, Some(first), rest),
                    _ => Err("a line begins with a time; `A>B =>` tells what must be said of a connection".to_owned()),
                },
                _ => self.event(number, first, rest),
            },
            _ => Err("a line begins with a time, a name, `=>`, `capture`, `limit` or `#`".to_owned()),
        }
    }

    /// `A = 10.0.0.1:40000   B = [2001:db8::2]:80   R = 10.0.0.254`
    fn define(&mut self, words: &[Word]) -> Outcome {
        for triple in words.chunks(3) {
            let [Word::Plain(name), Word::Plain(equals), Word::Plain(address)] = triple else {
                return Err("definitions are NAME = ADDRESS:PORT".to_owned());
            };
            if equals != "=" {
                return Err(format!("expected = after {name}"));
            }
            let (ip, port) = match address.parse::<std::net::SocketAddr>() {
                Ok(socket) => (socket.ip(), socket.port()),
                Err(_) => (address.parse().map_err(|_| format!("{address} is no ADDRESS:PORT"))?, 0),
            };
            let place = self.hosts.iter().position(|host| host.0 == ip).unwrap_or_else(|| {
                self.hosts.push((ip, 0));
                self.hosts.len() - 1
            });
            let end = End { name: name.clone(), ip, port, mac: mac_number(place as u8 + 1) };
            self.ends.insert(name.clone(), end);
        }
        Ok(())
    }

    /// `capture pcapng only`, `capture filter "…"`, `capture drops 7`, `capture cut 5`, `capture #? TFA912`
    fn about(&mut self, words: &[Word]) -> Outcome {
        match words {
            [Word::Plain(only), Word::Plain(_)] if only == "pcapng" => self.trace.pcapng_only = true,
            [Word::Plain(word), Word::Text(filter)] if word == "filter" => {
                self.trace.about.filter = Some(filter.clone());
                self.trace.pcapng_only = true;
            }
            [Word::Plain(word), Word::Plain(count)] if word == "drops" || word == "os-drops" => {
                let count = Some(number(count)?);
                if word == "drops" {
                    self.trace.about.dropped = count;
                } else {
                    self.trace.about.os_dropped = count;
                }
                self.trace.pcapng_only = true;
            }
            [Word::Plain(word), Word::Plain(count)] if word == "cut" => self.trace.cut_file = number(count)?,
            _ => {
                let expected = expectations(words)?;
                if expected.states.is_some() || expected.findings.is_empty() {
                    return Err("of a capture: pcapng only, filter, drops, os-drops, cut, or findings".to_owned());
                }
                self.trace.capture_findings.extend(expected.findings);
            }
        }
        Ok(())
    }

    fn limit(&mut self, words: &[Word]) -> Outcome {
        let [Word::Plain(name), Word::Plain(value)] = words else {
            return Err("limits are `limit NAME VALUE`".to_owned());
        };
        self.trace.limits.push((name.clone(), value.clone()));
        Ok(())
    }

    /// `=> handshake complete, teardown four-segment by client`
    fn verdict(&mut self, line: usize, ends: Option<&str>, words: &[Word]) -> Outcome {
        let said: Vec<&str> = words.iter().filter_map(plain).map(|word| word.trim_end_matches(',')).collect();
        let (handshake, teardown, by) = match said.as_slice() {
            ["handshake", handshake, "teardown", teardown] => (handshake, teardown, None),
            ["handshake", handshake, "teardown", teardown, "by", by @ ("client" | "server" | "nobody")] => {
                (handshake, teardown, Some((*by).to_owned()))
            }
            _ => return Err("expected `=> handshake WORD, teardown WORD [by client|server|nobody]`".to_owned()),
        };
        let ends = ends.map(|ends| self.pair(ends)).transpose()?;
        self.trace.verdicts.push(Verdict {
            number: line,
            ends: ends.map(|ends| ends.map(|end| (end.ip, end.port))),
            handshake: (*handshake).to_owned(),
            teardown: (*teardown).to_owned(),
            by,
        });
        Ok(())
    }

    /// A line that begins with a time.
    fn event(&mut self, number: usize, time: &str, words: &[Word]) -> Outcome {
        let time = match time.strip_prefix('+') {
            Some(step) => self.time + microseconds(step)?,
            None => microseconds(time)?,
        };
        let end = words.iter().position(is_mark).unwrap_or(words.len());
        let expected = expectations(&words[end..])?;
        let mut words = words[..end].to_vec();
        let captured = !words.contains(&Word::Remark("lost".to_owned()));
        words.retain(|word| !matches!(word, Word::Remark(_)));
        let (event, frames) = match words.as_slice() {
            [Word::Plain(clock)] if clock == "clock" => (Event::Clock, 1),
            [Word::Plain(ends), Word::Plain(icmp), rest @ ..] if icmp == "icmp" => {
                (Event::Icmp(self.icmp(ends, rest)?), 1)
            }
            [Word::Plain(ends), rest @ ..] => {
                let segment = self.segment(ends, rest)?;
                let fragment = segment.carried.fragment;
                let frames = fragment.map_or(1, |it| it.captured.iter().filter(|captured| **captured).count());
                (Event::Segment(Box::new(segment)), frames)
            }
            _ => return Err("expected `A>B FLAGS SEQ …`, `A>B icmp …` or `clock` after the time".to_owned()),
        };
        if !captured && (expected.states.is_some() || !expected.findings.is_empty()) {
            return Err("nothing can be said of a segment that was not captured".to_owned());
        }
        self.time = time;
        self.frames += if captured { frames } else { 0 };
        let Expected { states, findings } = expected;
        self.trace.lines.push(Line { number, time, captured, event, states, findings });
        Ok(())
    }

    /// `FLAGS SEQ [ack N] [words …]`
    fn segment(&mut self, ends: &str, words: &[Word]) -> Outcome<SegmentLine> {
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
    fn icmp(&mut self, ends: &str, words: &[Word]) -> Outcome<IcmpLine> {
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
    fn pair(&self, ends: &str) -> Outcome<[End; 2]> {
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
