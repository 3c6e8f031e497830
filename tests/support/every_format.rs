//! One capture in every format there is.

use std::io::Read;
use tcpflow_audit::audit::{self, Settings};
use tcpflow_audit::capture::{Reader, Record};
use tcpflow_audit::error::Error;
use tcpflow_audit::lens::dissect::{Dissector, Tree};
use tcpflow_audit::report::fields::{self, Field};
use tcpflow_audit::report::{
    Delimiter, Dissection, Dissections, FlowTable, Github, Gitlab, JsonDocument, JsonLines, Junit, Lines, Look,
    Markdown, PacketChoice, PacketFormat, Packets, Report, Sarif, Story, Summary, Tee, Text, TextOptions,
};
#[cfg(feature = "html")]
use tcpflow_audit::report::{Picture, PictureFormat};
use tcpflow_audit::rules::{RULES, Severity};

/// Makes a report that writes to some octets.
pub type Make = for<'a> fn(&'a mut Vec<u8>) -> Box<dyn Report + 'a>;

/// Formats of what was found and of connections.
pub const JUDGING: &[(&str, Make)] = &[
    ("text", |out| Box::new(Text::new(out, text()))),
    ("text-coloured", |out| Box::new(Text::new(out, TextOptions { look: COLOURED, ..text() }))),
    ("json", |out| Box::new(JsonDocument::new(out, Lines::All))),
    ("jsonl", |out| Box::new(JsonLines::new(out, Lines::All))),
    ("sarif", |out| Box::new(Sarif::new(out, RULES.to_vec()))),
    ("junit", |out| Box::new(Junit::new(out, Severity::Warning))),
    ("github", |out| Box::new(Github::new(out))),
    ("gitlab", |out| Box::new(Gitlab::new(out))),
    ("markdown", |out| Box::new(Markdown::new(out))),
    ("flows-csv", |out| Box::new(FlowTable::new(out, Delimiter::Comma))),
    ("flows-tsv", |out| Box::new(FlowTable::new(out, Delimiter::Tab))),
    ("flows-json", |out| Box::new(JsonDocument::new(out, Lines::Flows))),
    ("flows-jsonl", |out| Box::new(JsonLines::new(out, Lines::Flows))),
];

/// Formats of single segments.
const SHOWING: &[(&str, Make)] = &[
    ("packets", |out| Box::new(packets(out, PacketFormat::List(PLAIN)))),
    ("packets-csv", |out| Box::new(packets(out, PacketFormat::Table(Delimiter::Comma, every_field())))),
    ("packets-tsv", |out| Box::new(packets(out, PacketFormat::Table(Delimiter::Tab, every_field())))),
    ("packets-json", |out| Box::new(packets(out, PacketFormat::Json(every_field())))),
    ("packets-jsonl", |out| Box::new(packets(out, PacketFormat::JsonLines(every_field())))),
    #[cfg(feature = "html")]
    ("html", |out| Box::new(tcpflow_audit::report::Html::new(out))),
    ("show", |out| Box::new(Story::new(out, PLAIN, true))),
    #[cfg(feature = "html")]
    ("show-svg", |out| Box::new(picture(out, PictureFormat::Svg))),
    #[cfg(feature = "html")]
    ("show-mermaid", |out| Box::new(picture(out, PictureFormat::Mermaid))),
    #[cfg(feature = "html")]
    ("show-plantuml", |out| Box::new(picture(out, PictureFormat::PlantUml))),
];

/// Forms of single frames.
const DISSECTING: [(&str, Dissection); 4] = [
    ("dissect", Dissection::Explained),
    ("dissect-lesson", Dissection::Lesson),
    ("dissect-details", Dissection::Details),
    ("dissect-json", Dissection::Json),
];

const PLAIN: Look = Look { color: false, ascii: false, width: Some(100), links: false };
const COLOURED: Look = Look { color: true, ..PLAIN };

/// What one format made of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The format's name; what it has before a hyphen is the command or the format itself.
    pub format: &'static str,
    /// What it wrote.
    pub text: String,
}

impl Told {
    /// Whether it is to be parsed, and by what: `json`, `jsonl`, …
    pub fn is_json(&self) -> bool {
        ["json", "sarif", "gitlab"].iter().any(|kind| self.format.ends_with(kind))
    }

    /// Whether each of its lines is JSON.
    pub fn is_json_lines(&self) -> bool {
        self.format.ends_with("jsonl")
    }
}

/// What every format makes of the capture in `octets`, which is called `name`; what is no capture is told as unreadable.
pub fn every_format(octets: &[u8], name: &str, settings: &Settings) -> Vec<Told> {
    let mut told = every_report(octets, name, settings);
    told.extend(DISSECTING.iter().map(|(format, form)| Told { format, text: dissected(octets, name, *form) }));
    told
}

/// The same without dissected frames.
pub fn every_report(octets: &[u8], name: &str, settings: &Settings) -> Vec<Told> {
    let mut told = run(JUDGING, octets, name, settings);
    told.extend(run(SHOWING, octets, name, settings));
    told
}

fn run(formats: &[(&'static str, Make)], octets: &[u8], name: &str, settings: &Settings) -> Vec<Told> {
    let mut written = vec![Vec::new(); formats.len()];
    let reports = formats.iter().zip(&mut written).map(|((_, make), out)| make(out)).collect();
    tell(octets, name, settings, &mut Tee(reports));
    let text = |octets| String::from_utf8(octets).expect("every format is UTF-8");
    formats.iter().zip(written).map(|((format, _), octets)| Told { format, text: text(octets) }).collect()
}

/// Audits a capture as the program does.
fn tell<R: Read + Send>(source: R, name: &str, settings: &Settings, report: &mut dyn Report) {
    let mut summary = Summary::default();
    match Reader::new(source, name) {
        Ok(mut reader) => {
            let totals = audit::run(&mut reader, settings, report, &mut || true).expect("a report into memory");
            summary.add(&totals);
        }
        Err(error) => {
            report.unreadable(name, &error).expect("a report into memory");
            summary.unreadable += 1;
        }
    }
    report.finish(&summary).expect("a report into memory");
}

fn dissected(octets: &[u8], name: &str, form: Dissection) -> String {
    let mut out = Vec::new();
    let mut report = Dissections::new(&mut out, form, PLAIN);
    if let Ok(mut reader) = Reader::new(octets, name) {
        each_frame(&mut reader, |tree| report.frame(tree, "a segment").expect("a report into memory"))
            .expect("memory can be read");
    }
    report.finish().expect("a report into memory");
    String::from_utf8(out).expect("every format is UTF-8")
}

fn each_frame<R: Read>(reader: &mut Reader<R>, mut show: impl FnMut(&Tree)) -> Result<(), Error> {
    let mut dissector = Dissector::new();
    while let Some(record) = reader.next_record()? {
        let record: Record<'_> = record;
        show(&dissector.dissect(&record));
    }
    Ok(())
}

fn text() -> TextOptions {
    TextOptions { look: PLAIN, findings: true, statistics: true, ..TextOptions::default() }
}

fn packets(out: &mut Vec<u8>, format: PacketFormat) -> Packets<&mut Vec<u8>> {
    Packets::new(out, format, PacketChoice::default())
}

#[cfg(feature = "html")]
fn picture(out: &mut Vec<u8>, format: PictureFormat) -> Picture<&mut Vec<u8>> {
    Picture::new(out, format, true)
}

fn every_field() -> Vec<&'static Field> {
    fields::all().collect()
}
