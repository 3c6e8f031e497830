//! A line to its words: plain ones, `"text"`, `<options>`, `(remark)`; a `# comment` ends the line.

/// One word of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    Plain(String),
    Text(String),
    Options(String),
    Remark(String),
}

/// The words of a line.
pub fn words(line: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() && !is_comment(rest) {
        let (word, after) = match rest.as_bytes()[0] {
            b'"' => enclosed(rest, '"', "a closing \"").map(|(inner, after)| (Word::Text(inner), after))?,
            b'<' => enclosed(rest, '>', "a closing >").map(|(inner, after)| (Word::Options(inner), after))?,
            b'(' => enclosed(rest, ')', "a closing )").map(|(inner, after)| (Word::Remark(inner), after))?,
            _ => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                (Word::Plain(rest[..end].to_owned()), &rest[end..])
            }
        };
        words.push(word);
        rest = after.trim_start();
    }
    Ok(words)
}

/// Whether the rest of the line is a comment: `#` and a space, not the marks `#!` and `#?`.
fn is_comment(rest: &str) -> bool {
    rest == "#" || rest.starts_with("# ")
}

fn enclosed<'a>(rest: &'a str, close: char, missing: &str) -> Result<(String, &'a str), String> {
    let inner = &rest[1..];
    let end = inner.find(close).ok_or_else(|| format!("expected {missing}"))?;
    Ok((inner[..end].to_owned(), &inner[end + close.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_falls_into_words() {
        let plain = |word: &str| Word::Plain(word.to_owned());
        assert_eq!(
            words("0.1 A>B  S <mss 1460, nop> \"a # b\" (lost) #! TFA101 # why \"not").unwrap(),
            [
                plain("0.1"),
                plain("A>B"),
                plain("S"),
                Word::Options("mss 1460, nop".to_owned()),
                Word::Text("a # b".to_owned()),
                Word::Remark("lost".to_owned()),
                plain("#!"),
                plain("TFA101"),
            ]
        );
        assert_eq!(words("0.1 A>B <mss").unwrap_err(), "expected a closing >");
    }
}
