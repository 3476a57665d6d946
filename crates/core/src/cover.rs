//! Asking for cover: somebody else takes a duty, or nobody does and it stays where it is.

use crate::ids::{TeamId, UserId};
use crate::schedule::{Duty, Shift, Span};
use crate::user::words;
use jiff::Timestamp;

words! {
    /// Where a cover request stands; only an open one changes anything.
    CoverState {
        /// It waits for an answer.
        Open = "OPEN",
        /// Somebody has taken the duty.
        Accepted = "ACCEPTED",
        /// Everybody who was asked said no.
        Declined = "DECLINED",
        /// Whoever asked took it back.
        Withdrawn = "WITHDRAWN",
        /// Nobody answered before the duty began.
        Expired = "EXPIRED",
    }
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Asked {
    /// A person.
    User(UserId),
    /// The members of a team.
    Team(TeamId),
    /// Everybody who responds to alerts.
    Everybody,
}

/// Until when an answer counts: a duty that has not begun is decided by its start; of one that runs, the rest can still be taken.
pub fn expires_at(span: Span, asked_at: Timestamp) -> Timestamp {
    if span.from > asked_at { span.from } else { span.until }
}

/// The parts of a span in which somebody is on call, joined where they touch: what a cover takes over, and no more.
pub fn duties_of(shifts: &[Shift], user: UserId) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    for shift in shifts.iter().filter(|shift| shift.duty == Duty::User(user)) {
        match found.last_mut() {
            Some(last) if last.until == shift.span.from => last.until = shift.span.until,
            _ => found.push(shift.span),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::schedule::Because;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + hour * 3_600).unwrap()
    }

    fn span(from: i64, until: i64) -> Span {
        Span::new(at(from), at(until))
    }

    #[test]
    fn only_the_duties_of_who_asks_are_taken_over() {
        let shift = |duty, from, until| Shift { span: span(from, until), duty, because: Because::Gap };
        let (ann, bob) = (Duty::User(UserId(1)), Duty::User(UserId(2)));
        let shifts = [
            shift(ann, 0, 3),
            shift(ann, 3, 6),
            shift(Duty::Nobody, 6, 7),
            shift(bob, 7, 9),
            shift(ann, 9, 10),
            shift(Duty::Attended, 10, 12),
        ];
        assert_eq!(duties_of(&shifts, UserId(1)), [span(0, 6), span(9, 10)]);
        assert_eq!(duties_of(&shifts, UserId(3)), []);
    }

    #[test]
    fn a_request_ends_where_its_duty_begins() {
        assert_eq!(expires_at(span(5, 9), at(1)), at(5));
        assert_eq!(expires_at(span(5, 9), at(5)), at(9), "of one that runs, the rest can be taken");
    }
}
