//! A frame in, the frame without what must not be told out, or why there is none.

use super::Redaction;
use super::fragments::Carriers;
use super::head::Head;
use super::rewrite::{Rewrite, Tools};
use super::sums;
use crate::capture::Record;
use crate::wire::{Decoder, Part, Skip, Span};

/// Rewrites the frames of a capture.
pub struct Redactor {
    tools: Tools,
    decoder: Decoder,
    carriers: Carriers,
    /// Kept between frames for their room.
    spans: Vec<Span>,
    octets: Vec<u8>,
}

impl Redactor {
    /// Nothing rewritten yet.
    pub fn new(redaction: Redaction) -> Self {
        let (decoder, carriers) = (Decoder::new(false), Carriers::default());
        Self { tools: Tools::new(redaction), decoder, carriers, spans: Vec::new(), octets: Vec::new() }
    }

    /// The frame rewritten.
    ///
    /// # Errors
    ///
    /// Why it must not be given out: it holds no TCP as far as is known, or holds it in something that is not rewritten.
    pub fn frame<'a>(&'a mut self, record: &Record<'_>) -> Result<Record<'a>, Skip> {
        self.spans.clear();
        let outcome = self.decoder.trace(record, &mut self.spans);
        self.carriers.admit(outcome, &self.spans)?;
        if self.spans.iter().any(|span| span.part == Part::Opaque) {
            return Err(Skip::NotRedactable);
        }
        self.octets.clear();
        self.octets.extend_from_slice(record.data);
        let mut rewrite = Rewrite { tools: &mut self.tools, old: record.data, new: &mut self.octets };
        for span in &self.spans {
            match self.carriers.head(span.part) {
                None => rewrite.span(span),
                Some(head) => {
                    if let Some(head) = head.go_on(&mut rewrite, span) {
                        self.carriers.begin(span.part, head);
                    }
                }
            }
        }
        let end = self.spans.iter().rev().find(|span| span.part.is_content()).map_or(0, |span| span.end);
        let check_sequence = check_sequence(record);
        if let Some(trailer) = self.octets.get_mut(end..check_sequence) {
            trailer.fill(0);
        }
        sums::mend(record.data, &mut self.octets, &self.spans, &mut self.tools.addresses);
        let begun = Head::begun(&self.spans, record.data, &self.octets, &mut self.tools.addresses);
        if let (Some(head), [.., fragment, _]) = (begun, &self.spans[..]) {
            self.carriers.begin(fragment.part, head);
        }
        sums::mend_check_sequence(record.data, &mut self.octets, check_sequence);
        Ok(Record { data: &self.octets, ..*record })
    }
}

/// Where the frame check sequence begins, as far as there is one and it was captured.
fn check_sequence(record: &Record<'_>) -> usize {
    let sent = record.data.len().max(record.original_len as usize);
    sent.saturating_sub(record.fcs_len.into()).min(record.data.len())
}
