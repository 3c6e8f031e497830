//! Rules as text for people.

use super::peers;
use crate::report::reference::address;
use crate::report::text::paint;
use crate::report::{Look, Paint};
use crate::rules::Rule;
use std::fmt::Write;

/// Columns of prose, where the screen is not narrower.
const WIDTH: usize = 80;

/// A line each.
pub fn list(rules: &[&Rule], look: Look) -> String {
    let widest = rules.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for rule in rules {
        let severity = format!("{:7}", rule.severity);
        let severity = look.paint(paint(rule.severity), &severity);
        let code = look.link(&address(rule), rule.code.into());
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(text, "{code}  {:widest$}  {severity}  {}", rule.name, rule.summary);
    }
    text
}

/// A page.
pub fn explained(rule: &Rule, look: Look) -> String {
    let width = look.width.map_or(WIDTH, |width| WIDTH.min(usize::from(width)));
    let title = format!("{} {}", rule.code, rule.name);
    let mut text = format!("{}\n", look.paint(Paint::Strong, &title));
    let reference = look.link(&address(rule), rule.reference.into());
    let _ = writeln!(text, "{}, {}\n", look.paint(paint(rule.severity), rule.severity.name()), reference);
    text.push_str(&wrapped(rule.summary, "", width));
    if !rule.equation.is_empty() {
        let _ = writeln!(text, "\n    {}", rule.equation);
    }
    text.push('\n');
    text.push_str(&wrapped(rule.explanation, "", width));
    section(&mut text, look, "An exchange that breaks it");
    for line in rule.ladder {
        let _ = writeln!(text, "    {line}");
    }
    section(&mut text, look, "What looks like it and is legal");
    for item in rule.look_alikes {
        text.push_str(&wrapped(item, "  - ", width));
    }
    section(&mut text, look, "What to do");
    text.push_str(&wrapped(rule.remedy, "", width));
    for (index, (tool, name)) in peers(rule).enumerate() {
        if index == 0 {
            section(&mut text, look, "What others call it");
        }
        let _ = writeln!(text, "  {tool:9}  {name}");
    }
    text
}

fn section(text: &mut String, look: Look, title: &str) {
    let _ = writeln!(text, "\n{}", look.paint(Paint::Strong, title));
}

/// `prose` in lines of at most `width` columns; the first begins with `lead`, the others stand as far in.
fn wrapped(prose: &str, lead: &str, width: usize) -> String {
    let mut text = String::new();
    let mut line = lead.to_owned();
    let mut empty = true;
    for word in prose.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > width {
            let _ = writeln!(text, "{line}");
            line = " ".repeat(lead.len());
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    let _ = writeln!(text, "{line}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RULES;

    #[test]
    fn prose_fits_its_width_and_loses_no_word() {
        let text = wrapped("one two three four", "- ", 9);
        assert_eq!(text, "- one two\n  three\n  four\n");
    }

    #[test]
    fn every_rule_is_explained_within_the_width() {
        for rule in RULES {
            let text = explained(rule, Look::default());
            assert!(text.lines().all(|line| line.starts_with("    ") || line.chars().count() <= WIDTH), "{text}");
        }
    }
}
