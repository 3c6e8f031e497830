//! Files beside the screen: each is written under another name and gets its own when it is whole.

use anyhow::Context;
use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, SpooledTempFile};

/// The files being written; those that are not kept leave nothing behind.
#[derive(Default)]
pub struct Outputs(Vec<(NamedTempFile, PathBuf)>);

impl Outputs {
    /// Opens what is to become the file at `path`; what is no regular file, as a device or a pipe, is written itself.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn open(&mut self, path: &Path) -> anyhow::Result<BufWriter<Output>> {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let file = self.create(&path).with_context(|| path.display().to_string())?;
        Ok(BufWriter::with_capacity(1 << 18, Output { file, path }))
    }

    /// Gives every file its name.
    ///
    /// # Errors
    /// If one cannot have it.
    pub fn keep(self) -> anyhow::Result<()> {
        for (temporary, path) in self.0 {
            temporary.as_file().sync_all().with_context(|| path.display().to_string())?;
            temporary.persist(&path).with_context(|| path.display().to_string())?;
        }
        Ok(())
    }

    fn create(&mut self, path: &Path) -> io::Result<File> {
        if fs::metadata(path).is_ok_and(|about| !about.is_file()) {
            return OpenOptions::new().write(true).open(path);
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let temporary = builder().tempfile_in(folder).map_err(plain)?;
        let file = temporary.as_file().try_clone()?;
        self.0.push((temporary, path.to_owned()));
        Ok(file)
    }
}

/// A file that is written; what goes wrong with it is said with the name that it is to have.
pub struct Output {
    file: File,
    path: PathBuf,
}

impl Output {
    fn named<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        outcome.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", self.path.display())))
    }
}

impl Write for Output {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let outcome = self.file.write(octets);
        self.named(outcome)
    }

    fn flush(&mut self) -> io::Result<()> {
        let outcome = self.file.flush();
        self.named(outcome)
    }
}

/// What went wrong, without the name of a temporary file, which nobody asked for.
fn plain(error: io::Error) -> io::Error {
    let inner = error.source().and_then(|inner| inner.downcast_ref::<io::Error>());
    let raw = inner.and_then(io::Error::raw_os_error);
    raw.map_or(error, io::Error::from_raw_os_error)
}

/// Reports are for everybody whom the user's mask lets read them; temporary files, as such, are not.
#[cfg(unix)]
fn builder() -> tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tcpflow-audit-").permissions(fs::Permissions::from_mode(0o666));
    builder
}

#[cfg(not(unix))]
fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tcpflow-audit-");
    builder
}

/// Octets of a store that are kept in memory.
const KEPT: usize = 16 << 20;

/// Where a report puts by what has to wait: in memory, and in a file without a name where that becomes too much.
pub fn store() -> SpooledTempFile {
    SpooledTempFile::new(KEPT)
}

/// A writer that goes on in silence when its reader has left.
pub struct Patient<W> {
    out: W,
    left: bool,
}

impl<W: Write> Patient<W> {
    /// Writes to `out` as long as somebody reads it.
    pub const fn new(out: W) -> Self {
        Self { out, left: false }
    }

    fn forgive<T>(&mut self, outcome: io::Result<T>, otherwise: T) -> io::Result<T> {
        match outcome {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.left = true;
                Ok(otherwise)
            }
            outcome => outcome,
        }
    }
}

impl<W: Write> Write for Patient<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let outcome = if self.left { Ok(octets.len()) } else { self.out.write(octets) };
        self.forgive(outcome, octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let outcome = if self.left { Ok(()) } else { self.out.flush() };
        self.forgive(outcome, ())
    }
}
