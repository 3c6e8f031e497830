//! What a capture has been read for, and what it says of itself, to notes about the capture as a whole.

use super::Totals;
use super::standpoint::Standpoint;
use crate::capture::{CaptureInfo, Interface};
use crate::flow::Flow;
use crate::rules::{Evidence, Finding, Rule, whole};
use crate::wire::Skip;

/// What the connections of a capture showed of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Whole {
    plain: bool,
    filtered: bool,
    /// Where it was taken.
    pub standpoint: Standpoint,
}

impl Whole {
    /// Counts a connection that ended.
    pub fn ended(&mut self, flow: &Flow) {
        self.standpoint.count(flow);
        self.plain |= flow.plain;
        self.filtered |= flow.is_filtered();
    }

    /// Counts a connection that opened, ran and closed in order; its ends took `answers` nanoseconds to answer.
    pub fn orderly(&mut self, answers: [i64; 2]) {
        self.standpoint.count_orderly(answers);
        self.plain = true;
    }

    /// The notes about the capture.
    pub fn notes(self, info: &CaptureInfo, totals: &Totals) -> Vec<Finding> {
        let dropped: u64 = info.interfaces.iter().map(dropped_on).fold(0, u64::saturating_add);
        let undecodable: u64 = totals.skipped.iter().filter(|(why, _)| is_loss(**why)).map(|(_, count)| count).sum();
        let by_flags = info.interfaces.iter().filter_map(|it| it.filter.as_deref()).any(selects_by_flags);
        [
            totals.damaged.then(|| note(&whole::FILE_TRUNCATED, "the file could not be read to its end".into())),
            (undecodable > 0).then(|| {
                let frames = several(undecodable, "frame");
                note(&whole::NOT_DECODABLE, format!("{frames} could not be decoded: {}", reasons(totals)))
            }),
            (totals.incomplete_datagrams > 0).then(|| {
                let datagrams = several(totals.incomplete_datagrams, "datagram");
                note(&whole::FRAGMENTS_MISSING, format!("fragments of {datagrams} with TCP are missing"))
            }),
            (totals.segments == 0).then(|| {
                let frames = several(totals.frames, "frame");
                note(&whole::NOTHING_AUDITED, format!("no TCP segment in {frames}"))
            }),
            (by_flags || (self.filtered && !self.plain))
                .then(|| note(&whole::FILTERED_BY_FLAGS, "only SYN, FIN and RST were captured".into())),
            (dropped > 0).then(|| {
                note(&whole::DROPS_REPORTED, format!("{dropped} frames were dropped while the capture was taken"))
            }),
            (totals.sampled > 0).then(|| {
                note(&whole::SAMPLED, format!("{} TCP headers are samples that a switch took", totals.sampled))
            }),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn note(rule: &'static Rule, message: String) -> Finding {
    Finding { rule, evidence: Evidence::of_capture(message), known_at: 0 }
}

/// So many of what `unit` is one of.
fn several(count: u64, unit: &str) -> String {
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// Frames that the capture says were dropped on an interface.
fn dropped_on(interface: &Interface) -> u64 {
    let reported = interface.dropped_by_interface.unwrap_or(0).saturating_add(interface.dropped_by_system.unwrap_or(0));
    reported.max(interface.dropped_between)
}

/// Whether segments may have been in frames passed over for this reason.
const fn is_loss(why: Skip) -> bool {
    !matches!(why, Skip::NotTcp | Skip::Fragment)
}

fn reasons(totals: &Totals) -> String {
    let told = totals.skipped.iter().filter(|(why, _)| is_loss(**why));
    told.map(|(why, count)| format!("{count} {why}")).collect::<Vec<_>>().join(", ")
}

/// Whether a capture filter looks at TCP's control bits.
fn selects_by_flags(filter: &str) -> bool {
    filter.contains("tcpflags") || filter.contains("tcp[13]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Reader;

    fn told(totals: &Totals) -> Vec<&'static str> {
        // The header of a pcap file: little-endian, version 2.4, snapshot length 65 535, Ethernet.
        let header = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x01\0\0\0";
        let reader = Reader::new(&header[..], "empty").expect("a capture");
        let notes = Whole::default().notes(reader.info(), totals);
        notes.iter().map(|finding| finding.rule.code).collect()
    }

    #[test]
    fn what_the_decoder_counts_is_told() {
        let whole = Totals { segments: 7, ..Totals::default() };
        assert!(told(&whole).is_empty());
        assert_eq!(told(&Totals { sampled: 3, ..whole.clone() }), ["TFA914"]);
        assert_eq!(told(&Totals { incomplete_datagrams: 2, ..whole }), ["TFA909"]);
    }
}
