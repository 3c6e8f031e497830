//! What stands below the options in the help of each command: examples, which a test runs through the parser.

/// Judging captures.
pub const AUDIT: &str = "\
Examples:
  tcpflow-audit capture.pcap
  tcpflow-audit *.pcapng --format jsonl > audit.jsonl
  tcpflow-audit flows capture.pcap --server :443 --format csv
  tcpflow-audit show capture.pcap --stream 7
  tcpflow-audit dissect capture.pcap --handshake
  tcpflow-audit capture.pcap --fail-on warning --since 12.5 --until 20
  tcpflow-audit capture.pcap --ignore TFA7 --output sarif=audit.sarif
  tcpflow-audit rule TFA101

Exit status:
  0  nothing as bad as --fail-on     3    no capture held TCP
  1  findings as bad as that         130  interrupted
  2  wrong usage, unreadable input";

/// Listing connections.
pub const FLOWS: &str = "\
Examples:
  tcpflow-audit flows capture.pcap --all
  tcpflow-audit flows capture.pcap --server :443 --format csv > web.csv
  tcpflow-audit flows --merge part.*.pcap.gz --format jsonl
  tcpdump -U -w - | tcpflow-audit flows - --format tsv";

/// Telling one connection.
pub const SHOW: &str = "\
The first connection selected is shown; --stream N picks another.

Examples:
  tcpflow-audit show capture.pcap
  tcpflow-audit show capture.pcap --stream 7 --all-segments
  tcpflow-audit show capture.pcap --host 10.1.2.3 --port 443";

/// Printing segments.
pub const PACKETS: &str = "\
Examples:
  tcpflow-audit packets capture.pcap --stream 7
  tcpflow-audit packets capture.pcap --only flagged
  tcpflow-audit packets capture.pcap --frame 10-20 --format tsv \\
      --fields frame.number,tcp.seq,tcp.ack,tcp.analysis.flags
  tcpflow-audit packets --fields help";

/// Dissecting frames.
pub const DISSECT: &str = "\
Examples:
  tcpflow-audit dissect capture.pcap --handshake --teardown --stream 7
  tcpflow-audit dissect capture.pcap --frame 12,13
  tcpflow-audit dissect capture.pcap --frame 12 --format details";

/// Explaining a rule.
pub const RULE: &str = "\
Examples:
  tcpflow-audit rule TFA101
  tcpflow-audit rule syn-ack-wrong-ack --format markdown";

/// Listing rules.
pub const RULES: &str = "\
Examples:
  tcpflow-audit rules
  tcpflow-audit rules --format json";

/// Saying which settings hold.
pub const CONFIG: &str = "\
Examples:
  tcpflow-audit config show
  tcpflow-audit config show captures/web.pcap --config tcpflow-audit.toml";

/// Printing the schema.
pub const SCHEMA: &str = "\
Examples:
  tcpflow-audit schema > tcpflow-audit.schema.json";

/// Printing completions.
pub const COMPLETIONS: &str = "\
Examples:
  tcpflow-audit completions bash \\
      > ~/.local/share/bash-completion/completions/tcpflow-audit
  tcpflow-audit completions zsh > ~/.zfunc/_tcpflow-audit
  tcpflow-audit completions fish \\
      > ~/.config/fish/completions/tcpflow-audit.fish
  tcpflow-audit completions powershell >> $PROFILE";

/// Writing man pages.
pub const MAN: &str = "\
Examples:
  tcpflow-audit man | man -l -
  tcpflow-audit man ~/.local/share/man/man1";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::parse;
    use std::ffi::OsString;

    #[test]
    fn every_example_can_be_typed() {
        for text in [AUDIT, FLOWS, SHOW, PACKETS, DISSECT, RULE, RULES, CONFIG, SCHEMA, COMPLETIONS, MAN] {
            let joined = text.replace("\\\n", "");
            let mut examples = joined.lines().filter_map(|line| line.split_once("tcpflow-audit ")).peekable();
            assert!(examples.peek().is_some(), "{text}");
            for (_, rest) in examples {
                let typed = rest.split(" > ").next().unwrap_or_default();
                let typed = typed.split(" >> ").next().unwrap_or_default();
                let typed = typed.split(" | ").next().unwrap_or_default();
                let words = ["tcpflow-audit"].into_iter().chain(typed.split_whitespace()).map(OsString::from);
                assert!(parse(words).is_ok(), "{rest}");
            }
        }
    }
}
