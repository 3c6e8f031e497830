//! What a rule rests on, as the address of a page that says it.

use crate::rules::Rule;

/// The address of the first section that `rule` refers to: `https://www.rfc-editor.org/rfc/rfc9293#section-3.5`.
pub fn address(rule: &Rule) -> String {
    let first = rule.reference.split(',').next().unwrap_or_default();
    let number: String = first.chars().skip_while(|it| !it.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let section = first.split_once('§').map(|(_, section)| section.split(' ').next().unwrap_or_default());
    let anchor = section.map(|section| format!("#section-{section}")).unwrap_or_default();
    format!("https://www.rfc-editor.org/rfc/rfc{number}{anchor}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{RULES, find};

    #[test]
    fn every_rule_leads_to_an_rfc() {
        let of = |code| find(code).map(address).unwrap_or_default();
        assert_eq!(of("TFA101"), "https://www.rfc-editor.org/rfc/rfc9293#section-3.5");
        assert_eq!(of("TFA115"), "https://www.rfc-editor.org/rfc/rfc4987");
        for rule in RULES {
            let address = address(rule);
            let number = address.split(['#', '/']).find_map(|part| part.strip_prefix("rfc")?.parse::<u32>().ok());
            assert!(number.is_some_and(|number| number > 0), "{}: {address}", rule.code);
        }
    }
}
