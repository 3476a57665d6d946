//! What goes wrong between the two, and how the stand-in is told.

use std::collections::BTreeSet;
use watchbell_sim::autotask::Faults;

/// What the stand-in answers to a write that it refuses.
pub const REFUSAL: &str = "Role does not exist or is invalid";

/// One thing that goes wrong until it is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// One call at a time for each endpoint.
    Threads,
    /// The calls of the hour are used up.
    Hour,
    /// Calls take longer.
    Latency,
    /// Planned maintenance: a page of HTML.
    Html,
    /// The user is locked: 401.
    Locked,
    /// 500 without words.
    Failing,
    /// The same for notes alone, so that a write-back is done in part.
    FailingNotes,
    /// The same for tickets alone.
    FailingTickets,
    /// The same for writes to tickets alone, which can be read: a write-back is done in part.
    FailingWrites,
    /// Writes are done, and nobody is told.
    AnswersLost,
    /// What was made cannot be read for a while.
    LateRows,
    /// Writes are refused for good.
    Refusing,
    /// Nobody listens.
    Stopped,
    /// Callouts are not sent.
    CalloutsLost,
    /// Each callout is sent twice.
    CalloutsTwice,
}

impl Trouble {
    pub const ALL: &[Trouble] = &[
        Trouble::Threads,
        Trouble::Hour,
        Trouble::Latency,
        Trouble::Html,
        Trouble::Locked,
        Trouble::Failing,
        Trouble::FailingNotes,
        Trouble::FailingTickets,
        Trouble::FailingWrites,
        Trouble::AnswersLost,
        Trouble::LateRows,
        Trouble::Refusing,
        Trouble::Stopped,
        Trouble::CalloutsLost,
        Trouble::CalloutsTwice,
    ];
}

/// The knobs of the stand-in for all that is wrong.
pub fn faults_of(broken: &BTreeSet<Trouble>) -> Faults {
    let is = |trouble| broken.contains(&trouble);
    let everywhere = [Trouble::Failing, Trouble::Html, Trouble::Refusing, Trouble::AnswersLost].map(is).contains(&true);
    let only_endpoint = match (is(Trouble::FailingNotes), is(Trouble::FailingTickets) || is(Trouble::FailingWrites)) {
        (true, false) => "TicketNotes",
        (false, true) => "Tickets",
        _ => "",
    };
    Faults {
        threads_max: if is(Trouble::Threads) { 1 } else { 3 },
        calls_of_others: if is(Trouble::Hour) { 10_000 } else { 0 },
        latency_ms: if is(Trouble::Latency) { 3 } else { 0 },
        maintenance: is(Trouble::Html),
        locked: is(Trouble::Locked),
        transient_500: [Trouble::Failing, Trouble::FailingNotes, Trouble::FailingTickets].map(is).contains(&true),
        fail_writes: is(Trouble::FailingWrites),
        lose_answers: if is(Trouble::AnswersLost) { u32::MAX } else { 0 },
        only_endpoint: if everywhere { String::new() } else { only_endpoint.to_owned() },
        read_after_create_ms: if is(Trouble::LateRows) { 5_000 } else { 0 },
        refuse_writes: if is(Trouble::Refusing) { REFUSAL.to_owned() } else { String::new() },
        ..Faults::default()
    }
}
