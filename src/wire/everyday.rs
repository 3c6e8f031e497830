//! The lists of options that nearly every segment has, known at once.

use super::{OptionSet, Timestamps};

/// The options of everyday segments.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Everyday {
    pub present: OptionSet,
    pub mss: u16,
    pub window_scale: u8,
    pub timestamps: Timestamps,
}

impl Everyday {
    /// [`Packed::offers`](super::Packed::offers).
    pub const fn offers(&self) -> u8 {
        (self.present.0 & OptionSet::SYN_ONLY.0) as u8
    }
}

/// The options in `area` if they are just what some common system sends: none; timestamps as RFC 7323 appendix A has them;
/// in a SYN an MSS alone, or the lists of Linux, Windows, macOS and FreeBSD.
#[inline]
pub(super) fn everyday(area: &[u8]) -> Option<Everyday> {
    const OFFERS: u32 = OptionSet::SYN_ONLY.0;
    const PADDED: u32 = OptionSet::NOP.0 | OptionSet::TIMESTAMPS.0;
    let stamps = |value: &[u8; 4], echo: &[u8; 4]| Timestamps {
        tsval: u32::from_be_bytes(*value),
        tsecr: u32::from_be_bytes(*echo),
    };
    let (present, mss, window_scale, timestamps) = match *area {
        [] => (0, [0, 0], 0, Timestamps::default()),
        [1, 1, 8, 10, a, b, c, d, e, f, g, h] => (PADDED, [0, 0], 0, stamps(&[a, b, c, d], &[e, f, g, h])),
        [2, 4, x, y] => (OptionSet::MSS.0, [x, y], 0, Timestamps::default()),
        [2, 4, x, y, 4, 2, 8, 10, a, b, c, d, e, f, g, h, 1, 3, 3, shift] => {
            (OFFERS | PADDED, [x, y], shift, stamps(&[a, b, c, d], &[e, f, g, h]))
        }
        [2, 4, x, y, 1, 3, 3, shift, 1, 1, 4, 2] => (OFFERS | OptionSet::NOP.0, [x, y], shift, Timestamps::default()),
        [2, 4, x, y, 1, 3, 3, shift, 1, 1, 8, 10, a, b, c, d, e, f, g, h, 4, 2, 0, 0] => {
            (OFFERS | PADDED | OptionSet::END.0, [x, y], shift, stamps(&[a, b, c, d], &[e, f, g, h]))
        }
        [2, 4, x, y, 1, 3, 3, shift, 4, 2, 8, 10, a, b, c, d, e, f, g, h] => {
            (OFFERS | PADDED, [x, y], shift, stamps(&[a, b, c, d], &[e, f, g, h]))
        }
        _ => return None,
    };
    Some(Everyday { present: OptionSet(present), mss: u16::from_be_bytes(mss), window_scale, timestamps })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::option_walk;

    #[test]
    fn the_common_case_is_no_special_case() {
        let stamps = [8, 10, 0, 0, 0, 1, 0, 0, 0, 2];
        let (mss, scale, sack) = ([2, 4, 5, 180], [3, 3, 7], [4, 2]);
        let lists: [&[&[u8]]; 7] = [
            &[],
            &[&[1, 1], &stamps],
            &[&mss],
            &[&mss, &sack, &stamps, &[1], &scale],
            &[&mss, &[1], &scale, &[1, 1], &sack],
            &[&mss, &[1], &scale, &[1, 1], &stamps, &sack, &[0, 0]],
            &[&mss, &[1], &scale, &sack, &stamps],
        ];
        for common in lists.map(<[_]>::concat) {
            assert!(everyday(&common).is_some());
            let header = [&[0; 20][..], &common].concat();
            assert_eq!(option_walk::read(&header, false), option_walk::walk(&header, false));
        }
    }
}
