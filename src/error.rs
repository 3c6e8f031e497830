//! What ends the reading of a capture: every [`Error`] says what, where and why.
//!
//! Errors are for what cannot go on. A frame without an auditable segment is a [`crate::wire::Skip`], counted;
//! a broken rule is a finding.

use std::fmt;
use std::io;

/// Why a capture could not be read, or could not be read to its end.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused to open or read.
    Io {
        /// What was being read: a path, or `-` for standard input.
        what: String,
        /// What the system said.
        source: io::Error,
    },
    /// The octets are not a capture, or stop being one.
    Format {
        /// Octets from the start of the (decompressed) capture to the place that could not be read.
        offset: u64,
        /// What was found there, and what was expected.
        message: String,
    },
}

/// A result whose error is [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An [`Error::Format`] at `offset` octets into the capture.
    pub fn format(offset: u64, message: impl Into<String>) -> Self {
        Self::Format { offset, message: message.into() }
    }

    /// An [`Error::Io`] about `what`.
    pub fn io(what: impl Into<String>, source: io::Error) -> Self {
        Self::Io { what: what.into(), source }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { what, source } => write!(f, "{what}: {source}"),
            Self::Format { offset, message } => write!(f, "at octet {offset}: {message}"),
        }
    }
}

/// What the system said stands in the message; it would be told twice as a source.
impl std::error::Error for Error {}
