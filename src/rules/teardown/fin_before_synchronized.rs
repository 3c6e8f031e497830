//! TFA211: a FIN where there is no connection.

use crate::flow::{Cues, Limits, Mark, Side, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::{Flags, SeqNum};

/// TFA211.
pub static RULE: Rule = Rule {
    code: "TFA211",
    name: "fin-before-synchronized",
    family: Family::Teardown,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.6, §3.10.4",
    summary: "A FIN from an end that has no connection to close.",
    explanation: "FIN may leave SYN-RECEIVED and ESTABLISHED, not before: an end in SYN-SENT that closes just forgets its SYN, \
        and one that never sent SYN has no number for a FIN. Its peer has nothing to do with such a segment but to \
        drop it.",
    look_alikes: &[
        "a FIN from SYN-RECEIVED",
        "Fast Open",
        "a handshake that was not captured: what was acknowledged tells",
        "the end of the connection before on the same ports: it acknowledges less than the SYN",
    ],
    remedy: "Look at the sender, or at a device that injects segments.",
    equation: "",
    ladder: &["client > server  SYN  seq=1000", "server > client  FIN  seq=5000 ack=1001   (it never sent SYN)"],
    peers: Peers { wireshark: None, zeek: Some("inappropriate_FIN"), suricata: Some("stream.fin_but_no_session") },
    needs: Needs::NOTHING,
    on: Cues::END,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let flow = step.flow;
    let closing = flow.closing.as_deref()?;
    let fin = closing.premature?;
    let fits = fits_the_handshake(step, &fin) && !closing.premature_denied;
    let explained = fits || handshake_was_lost(step, &fin);
    // Fast Open lets a client go on before it has heard anything (RFC 7413 §4.2).
    let fast_open = flow.ends[fin.side].offer.is_some_and(|offer| offer.fast_open_cookie.is_some());
    let hidden = !flow.ends[fin.side.peer()].seen() && (fast_open || !heard_nothing(&fin));
    if hidden || (explained && !goes_on(step, &fin)) || closes_a_former_connection(step, &fin) {
        return None;
    }
    let why = match fin.side {
        Side::Client => "before it had heard a SYN",
        Side::Server => "and had not sent a SYN",
    };
    Some(
        Evidence::at(fin, format!("the {} sends FIN {why}: there is no connection to close", fin.side))
            .seq("SEG.SEQ", fin.seq)
            .beside(flow.opening.syn)
            .beside(flow.opening.syn_ack)
            .pointing("nothing to close"),
    )
}

/// Whether it says itself that its sender had heard no SYN: it acknowledges nothing.
fn heard_nothing(fin: &Mark) -> bool {
    !fin.flags.has(Flags::ACK) || fin.ack == SeqNum(0)
}

/// Whether its sender sent anything beyond the FIN, as nobody does who has closed.
fn goes_on(step: &Step<'_>, fin: &Mark) -> bool {
    let next = step.flow.ends[fin.side].snd_nxt;
    next.is_some_and(|next| (1..REACH).contains(&next.offset_from(fin.end())))
}

/// Farther apart than this two numbers are of two connections.
const REACH: i32 = 1 << 26;

/// Whether the FIN acknowledges numbers from before the SYN: the ports were taken again while the server's half of the
/// connection before was still open (RFC 9293 §3.6.1, TIME-WAIT assassinated or cut short).
fn closes_a_former_connection(step: &Step<'_>, fin: &Mark) -> bool {
    let asked = step.flow.ends.client.iss.filter(|_| step.flow.ends.client.syn_seen);
    fin.side == Side::Server && fin.flags.has(Flags::ACK) && asked.is_some_and(|iss| fin.ack.at_or_before(iss))
}

/// Whether the capture lost the handshake: the FIN acknowledges a SYN that was never captured, or is acknowledged by an
/// end that would have refused it, or comes from one that acknowledges more than was captured of its peer.
fn handshake_was_lost(step: &Step<'_>, fin: &Mark) -> bool {
    let (own, peer) = (&step.flow.ends[fin.side], &step.flow.ends[fin.side.peer()]);
    match fin.side {
        Side::Client => !peer.syn_seen && fin.flags.has(Flags::ACK) && fin.ack != SeqNum(0),
        Side::Server => {
            let acknowledged = peer.rcv_nxt.is_some_and(|heard| heard.after(fin.seq));
            // The FIN itself may tell of octets of the client; who has those was connected.
            let told = fin.flags.has(Flags::ACK).then_some(fin.ack);
            let heard = |number: Option<SeqNum>| {
                number.zip(peer.snd_nxt).is_some_and(|(heard, sent)| (1..REACH).contains(&heard.offset_from(sent)))
            };
            let missing = heard(own.rcv_nxt) || heard(told);
            !own.syn_seen && (acknowledged || missing)
        }
    }
}

/// Whether the handshake, which was captured after the FIN then, explains its numbers.
fn fits_the_handshake(step: &Step<'_>, fin: &Mark) -> bool {
    let within = |number: SeqNum, side: Side| {
        let end = &step.flow.ends[side];
        let started = end.iss.is_some_and(|iss| number.after(iss));
        started && end.snd_nxt.is_some_and(|next| number.at_or_before(next))
    };
    let acknowledges = fin.flags.has(Flags::ACK) && fin.ack != SeqNum(0);
    within(fin.seq, fin.side) && acknowledges && within(fin.ack, fin.side.peer())
}
