//! Every rule there is, in order of its code.

use super::{Rule, capture, handshake, header, options, reset, sequence, teardown, timing};

/// Every rule, in order of its code.
pub static RULES: &[&Rule] = &[
    &handshake::syn_ack_wrong_ack::RULE,
    &handshake::handshake_ack_wrong_ack::RULE,
    &handshake::handshake_ack_wrong_seq::RULE,
    &handshake::syn_isn_changed::RULE,
    &handshake::syn_ack_changed::RULE,
    &handshake::syn_ack_from_initiator::RULE,
    &handshake::connection_unanswered::RULE,
    &handshake::handshake_not_completed::RULE,
    &handshake::syn_data_not_accepted::RULE,
    &handshake::data_before_handshake::RULE,
    &handshake::syn_in_synchronized_state::RULE,
    &handshake::split_handshake::RULE,
    &handshake::simultaneous_open::RULE,
    &handshake::old_duplicate_syn::RULE,
    &handshake::syn_flood::RULE,
    &handshake::handshake_other_peer::RULE,
    &teardown::fin_wrong_seq::RULE,
    &teardown::fin_ack_not_plus_one::RULE,
    &teardown::fin_not_acknowledged::RULE,
    &teardown::close_one_sided::RULE,
    &teardown::data_after_fin::RULE,
    &teardown::fin_moved::RULE,
    &teardown::segment_after_close::RULE,
    &teardown::time_wait_reuse_unsafe::RULE,
    &teardown::close_wait_long::RULE,
    &teardown::open_at_end::RULE,
    &teardown::fin_before_synchronized::RULE,
    &sequence::ack_beyond_snd_nxt::RULE,
    &sequence::ack_went_back::RULE,
    &sequence::beyond_window::RULE,
    &sequence::retransmission_differs::RULE,
    &sequence::window_shrunk::RULE,
    &sequence::segment_larger_than_mss::RULE,
    &sequence::zero_window_ignored::RULE,
    &sequence::sequence_hole::RULE,
    &sequence::sequence_jump::RULE,
    &sequence::data_not_acknowledged::RULE,
    &sequence::ack_loop::RULE,
    &reset::reset_outside_window::RULE,
    &reset::reset_not_exact::RULE,
    &reset::reset_wrong_numbers::RULE,
    &reset::reset_loses_data::RULE,
    &reset::sender_continues_after_reset::RULE,
    &reset::reset_injected::RULE,
    &reset::reset_after_close::RULE,
    &reset::connection_refused::RULE,
    &reset::reset_without_connection::RULE,
    &options::window_scale_not_offered::RULE,
    &options::window_scale_too_large::RULE,
    &options::sack_not_permitted::RULE,
    &options::sack_block_invalid::RULE,
    &options::timestamps_not_negotiated::RULE,
    &options::timestamps_dropped::RULE,
    &options::timestamp_went_back::RULE,
    &options::timestamp_echo_unknown::RULE,
    &options::syn_only_option::RULE,
    &options::mss_missing::RULE,
    &options::option_malformed::RULE,
    &options::option_repeated::RULE,
    &options::fast_open_invalid::RULE,
    &options::options_changed_on_retransmit::RULE,
    &options::authentication_dropped::RULE,
    &options::ecn_handshake_invalid::RULE,
    &header::flags::SYN_FIN,
    &header::flags::SYN_RST,
    &header::flags::NULL_FLAGS,
    &header::flags::XMAS_FLAGS,
    &header::flags::FIN_RST,
    &header::flags::ACK_FLAG_MISSING,
    &header::flags::ACK_NUMBER_WITHOUT_FLAG,
    &header::fields::RESERVED_BITS,
    &header::fields::DATA_OFFSET_INVALID,
    &header::checksum_wrong::RULE,
    &header::fields::URGENT_INVALID,
    &header::fields::PORT_ZERO,
    &header::flags::PUSH_WITHOUT_DATA,
    &header::fields::LAND,
    &timing::syn_retransmitted::RULE,
    &timing::syn_ack_retransmitted::RULE,
    &timing::fin_retransmitted::RULE,
    &timing::back_off_odd::RULE,
    &timing::handshake_slow::RULE,
    &timing::idle_then_reset::RULE,
    &timing::zero_window_stall::RULE,
    &capture::one_sided::RULE,
    &capture::mid_stream::RULE,
    &capture::missing_but_acknowledged::RULE,
    &capture::whole::FILE_TRUNCATED,
    &capture::duplicate_frames::RULE,
    &capture::time_goes_back::RULE,
    &capture::header_cut::RULE,
    &capture::offload::RULE,
    &capture::whole::FRAGMENTS_MISSING,
    &capture::whole::NOT_DECODABLE,
    &capture::whole::NOTHING_AUDITED,
    &capture::whole::FILTERED_BY_FLAGS,
    &capture::whole::DROPS_REPORTED,
    &capture::whole::SAMPLED,
    &capture::numbers_rewritten::RULE,
];

/// The rule with this code or name.
pub fn find(code_or_name: &str) -> Option<&'static Rule> {
    let same = |rule: &&&Rule| rule.code.eq_ignore_ascii_case(code_or_name) || rule.name == code_or_name;
    RULES.iter().find(same).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_and_names_are_unique_and_in_order() {
        let codes: Vec<_> = RULES.iter().map(|rule| rule.code).collect();
        assert!(codes.is_sorted_by(|one, next| one < next), "{codes:?}");
        assert_eq!(RULES.iter().map(|rule| rule.name).collect::<BTreeSet<_>>().len(), RULES.len());
    }

    #[test]
    fn every_rule_explains_itself() {
        for rule in RULES {
            assert!(rule.code.starts_with("TFA") && rule.code.len() == 6, "{}", rule.code);
            assert_eq!(rule.code.as_bytes()[3] - b'0', rule.family as u8, "{}", rule.code);
            for text in [rule.reference, rule.summary, rule.explanation, rule.remedy] {
                assert!(!text.is_empty(), "{} leaves something unsaid", rule.code);
            }
            assert!(!rule.ladder.is_empty() && !rule.look_alikes.is_empty(), "{}", rule.code);
            assert_eq!(find(rule.name), Some(*rule));
        }
    }

    /// A rule's file that nobody registered would never run.
    #[test]
    fn every_rule_file_is_registered() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        let mut statics = 0;
        for family in std::fs::read_dir(folder).expect("src/rules").flatten().filter(|entry| entry.path().is_dir()) {
            for file in std::fs::read_dir(family.path()).expect("a family").flatten() {
                let text = std::fs::read_to_string(file.path()).expect("a rule file");
                statics +=
                    text.lines().filter(|line| line.starts_with("pub static ") && line.contains(": Rule = ")).count();
            }
        }
        assert_eq!(statics, RULES.len());
    }
}
