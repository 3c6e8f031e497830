//! Where the segments of all brief connections are kept: pieces of one size, used again at once.
//!
//! A vector for each connection would be grown and freed hundreds of thousands of times a second, and every time wait for
//! the memory in which the allocator keeps its books.

use super::entry::{PLAIN, STAMPED};
use crate::flow::memory::ask_for;
use prefetch_index::prefetch_index;

/// Words of a piece, eight entries or six with timestamps: three lines of memory.
const PIECE: usize = 48;

/// Most pieces of a connection.
const MOST: usize = 6;

/// The words of all brief connections.
#[derive(Clone, Debug, Default)]
pub struct Log {
    pieces: Vec<[u32; PIECE]>,
    free: Vec<u32>,
}

/// How far the words of one connection go.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Words {
    /// The piece that was begun last.
    piece: u32,
    /// Up to where the pieces are used.
    end: u16,
}

/// The pieces of one connection, in order. They are given back with [`Log::free`].
#[derive(Clone, Debug, Default)]
pub(super) struct Pieces([u32; MOST]);

/// The piece and the place in it for `count` words at `from` or behind it: what goes together is never parted.
const fn place(from: u16, count: usize) -> (usize, usize) {
    let (piece, at) = (from as usize / PIECE, from as usize % PIECE);
    if at + count > PIECE { (piece + 1, 0) } else { (piece, at) }
}

impl Log {
    /// Puts `entry` behind `words`, which are in `pieces`; whether there was room.
    #[inline]
    pub(super) fn push<const N: usize>(&mut self, words: &mut Words, pieces: &mut Pieces, entry: [u32; N]) -> bool {
        let (piece, at) = place(words.end, N);
        if at == 0 {
            let Some(number) = pieces.0.get_mut(piece) else { return false };
            *number = self.take();
            words.piece = *number;
        }
        let Some(room) = self.pieces.get_mut(words.piece as usize).and_then(|piece| piece.get_mut(at..at + N)) else {
            return false;
        };
        room.copy_from_slice(&entry);
        words.end = (piece * PIECE + at + N) as u16;
        true
    }

    /// The `count` words at `from` or behind it, and where the next ones begin.
    pub(super) fn get(&self, pieces: &Pieces, words: Words, from: u16, count: usize) -> Option<(&[u32], u16)> {
        let (piece, at) = place(from, count);
        let next = (piece * PIECE + at + count) as u16;
        let number = pieces.0.get(piece).filter(|_| next <= words.end)?;
        Some((self.pieces.get(*number as usize)?.get(at..at + count)?, next))
    }

    /// Takes the pieces of `words` back.
    pub(super) fn free(&mut self, pieces: &Pieces, words: Words) {
        let used = usize::from(words.end).div_ceil(PIECE);
        self.free.extend(&pieces.0[..used.min(MOST)]);
    }

    /// Asks for the lines where the next entry goes, to have them in the cache later; whether it may begin a piece.
    #[inline]
    pub(super) fn ask_for(&self, words: Words) -> bool {
        let at = usize::from(words.end) % PIECE;
        let begins = at == 0 || at + STAMPED > PIECE;
        if begins {
            self.ask_for_free();
        }
        if at != 0
            && let Some(piece) = self.pieces.get(words.piece as usize)
        {
            prefetch_index(piece, at);
            prefetch_index(piece, (at + PLAIN - 1).min(PIECE - 1));
        }
        begins
    }

    /// Asks for the line where the first entries are.
    pub(super) fn ask_for_first(&self, pieces: &Pieces) {
        if let Some(piece) = self.pieces.get(pieces.0[0] as usize) {
            ask_for(piece);
        }
    }

    /// Asks for all pieces but the first.
    pub(super) fn ask_for_rest(&self, pieces: &Pieces, words: Words) {
        let used = usize::from(words.end).div_ceil(PIECE).min(MOST);
        for piece in pieces.0.iter().take(used).skip(1) {
            self.pieces.get(*piece as usize).into_iter().for_each(ask_for);
        }
    }

    /// Asks for the piece that will be begun next.
    fn ask_for_free(&self) {
        if let Some(piece) = self.free.last().and_then(|number| self.pieces.get(*number as usize)) {
            ask_for(piece);
        }
    }

    /// Whether every piece was given back.
    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.pieces.len() == self.free.len()
    }

    fn take(&mut self) -> u32 {
        let Some(number) = self.free.pop() else {
            self.pieces.push([0; PIECE]);
            return (self.pieces.len() - 1) as u32;
        };
        self.ask_for_free();
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_comes_out_whole_and_its_room_is_used_again() {
        let mut log = Log::default();
        let [mut one, mut other] = [(); 2].map(|()| (Words::default(), Pieces::default()));
        let mut count = 0u32;
        while log.push(&mut one.0, &mut one.1, [count; 6]) && log.push(&mut one.0, &mut one.1, [!count; 8]) {
            assert!(log.push(&mut other.0, &mut other.1, [count ^ 7; 6]));
            count += 1;
        }
        assert!(count > 15, "{count}");
        let (mut from, mut other_from) = (0, 0);
        for number in 0..count {
            for (wanted, words) in [(number, 6), (!number, 8)] {
                let (found, next) = log.get(&one.1, one.0, from, words).expect("words");
                assert_eq!(found, vec![wanted; words]);
                from = next;
            }
            let (found, next) = log.get(&other.1, other.0, other_from, 6).expect("words");
            assert_eq!(found, [number ^ 7; 6]);
            other_from = next;
        }
        assert!(log.get(&other.1, other.0, other_from, 6).is_none());
        let pieces = log.pieces.len();
        log.free(&one.1, one.0);
        log.free(&other.1, other.0);
        assert!(log.is_empty());
        let mut again = (Words::default(), Pieces::default());
        while log.push(&mut again.0, &mut again.1, [0; 6]) {}
        assert_eq!(log.pieces.len(), pieces.max(MOST));
    }
}
