//! Clean connections to start from: captured ones, and made ones.

use super::connection::Connection;
use super::packet::ACK;
use super::random::Random;
use super::talk;
use crate::support::{audit, corpus};
use std::fs;
use std::path::{Path, PathBuf};
use tcpflow_audit::rules::Severity;

/// Captured connections that the audit has nothing against.
pub struct Sources {
    captured: Vec<Connection>,
}

impl Sources {
    /// The lab captures of the project, those of the corpus, and those of the folder that `MUTATION_CAPTURES` names.
    pub fn read() -> Self {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures/lab");
        let more = std::env::var_os("MUTATION_CAPTURES").map(PathBuf::from);
        let folders = [Some(own), corpus().map(|corpus| corpus.join("captures/lab")), more];
        let mut files: Vec<PathBuf> = folders
            .into_iter()
            .flatten()
            .flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "pcap"))
            .collect();
        files.sort_by_key(|path| (path.file_name().map(ToOwned::to_owned), path.clone()));
        files.dedup_by_key(|path| path.file_name().map(ToOwned::to_owned));
        let read = |path: &PathBuf| {
            Connection::read_all(&path.file_stem().unwrap().to_string_lossy(), &fs::read(path).unwrap())
        };
        let captured = files
            .iter()
            .flat_map(read)
            .filter(|connection| (2..2000).contains(&connection.packets.len()) && connection.packets[1].has(ACK))
            .collect();
        Self { captured }
    }

    /// A connection to start from, captured or made.
    pub fn any(&self, random: &mut Random) -> Connection {
        let captured = random.chance(50) && !self.captured.is_empty();
        if captured { self.captured[random.next() as usize % self.captured.len()].clone() } else { talk::any(random) }
    }
}

/// The codes of warnings and errors that count, with where they stand.
pub fn alarms(connection: &Connection) -> Vec<(&'static str, String)> {
    let said = audit::audit_with(&connection.pcap(), &tcpflow_audit::audit::Settings::default());
    let serious = said.findings.into_iter().filter(|said| said.finding.evidence.severity > Severity::Note);
    serious
        .map(|said| {
            let evidence = said.finding.evidence;
            (
                said.finding.rule.code,
                format!("{} frame {}: {}", said.finding.rule.code, evidence.frame, evidence.message),
            )
        })
        .collect()
}
