//! TFA404: a RST that gives up data on the way.

use crate::flow::{Cues, Limits, ResetStanding, State, Step};
use crate::rules::{Confidence, Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA404.
pub static RULE: Rule = Rule {
    code: "TFA404",
    name: "reset-loses-data",
    family: Family::Reset,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.6.1, §3.10.5",
    summary: "An end reset the connection while data of its own was not acknowledged.",
    explanation: "ABORT throws away what was queued, and a receiver of RST may throw away what it has not read yet: \
        octets that were not acknowledged when the RST left are lost as far as their sender can know. A RST \
        that leaves because the program did not read what its peer sent is what RFC 9293 asks for, and only \
        a note.",
    look_alikes: &[
        "everything was acknowledged before the RST, or is acknowledged after it",
        "data of the peer came after the last data of the resetter: perhaps unread, so a RST is due (note)",
        "octets not sent again for several RTOs: their ACK is missing from the capture (then it is possible at most)",
    ],
    remedy: "Let the program shut down its sending side and wait for the end of the stream before it closes; look \
        for SO_LINGER with zero.",
    equation: "SND.UNA = SND.NXT",
    ladder: &[
        "client > server  ACK  seq=1101 len=500",
        "client > server  RST  seq=1601   (500 octets not acknowledged)",
    ],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::BOTH_SIDES,
    on: Cues::END,
    check,
};

/// RTOs after which an end has sent again what was not acknowledged, if it ever does: the first may be longer than what is
/// assumed before any is measured (RFC 6298 §2).
const RTOS: i64 = 3;

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let first = step.flow.closing.as_deref()?.rst?;
    let side = first.side;
    let resets = step.flow.resets.as_deref()?;
    let reset = resets.first[side].filter(|reset| reset.state.is_some_and(State::is_synchronized))?;
    let believed = matches!(reset.standing, ResetStanding::Exact | ResetStanding::Own) && reset.went_on.is_none();
    let (own, peer) = (&step.flow.ends[side], &step.flow.ends[side.peer()]);
    let (next, una) = (own.fin.or(reset.snd_nxt)?, peer.rcv_nxt?);
    let speechless = step.flow.blemishes.as_deref().and_then(|blemishes| blemishes.speechless[side.peer()]);
    if !believed
        || speechless.is_some()
        || reset.other_distance
        || reset.repeated
        // What acknowledged its octets may be what was not captured.
        || reset.answers_uncaptured
        || step.flow.reset_of(side.peer()).is_some()
        || !next.after(una)
    {
        return None;
    }
    let lost = next.distance_from(una);
    let evidence =
        Evidence::at(reset.mark, format!("the {side} resets while {lost} octets of its own are not acknowledged"))
            .count("octets", lost)
            .seq("SND.UNA", una)
            .seq("SND.NXT", next)
            .pointing(format!("gives up {lost} octets"));
    // Where the bare ACK of the handshake is missing, those of the data may be, too.
    let bare = step.flow.opening.ack.is_none_or(|ack| ack.len == 0);
    // What acknowledged them may be missing together with the octets that the end acknowledged itself; of what lies behind
    // a hole nobody knows whether it was ever sent.
    let missing = own.rcv_nxt.zip(peer.snd_nxt).is_some_and(|(heard, sent)| heard.after(sent))
        || step.flow.vantage.lost_in_capture;
    // An end that is not told sends again (RFC 6298 §5): one that did not for so long was told beyond the capture.
    let due = limits.rto.saturating_mul(RTOS);
    let insists = step.flow.oddities.as_deref().is_some_and(|oddities| oddities.insistence[side].is_some());
    let told = reset.silence > due && !insists;
    let sure = bare && own.holes.is_empty() && !missing && !told;
    let evidence = if sure { evidence } else { evidence.at_most(Confidence::Possible) };
    Some(if reset.unread { evidence.no_worse_than(Severity::Note) } else { evidence })
}
