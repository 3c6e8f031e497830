//! Option kinds (IANA registry of TCP option kinds) with the names Wireshark gives them.

/// What a list of options needs to know of one kind.
pub(super) struct Kind {
    /// Its name in the list.
    pub list_name: &'static str,
    /// Its name at the kind octet.
    pub kind_name: &'static str,
    /// The field of the whole option.
    pub field: &'static str,
    /// The octets it must have, where it has a fixed number.
    pub length: Option<usize>,
}

/// What is known of a kind that Wireshark dissects.
pub(super) const fn known(kind: u8) -> Option<Kind> {
    const fn of(
        list_name: &'static str,
        kind_name: &'static str,
        field: &'static str,
        length: Option<usize>,
    ) -> Option<Kind> {
        Some(Kind { list_name, kind_name, field, length })
    }
    match kind {
        2 => of("Maximum segment size", "Maximum Segment Size", "tcp.options.mss", Some(4)),
        3 => of("Window scale", "Window Scale", "tcp.options.wscale", Some(3)),
        4 => of("SACK permitted", "SACK Permitted", "tcp.options.sack_perm", Some(2)),
        5 => of("SACK", "SACK", "tcp.options.sack", None),
        6 => of("Echo", "Echo", "tcp.options.echo", Some(6)),
        7 => of("Echo reply", "Echo Reply", "tcp.options.echo", Some(6)),
        8 => of("Timestamps", "Time Stamp Option", "tcp.options.timestamp", Some(10)),
        11 => of("CC", "CC", "tcp.options.cc", Some(6)),
        12 => of("CC.NEW", "CC.NEW", "tcp.options.ccnew", Some(6)),
        13 => of("CC.ECHO", "CC.ECHO", "tcp.options.ccecho", Some(6)),
        19 => of("TCP MD5 signature", "MD5 Signature Option", "tcp.options.md5", Some(18)),
        20 => of("SCPS capabilities", "SCPS Capabilities", "tcp.options.scps", None),
        21 => {
            of("Selective Negative Acknowledgment", "Selective Negative Acknowledgements", "tcp.options.snack", Some(6))
        }
        22 => of("SCPS record boundary", "Record Boundaries", "tcp.options.scpsrec", Some(2)),
        23 => of("SCPS corruption experienced", "Corruption experienced", "tcp.options.scpscor", Some(2)),
        27 => of("Quick-Start", "Quick-Start Response", "tcp.options.qs", Some(8)),
        28 => of("User Timeout", "User Timeout Option", "tcp.options.user_to", Some(4)),
        29 => of("TCP AO", "The TCP Authentication Option", "tcp.options.ao", None),
        30 => of("MPTCP", "Multipath TCP", "tcp.options.mptcp", None),
        34 => of("TCP Fast Open", "TCP Fast Open Cookie", "tcp.options.tfo", None),
        76 => of("Riverbed Probe", "Riverbed Probe", "tcp.options.rvbd.probe", None),
        78 => of("Riverbed Transparency", "Riverbed Transparency", "tcp.options.rvbd.trpy", Some(16)),
        172 | 174 => of(
            "Accurate ECN",
            if kind == 172 { "Accurate ECN Order 0" } else { "Accurate ECN Order 1" },
            "tcp.options.acc_ecn",
            None,
        ),
        253 => of("Experimental", "RFC3692-style Experiment 1", "tcp.options.experimental", None),
        254 => of("Experimental", "RFC3692-style Experiment 2", "tcp.options.experimental", None),
        _ => None,
    }
}

/// The name at the kind octet of a kind that Wireshark does not dissect.
pub(super) const fn other_name(kind: u8) -> &'static str {
    match kind {
        9 => "Partial Order Connection Permitted",
        10 => "Partial Order Service Profile",
        14 => "TCP Alternate Checksum Request",
        15 => "TCP Alternate Checksum Data",
        16 => "Skeeter",
        17 => "Bubba",
        18 => "Trailer Checksum Option",
        24 => "SNAP",
        25 => "Unassigned",
        26 => "TCP Compression Filter",
        _ => "Unknown",
    }
}
