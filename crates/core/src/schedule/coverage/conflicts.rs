//! People who are on call while they are away, or in two places at once.

use crate::ids::{AbsenceId, ScheduleId, UserId};
use crate::schedule::{Shift, Span};

/// When a person is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Absence {
    /// Which.
    pub id: AbsenceId,
    /// Who.
    pub user: UserId,
    /// When.
    pub span: Span,
}

/// A person who is on call while away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict {
    /// Who.
    pub user: UserId,
    /// When both hold.
    pub span: Span,
    /// The whole shift.
    pub shift: Span,
    /// The absence.
    pub absence: AbsenceId,
}

/// A person who is on call in two schedules at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Twice {
    /// Who.
    pub user: UserId,
    /// When.
    pub span: Span,
    /// In which schedules.
    pub schedules: [ScheduleId; 2],
}

/// Who is on call while away, by time.
pub fn conflicts(shifts: &[Shift], absences: &[Absence]) -> Vec<Conflict> {
    let mut found: Vec<Conflict> = Vec::new();
    for absence in absences {
        let theirs = shifts.iter().filter(|shift| shift.duty.user() == Some(absence.user));
        found.extend(theirs.filter_map(|shift| {
            let span = shift.span.overlap(&absence.span)?;
            Some(Conflict { user: absence.user, span, shift: shift.span, absence: absence.id })
        }));
    }
    found.sort_by_key(|conflict| (conflict.span.from, conflict.user, conflict.absence));
    found
}

/// Who is on call in two of some schedules at once, by time.
pub fn twice(schedules: &[(ScheduleId, Vec<Shift>)]) -> Vec<Twice> {
    let mut found: Vec<Twice> = Vec::new();
    for (nth, (one, shifts)) in schedules.iter().enumerate() {
        for (other, others) in &schedules[nth + 1..] {
            found.extend(overlaps(shifts, others).map(|(user, span)| Twice { user, span, schedules: [*one, *other] }));
        }
    }
    found.sort_by_key(|twice| (twice.span.from, twice.user, twice.schedules));
    found
}

/// Where the same person is in both lists.
fn overlaps<'a>(one: &'a [Shift], other: &'a [Shift]) -> impl Iterator<Item = (UserId, Span)> + 'a {
    one.iter().flat_map(move |shift| {
        let first = other.partition_point(|theirs| theirs.span.until <= shift.span.from);
        let within = other[first..].iter().take_while(|theirs| theirs.span.from < shift.span.until);
        within
            .filter_map(|theirs| Some((shift.duty.user()?, (theirs.duty == shift.duty).then_some(())?, theirs)))
            .filter_map(|(user, (), theirs)| Some((user, shift.span.overlap(&theirs.span)?)))
    })
}
