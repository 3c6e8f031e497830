//! Which connections an audit is about: words and values as people type them in, a yes or no for each connection out.

use crate::capture::Timestamp;
use crate::redact::Redaction;
use crate::wire::Endpoint;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// What a selection judges: a connection, or a moment of it.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// The end that asked.
    pub client: Endpoint,
    /// Its peer.
    pub server: Endpoint,
    /// Wireshark's `tcp.stream`.
    pub stream: u32,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends; `from` again for a single segment or finding.
    pub to: Timestamp,
    /// Time of the capture's first frame, from which [`When::After`] counts.
    pub origin: Timestamp,
}

/// Values of one word widen a selection, different words narrow it: two ports and a host mean that host on either port.
///
/// Nothing asked for selects everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Addresses, and networks of addresses, that either end must have one of.
    pub networks: Vec<Network>,
    /// Ports that either end must have one of.
    pub ports: Vec<u16>,
    /// Patterns that the server must match one of.
    pub servers: Vec<ServerPattern>,
    /// Wireshark's stream numbers.
    pub streams: Vec<u32>,
    /// Selects what goes on at this time or later.
    pub since: Option<When>,
    /// Selects what goes on at this time or earlier.
    pub until: Option<When>,
    /// What stands for the addresses and ports of what is to be judged, if they were replaced.
    pub redaction: Option<Redaction>,
}

impl Selection {
    /// The words that [`Selection::add`] knows.
    pub const WORDS: [&'static str; 7] = ["host", "net", "port", "server", "stream", "since", "until"];

    /// Adds one demand by its word, as the command line and configuration files spell it.
    ///
    /// # Errors
    /// If the word is none of [`Selection::WORDS`], or the value makes no sense for it.
    pub fn add(&mut self, word: &str, value: &str) -> Result<(), SelectError> {
        match word {
            "host" => self.networks.push(parse::<IpAddr>(value, "no IP address")?.into()),
            "net" => self.networks.push(value.parse()?),
            "port" => self.ports.push(parse(value, "no port number")?),
            "server" => self.servers.push(value.parse()?),
            "stream" => self.streams.push(parse(value, "no stream number")?),
            "since" => self.since = Some(value.parse()?),
            "until" => self.until = Some(value.parse()?),
            _ => return Err(SelectError::new(word, format!("is none of {}", Self::WORDS.join(", ")))),
        }
        Ok(())
    }

    /// Whether everything is selected.
    pub fn is_everything(&self) -> bool {
        let Self { networks, ports, servers, streams, since, until, redaction: _ } = self;
        networks.is_empty()
            && ports.is_empty()
            && servers.is_empty()
            && streams.is_empty()
            && since.is_none()
            && until.is_none()
    }

    /// Whether `subject` is selected.
    pub fn matches(&self, subject: &Subject) -> bool {
        let original = |end| self.redaction.map_or(end, |redaction| redaction.restore(end));
        let server = original(subject.server);
        let ends = [original(subject.client), server];
        any_of(&self.networks, |network| ends.iter().any(|end| network.contains(end.ip)))
            && any_of(&self.ports, |port| ends.iter().any(|end| end.port == *port))
            && any_of(&self.servers, |pattern| pattern.matches(server))
            && any_of(&self.streams, |stream| *stream == subject.stream)
            && self.since.is_none_or(|since| subject.to.nanoseconds() >= since.nanoseconds(subject.origin))
            && self.until.is_none_or(|until| subject.from.nanoseconds() <= until.nanoseconds(subject.origin))
    }
}

/// Addresses that begin with the same bits: `10.0.0.0/8`, `2001:db8::/32`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether `ip` is of the same family and begins with the same bits.
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.address, ip) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => same_start(net.to_bits().into(), ip.to_bits().into(), self.prefix, 32),
            (IpAddr::V6(net), IpAddr::V6(ip)) => same_start(net.to_bits(), ip.to_bits(), self.prefix, 128),
            _ => false,
        }
    }
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        Self { address, prefix: width(address) }
    }
}

impl FromStr for Network {
    type Err = SelectError;

    fn from_str(text: &str) -> Result<Self, SelectError> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(ip, bits)| (ip, Some(bits)));
        let address = parse::<IpAddr>(address, "no network, as in 10.0.0.0/8")?;
        let prefix = prefix.map_or(Ok(width(address)), |bits| parse(bits, "no prefix length"))?;
        match prefix <= width(address) {
            true => Ok(Self { address, prefix }),
            false => Err(SelectError::new(text, format!("has a prefix longer than {} bits", width(address)))),
        }
    }
}

/// An address or network, a port, or both: `10.0.0.2:443`, `[2001:db8::1]:443`, `10.0.0.0/8:443`, `10.0.0.2`, `:443`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerPattern {
    network: Option<Network>,
    port: Option<u16>,
}

impl ServerPattern {
    /// Whether `server` has the address and the port asked for.
    pub fn matches(&self, server: Endpoint) -> bool {
        self.network.is_none_or(|network| network.contains(server.ip))
            && self.port.is_none_or(|port| port == server.port)
    }
}

impl FromStr for ServerPattern {
    type Err = SelectError;

    fn from_str(text: &str) -> Result<Self, SelectError> {
        let (address, port) = split_port(text);
        if address.is_empty() && port.is_none() {
            return Err(SelectError::new(text, "names no server, as in 10.0.0.2:443 or :443"));
        }
        let network = (!address.is_empty()).then(|| address.parse()).transpose()?;
        Ok(Self { network, port: port.map(|port| parse(port, "no port number")).transpose()? })
    }
}

/// A time as a selection gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// A moment, written in RFC 3339: `2026-11-22T09:55:00Z`.
    At(Timestamp),
    /// Nanoseconds after the capture's first frame, written in seconds: `12.5`.
    After(i64),
}

impl When {
    /// Nanoseconds since the epoch, in a capture that began at `origin`.
    fn nanoseconds(self, origin: Timestamp) -> i64 {
        match self {
            Self::At(time) => time.nanoseconds(),
            Self::After(wait) => origin.nanoseconds().saturating_add(wait),
        }
    }
}

impl FromStr for When {
    type Err = SelectError;

    fn from_str(text: &str) -> Result<Self, SelectError> {
        if let Ok(seconds) = text.trim_end_matches('s').parse::<f64>()
            && seconds.is_finite()
        {
            return Ok(Self::After((seconds * 1e9).round() as i64));
        }
        parse(text, "neither RFC 3339 (2026-11-22T09:55:00Z) nor seconds (12.5)").map(Self::At)
    }
}

/// A word or value of a selection that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectError {
    value: String,
    why: String,
}

impl SelectError {
    fn new(value: &str, why: impl Into<String>) -> Self {
        Self { value: value.to_owned(), why: why.into() }
    }
}

impl fmt::Display for SelectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.value, self.why)
    }
}

impl std::error::Error for SelectError {}

fn any_of<T>(demands: &[T], met: impl Fn(&T) -> bool) -> bool {
    demands.is_empty() || demands.iter().any(met)
}

fn parse<T: FromStr>(value: &str, otherwise: &str) -> Result<T, SelectError> {
    value.trim().parse().map_err(|_| SelectError::new(value, format!("is {otherwise}")))
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn same_start(net: u128, ip: u128, prefix: u8, width: u8) -> bool {
    let shift = u32::from(width.saturating_sub(prefix));
    (net ^ ip).checked_shr(shift).unwrap_or(0) == 0
}

/// The port follows the last colon, but a bare IPv6 address is full of colons and has none.
fn split_port(text: &str) -> (&str, Option<&str>) {
    if text.parse::<Network>().is_ok() {
        return (text, None);
    }
    let (address, port) = text.rsplit_once(':').map_or((text, None), |(address, port)| (address, Some(port)));
    let bare = address.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
    (bare.unwrap_or(address), port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject() -> Subject {
        let end = |ip: &str, port| Endpoint { ip: ip.parse().unwrap(), port };
        Subject {
            client: end("10.0.0.1", 40000),
            server: end("192.0.2.7", 443),
            stream: 3,
            from: Timestamp::new(1_000_010, 0),
            to: Timestamp::new(1_000_020, 0),
            origin: Timestamp::new(1_000_000, 0),
        }
    }

    fn selects(demands: &[(&str, &str)]) -> bool {
        let mut selection = Selection::default();
        for (word, value) in demands {
            selection.add(word, value).unwrap();
        }
        selection.matches(&subject())
    }

    #[test]
    fn nothing_asked_for_is_everything() {
        assert!(Selection::default().is_everything() && selects(&[]));
    }

    #[test]
    fn each_word_selects_and_refuses() {
        for (word, yes, no) in [
            ("host", "10.0.0.1", "10.0.0.2"),
            ("net", "192.0.2.0/24", "192.0.3.0/24"),
            ("net", "0.0.0.0/0", "::/0"),
            ("port", "443", "80"),
            ("server", "192.0.2.7:443", "10.0.0.1:40000"),
            ("server", ":443", ":40000"),
            ("server", "192.0.0.0/16", "192.0.2.7:444"),
            ("server", "192.0.2.0/24:443", "192.0.2.0/24:80"),
            ("stream", "3", "0"),
            ("since", "15", "20.5"),
            ("since", "1970-01-12T13:47:00Z", "1970-01-12T13:47:01Z"),
            ("until", "10", "9.999999999"),
        ] {
            assert!(selects(&[(word, yes)]), "{word} {yes}");
            assert!(!selects(&[(word, no)]), "{word} {no}");
        }
    }

    #[test]
    fn one_word_widens_and_two_narrow() {
        assert!(selects(&[("port", "80"), ("port", "443")]));
        assert!(!selects(&[("port", "443"), ("host", "10.9.9.9")]));
    }

    #[test]
    fn ipv6_servers_with_and_without_a_port() {
        let server = Endpoint { ip: "2001:db8::1".parse().unwrap(), port: 443 };
        for pattern in ["2001:db8::1", "[2001:db8::1]:443", "2001:db8::/32", "[2001:db8::/32]:443", ":443"] {
            assert!(pattern.parse::<ServerPattern>().unwrap().matches(server), "{pattern}");
        }
        assert!(!"[2001:db8::1]:80".parse::<ServerPattern>().unwrap().matches(server));
    }

    #[test]
    fn nonsense_is_refused_with_the_value() {
        for (word, value) in [
            ("host", "ten"),
            ("net", "10.0.0.0/33"),
            ("net", "10.0.0.0/"),
            ("port", "65536"),
            ("server", ""),
            ("server", "10.0.0.1:http"),
            ("stream", "-1"),
            ("since", "yesterday"),
            ("until", "inf"),
        ] {
            let error = Selection::default().add(word, value).unwrap_err();
            assert!(!error.to_string().is_empty(), "{word} {value}");
        }
        assert!(Selection::default().add("color", "red").unwrap_err().to_string().contains("host, net"));
    }
}
