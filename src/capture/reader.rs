//! A stream of octets to the frames in it, whatever the file format around them.

use std::io::{self, Read};
use std::path::Path;

use super::decompress::{Compression, Unpacked};
use super::info::{CaptureInfo, Format};
use super::note::NoteKind;
use super::octets::ByteOrder;
use super::pcap::{self, Pcap};
use super::pcapng::{self, Pcapng};
use super::piece::{Block, Piece, Place};
use super::places::Places;
use super::record::{Found, Record};
use super::timeline;
use super::unsupported;
use super::window::Window;
use crate::{Error, Result};

/// Reads a capture frame by frame, never further ahead than the source has delivered.
///
/// Memory is bounded by the longest record that is really there (and believed, see [`NoteKind`]), whatever lengths the file claims.
pub struct Reader<R: Read> {
    window: Window<Unpacked<R>>,
    layout: Layout,
    info: CaptureInfo,
    current: Option<Found>,
    ended: bool,
    places: Option<Places>,
}

enum Layout {
    Pcap(Pcap),
    Pcapng(Pcapng),
}

impl<R: Read> Reader<R> {
    /// Recognises compression and format of `source`, which errors call `name`, and reads up to the first frame.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if reading fails, [`Error::Format`] if this is no capture or has no whole header.
    pub fn new(source: R, name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        let (unpacked, compression) = Unpacked::new(source, &name)?;
        Self::over(unpacked, compression, name)
    }

    fn over(unpacked: Unpacked<R>, compression: Compression, name: String) -> Result<Self> {
        let mut window = Window::new(unpacked, name);
        let begun = begin(&mut window, compression);
        let (layout, info) = begun.map_err(|error| explain(error, window.damage()))?;
        Ok(Self { window, layout, info, current: None, ended: false, places: None })
    }

    /// The next frame; `None` at the end, whose manner [`CaptureInfo::notes`] tells.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if reading fails. Damage is a note, not an error: what was readable has been delivered.
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>> {
        self.advance()?;
        Ok(self.current())
    }

    /// The frame that the last [`Reader::next_record`] returned.
    #[inline]
    pub fn current(&self) -> Option<Record<'_>> {
        let found = self.current.as_ref()?;
        Some(found.record(self.info.frames, self.window.octets(found.data.clone())))
    }

    /// The next piece; `None` at the end. Not to be mixed with [`Reader::next_record`]. A capture that ends inside a
    /// block loses that block, as a note tells, unless it is one too long to be kept.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Io`] if reading fails.
    pub fn next_piece(&mut self) -> Result<Option<Piece<'_>>> {
        let Layout::Pcapng(pcapng) = &mut self.layout else {
            return Ok(self.next_record()?.map(|record| Piece::Frame(record, None)));
        };
        let place = if self.ended { None } else { pcapng.piece(&mut self.window, &mut self.info)? };
        let Some(place) = place else {
            self.end();
            return Ok(None);
        };
        let Layout::Pcapng(pcapng) = &self.layout else { return Ok(None) };
        let block = |place| Block { order: pcapng.order(), octets: self.window.octets(place) };
        Ok(Some(match place {
            Place::Frame(found, place) => {
                let record = found.record(self.info.frames, self.window.octets(found.data.clone()));
                Piece::Frame(record, Some(block(place)))
            }
            Place::Other(place) => Piece::Other(block(place)),
            Place::Rest(place) => Piece::Rest(self.window.octets(place)),
        }))
    }

    /// What the capture says about itself, as far as it has been read.
    pub fn info(&self) -> &CaptureInfo {
        &self.info
    }

    /// What is being read: a path, or `-` for standard input.
    pub fn name(&self) -> &str {
        self.window.name()
    }

    /// Where records lie, from the next one on.
    pub fn places(&mut self) -> Places {
        self.places.get_or_insert_default().clone()
    }

    /// Calls the capture by the last part of its path, which tells less.
    pub fn call_by_file_name(&mut self) {
        let name = self.window.name();
        let last = Path::new(name).file_name().map_or(name.to_owned(), |last| last.to_string_lossy().into_owned());
        self.window.rename(last);
    }

    /// Goes to the next frame, which is then the current one; whether there is one. Errors as [`Reader::next_record`].
    #[inline]
    pub(crate) fn advance(&mut self) -> Result<bool> {
        // Nearly every record is found so.
        if let Layout::Pcap(pcap) = &self.layout
            && self.places.is_none()
            && !self.ended
            && pcap.advance_within(&mut self.window, &mut self.current)
        {
            self.info.count_frame(0);
            return Ok(true);
        }
        self.advance_further()
    }

    fn advance_further(&mut self) -> Result<bool> {
        self.current = None;
        if self.ended {
            return Ok(false);
        }
        self.ended = true;
        match &mut self.layout {
            Layout::Pcap(pcap) => pcap.advance(&mut self.window, &mut self.info, &mut self.current)?,
            Layout::Pcapng(pcapng) => self.current = pcapng.advance(&mut self.window, &mut self.info)?,
        }
        self.ended = self.current.is_none();
        if let (Some(places), Some(found)) = (&self.places, &self.current) {
            places.note(self.info.frames, found.offset..self.window.offset());
        }
        if self.ended {
            self.note_damage();
        }
        Ok(!self.ended)
    }

    /// Ends the capture for those who read it in pieces.
    fn end(&mut self) {
        if !std::mem::replace(&mut self.ended, true) {
            self.note_damage();
        }
    }

    fn note_damage(&mut self) {
        if let Some(damage) = self.window.damage() {
            let message = damage.to_string();
            let kind = match damage.get_ref().and_then(|told| told.downcast_ref::<timeline::Damage>()) {
                Some(of_a_file) => NoteKind::DamagedFile { message, is_cut: of_a_file.is_cut },
                None => NoteKind::BadCompression { message },
            };
            self.info.notes.add(self.window.offset(), kind);
        }
    }
}

impl<R: Read + Send + 'static> Reader<R> {
    /// As [`Reader::new`], and what is compressed is unpacked by a thread of its own, a little ahead (with the feature
    /// `threads`).
    ///
    /// # Errors
    ///
    /// As [`Reader::new`].
    pub fn unpacking_beside(source: R, name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        let (unpacked, compression) = Unpacked::new(source, &name)?;
        #[cfg(feature = "threads")]
        let unpacked = unpacked.beside();
        Self::over(unpacked, compression, name)
    }
}

/// Octets that tell one format from another.
const MAGIC_LEN: usize = 12;

fn begin<R: Read>(window: &mut Window<R>, compression: Compression) -> Result<(Layout, CaptureInfo)> {
    window.require(MAGIC_LEN)?;
    if let Some(magic) = pcap::Magic::recognise(window.data()) {
        let mut info = CaptureInfo::new(magic.format, magic.order, compression);
        let layout = Layout::Pcap(Pcap::begin(window, magic, &mut info)?);
        return Ok((layout, info));
    }
    if pcapng::section_magic(window.data()).is_some() {
        let mut info = CaptureInfo::new(Format::Pcapng, ByteOrder::Little, compression);
        let layout = Layout::Pcapng(Pcapng::begin(window, &mut info)?);
        return Ok((layout, info));
    }
    Err(Error::format(0, unsupported::explain(window.data())))
}

/// Adds why a compressed stream gave so little.
fn explain(error: Error, damage: Option<&io::Error>) -> Error {
    match (error, damage) {
        (Error::Format { offset, message }, Some(damage)) => {
            Error::format(offset, format!("{message} (the compressed stream is damaged or cut: {damage})"))
        }
        (error, _) => error,
    }
}
