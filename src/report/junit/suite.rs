//! Suites and cases to the lines of a JUnit document.

use crate::report::printable;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io::{self, Read, Write};

/// Why a case does not pass.
pub(super) enum Fault<'a> {
    /// The kind of failure, what is to be said of it, and all of it.
    Failure { kind: &'a str, message: &'a str, all: &'a str },
    /// What went wrong.
    Error(&'a str),
}

/// What stands around the cases of a suite.
#[derive(Debug, Default)]
pub(super) struct Suite {
    pub name: String,
    pub properties: Vec<(&'static str, String)>,
    pub tests: u64,
    pub errors: u64,
    pub failures: u64,
    /// Octets that its cases take.
    pub len: u64,
}

/// Appends a case.
pub(super) fn write_case(out: &mut Vec<u8>, class: &str, name: &str, fault: Option<&Fault<'_>>) -> io::Result<()> {
    let mut lines = Lines(Writer::new(out));
    let mut case = with(BytesStart::new("testcase"), "name", name);
    if !class.is_empty() {
        case = with(case, "classname", class);
    }
    let Some(fault) = fault else { return lines.write(2, Event::Empty(case)) };
    lines.write(2, Event::Start(case))?;
    match fault {
        Fault::Failure { kind, message, all } => {
            let failure = with(with(BytesStart::new("failure"), "message", message), "type", kind);
            lines.write(3, Event::Start(failure))?;
            lines.0.write_event(Event::Text(BytesText::new(&xml(all))))?;
            lines.0.write_event(Event::End(BytesEnd::new("failure")))?;
        }
        Fault::Error(message) => {
            lines.write(3, Event::Empty(with(BytesStart::new("error"), "message", message)))?;
        }
    }
    lines.write(2, Event::End(BytesEnd::new("testcase")))
}

/// Writes a document of `suites`, whose cases stand one after the other in `cases`.
pub(super) fn write_document(out: impl Write, suites: &[Suite], mut cases: impl Read) -> io::Result<()> {
    let mut lines = Lines(Writer::new(out));
    lines.0.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let sum = |of: fn(&Suite) -> u64| suites.iter().map(of).sum::<u64>().to_string();
    let mut all = with(BytesStart::new("testsuites"), "name", "tcpflow-audit");
    let (tests, failures, errors) = (sum(|it| it.tests), sum(|it| it.failures), sum(|it| it.errors));
    all.extend_attributes([("tests", &*tests), ("skipped", "0"), ("failures", &failures), ("errors", &errors)]);
    lines.write(0, Event::Start(all))?;
    for suite in suites {
        let (tests, errors, failures) = (suite.tests.to_string(), suite.errors.to_string(), suite.failures.to_string());
        let mut start = with(BytesStart::new("testsuite"), "name", &suite.name);
        start.extend_attributes([("tests", &*tests), ("skipped", "0"), ("errors", &errors), ("failures", &failures)]);
        lines.write(1, Event::Start(start))?;
        if !suite.properties.is_empty() {
            lines.write(2, Event::Start(BytesStart::new("properties")))?;
            for (name, value) in &suite.properties {
                let property = with(with(BytesStart::new("property"), "name", name), "value", value);
                lines.write(3, Event::Empty(property))?;
            }
            lines.write(2, Event::End(BytesEnd::new("properties")))?;
        }
        io::copy(&mut Read::by_ref(&mut cases).take(suite.len), lines.0.get_mut())?;
        lines.write(1, Event::End(BytesEnd::new("testsuite")))?;
    }
    lines.write(0, Event::End(BytesEnd::new("testsuites")))?;
    lines.0.get_mut().write_all(b"\n")
}

/// A writer that begins a line for each element.
struct Lines<W: Write>(Writer<W>);

impl<W: Write> Lines<W> {
    fn write(&mut self, depth: usize, event: Event<'_>) -> io::Result<()> {
        write!(self.0.get_mut(), "\n{:1$}", "", 4 * depth)?;
        self.0.write_event(event)
    }
}

fn with<'a>(mut start: BytesStart<'a>, name: &str, value: &str) -> BytesStart<'a> {
    start.push_attribute((name, &*xml(value)));
    start
}

/// Text that a terminal does not obey and that XML can hold.
fn xml(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(printable).collect();
    lines.join("\n").replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
