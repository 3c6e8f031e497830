//! The states reconstructed from captures of real Linux kernels are the states those kernels recorded, for both ends
//! and from both vantage points.

use crate::support::audit::audit;
use crate::support::corpus;
use crate::support::kernel::{self, History, Pair};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use tcpflow_audit::capture::{FrameNumber, Reader};
use tcpflow_audit::flow::{EndSummary, Entered, Side, State};
use tcpflow_audit::rules::Severity;
use tcpflow_audit::wire::Decoder;

#[test]
fn states_are_those_the_kernel_recorded() {
    let (mut agree, mut wrong) = (0, Vec::new());
    for truth in folders().iter().flat_map(|folder| truths(folder)) {
        let wanted = kernel::histories(&fs::read_to_string(&truth).unwrap());
        for view in ["client", "server"] {
            let capture = PathBuf::from(truth.to_string_lossy().replace(".truth.json", &format!(".{view}.pcap")));
            let octets = fs::read(&capture).unwrap();
            let found = reconstructed(&octets);
            let sent = sent(&octets);
            for (pair, histories) in &wanted {
                for (place, history) in histories.iter().enumerate() {
                    let entered = found.get(pair).and_then(|flows| flows.get(place));
                    match difference(history, entered.map_or(&[], Vec::as_slice), pair, &sent) {
                        None => agree += 1,
                        Some(why) => wrong.push(format!("{} {pair:?} #{place}: {why}", capture.display())),
                    }
                }
            }
        }
    }
    println!("{agree} endpoint histories agree with the kernel");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(agree >= 90, "only {agree} histories were compared");
}

/// What the audit must say of each scenario at `warning` or above; of all others nothing.
const FAULTS: [(&str, &[&str]); 1] = [
    // Every SYN was dropped on purpose.
    ("syn_blackhole", &["TFA107"]),
];

#[test]
fn only_the_faults_of_a_scenario_are_found() {
    for truth in folders().iter().flat_map(|folder| truths(folder)) {
        let scenario = truth.file_name().unwrap().to_string_lossy().replace(".truth.json", "");
        let faults = FAULTS.iter().find(|(name, _)| *name == scenario).map_or(&[][..], |(_, codes)| codes);
        for view in ["client", "server"] {
            let capture = truth.with_file_name(format!("{scenario}.{view}.pcap"));
            let said = audit(&fs::read(&capture).unwrap());
            let serious = said.findings.iter().filter(|said| said.finding.evidence.severity > Severity::Note);
            let found: BTreeSet<&str> = serious.map(|said| said.finding.rule.code).collect();
            assert_eq!(found, faults.iter().copied().collect(), "{}", capture.display());
        }
    }
}

/// The captures of the project, and those of the corpus where there is one.
fn folders() -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures/lab");
    [Some(own), corpus().map(|corpus| corpus.join("captures/lab"))].into_iter().flatten().collect()
}

fn truths(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.to_string_lossy().ends_with(".truth.json")).collect()
}

/// The states that each end entered, connection by connection.
fn reconstructed(octets: &[u8]) -> BTreeMap<Pair, Vec<Vec<Entered>>> {
    let mut flows = audit(octets).flows;
    flows.sort_by_key(|flow| flow.summary.flow_id);
    let name = |end: &EndSummary| (end.endpoint.ip, end.endpoint.port);
    let mut found: BTreeMap<Pair, Vec<Vec<Entered>>> = BTreeMap::new();
    for flow in &flows {
        for side in Side::BOTH {
            let (own, peer) = (&flow.summary.ends[side], &flow.summary.ends[side.peer()]);
            found.entry((name(own), name(peer))).or_default().push(own.states.clone());
        }
    }
    found
}

/// Who sent each frame, and when, in seconds.
fn sent(octets: &[u8]) -> BTreeMap<FrameNumber, (kernel::End, f64)> {
    let (mut reader, mut decoder) = (Reader::new(octets, "lab").unwrap(), Decoder::default());
    let mut found = BTreeMap::new();
    while let Some(record) = reader.next_record().unwrap() {
        let _ = decoder.decode(&record, &mut |decoded| {
            let source = decoded.segment.source;
            found.insert(record.number, ((source.ip, source.port), record.time.nanoseconds() as f64 / 1e9));
        });
    }
    found
}

/// Why what was entered is not what the kernel recorded, if so.
fn difference(
    wanted: &History,
    entered: &[Entered],
    pair: &Pair,
    sent: &BTreeMap<FrameNumber, (kernel::End, f64)>,
) -> Option<String> {
    let states: Vec<State> = entered.iter().map(|entered| entered.state).collect();
    let kernel: Vec<State> = wanted.iter().map(|moved| moved.state).collect();
    // A last CLOSED that no segment caused - a timer, the end of a process - is not to be seen.
    let without_last = kernel.split_last().filter(|(last, _)| **last == State::Closed).map(|(_, before)| before);
    if states != kernel && without_last != Some(states.as_slice()) {
        return Some(format!("kernel {kernel:?}, reconstructed {states:?}"));
    }
    // What an end shows by a segment of its own must stand at a segment that it sent about then.
    let shown = [State::SynSent, State::FinWait1, State::LastAck, State::CloseWait];
    entered.iter().filter(|entered| shown.contains(&entered.state)).find_map(|entered| {
        let at = wanted.iter().find(|moved| moved.state == entered.state)?.at?;
        let (sender, time) = sent.get(&entered.frame)?;
        let late = time - at;
        let right = *sender == pair.0 && (-0.02..=0.1).contains(&late);
        (!right).then(|| format!("{} at frame {}, {late:.4} s off", entered.state, entered.frame))
    })
}
