//! Wireshark's expert items: a remark under the field it is about, with its severity and its group.

use super::tree::Node;

/// How grave Wireshark takes a remark to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Severity {
    Chat,
    Note,
    Warning,
    Error,
}

impl Severity {
    const fn name_and_number(self) -> (&'static str, u64) {
        match self {
            Self::Chat => ("Chat", 0x20_0000),
            Self::Note => ("Note", 0x40_0000),
            Self::Warning => ("Warning", 0x60_0000),
            Self::Error => ("Error", 0x80_0000),
        }
    }
}

/// What a remark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Sequence,
    Undecoded,
    Malformed,
    Protocol,
    Deprecated,
    Checksum,
    Response,
}

impl Group {
    const fn name_and_number(self) -> (&'static str, u64) {
        match self {
            Self::Sequence => ("Sequence", 0x0200_0000),
            Self::Undecoded => ("Undecoded", 0x0500_0000),
            Self::Malformed => ("Malformed", 0x0700_0000),
            Self::Protocol => ("Protocol", 0x0900_0000),
            Self::Deprecated => ("Deprecated", 0x0d00_0000),
            Self::Checksum => ("Checksum", 0x0100_0000),
            Self::Response => ("Response", 0x0300_0000),
        }
    }
}

/// Puts a remark under `node`.
pub(super) fn remark(node: &mut Node, field: &'static str, severity: Severity, group: Group, text: &str) {
    let (severity, severity_number) = severity.name_and_number();
    let (group, group_number) = group.name_and_number();
    let item = node.add(Node::concluded("_ws.expert", (), format!("Expert Info ({severity}/{group}): {text}")));
    item.add(Node::concluded(field, (), text));
    item.add(Node::concluded("_ws.expert.severity", severity_number, format!("Severity level: {severity}")));
    item.add(Node::concluded("_ws.expert.group", group_number, format!("Group: {group}")));
}

/// Puts an item that is nothing but a remark under `node`: the text as a line, the remark beneath.
pub(super) fn remark_line<'n>(
    node: &'n mut Node,
    field: &'static str,
    severity: Severity,
    group: Group,
    text: &str,
) -> &'n mut Node {
    let line = node.add(Node::text(text));
    remark(line, field, severity, group, text);
    line
}
