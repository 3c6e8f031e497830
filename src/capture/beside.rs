//! A stream read by a thread of its own: portions over a bounded channel, the end and errors in their place.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Octets asked for at once. What the source gives is passed on at once, too: somebody may wait for it.
const PORTION: usize = 128 * 1024;

/// Portions that may wait: enough that neither side waits for a hiccup of the other.
const WAITING: usize = 4;

/// The reader's side.
pub(super) struct Beside {
    portions: Receiver<io::Result<Portion>>,
    used: SyncSender<Portion>,
    at_hand: Portion,
    taken: usize,
    ended: bool,
}

/// A buffer, and how much of it was filled.
#[derive(Default)]
struct Portion {
    octets: Vec<u8>,
    len: usize,
}

impl Beside {
    /// Has a thread read `source`, which ends with the source, with its first error, or when nobody wants more.
    pub(super) fn new(mut source: impl Read + Send + 'static) -> Self {
        let (send, portions) = sync_channel(WAITING);
        let (used, unused) = sync_channel::<Portion>(WAITING + 2);
        thread::spawn(move || {
            loop {
                let mut octets = unused.try_recv().unwrap_or_default().octets;
                octets.resize(PORTION, 0);
                let read = match source.read(&mut octets) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    read => read,
                };
                let goes_on = matches!(read, Ok(1..));
                if send.send(read.map(|len| Portion { octets, len })).is_err() || !goes_on {
                    return;
                }
            }
        });
        Self { portions, used, at_hand: Portion::default(), taken: 0, ended: false }
    }

    /// Takes the next portion; an empty one is the end.
    fn next(&mut self) -> io::Result<()> {
        // One that nobody needs is made anew.
        let _ = self.used.try_send(std::mem::take(&mut self.at_hand));
        self.taken = 0;
        // Who leaves without a word has failed.
        let portion = self.portions.recv().unwrap_or_else(|_| Err(io::Error::other("unpacking broke off")));
        self.ended = !matches!(&portion, Ok(portion) if portion.len > 0);
        self.at_hand = portion?;
        Ok(())
    }
}

impl Read for Beside {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.at_hand.len && !self.ended {
            self.next()?;
        }
        let left = self.at_hand.octets.get(self.taken..self.at_hand.len).unwrap_or_default();
        let count = (&*left).read(room)?;
        self.taken += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, ErrorKind};

    /// Gives octets, is interrupted, and then fails.
    struct Failing(Cursor<Vec<u8>>, Vec<ErrorKind>);

    impl Read for Failing {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            match self.0.read(room)? {
                0 => self.1.pop().map_or(Ok(0), |kind| Err(kind.into())),
                count => Ok(count),
            }
        }
    }

    fn octets() -> Vec<u8> {
        (0..PORTION as u32 * 9 + 5).map(|number| (number / 3) as u8).collect()
    }

    #[test]
    fn what_the_source_gives_arrives_and_ends() {
        let mut read = Vec::new();
        let mut beside = Beside::new(Cursor::new(octets()));
        beside.read_to_end(&mut read).unwrap();
        assert!(read == octets());
        assert_eq!(beside.read(&mut [0; 9]).unwrap(), 0);
    }

    #[test]
    fn an_error_keeps_its_place_and_an_interruption_is_none() {
        let errors = vec![ErrorKind::InvalidData, ErrorKind::Interrupted];
        let mut beside = Beside::new(Failing(Cursor::new(octets()), errors));
        let mut read = Vec::new();
        assert_eq!(beside.read_to_end(&mut read).unwrap_err().kind(), ErrorKind::InvalidData);
        assert!(read == octets());
        assert_eq!(beside.read(&mut [0; 9]).unwrap(), 0);
    }

    #[test]
    fn a_source_that_breaks_off_is_no_end() {
        struct Breaking;
        impl Read for Breaking {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                std::panic::resume_unwind(Box::new("gone"));
            }
        }
        assert!(Beside::new(Breaking).read(&mut [0; 9]).is_err());
    }
}
