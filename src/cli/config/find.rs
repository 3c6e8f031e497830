//! Which configuration holds for a capture: the one named, or the nearest one above it, or above here.

use crate::cli::args::ConfigArgs;
use std::path::{Path, PathBuf, absolute};

/// The name of a configuration file.
const NAME: &str = "tcpflow-audit.toml";
/// The variable that names one.
const VARIABLE: &str = "TCPFLOW_AUDIT_CONFIG";

/// The configuration file for a capture. What is named counts over what is found, the argument over the environment.
pub fn find(args: &ConfigArgs, capture: &Path) -> Option<PathBuf> {
    if args.no_config {
        return None;
    }
    if let Some(named) = &args.config {
        return Some(named.clone());
    }
    if let Some(named) = std::env::var_os(VARIABLE).filter(|name| !name.is_empty()) {
        return Some(named.into());
    }
    let beside = if capture == Path::new("-") { None } else { above(capture.parent().unwrap_or(Path::new(""))) };
    beside.or_else(|| above(Path::new("")))
}

/// The nearest file in a folder or above it, named as shortly as it can be.
fn above(folder: &Path) -> Option<PathBuf> {
    let here = absolute(".").ok()?;
    let whole = here.join(folder);
    let found = whole.ancestors().map(|folder| folder.join(NAME)).find(|path| path.is_file())?;
    Some(found.strip_prefix(&here).map(Path::to_owned).unwrap_or(found))
}
