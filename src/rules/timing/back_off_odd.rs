//! TFA704: retries on no known schedule.

use crate::flow::{Cues, Limits, Side, Step, about};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity, human_duration};

/// TFA704.
pub static RULE: Rule = Rule {
    code: "TFA704",
    name: "back-off-odd",
    family: Family::Timing,
    severity: Severity::Note,
    reference: "RFC 6298 §5.5, RFC 9293 §3.8.1",
    summary: "The waits between retries neither double nor stay equal and then double.",
    explanation: "Each unanswered try doubles the wait for the next (Linux since 6.5 and macOS keep the first few \
        equal). Other schedules come from programs that make their own segments, from devices that repeat \
        for others, or from retries that the capture does not show.",
    look_alikes: &[
        "waits that double, within a fifth",
        "equal waits first, doubling ones later",
        "repeats within one round trip that answer repeats of the peer",
    ],
    remedy: "Look at who sends the retries, and whether the capture lost some.",
    equation: "RTO <- 2 RTO",
    ladder: &[
        "client > server  SYN  seq=1000",
        "client > server  SYN  seq=1000   (1 s later)",
        "client > server  SYN  seq=1000   (0.5 s later)",
        "client > server  SYN  seq=1000   (5 s later)",
    ],
    peers: Peers { wireshark: Some("tcp.analysis.rto"), zeek: None, suricata: None },
    needs: Needs::NOTHING,
    on: Cues::END,
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let opening = &step.flow.opening;
    let closing = step.flow.closing.as_deref();
    let fins = Side::BOTH.into_iter().filter_map(|side| closing.map(|closing| &closing.fins[side]));
    let schedules =
        std::iter::once((opening.syn, &opening.syns, "SYN")).chain(fins.map(|fin| (fin.first, &fin.sent, "FIN")));
    schedules.filter(|(_, retries, _)| is_odd(retries.waits(), limits)).find_map(|(first, retries, what)| {
        let waits: Vec<_> = retries.waits().iter().map(|wait| human_duration(*wait)).collect();
        Some(
            Evidence::at(first?, format!("the {what} was sent {} times, after {}", retries.count, waits.join(", ")))
                .count("sent", retries.count)
                .schedule("waits", retries.waits())
                .pointing("on no known schedule"),
        )
    })
}

/// Whether waits neither double nor stay equal first and double then.
fn is_odd(waits: &[i64], limits: &Limits) -> bool {
    let mut doubled = false;
    waits.iter().all(|wait| *wait > limits.duplicate_frame)
        && waits.windows(2).any(|pair| {
            let doubles = about(pair[1], pair[0].saturating_mul(2));
            let odd = !(doubles || (about(pair[1], pair[0]) && !doubled));
            doubled |= doubles;
            odd
        })
}
