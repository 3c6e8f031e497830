//! The text of a trace to a [`Trace`]: names, times, numbers relative to an ISS, and the expectations.

use super::expect::{Expected, expectations, is_mark};
use super::values::{mac_number, microseconds, number, plain};
use super::words::{Word, words};
use super::{End, Event, Line, Trace, TraceError, Verdict};
use std::collections::HashMap;
use std::net::IpAddr;

/// Reads a whole trace.
pub fn trace(text: &str) -> Result<Trace, TraceError> {
    let lines: Vec<&str> = text.lines().collect();
    let mut reader = Reader::default();
    let mut place = 0;
    while let Some(line) = lines.get(place) {
        let at = |message| TraceError { line: place + 1, message };
        if let Some(rounds) = line.strip_prefix("repeat ") {
            let rounds = Rounds::parse(rounds).map_err(at)?;
            let block = lines.iter().skip(place + 1).take_while(|line| line.trim() != "end").count();
            let end = place + 1 + block;
            lines.get(end).ok_or_else(|| at("expected `end` after the lines to repeat".to_owned()))?;
            for _ in 0..rounds.count {
                reader.lines(&lines[place + 1..end], place + 1)?;
                reader.next_round(&rounds).map_err(at)?;
            }
            reader.offset = 0;
            place = end;
        } else {
            reader.lines(&lines[place..=place], place)?;
        }
        place += 1;
    }
    Ok(reader.trace)
}

/// What a word or a line gives, or why it gives nothing.
pub(super) type Outcome<T = ()> = Result<T, String>;

/// What is known above the line being read.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) trace: Trace,
    pub(super) ends: HashMap<String, End>,
    /// Hosts in order of appearance: their hardware addresses and IP identifications follow from the place.
    pub(super) hosts: Vec<(IpAddr, u16)>,
    /// ISS of the latest SYN from one end to another.
    pub(super) iss: HashMap<(String, String), u32>,
    time: u64,
    /// Microseconds that the rounds of a `repeat` have added.
    offset: u64,
    pub(super) frames: usize,
}

/// `repeat 250 every 0.02 hosts C`
struct Rounds {
    count: usize,
    every: u64,
    /// Whether the end's port, not its address, counts up.
    ports: bool,
    end: String,
}

impl Rounds {
    fn parse(words: &str) -> Outcome<Self> {
        match words.split_whitespace().collect::<Vec<_>>().as_slice() {
            [count, "every", every, what @ ("hosts" | "ports"), end] => Ok(Self {
                count: number(count)?,
                every: microseconds(every)?,
                ports: *what == "ports",
                end: (*end).to_owned(),
            }),
            _ => Err("expected `repeat COUNT every SECONDS hosts|ports NAME`".to_owned()),
        }
    }
}

impl Reader {
    /// Reads `lines`, the first of which has `above` lines before it.
    fn lines(&mut self, lines: &[&str], above: usize) -> Result<(), TraceError> {
        for (number, line) in (above + 1..).zip(lines) {
            self.line(number, line).map_err(|message| TraceError { line: number, message })?;
        }
        Ok(())
    }

    /// Puts time forward and gives the end that counts up its next address or port.
    fn next_round(&mut self, rounds: &Rounds) -> Outcome {
        self.offset += rounds.every;
        let end = self.ends.get_mut(&rounds.end).ok_or_else(|| format!("nobody is called {:?}", rounds.end))?;
        match end.ip {
            _ if rounds.ports => end.port += 1,
            IpAddr::V4(ip) => end.ip = IpAddr::from((u32::from(ip) + 1).to_be_bytes()),
            IpAddr::V6(ip) => end.ip = IpAddr::from((u128::from(ip) + 1).to_be_bytes()),
        }
        Ok(())
    }

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
            let end = End { name: name.clone(), ip, port, mac: mac_number((place as u8).wrapping_add(1)) };
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
            None => self.offset + microseconds(time)?,
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
}
