//! What an audit said of a trace, held against what stands on its lines: a sentence for every difference.

use super::audit::Said;
use super::trace::{Annotation, Compiled, Trace, Verdict};
use std::collections::BTreeSet;
use tcpflow_audit::flow::{EndSummary, FlowSummary, Side, State};
use tcpflow_audit::rules::{self, Severity};

/// Every difference between `said` and what `trace` demands; and how many marks name rules that do not exist yet.
pub fn differences(trace: &Trace, compiled: &Compiled, said: &Said) -> (Vec<String>, usize) {
    let mut flows: Vec<&FlowSummary> = said.flows.iter().map(|flow| &flow.summary).collect();
    flows.sort_by_key(|flow| flow.flow_id);
    let frames = compiled.frame_of_line(trace.lines.len());
    let (mut wrong, pending) = findings(trace, &frames, said);
    wrong.extend(states(trace, compiled, &frames, &flows));
    wrong.extend(verdicts(trace, &flows));
    (wrong, pending)
}

fn findings(trace: &Trace, frames: &[usize], said: &Said) -> (Vec<String>, usize) {
    let demanded = trace.lines.iter().zip(frames).flat_map(|(line, frame)| line.findings.iter().map(|it| (*frame, it)));
    let demanded: Vec<(usize, &Annotation)> = demanded.chain(trace.capture_findings.iter().map(|it| (0, it))).collect();
    let (demanded, pending): (Vec<_>, Vec<_>) =
        demanded.into_iter().partition(|(_, mark)| rules::find(&mark.code).is_some());
    let mut open: Vec<(usize, Annotation)> = demanded.iter().map(|(frame, mark)| (*frame, (*mark).clone())).collect();
    let mut wrong = Vec::new();
    for found in &said.findings {
        let evidence = &found.finding.evidence;
        let note = evidence.severity == Severity::Note;
        let same = |(frame, mark): &(usize, Annotation)| {
            *frame as u64 == evidence.frame
                && mark.code == found.finding.rule.code
                && mark.note == note
                && mark.confidence.as_ref().is_none_or(|word| word == evidence.confidence.name())
                && mark.known_at.is_none_or(|frame| frame as u64 == found.finding.known_at)
        };
        match open.iter().position(same) {
            Some(place) => drop(open.swap_remove(place)),
            None => wrong.push(format!(
                "unexpected {} at frame {} ({}, {}, known at {}): {}",
                found.finding.rule.code,
                evidence.frame,
                evidence.severity,
                evidence.confidence,
                found.finding.known_at,
                evidence.message
            )),
        }
    }
    open.sort();
    wrong.extend(open.iter().map(|(frame, mark)| format!("missing {} at frame {frame}", shown(mark))));
    (wrong, pending.len())
}

fn shown(mark: &Annotation) -> String {
    let confidence = mark.confidence.as_ref().map_or(String::new(), |word| format!("({word})"));
    let known_at = mark.known_at.map_or(String::new(), |frame| format!("@{frame}"));
    format!("{} {}{confidence}{known_at}", if mark.note { "note" } else { "finding" }, mark.code)
}

/// If one line tells states, each line must have its states, or the ones before it.
fn states(trace: &Trace, compiled: &Compiled, frames: &[usize], flows: &[&FlowSummary]) -> Vec<String> {
    if trace.lines.iter().all(|line| line.states.is_none()) {
        return Vec::new();
    }
    let mut wrong = Vec::new();
    let told: BTreeSet<usize> =
        trace.lines.iter().zip(frames).filter(|(line, _)| line.states.is_some()).map(|(_, frame)| *frame).collect();
    for (place, line) in trace.lines.iter().enumerate() {
        let Some(demanded) = &line.states else { continue };
        let Some(flow) = flows.iter().rev().find(|flow| flow.flow_id <= frames[place] as u64) else {
            wrong.push(format!("line {}: no flow", line.number));
            continue;
        };
        for (side, word) in Side::BOTH.into_iter().zip(demanded) {
            let found = state_after(&flow.ends[side], frames[place]);
            let unmoved = matches!(word.as_str(), "-" | "CLOSED" | "LISTEN");
            if found.map_or(!unmoved, |state| state.name() != word) {
                let found = found.map_or("nothing", State::name);
                wrong.push(format!("line {}: {side} should be in {word}, is in {found}", line.number));
            }
        }
    }
    for flow in flows {
        for (side, entered) in
            Side::BOTH.into_iter().flat_map(|side| flow.ends[side].states.iter().map(move |it| (side, it)))
        {
            let frame = entered.frame as usize;
            if !told.contains(&frame) {
                let line = compiled.lines.get(frame.wrapping_sub(1)).map_or(0, |place| trace.lines[*place].number);
                wrong.push(format!("line {line}: {side} enters {}, which no mark says", entered.state));
            }
        }
    }
    wrong
}

/// The last state entered up to `frame`.
fn state_after(end: &EndSummary, frame: usize) -> Option<State> {
    end.states.iter().rev().find(|entered| entered.frame <= frame as u64).map(|entered| entered.state)
}

fn verdicts(trace: &Trace, flows: &[&FlowSummary]) -> Vec<String> {
    if trace.verdicts.is_empty() {
        return Vec::new();
    }
    if trace.verdicts.len() != flows.len() {
        return vec![format!("{} connections demanded, {} found", trace.verdicts.len(), flows.len())];
    }
    trace.verdicts.iter().zip(flows).flat_map(|(demanded, flow)| verdict(demanded, flow)).collect()
}

fn verdict(demanded: &Verdict, flow: &FlowSummary) -> Vec<String> {
    let initiator = flow.teardown.initiator.map_or("nobody", Side::name);
    let ends = Side::BOTH.map(|side| (flow.ends[side].endpoint.ip, flow.ends[side].endpoint.port));
    [
        (demanded.handshake != flow.handshake.verdict.name(), format!("handshake {}", flow.handshake.verdict)),
        (demanded.teardown != flow.teardown.verdict.name(), format!("teardown {}", flow.teardown.verdict)),
        (demanded.by.as_ref().is_some_and(|by| by != initiator), format!("closed by {initiator}")),
        (demanded.ends.is_some_and(|demanded| demanded != ends), format!("client and server {ends:?}")),
    ]
    .into_iter()
    .filter(|(differs, _)| *differs)
    .map(|(_, found)| format!("line {}: {found}", demanded.number))
    .collect()
}
