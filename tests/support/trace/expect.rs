//! What stands after `=>`, `#!` and `#?` on a line: states and findings.

use super::Annotation;
use super::values::{number, plain};
use super::words::Word;

/// What must be said at a line.
#[derive(Default)]
pub struct Expected {
    pub states: Option<[String; 2]>,
    pub findings: Vec<Annotation>,
}

/// Whether expectations begin here.
pub fn is_mark(word: &Word) -> bool {
    matches!(plain(word), Some("=>" | "#!" | "#?"))
}

/// `=> STATE / STATE #! TFA101 TFA107(possible) #? TFA701@5`
pub fn expectations(words: &[Word]) -> Result<Expected, String> {
    let mut expected = Expected::default();
    let mut rest = words;
    while let Some((mark, after)) = rest.split_first() {
        let end = after.iter().position(is_mark).unwrap_or(after.len());
        let said: Vec<&str> = after[..end].iter().filter_map(plain).collect();
        match (plain(mark), said.as_slice()) {
            (Some("=>"), [client, "/", server]) if state(client) && state(server) => {
                expected.states = Some([(*client).to_owned(), (*server).to_owned()]);
            }
            (Some("=>"), _) => return Err("expected `=> STATE / STATE` with the states of RFC 9293, or -".to_owned()),
            (Some(mark @ ("#!" | "#?")), codes) if !codes.is_empty() => {
                for code in codes {
                    expected.findings.push(annotation(code, mark == "#?")?);
                }
            }
            _ => return Err("expected `=> STATE / STATE`, `#! CODES` or `#? CODES`".to_owned()),
        }
        rest = &after[end..];
    }
    Ok(expected)
}

fn state(word: &str) -> bool {
    const STATES: [&str; 12] = [
        "-",
        "CLOSED",
        "LISTEN",
        "SYN-SENT",
        "SYN-RECEIVED",
        "ESTABLISHED",
        "FIN-WAIT-1",
        "FIN-WAIT-2",
        "CLOSE-WAIT",
        "CLOSING",
        "LAST-ACK",
        "TIME-WAIT",
    ];
    STATES.contains(&word)
}

/// `TFA101`, `TFA107(possible)`, `TFA202@9`.
fn annotation(word: &str, note: bool) -> Result<Annotation, String> {
    let (word, known_at) = match word.split_once('@') {
        Some((word, frame)) => (word, Some(number(frame)?)),
        None => (word, None),
    };
    let (code, confidence) = match word.strip_suffix(')').and_then(|word| word.split_once('(')) {
        Some((code, confidence)) => (code, Some(confidence.to_owned())),
        None => (word, None),
    };
    let digits = code.strip_prefix("TFA").unwrap_or_default();
    if digits.len() != 3 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(format!("{code} is no code of a rule"));
    }
    Ok(Annotation { code: code.to_owned(), note, confidence, known_at })
}
