//! What an observer can know of each connection: the RFC 9293 states of both ends, their numbers, and how sure we are.

pub mod conversation;
mod mark;
mod side;
mod state;
mod summary;
mod verdict;

pub use mark::Mark;
pub use side::{Side, Sides};
pub use state::{State, UnknownState};
pub use summary::{Agreed, EndSummary, Entered, FlowSummary, Handshake, Moment, Offer, Teardown, Vantage};
pub use verdict::{HandshakeVerdict, TeardownVerdict};
