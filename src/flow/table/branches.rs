//! VLANs and tunnels that show what another one shows: a segment in; in whose place it counts, and whether only as a copy,
//! out.
//!
//! The same addresses and ports in two VLANs are two connections, unless the numbers say otherwise. A mirror port shows a
//! connection again in the VLAN it is routed to, or each direction in a VLAN of its own: then the segments of both
//! are equal, or those of one answer the other's. Nobody guesses 32 bits.

use crate::flow::conversation::Slot;

/// Most branches of one pair; nobody has so many who means well.
const MOST: usize = 16;

/// A VLAN or tunnel that shows connections of another one.
#[derive(Clone, Copy, Debug)]
struct Branch {
    path: u32,
    /// The VLAN or tunnel whose connections it shows.
    lane: u32,
    /// Of which endpoints its segments count, for want of others.
    carries: [bool; 2],
}

/// The branches of a pair of endpoints; hardly any has one.
#[derive(Clone, Debug, Default)]
pub(super) struct Branches(Vec<Branch>);

/// How a segment counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// For itself.
    Own,
    /// As a copy of what is seen elsewhere.
    Copy,
}

impl Branches {
    /// The VLAN or tunnel whose connections `path` shows.
    pub fn lane_of(&self, path: u32) -> Option<u32> {
        self.0.iter().find(|branch| branch.path == path).map(|branch| branch.lane)
    }

    /// Notes that `path` shows connections of `lane`, unless there are too many such; whether it does.
    pub fn attach(&mut self, path: u32, lane: u32) -> bool {
        let room = self.0.len() < MOST;
        if room {
            self.0.push(Branch { path, lane, carries: [false; 2] });
        }
        room
    }

    /// Notes that `path` shows connections of its own.
    pub fn detach(&mut self, path: u32) {
        self.0.retain(|branch| branch.path != path);
    }

    /// How a segment on `path`, which `slot` sent, counts in `lane`; `seen` if that endpoint was seen there before. Of each
    /// endpoint the segments of one place count, and the first to show any is the one.
    pub fn standing(&mut self, path: u32, lane: u32, slot: Slot, seen: bool) -> Standing {
        let slot = slot as usize;
        let carrier =
            self.0.iter().find(|branch| branch.lane == lane && branch.carries[slot]).map(|branch| branch.path);
        if carrier.is_none() && !seen && path != lane {
            if let Some(branch) = self.0.iter_mut().find(|branch| branch.path == path) {
                branch.carries[slot] = true;
            }
            return Standing::Own;
        }
        if carrier.unwrap_or(lane) == path { Standing::Own } else { Standing::Copy }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Slot::{High, Low};

    #[test]
    fn a_branch_shows_copies_of_what_its_lane_shows() {
        let mut branches = Branches::default();
        assert!(branches.attach(6, 5));
        assert_eq!((branches.lane_of(6), branches.lane_of(5)), (Some(5), None));
        assert_eq!(branches.standing(5, 5, High, true), Standing::Own);
        assert_eq!(branches.standing(6, 5, High, true), Standing::Copy);
        branches.detach(6);
        assert_eq!(branches.lane_of(6), None);
        assert_eq!((10..1000).filter(|path| branches.attach(*path, 5)).count(), MOST);
    }

    #[test]
    fn a_branch_carries_the_direction_that_its_lane_does_not_show() {
        let mut branches = Branches::default();
        assert!(branches.attach(6, 5));
        assert_eq!(branches.standing(6, 5, Low, false), Standing::Own);
        assert_eq!(branches.standing(6, 5, Low, true), Standing::Own);
        assert_eq!(branches.standing(5, 5, Low, true), Standing::Copy);
        assert_eq!(branches.standing(5, 5, High, true), Standing::Own);
    }
}
