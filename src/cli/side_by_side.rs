//! Captures audited side by side, each by a thread that has the time, and told one after the other in the order given.
//!
//! What is found in a capture whose turn has not come waits, so many events of so many captures at most; an audit that has
//! no more room waits with them. The capture whose turn it is was begun first, so that it never waits for another.

use super::source::Source;
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use tcpflow_audit::Error;
use tcpflow_audit::audit::{self, Again, AuditError, Event, Settings, Sink, Told, Totals};

/// Events that go from thread to thread at once, and how many such portions of one capture may wait.
const PORTION: usize = 256;
const WAITING: usize = 16;

/// Captures that may be begun before their turn, for each thread: small ones are not to wait for a large one.
const AHEAD: usize = 4;

/// How long the reports wait until somebody is asked whether to tell how far it is.
const PAUSE: Duration = Duration::from_millis(100);

/// What a report needs to be told of a capture.
#[derive(Clone, Copy, Debug)]
pub struct Wants {
    /// Where the frames of findings are.
    pub places: bool,
    /// Flows of which nothing was found: at most so many.
    pub flows: Option<usize>,
}

/// A capture to be audited, and how.
pub struct Planned {
    /// Where it comes from.
    pub source: Source,
    /// How it is audited.
    pub settings: Settings,
    /// What of that is told.
    pub wants: Wants,
}

/// Captures in the order of their turns, and the threads that audit them.
pub struct SideBySide {
    planned: std::vec::IntoIter<Planned>,
    begun: VecDeque<Begun>,
    /// Captures begun at a time.
    most: usize,
    audits: Sender<Audit>,
}

/// A capture that has been begun.
pub struct Begun {
    /// Where it comes from.
    pub source: Source,
    messages: Receiver<Message>,
    again: Again,
}

enum Message {
    Told(Vec<Told>),
    Over(Box<Result<Totals, AuditError>>),
}

impl SideBySide {
    /// Has `threads` audit what is planned.
    pub fn new(threads: usize, planned: Vec<Planned>) -> Self {
        let (audits, receiver) = channel();
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..threads {
            let receiver = Arc::clone(&receiver);
            thread::spawn(move || while next(&receiver).is_some_and(Audit::run) {});
        }
        Self { planned: planned.into_iter(), begun: VecDeque::new(), most: threads * AHEAD, audits }
    }
}

impl Iterator for SideBySide {
    type Item = Begun;

    fn next(&mut self) -> Option<Begun> {
        while self.begun.len() < self.most {
            let Some(Planned { source, settings, wants }) = self.planned.next() else { break };
            let (send, messages) = sync_channel(WAITING);
            let recorder = Recorder { wants, told: Vec::new(), flows: 0, passed_over: 0, placed: false, send };
            // That nobody takes it shows when nothing comes.
            let _ = self.audits.send(Audit { source: source.clone(), settings, recorder });
            self.begun.push_back(Begun { source, messages, again: Again::default() });
        }
        self.begun.pop_front()
    }
}

impl Begun {
    /// Tells `sink` everything of this capture; `update` is called now and then.
    ///
    /// # Errors
    /// If the capture cannot be read, or the sink refuses.
    pub fn tell(&mut self, sink: &mut dyn Sink, update: &mut dyn FnMut()) -> Result<Totals, AuditError> {
        loop {
            update();
            match self.messages.recv_timeout(PAUSE) {
                Ok(Message::Told(told)) => told.iter().try_for_each(|told| self.again.tell(told, sink))?,
                Ok(Message::Over(outcome)) => return *outcome,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    let broken = io::Error::other("its audit broke off");
                    return Err(AuditError::Input(Error::io(self.source.name(), broken)));
                }
            }
        }
    }
}

/// The next audit to be made, when there is one.
fn next(audits: &Mutex<Receiver<Audit>>) -> Option<Audit> {
    audits.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// An audit to be made.
struct Audit {
    source: Source,
    settings: Settings,
    recorder: Recorder,
}

impl Audit {
    /// Makes it; whether anybody wants to know.
    fn run(self) -> bool {
        let Self { source, settings, mut recorder } = self;
        let outcome = source.open().map_err(AuditError::Input).and_then(|mut reader| {
            let totals = audit::run(&mut reader, &settings, &mut recorder, &mut || !source.is_interrupted())?;
            recorder.send()?;
            Ok(totals)
        });
        recorder.send.send(Message::Over(Box::new(outcome))).is_ok()
    }
}

/// Keeps what is told until there is enough of it to be sent.
struct Recorder {
    wants: Wants,
    told: Vec<Told>,
    flows: usize,
    passed_over: u64,
    placed: bool,
    send: SyncSender<Message>,
}

impl Recorder {
    fn send(&mut self) -> io::Result<()> {
        let told = std::mem::replace(&mut self.told, Vec::with_capacity(PORTION));
        self.send.send(Message::Told(told)).map_err(|_| ErrorKind::BrokenPipe.into())
    }

    fn is_full(&self) -> bool {
        self.wants.flows.is_some_and(|most| self.flows >= most)
    }
}

impl Sink for Recorder {
    fn wants_places(&self) -> bool {
        self.wants.places
    }

    fn passes_over(&mut self) -> bool {
        let full = self.is_full();
        self.passed_over += u64::from(full);
        full
    }

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Flow(_) => self.flows = self.flows.saturating_add(1),
            Event::Finding(finding) if !self.placed => {
                self.placed = true;
                self.told.extend(finding.whereabouts.cloned().map(Told::Whereabouts));
            }
            Event::Totals(_) => self.told.push(Told::PassedOver(self.passed_over)),
            _ => {}
        }
        self.told.extend(Told::of(event));
        if self.told.len() < PORTION { Ok(()) } else { self.send() }
    }
}
