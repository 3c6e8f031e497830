//! Configuration files, which belong to the program and not to the library: its modules are taken in by their paths.
#![no_main]
#![allow(dead_code, unused_imports)]

use clap::Parser;
use cli::args::{ConfigArgs, RuleArgs};
use cli::config::{Config, show};
use std::fs;
use std::path::Path;
use tcpflow_audit::audit::Settings;

/// As much of the program as reads a configuration.
#[path = "../../../src/cli"]
mod cli {
    #[path = "args"]
    pub mod args {
        mod config;
        mod output;
        mod rules;
        pub use config::ConfigArgs;
        pub use rules::{RuleArgs, word as rule_word};
    }
    pub mod config;
    pub mod screen {
        pub fn complain(_: &str) {}
    }
}

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    rules: RuleArgs,
}

// A configuration that is accepted can be shown, and says what holds for any capture.
libfuzzer_sys::fuzz_target!(|octets: &[u8]| {
    let path = std::env::temp_dir().join(format!("tcpflow-audit-fuzz-{}.toml", std::process::id()));
    fs::write(&path, octets).expect("a file to be read");
    let arguments = Arguments::parse_from([Path::new("fuzz"), Path::new("--config"), &path]);
    let mut config = Config::new(&arguments.config, &arguments.rules);
    if config.of(Path::new("fuzz/a.pcap"), &Settings::default()).is_ok() {
        config.tell_unused();
        show(&mut config, Path::new("b.pcap")).expect("what is accepted can be shown");
    }
});
