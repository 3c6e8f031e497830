//! Octets of any `Read` to a sliding window over them: records are borrowed from it, whatever portions the source delivers.

use std::io::{self, Read};
use std::ops::Range;

use crate::{Error, Result};

/// Octets the window holds at first. It grows only when a record that is really there does not fit.
const INITIAL_LEN: usize = 64 * 1024;

/// The part of a stream that is in memory, and the stream behind it.
#[derive(Debug)]
pub(super) struct Window<R> {
    source: R,
    name: String,
    octets: Vec<u8>,
    start: usize,
    end: usize,
    /// Offset in the stream of `octets[0]`.
    base: u64,
    ended: bool,
    damage: Option<io::Error>,
}

impl<R: Read> Window<R> {
    /// A window over `source`, which errors call `name`. Nothing is read yet.
    pub(super) fn new(source: R, name: String) -> Self {
        Self { source, name, octets: vec![0; INITIAL_LEN], start: 0, end: 0, base: 0, ended: false, damage: None }
    }

    /// What is being read: a path, or `-` for standard input.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Calls what is being read by another name.
    pub(super) fn rename(&mut self, name: String) {
        self.name = name;
    }

    /// The octets that are here and not consumed yet.
    pub(super) fn data(&self) -> &[u8] {
        self.octets(self.start..self.end)
    }

    /// The octets at `range`, as [`Window::consume`] returned it; valid until the next [`Window::require`].
    pub(super) fn octets(&self, range: Range<usize>) -> &[u8] {
        self.octets.get(range).unwrap_or_default()
    }

    /// Octets from the start of the stream to the first one of [`Window::data`].
    pub(super) fn offset(&self) -> u64 {
        self.base.saturating_add(self.start as u64)
    }

    /// Why the source could not be decompressed to its end, or what it says of itself there.
    pub(super) const fn damage(&self) -> Option<&io::Error> {
        self.damage.as_ref()
    }

    /// Passes over `count` octets (at most all that are here) and returns where they lie.
    pub(super) fn consume(&mut self, count: usize) -> Range<usize> {
        let consumed = self.start..self.start.saturating_add(count).min(self.end);
        self.start = consumed.end;
        consumed
    }

    /// Reads until at least `count` octets are here and no further than the source delivers at once, so that a live
    /// capture is seen as it comes. `false`: the stream ends before.
    pub(super) fn require(&mut self, count: usize) -> Result<bool> {
        while self.end - self.start < count {
            if self.ended {
                return Ok(false);
            }
            self.make_room();
            self.read()?;
        }
        Ok(true)
    }

    /// Passes over `count` octets without keeping them; returns how many there were.
    pub(super) fn skip(&mut self, count: u64) -> Result<u64> {
        let mut left = count;
        while left > 0 && self.require(1)? {
            let step = usize::try_from(left).unwrap_or(usize::MAX).min(self.end - self.start);
            self.consume(step);
            left -= step as u64;
        }
        Ok(count - left)
    }

    /// Moves what is left to the front when the free room behind it is small, and grows when there is none at all.
    fn make_room(&mut self) {
        if self.start > 0 && self.octets.len() - self.end < self.octets.len() / 2 {
            self.octets.copy_within(self.start..self.end, 0);
            self.base = self.base.saturating_add(self.start as u64);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.octets.len() {
            self.octets.resize(self.octets.len() * 2, 0);
        }
    }

    fn read(&mut self) -> Result<()> {
        let room = self.octets.get_mut(self.end..).unwrap_or_default();
        match self.source.read(room) {
            Ok(0) => self.ended = true,
            Ok(count) => self.end = self.end.saturating_add(count).min(self.octets.len()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A decompressor's complaint ends the stream; what it gave before stays good.
            Err(error) if is_damage(&error) => {
                self.ended = true;
                self.damage = Some(error);
            }
            Err(error) => return Err(Error::io(&self.name, error)),
        }
        Ok(())
    }
}

/// Whether an error is about the octets read, not about reading them.
fn is_damage(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    error.raw_os_error().is_none() && matches!(error.kind(), InvalidData | InvalidInput | UnexpectedEof | Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Delivers three octets at a time.
    struct Trickle<'a>(&'a [u8]);

    impl Read for Trickle<'_> {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let count = buf.len().min(3);
            self.0.read(&mut buf[..count])
        }
    }

    #[test]
    fn reads_no_further_than_needed() {
        let mut window = Window::new(Trickle(b"abcdefgh"), "x".into());
        assert!(window.require(4).unwrap());
        assert_eq!(window.data(), b"abcdef");
        assert_eq!(window.consume(4), 0..4);
        assert_eq!((window.data(), window.offset()), (&b"ef"[..], 4));
        assert!(!window.require(5).unwrap());
        assert_eq!(window.data(), b"efgh");
    }

    #[test]
    fn grows_for_what_is_there_and_keeps_offsets() {
        let octets: Vec<u8> = (0..INITIAL_LEN * 3).map(|i| (i / 7) as u8).collect();
        let mut window = Window::new(&octets[..], "x".into());
        assert!(window.require(10).unwrap());
        window.consume(10);
        assert!(window.require(INITIAL_LEN * 2).unwrap());
        assert_eq!(window.data()[..100], octets[10..110]);
        assert_eq!(window.skip(INITIAL_LEN as u64 * 2).unwrap(), INITIAL_LEN as u64 * 2);
        assert_eq!(window.offset(), INITIAL_LEN as u64 * 2 + 10);
        assert!(window.require(1).unwrap());
        assert_eq!(window.data()[0], octets[INITIAL_LEN * 2 + 10]);
        assert_eq!(window.skip(u64::MAX).unwrap(), (INITIAL_LEN - 10) as u64);
    }

    #[test]
    fn a_claim_costs_no_memory() {
        let mut window = Window::new(&b"abc"[..], "x".into());
        assert!(!window.require(1 << 40).unwrap());
        assert_eq!(window.octets.len(), INITIAL_LEN);
    }

    #[test]
    fn damage_ends_the_stream_and_a_system_error_is_an_error() {
        struct Failing(Option<io::Error>);
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(self.0.take().unwrap())
            }
        }
        let mut window = Window::new(Failing(Some(io::ErrorKind::InvalidData.into())), "x".into());
        assert!(!window.require(1).unwrap());
        assert!(window.damage().is_some());
        let mut window = Window::new(Failing(Some(io::Error::from_raw_os_error(5))), "disk".into());
        assert!(matches!(window.require(1), Err(Error::Io { what, .. }) if what == "disk"));
    }
}
