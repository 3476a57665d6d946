//! How well a schedule covers a span: gaps, who is hidden by whom, nights in a row, who carries how much.

mod conflicts;
mod hidden;
mod nights;
mod shares;
#[cfg(test)]
mod tests;

pub use conflicts::{Absence, Conflict, Twice, conflicts, twice};
pub use hidden::{Hidden, hidden};
pub use nights::{NIGHT_HELD_S, NightRun, night_runs};
pub use shares::{Share, Zones, shares};

use super::{Duty, Prepared, Shift, Span, shifts};

/// How well a span is covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Where nobody is on call, by time.
    pub gaps: Vec<Span>,
    /// Where nobody is paged on purpose, by time.
    pub attended: Vec<Span>,
    /// Where a lower layer hides somebody, by time.
    pub hidden: Vec<Hidden>,
    /// Two nights and more in a row, by person and time.
    pub night_runs: Vec<NightRun>,
    /// What each person carries, by id.
    pub shares: Vec<Share>,
    /// All of it in three numbers.
    pub score: Score,
}

/// How good a rota is, from 0 to 100 each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// How much of the time is covered; what is attended is.
    pub covered: i64,
    /// How evenly the hours lie on those who have any: 100 where all have the same.
    pub balanced: i64,
    /// The mean of both.
    pub total: i64,
}

/// How well a schedule covers a span. Nights and weekends are those of each person's zone, or else of the schedule's.
pub fn coverage(schedule: &Prepared, span: Span, zones: &Zones) -> Coverage {
    let shifts = shifts(schedule, span);
    let shares = shares(&shifts, zones);
    let gaps = joined(&shifts, Duty::Nobody);
    Coverage {
        attended: joined(&shifts, Duty::Attended),
        hidden: hidden(schedule, span),
        night_runs: night_runs(&shifts, zones),
        score: score(span, &gaps, &shares),
        shares,
        gaps,
    }
}

/// The spans of a duty, those that touch made one.
pub fn joined(shifts: &[Shift], duty: Duty) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    for shift in shifts.iter().filter(|shift| shift.duty == duty) {
        match found.last_mut() {
            Some(last) if last.until == shift.span.from => last.until = shift.span.until,
            _ => found.push(shift.span),
        }
    }
    found
}

/// The score of a span. Balance is what is left of 100 when each hour that would have to change hands counts once.
fn score(span: Span, gaps: &[Span], shares: &[Share]) -> Score {
    let all = seconds(span).max(1);
    let open: i64 = gaps.iter().map(|gap| seconds(*gap)).sum();
    let (carried, people) = (shares.iter().map(|share| share.seconds).sum::<i64>(), shares.len() as i64);
    let moved: i64 = shares.iter().map(|share| (share.seconds * people - carried).abs()).sum();
    let covered = (all - open) as f64 / all as f64;
    let balanced = if carried == 0 { 0.0 } else { 1.0 - moved as f64 / (2 * carried * people) as f64 };
    let percent = |part: f64| (part * 100.0).round() as i64;
    Score { covered: percent(covered), balanced: percent(balanced), total: percent((covered + balanced) / 2.0) }
}

/// The length of a span.
fn seconds(span: Span) -> i64 {
    span.until.duration_since(span.from).as_secs().max(0)
}
