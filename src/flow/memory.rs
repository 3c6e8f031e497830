//! Memory asked for before it is needed, so that it is in the cache by then. What is asked for is not accessed: nothing
//! depends on it.

use prefetch_index::prefetch_index;

/// Octets that come into the cache together.
const LINE: usize = 64;

/// Asks for the memory that `place` begins in.
#[inline]
pub fn ask_for<T>(place: &T) {
    prefetch_index(std::slice::from_ref(place), 0);
}

/// Asks for the first `octets` from where `place` begins, of which there is at least one.
#[inline]
pub fn ask_for_first<T>(place: &T, octets: usize) {
    // Each line is named by its distance from nothing at all.
    let nothing: &[u8] = &[];
    let start = (std::ptr::from_ref(place) as usize).wrapping_sub(nothing.as_ptr() as usize);
    // What begins within a line may end in one more.
    let last = (align_of::<T>() < LINE).then(|| octets - 1);
    for at in (0..octets).step_by(LINE).chain(last) {
        prefetch_index(nothing, start.wrapping_add(at));
    }
}
