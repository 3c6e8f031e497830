//! The audit against seeded defects: of clean connections one thing is changed, and the rule that stands for it must say
//! so, and nothing else; the legal look-alikes of defects must stay silent.
//!
//! The test is small. `MUTATION_ROUNDS=200 cargo test -- mutation --nocapture` prints the whole table, case by case;
//! `MUTATION_SEED` starts elsewhere, `MUTATION_KIND` takes only kinds whose code or name contains it, `MUTATION_CAPTURES`
//! adds a folder of captures, `MUTATION_WRITE` names a folder to which each failing case is written as a capture.

mod connection;
mod defects;
mod legal;
mod packet;
mod random;
mod sources;
mod table;
mod talk;

use connection::Connection;
use defects::Seed;
use random::Random;
use sources::{Sources, alarms};
use std::path::PathBuf;
use table::{Row, Table};

/// How often a connection is looked for that has a place for the defect.
const TRIES: usize = 60;

/// What the environment asks for.
struct Wish {
    seed: u64,
    rounds: u64,
    kind: String,
    folder: Option<PathBuf>,
}

impl Wish {
    fn read() -> Self {
        let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
        Self {
            seed: number("MUTATION_SEED").unwrap_or(1),
            rounds: number("MUTATION_ROUNDS").unwrap_or(6),
            kind: std::env::var("MUTATION_KIND").unwrap_or_default(),
            folder: std::env::var_os("MUTATION_WRITE").map(PathBuf::from),
        }
    }

    fn wants(&self, code: &str, name: &str) -> bool {
        code.contains(&self.kind) || name.contains(&self.kind)
    }

    fn keep(&self, code: &str, name: &str, round: u64, connection: &Connection) {
        let Some(folder) = &self.folder else { return };
        let name: String = name.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join(format!("{code}-{name}-{round}.pcap")), connection.pcap()).unwrap();
    }
}

#[test]
fn seeded_defects_are_named() {
    let (wish, sources) = (Wish::read(), Sources::read());
    let mut table = Table::default();
    for defect in defects::all().filter(|defect| wish.wants(defect.code, defect.name)) {
        if tcpflow_audit::rules::find(defect.code).is_none() {
            continue;
        }
        let mut row = Row::new(defect.code, defect.name);
        for round in 0..wish.rounds {
            let mut random = Random::of(wish.seed, defect.name, round);
            let Some(connection) = seeded(&sources, &mut random, defect.seed) else { continue };
            let alarms = alarms(&connection);
            let found = alarms.iter().any(|(code, _)| *code == defect.code);
            let others = alarms.iter().filter(|(code, _)| *code != defect.code && !defect.also.contains(code));
            let others: Vec<_> = others.cloned().collect();
            if !found || !others.is_empty() {
                wish.keep(defect.code, defect.name, round, &connection);
            }
            row.count(round, &connection.name, found, others);
        }
        table.push(row);
    }
    println!("{table}");
    assert!(!wish.kind.is_empty() || table.found_percent() >= FOUND, "only {} % were found", table.found_percent());
}

/// Defects that are named, in percent.
const FOUND: usize = 93;

#[test]
fn legal_connections_are_silent() {
    let (wish, sources) = (Wish::read(), Sources::read());
    let mut table = Table::default();
    for kind in legal::all().filter(|kind| wish.wants("legal", kind.name)) {
        let mut row = Row::new("legal", kind.name);
        for round in 0..wish.rounds {
            let mut random = Random::of(wish.seed, kind.name, round);
            let Some(connection) = seeded(&sources, &mut random, kind.make) else { continue };
            let alarms = alarms(&connection);
            if !alarms.is_empty() {
                wish.keep("legal", kind.name, round, &connection);
            }
            row.count(round, &connection.name, alarms.is_empty(), alarms);
        }
        table.push(row);
    }
    println!("{table}");
    assert!(!wish.kind.is_empty() || table.found_percent() >= SILENT, "only {} % were silent", table.found_percent());
}

/// Legal connections that nothing is said against, in percent.
const SILENT: usize = 98;

/// A clean connection with `seed` applied; `None` where none of those tried has a place for it.
fn seeded(sources: &Sources, random: &mut Random, seed: Seed) -> Option<Connection> {
    (0..TRIES).find_map(|_| {
        let clean = sources.any(random);
        let mut connection = clean.clone();
        seed(&mut connection, random)?;
        alarms(&clean).is_empty().then_some(connection)
    })
}
