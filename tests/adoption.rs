//! What others take over is true: the GitHub action, the pre-commit hook, the configuration in the README.

use crate::cli::Bench;
use std::fs;
use std::path::Path;

fn project_file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn what_is_there_to_be_adopted_uses_options_that_exist() {
    let help = Bench::new().stdout("--help");
    for name in [".github/action.yml", ".pre-commit-hooks.yaml"] {
        let text = project_file(name);
        let commands = text.lines().filter(|line| line.contains("tcpflow-audit $") || line.contains("args:"));
        let options = commands.chain(text.lines().filter(|line| line.contains("set --") || line.contains("--output")));
        let words = options.flat_map(|line| line.split([' ', '[', ']', ',', ';'])).filter(|word| word.len() > 2);
        for option in words.filter(|word| word.starts_with("--")) {
            assert!(help.contains(option), "{name}: {option}");
        }
    }
}

#[test]
fn the_configuration_in_the_readme_is_understood() {
    let readme = project_file("README.md");
    let (_, rest) = readme.split_once("```toml\n").unwrap();
    let bench = Bench::new();
    fs::write(bench.path("tcpflow-audit.toml"), rest.split_once("```").unwrap().0).unwrap();
    assert_eq!(bench.status("config show clean.pcap"), 0);
    assert!(bench.stdout("clean.pcap").contains("not as expected"), "no connection goes to port 443");
}

/// The shell steps of the action, as a runner would run them in a workspace.
#[cfg(target_os = "linux")]
#[test]
fn the_action_audits_annotates_and_sums_up() {
    let action = project_file(".github/action.yml");
    let (_, script) = action.rsplit_once("run: |\n").unwrap();
    let bench = Bench::new();
    fs::create_dir_all(bench.path("captures/deep")).unwrap();
    fs::copy(bench.path("bad.pcap"), bench.path("captures/deep/bad one.pcap")).unwrap();
    fs::copy(bench.path("clean.pcap"), bench.path("captures/clean.pcap")).unwrap();
    fs::write(bench.path("captures/tcpflow-audit.toml"), "ignore = \"ALL\"").unwrap();
    let folder = Path::new(env!("CARGO_BIN_EXE_tcpflow-audit")).parent().unwrap().to_owned();
    let mut paths = vec![folder];
    paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    let run = |captures: &str, arguments: &str| {
        let mut bash = std::process::Command::new("bash");
        bash.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]).current_dir(bench.path(""));
        bash.env("PATH", std::env::join_paths(&paths).unwrap()).env("RUNNER_TEMP", bench.path(""));
        bash.env("GITHUB_STEP_SUMMARY", bench.path("summary.md")).env("SARIF", "out.sarif").env("CONFIG", "");
        let output = bash.env("CAPTURES", captures).env("ARGUMENTS", arguments).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (status, annotations) = run("captures/**/*.pcap", "--min-confidence certain");
    assert_eq!(status, Some(1), "{annotations}");
    assert!(annotations.starts_with("::error file=captures/deep/bad one.pcap,title=TFA101"), "{annotations}");
    let summary = fs::read_to_string(bench.path("summary.md")).unwrap();
    assert!(summary.contains("`syn-ack-wrong-ack`") && summary.contains("### captures/clean.pcap"), "{summary}");
    assert!(fs::read_to_string(bench.path("out.sarif")).unwrap().contains("captures/deep/bad%20one.pcap"));
    assert_eq!(run("captures/clean.pcap", "").0, Some(0));
    let (status, annotations) = run("none/*.pcap", "");
    assert!(status == Some(2) && annotations.contains("no file matches"), "{annotations}");
}
