//! Arguments that say which connections a command is about.

use super::redact::RedactArgs;
use clap::Args;
use std::ops::RangeInclusive;
use tcpflow_audit::audit::{Selection, Settings};
use tcpflow_audit::capture::FrameNumber;

/// Which connections. A word given twice widens, different words narrow.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
pub struct SelectArgs {
    /// Connections of this address
    #[arg(long, value_name = "ADDR")]
    host: Vec<String>,
    /// Connections of this network, as in 10.0.0.0/8
    #[arg(long, value_name = "CIDR")]
    net: Vec<String>,
    /// Connections from or to this port
    #[arg(long, value_name = "PORT")]
    port: Vec<String>,
    /// Connections to this server: ADDR:PORT, ADDR, CIDR:PORT or :PORT
    #[arg(long, value_name = "SERVER")]
    server: Vec<String>,
    /// Connections with this number (Wireshark's tcp.stream)
    #[arg(long, value_name = "N")]
    stream: Vec<String>,
    /// What goes on from here on: RFC 3339, or seconds from the first frame
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// What goes on up to here
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    #[command(flatten)]
    redact: RedactArgs,
}

impl SelectArgs {
    /// Whether something is replaced.
    pub fn is_redacted(&self) -> bool {
        self.redact.is_asked()
    }

    /// The audit that these arguments ask for.
    ///
    /// # Errors
    /// If a value makes no sense.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let selection = self.selection()?;
        Ok(Settings { redaction: selection.redaction, selection, ..Settings::default() })
    }

    /// The connections that these arguments name.
    ///
    /// # Errors
    /// If a value makes no sense.
    pub fn selection(&self) -> anyhow::Result<Selection> {
        let mut selection = Selection { redaction: self.redact.redaction()?, ..Selection::default() };
        let many = [
            ("host", &self.host),
            ("net", &self.net),
            ("port", &self.port),
            ("server", &self.server),
            ("stream", &self.stream),
        ];
        let single = [("since", &self.since), ("until", &self.until)];
        let many = many.into_iter().flat_map(|(word, values)| values.iter().map(move |value| (word, value)));
        let single = single.into_iter().filter_map(|(word, value)| Some((word, value.as_ref()?)));
        for (word, value) in many.chain(single) {
            selection.add(word, value).map_err(|error| anyhow::anyhow!("--{word}: {error}"))?;
        }
        Ok(selection)
    }
}

/// Understands `7`, `10-20`, `10-` and `-20`.
pub fn frames(text: &str) -> Result<RangeInclusive<FrameNumber>, String> {
    let number = |word: &str, empty| match word.trim() {
        "" => Ok(empty),
        word => word.parse::<FrameNumber>().map_err(|_| format!("`{word}` is no frame number")),
    };
    let range = match text.split_once('-') {
        None => number(text, 0)?..=number(text, 0)?,
        Some((first, last)) => number(first, 1)?..=number(last, FrameNumber::MAX)?,
    };
    if range.is_empty() || *range.end() == 0 { Err("no frame is in this range".to_owned()) } else { Ok(range) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{Cli, Parser};

    #[test]
    fn frames_are_a_number_or_a_range() {
        assert_eq!(frames("7"), Ok(7..=7));
        assert_eq!(frames("10-20"), Ok(10..=20));
        assert_eq!(frames("10-"), Ok(10..=FrameNumber::MAX));
        assert_eq!(frames("-20"), Ok(1..=20));
        for nonsense in ["", "0", "20-10", "a", "1-b", "1-2-3"] {
            assert!(frames(nonsense).is_err(), "{nonsense}");
        }
    }

    #[test]
    fn every_word_of_a_selection_is_an_option() {
        for word in Selection::WORDS {
            let value = if word == "since" || word == "until" {
                "1.5"
            } else if word == "port" || word == "stream" {
                "80"
            } else {
                "10.0.0.1"
            };
            let cli = Cli::try_parse_from(["tcpflow-audit", &format!("--{word}"), value, "a.pcap"]).unwrap();
            assert!(!cli.audit.select.selection().unwrap().is_everything(), "{word}");
        }
    }
}
