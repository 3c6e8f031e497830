//! The octets of one TCP header in, its options out, each as sent and all as [`Options`]; nonsense noted, none refused.

use super::everyday::{Everyday, everyday};
use super::{MalformedOption, OptionFault, OptionSet, Options, SackBlock, SeqNum, Timestamps};

/// Octets of the fixed header in front of the options.
const FIXED_HEADER: usize = 20;

/// Kinds as in the IANA registry of TCP options.
mod kind {
    pub const END: u8 = 0;
    pub const NOP: u8 = 1;
    pub const MSS: u8 = 2;
    pub const WINDOW_SCALE: u8 = 3;
    pub const SACK_PERMITTED: u8 = 4;
    pub const SACK: u8 = 5;
    pub const TIMESTAMPS: u8 = 8;
    pub const MD5: u8 = 19;
    pub const AO: u8 = 29;
    pub const MPTCP: u8 = 30;
    pub const FAST_OPEN: u8 = 34;
    pub const ACC_ECN_0: u8 = 172;
    pub const ACC_ECN_1: u8 = 174;
    pub const EXPERIMENT_1: u8 = 253;
    pub const EXPERIMENT_2: u8 = 254;
}

/// Experiment identifiers (RFC 6994) of options that also have, or had, a form of their own.
mod experiment {
    pub const FAST_OPEN: u16 = 0xf989;
    pub const ACC_ECN_0: u16 = 0xacc0;
    pub const ACC_ECN_1: u16 = 0xacc1;
}

/// One option as sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawOption<'a> {
    /// Its kind octet.
    pub kind: u8,
    /// Octets from the start of the TCP header to its kind octet.
    pub offset: u8,
    /// What follows kind and length octet; empty for End of Option List and No-Operation, which have no length.
    pub value: &'a [u8],
}

/// The options of a TCP header one by one, each zero octet after End of Option List again one, until the end of what was
/// captured or a fault of form.
#[derive(Clone, Debug)]
pub struct RawOptions<'a> {
    area: &'a [u8],
    at: usize,
    ended: bool,
}

impl<'a> RawOptions<'a> {
    /// The options of `header`, the captured octets of a TCP header.
    pub fn of(header: &'a [u8]) -> Self {
        Self { area: header.get(FIXED_HEADER..).unwrap_or_default(), at: 0, ended: false }
    }

    /// Ends the walk with a fault of the option at hand.
    fn fault(&mut self, kind: u8, length: u8, fault: OptionFault) -> MalformedOption {
        let offset = self.offset();
        self.at = self.area.len();
        MalformedOption { kind, length, offset, fault }
    }

    fn offset(&self) -> u8 {
        (FIXED_HEADER + self.at).min(usize::from(u8::MAX)) as u8
    }
}

impl<'a> Iterator for RawOptions<'a> {
    type Item = Result<RawOption<'a>, MalformedOption>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.area.get(self.at..)?;
        let kind = *rest.first()?;
        let (value, length): (&[u8], _) = match kind {
            kind::END => (&[], 1),
            // RFC 9293 §3.1: what follows End of Option List is padding and must be zero.
            _ if self.ended => return Some(Err(self.fault(kind, 0, OptionFault::NonZeroAfterEnd))),
            kind::NOP => (&[], 1),
            _ => match rest.get(1).map(|length| (*length, rest.get(2..usize::from(*length)))) {
                None => return Some(Err(self.fault(kind, 0, OptionFault::NoLength))),
                Some((length @ 0..2, _)) => return Some(Err(self.fault(kind, length, OptionFault::LengthTooSmall))),
                Some((length, None)) => return Some(Err(self.fault(kind, length, OptionFault::RunsPastHeader))),
                Some((length, Some(value))) => (value, usize::from(length)),
            },
        };
        self.ended |= kind == kind::END;
        let option = RawOption { kind, offset: self.offset(), value };
        self.at += length;
        Some(Ok(option))
    }
}

/// Reads the options of `header`, the captured octets of a TCP header; `cut` where it went on and the capture did not.
#[inline]
pub(super) fn read(header: &[u8], cut: bool) -> Options {
    match everyday(header.get(FIXED_HEADER..).unwrap_or_default()) {
        Some(Everyday { present, mss, window_scale, timestamps }) => {
            Options { present, mss, window_scale, timestamps, cut, ..Options::default() }
        }
        None => walk(header, cut),
    }
}

/// The same, option by option.
#[inline(never)]
pub(super) fn walk(header: &[u8], cut: bool) -> Options {
    let mut facts = Facts { options: Options { cut, ..Options::default() }, seen: 0 };
    RawOptions::of(header).for_each(|option| facts.add(option));
    facts.options
}

/// What the walk has found so far.
struct Facts {
    options: Options,
    /// A bit for each kind below 64 that occurred.
    seen: u64,
}

impl Facts {
    fn add(&mut self, option: Result<RawOption<'_>, MalformedOption>) {
        match option {
            Ok(option) => {
                self.count(option.kind);
                if !self.value(option.kind, option.value) {
                    let RawOption { kind, offset, value } = option;
                    let length = (value.len() + 2).min(usize::from(u8::MAX)) as u8;
                    self.fault(MalformedOption { kind, length, offset, fault: OptionFault::WrongLength });
                }
            }
            // Without the octets that the capture cut this says nothing about the sender.
            Err(MalformedOption { fault: OptionFault::NoLength | OptionFault::RunsPastHeader, .. })
                if self.options.cut => {}
            Err(fault) => self.fault(fault),
        }
    }

    fn fault(&mut self, fault: MalformedOption) {
        self.options.malformed.get_or_insert(fault);
    }

    /// Notes a kind that occurs again though it may only once.
    fn count(&mut self, kind: u8) {
        let bit = 1u64.checked_shl(u32::from(kind)).unwrap_or(0);
        // Only these mean something once: several MPTCP options are legal (RFC 8684 §3), so are experiments.
        let once = matches!(
            kind,
            kind::MSS
                | kind::WINDOW_SCALE
                | kind::SACK_PERMITTED
                | kind::SACK
                | kind::TIMESTAMPS
                | kind::MD5
                | kind::AO
                | kind::FAST_OPEN
        );
        if once && self.seen & bit != 0 {
            self.options.repeated.get_or_insert(kind);
        }
        self.seen |= bit;
    }

    /// Takes the value of an option; false where its length does not fit its kind.
    fn value(&mut self, kind: u8, value: &[u8]) -> bool {
        let options = &mut self.options;
        let set = match (kind, value) {
            (kind::END, _) => OptionSet::END,
            (kind::NOP, _) => OptionSet::NOP,
            (kind::MSS, &[high, low]) => {
                options.mss = u16::from_be_bytes([high, low]);
                OptionSet::MSS
            }
            (kind::WINDOW_SCALE, &[shift]) => {
                options.window_scale = shift;
                OptionSet::WINDOW_SCALE
            }
            (kind::SACK_PERMITTED, []) => OptionSet::SACK_PERMITTED,
            (kind::SACK, blocks) if blocks.len() >= 8 && blocks.len().is_multiple_of(8) => {
                sack(options, blocks);
                OptionSet::SACK
            }
            (kind::TIMESTAMPS, &[a, b, c, d, e, f, g, h]) => {
                options.timestamps =
                    Timestamps { tsval: u32::from_be_bytes([a, b, c, d]), tsecr: u32::from_be_bytes([e, f, g, h]) };
                OptionSet::TIMESTAMPS
            }
            (kind::MD5, digest) if digest.len() == 16 => OptionSet::MD5,
            (kind::AO, ids) if ids.len() >= 2 => OptionSet::AO,
            (kind::MPTCP, &[first, ..]) => {
                if !options.present.has(OptionSet::MPTCP) {
                    options.mptcp_subtype = first >> 4;
                }
                OptionSet::MPTCP
            }
            (kind::FAST_OPEN, cookie) => return self.fast_open(cookie, false),
            (kind::ACC_ECN_0 | kind::ACC_ECN_1, counters) if is_acc_ecn(counters) => OptionSet::ACC_ECN,
            (kind::EXPERIMENT_1 | kind::EXPERIMENT_2, &[high, low, ref value @ ..]) => {
                return self.experiment(u16::from_be_bytes([high, low]), value);
            }
            _ if has_own_length(kind) => return false,
            _ => OptionSet::OTHER,
        };
        options.present.insert(set);
        true
    }

    /// RFC 7413 §4.1.1: no cookie asks for one, else 4 to 16 octets, an even number.
    fn fast_open(&mut self, cookie: &[u8], experimental: bool) -> bool {
        self.options.present.insert(OptionSet::FAST_OPEN);
        self.options.fast_open_cookie = cookie.len() as u8;
        self.options.fast_open_experimental = experimental;
        cookie.is_empty() || ((4..=16).contains(&cookie.len()) && cookie.len().is_multiple_of(2))
    }

    fn experiment(&mut self, id: u16, value: &[u8]) -> bool {
        match id {
            experiment::FAST_OPEN => return self.fast_open(value, true),
            experiment::ACC_ECN_0 | experiment::ACC_ECN_1 if is_acc_ecn(value) => {
                self.options.present.insert(OptionSet::ACC_ECN);
            }
            experiment::ACC_ECN_0 | experiment::ACC_ECN_1 => return false,
            _ => self.options.present.insert(OptionSet::OTHER),
        }
        true
    }
}

fn sack(options: &mut Options, blocks: &[u8]) {
    options.sack_count = 0;
    for (to, block) in options.sack.iter_mut().zip(blocks.chunks_exact(8)) {
        if let &[a, b, c, d, e, f, g, h] = block {
            to.left = SeqNum(u32::from_be_bytes([a, b, c, d]));
            to.right = SeqNum(u32::from_be_bytes([e, f, g, h]));
            options.sack_count += 1;
        }
    }
    options.sack.iter_mut().skip(usize::from(options.sack_count)).for_each(|stale| *stale = SackBlock::default());
}

/// RFC 9768 §3.2.3: none, one, two or three counters of 24 bits.
fn is_acc_ecn(counters: &[u8]) -> bool {
    matches!(counters.len(), 0 | 3 | 6 | 9)
}

/// Whether a kind that this module reads prescribes a length.
fn has_own_length(kind: u8) -> bool {
    matches!(
        kind,
        kind::MSS
            | kind::WINDOW_SCALE
            | kind::SACK_PERMITTED
            | kind::SACK
            | kind::TIMESTAMPS
            | kind::MD5
            | kind::AO
            | kind::MPTCP
            | kind::ACC_ECN_0
            | kind::ACC_ECN_1
            | kind::EXPERIMENT_1
            | kind::EXPERIMENT_2
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn options(area: &[u8]) -> Options {
        read(&[&[0; FIXED_HEADER], area].concat(), false)
    }

    fn fault(area: &[u8]) -> Option<(u8, u8, OptionFault)> {
        options(area).malformed.map(|fault| (fault.kind, fault.offset, fault.fault))
    }

    #[test]
    fn reads_what_a_syn_carries() {
        let found = options(&[2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 3, 3, 7]);
        assert_eq!((found.mss(), found.window_scale()), (Some(1460), Some(7)));
        assert_eq!(found.timestamps(), Some(Timestamps { tsval: 1, tsecr: 2 }));
        assert!(found.has(OptionSet::SACK_PERMITTED) && found.has(OptionSet::NOP));
        assert_eq!((found.malformed, found.repeated), (None, None));
    }

    #[test]
    fn reads_sack_blocks_in_order_and_the_last_option_counts() {
        let block = |n: u8| [0, 0, 0, n, 0, 0, 0, n + 1];
        let found = options(&[&[5, 18][..], &block(1), &block(3), &[5, 10], &block(9)].concat());
        assert_eq!(found.sack(), [SackBlock { left: SeqNum(9), right: SeqNum(10) }]);
        assert_eq!(found.repeated, Some(5));
        assert_eq!(options(&[2, 4, 1, 0, 2, 4, 2, 0]).mss(), Some(512));
    }

    #[test]
    fn fast_open_has_two_forms_and_a_cookie_of_some_length() {
        let request = options(&[34, 2]);
        assert!(request.has(OptionSet::FAST_OPEN) && request.fast_open_cookie == 0 && !request.fast_open_experimental);
        let cookie = options(&[254, 12, 0xf9, 0x89, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert!(cookie.fast_open_experimental && cookie.fast_open_cookie == 8);
        assert_eq!(fault(&[34, 5, 1, 2, 3]), Some((34, 20, OptionFault::WrongLength)));
    }

    #[test]
    fn rarer_kinds_are_told() {
        let cases: [(&[u8], OptionSet); 8] = [
            (&[19, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], OptionSet::MD5),
            (&[29, 4, 1, 2], OptionSet::AO),
            (&[30, 4, 0x20, 0], OptionSet::MPTCP),
            (&[172, 5, 1, 2, 3], OptionSet::ACC_ECN),
            (&[174, 2], OptionSet::ACC_ECN),
            (&[253, 4, 0xac, 0xc1], OptionSet::ACC_ECN),
            (&[254, 4, 1, 2], OptionSet::OTHER),
            (&[77, 3, 0], OptionSet::OTHER),
        ];
        for (area, set) in cases {
            assert_eq!(options(area).present, set, "{area:?}");
        }
        assert_eq!(options(&[30, 4, 0x20, 0]).mptcp_subtype, 2);
    }

    #[test]
    fn faults_of_form_are_told_with_their_place() {
        assert_eq!(fault(&[1, 8]), Some((8, 21, OptionFault::NoLength)));
        assert_eq!(fault(&[1, 8, 1, 0]), Some((8, 21, OptionFault::LengthTooSmall)));
        assert_eq!(fault(&[8, 10, 0, 0]), Some((8, 20, OptionFault::RunsPastHeader)));
        assert_eq!(fault(&[3, 4, 7, 0]), Some((3, 20, OptionFault::WrongLength)));
        assert_eq!(fault(&[5, 6, 0, 0, 0, 0]), Some((5, 20, OptionFault::WrongLength)));
        assert_eq!(fault(&[0, 0, 9, 0]), Some((9, 22, OptionFault::NonZeroAfterEnd)));
        assert_eq!(fault(&[0, 0, 0, 0]), None);
    }

    #[test]
    fn what_the_capture_cut_is_no_fault_of_the_sender() {
        let header = [&[0; FIXED_HEADER][..], &[2, 4, 5, 180, 8, 10, 0]].concat();
        let found = read(&header, true);
        assert!(found.cut && found.malformed.is_none());
        assert_eq!(found.mss(), Some(1460));
    }

    proptest! {
        #[test]
        fn any_area_ends_and_the_options_cover_it(area in prop::collection::vec(any::<u8>(), 0..=40)) {
            let header = [&[0; FIXED_HEADER][..], &area].concat();
            let walked: Vec<_> = RawOptions::of(&header).collect();
            let faults = walked.iter().filter(|option| option.is_err()).count();
            prop_assert!(faults <= 1 && walked.iter().rev().skip(1).all(|option| option.is_ok()));
            let octets: usize = walked.iter().flatten().map(|option| match option.kind {
                kind::END | kind::NOP => 1,
                _ => 2 + option.value.len(),
            }).sum();
            prop_assert!(faults == 1 || octets == area.len());
        }
    }
}
