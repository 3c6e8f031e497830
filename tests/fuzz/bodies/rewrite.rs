//! A capture to the same capture with its findings in it.

use crate::support::read::read_all;
use tcpflow_audit::audit::{self, Settings};
use tcpflow_audit::capture::Reader;
use tcpflow_audit::rewrite::{self, Comments};
use tcpflow_audit::rules::Confidence;

/// A capture: what is written can be read, and holds every frame.
pub fn rewrite(octets: &[u8]) {
    let settings = Settings { min_confidence: Confidence::Possible, ..Settings::default() };
    let mut comments = Comments::default();
    let Ok(mut reader) = Reader::new(octets, "fuzz") else { return };
    audit::run(&mut reader, &settings, &mut comments, &mut || true).expect("comments refuse nothing");
    let mut reader = Reader::new(octets, "fuzz").expect("it could be read before");
    let mut written = Vec::new();
    rewrite::annotate(&mut reader, &comments, &mut written).expect("memory can be written");
    let (before, after) = (read_all(octets).0, read_all(&written[..]).0);
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        assert_eq!((&before.data, before.original_len), (&after.data, after.original_len));
    }
}
