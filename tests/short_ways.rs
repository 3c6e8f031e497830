//! Segments that can break no rule are counted a short way: whole captures must come out the same without it.
//!
//! [`audit`](crate::support::audit) holds every trace and every mutation against the long way, too; here are real captures.

use crate::support::audit::audit;
use crate::support::corpus;
use std::path::{Path, PathBuf};

/// Larger captures are left to people with time.
const MOST: u64 = 4 << 20;

#[test]
fn captures_come_out_the_same() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures");
    let mut folders = vec![own];
    match corpus() {
        Some(corpus) => folders.push(corpus.join("captures")),
        None => println!("the corpus was skipped: TCPFLOW_AUDIT_CORPUS does not name it"),
    }
    let (mut captures, mut flows) = (0, 0);
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            match path.is_dir() {
                true => folders.push(path),
                false if is_capture(&path) => {
                    flows += audit(&std::fs::read(&path).expect("a file")).flows.len();
                    captures += 1;
                }
                false => {}
            }
        }
    }
    println!("{captures} captures with {flows} connections");
    assert!(flows > 50, "{captures} captures hold {flows} connections");
}

fn is_capture(path: &PathBuf) -> bool {
    let small = path.metadata().is_ok_and(|about| about.len() <= MOST);
    small && tcpflow_audit::capture::open(path).is_ok()
}
