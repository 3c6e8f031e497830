//! Every story in `testdata/traces` is told to the audit, which must say exactly what stands on its lines.

use crate::support::trace::Trace;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_trace_can_be_read() {
    let wrong: Vec<String> = files().iter().filter_map(|path| read(path).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_trace_opens_with_what_it_tells() {
    for path in files() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# ") && !text.starts_with("# pending"), "{} opens with its story", path.display());
    }
}

/// With `WRITE_TRACES=DIR` leaves each trace as a capture, to be looked at in Wireshark.
#[test]
fn traces_can_be_written_as_captures() {
    let Some(folder) = std::env::var_os("WRITE_TRACES").map(PathBuf::from) else { return };
    fs::create_dir_all(&folder).unwrap();
    for (name, trace) in all() {
        fs::write(folder.join(name).with_extension("pcapng"), trace.pcapng()).unwrap();
    }
}

/// Every trace that can be read, by file name.
pub fn all() -> Vec<(String, Trace)> {
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    files().iter().filter_map(|path| Some((name(path), read(path).ok()?))).collect()
}

fn read(path: &Path) -> Result<Trace, String> {
    let name = path.file_name().unwrap().to_string_lossy();
    let trace = Trace::parse(&fs::read_to_string(path).unwrap()).map_err(|error| format!("{name}: {error}"))?;
    let compiled = trace.compile();
    let ordered = compiled.frames.is_sorted_by_key(|frame| frame.time);
    if ordered || name.contains("time-goes-back") { Ok(trace) } else { Err(format!("{name}: time goes back")) }
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/traces");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "trace"));
    files.sort();
    files
}
