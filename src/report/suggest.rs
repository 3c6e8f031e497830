//! A mistyped name and the known ones to the one that was probably meant.

/// The known name with the smallest edit distance to `name`, if that is small for its length.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let (distance, nearest) = known.map(|candidate| (distance(name, candidate), candidate)).min()?;
    (distance <= name.len() / 3).then_some(nearest)
}

/// Levenshtein's distance in octets.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (to, cell) in b.bytes().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(from != to);
            diagonal = *cell;
            left = replaced.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }

    #[test]
    fn nothing_near_is_nothing() {
        assert_eq!(nearest("tcp.seq", ["tcp.sek", "ip.src"].into_iter()), Some("tcp.sek"));
        assert_eq!(nearest("qqq", ["tcp.seq"].into_iter()), None);
    }
}
