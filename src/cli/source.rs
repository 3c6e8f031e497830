//! Captures where they come from: counted while they are read, and so that Ctrl-C ends the waiting for more of those that
//! are still being written.

use super::interrupt::Interrupt;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, stdin};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;
use tcpflow_audit::capture::{FileReader, Reader};
use tcpflow_audit::{Error, Result};

/// How long it takes at most until Ctrl-C is heard, or more of a growing file seen.
const PAUSE: Duration = Duration::from_millis(100);

/// Octets taken from a pipe at once, and how many such portions may wait.
const PORTION: usize = 64 * 1024;
const WAITING: usize = 4;

/// A capture to be opened, by whichever thread has the time.
#[derive(Clone, Debug)]
pub struct Source {
    path: PathBuf,
    interrupt: Interrupt,
    /// Whether what is packed is unpacked by a thread of its own.
    pub beside: bool,
    /// Whether it has no end until the user says so.
    pub follow: bool,
    discreet: bool,
    read: Arc<AtomicU64>,
}

impl Source {
    /// The capture at `path`; `-` is standard input.
    pub fn new(path: &Path, interrupt: &Interrupt) -> Self {
        let (path, interrupt) = (path.to_owned(), interrupt.clone());
        Self { path, interrupt, beside: true, follow: false, discreet: false, read: Arc::default() }
    }

    /// The same; whether it is `discreet`, so that nobody is told where it is.
    pub fn told(self, discreet: bool) -> Self {
        Self { discreet, ..self }
    }

    /// Its path as given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it is called: its path as given, or the last part of it.
    pub fn name(&self) -> String {
        name(&self.path, self.discreet)
    }

    /// Octets there are to be read, where that is known.
    pub fn size(&self) -> Option<u64> {
        let about = fs::metadata(&self.path).ok()?;
        (about.is_file() && !self.follow).then_some(about.len())
    }

    /// Whether it is read as it grows.
    pub const fn is_followed(&self) -> bool {
        self.follow
    }

    /// Octets read so far, where it is not [followed](Self::is_followed).
    pub fn position(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Whether the user asked to stop.
    pub fn is_interrupted(&self) -> bool {
        self.interrupt.is_set()
    }

    /// Opens it.
    ///
    /// # Errors
    /// If it cannot be opened or read, or is no capture.
    pub fn open(&self) -> Result<FileReader> {
        let (octets, name) = if self.path == Path::new("-") {
            (self.counted(Pipe::new(stdin(), self.interrupt.clone())), "-".to_owned())
        } else {
            let name = self.name();
            (self.octets().map_err(|error| Error::io(&name, error))?, name)
        };
        if self.beside { Reader::unpacking_beside(octets, name) } else { Reader::new(octets, name) }
    }

    fn octets(&self) -> io::Result<Box<dyn Read + Send>> {
        let file = File::open(&self.path)?;
        let about = file.metadata();
        if self.follow {
            return Ok(Box::new(Growing::new(file, &self.path, &self.interrupt)));
        }
        Ok(match about {
            // What is no regular file may keep its reader waiting.
            Ok(about) if !about.is_file() && !about.is_dir() => self.counted(Pipe::new(file, self.interrupt.clone())),
            _ => self.counted(file),
        })
    }

    fn counted(&self, octets: impl Read + Send + 'static) -> Box<dyn Read + Send> {
        Box::new(Counted { octets, read: Arc::clone(&self.read) })
    }
}

/// What a capture is called; where nobody must be told where it is, by the last part of its path.
pub fn name(path: &Path, discreet: bool) -> String {
    match path.file_name().filter(|_| discreet) {
        Some(last) => last.to_string_lossy().into_owned(),
        None => path.display().to_string(),
    }
}

/// What went wrong with the capture called `name`: the system's messages name it themselves, those about what is in it
/// do not.
pub fn described(name: &str, error: &Error) -> String {
    match error {
        Error::Format { .. } => format!("{name}: {error}"),
        _ => error.to_string(),
    }
}

/// Opens the capture at `path`; `-` is standard input. Where it is `discreet`, nobody is told where it is.
///
/// # Errors
/// As [`Source::open`].
pub fn open(path: &Path, discreet: bool, interrupt: &Interrupt) -> Result<FileReader> {
    Source::new(path, interrupt).told(discreet).open()
}

/// What counts how much is read of it.
struct Counted<R> {
    octets: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let octets = self.octets.read(buffer)?;
        self.read.fetch_add(octets as u64, Ordering::Relaxed);
        Ok(octets)
    }
}

/// A file that grows, until another takes its place.
struct Growing {
    file: File,
    path: PathBuf,
    interrupt: Interrupt,
    position: u64,
    replaced: bool,
}

impl Growing {
    fn new(file: File, path: &Path, interrupt: &Interrupt) -> Self {
        Self { file, path: path.to_owned(), interrupt: interrupt.clone(), position: 0, replaced: false }
    }

    /// Whether the file is shorter than what was read of it.
    fn was_cut(&self) -> io::Result<bool> {
        let about = self.file.metadata()?;
        Ok(about.is_file() && about.len() < self.position)
    }

    /// Whether another file has its name by now, as when captures are rotated.
    #[cfg(unix)]
    fn was_replaced(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        let (Ok(ours), Ok(theirs)) = (self.file.metadata(), fs::metadata(&self.path)) else { return false };
        (ours.dev(), ours.ino()) != (theirs.dev(), theirs.ino())
    }

    #[cfg(not(unix))]
    fn was_replaced(&self) -> bool {
        false
    }
}

impl Read for Growing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let octets = self.file.read(buffer)?;
            self.position += octets as u64;
            // Whoever writes it has had a pause for what was left to write.
            if octets > 0 || buffer.is_empty() || self.replaced || self.interrupt.is_set() {
                return Ok(octets);
            }
            if self.was_cut()? {
                return Err(io::Error::new(ErrorKind::StaleNetworkFileHandle, "cut short while it was followed"));
            }
            self.replaced = self.was_replaced();
            thread::sleep(PAUSE);
        }
    }
}

/// A pipe. A thread of its own waits for what comes, because nothing else could end that waiting.
struct Pipe {
    portions: Receiver<io::Result<Vec<u8>>>,
    portion: Vec<u8>,
    taken: usize,
    interrupt: Interrupt,
}

impl Pipe {
    fn new(mut source: impl Read + Send + 'static, interrupt: Interrupt) -> Self {
        let (send, portions) = sync_channel(WAITING);
        thread::spawn(move || {
            loop {
                let mut portion = vec![0; PORTION];
                let read = source.read(&mut portion);
                if matches!(&read, Err(error) if error.kind() == ErrorKind::Interrupted) {
                    continue;
                }
                let goes_on = matches!(read, Ok(1..));
                portion.truncate(*read.as_ref().unwrap_or(&0));
                if send.send(read.map(|_| portion)).is_err() || !goes_on {
                    return;
                }
            }
        });
        Self { portions, portion: Vec::new(), taken: 0, interrupt }
    }

    /// The next portion; empty at the end.
    fn next(&self) -> io::Result<Vec<u8>> {
        loop {
            match self.portions.recv_timeout(PAUSE) {
                Ok(portion) => return portion,
                Err(RecvTimeoutError::Timeout) if !self.interrupt.is_set() => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Ok(Vec::new()),
            }
        }
    }
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.portion.len() {
            (self.portion, self.taken) = (self.next()?, 0);
        }
        let octets = self.portion.get(self.taken..).unwrap_or_default().read(buffer)?;
        self.taken += octets;
        Ok(octets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_pipe_gives_what_is_put_into_it() {
        let octets: Vec<u8> = (0..300_000_u32).map(|number| number as u8).collect();
        let mut pipe = Pipe::new(io::Cursor::new(octets.clone()), Interrupt::default());
        let mut read = Vec::new();
        pipe.read_to_end(&mut read).unwrap();
        assert!(read == octets);
    }

    #[test]
    fn a_file_has_no_end_until_the_user_says_so() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let interrupt = Interrupt::default();
        let mut growing = Growing::new(File::open(file.path()).unwrap(), file.path(), &interrupt);
        let (mut one, mut two) = ([0; 3], Vec::new());
        file.write_all(b"abc").unwrap();
        growing.read_exact(&mut one).unwrap();
        let later = thread::spawn(move || {
            thread::sleep(PAUSE);
            file.write_all(b"def").unwrap();
            thread::sleep(PAUSE * 3);
            interrupt.set();
            file
        });
        growing.read_to_end(&mut two).unwrap();
        assert_eq!((&one, two.as_slice()), (b"abc", &b"def"[..]));
        later.join().unwrap();
    }

    #[test]
    fn a_file_that_another_replaces_has_an_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("live");
        fs::write(&path, b"abc").unwrap();
        let mut growing = Growing::new(File::open(&path).unwrap(), &path, &Interrupt::default());
        fs::rename(&path, folder.path().join("live.1")).unwrap();
        fs::write(&path, b"def").unwrap();
        let mut read = Vec::new();
        growing.read_to_end(&mut read).unwrap();
        assert_eq!(read, b"abc");
    }

    #[test]
    fn a_file_that_is_cut_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), b"abc").unwrap();
        let mut growing = Growing::new(File::open(file.path()).unwrap(), file.path(), &Interrupt::default());
        growing.read_exact(&mut [0; 3]).unwrap();
        file.as_file().set_len(1).unwrap();
        let error = growing.read(&mut [0; 3]).unwrap_err();
        assert!(error.to_string().contains("cut short"), "{error}");
    }
}
