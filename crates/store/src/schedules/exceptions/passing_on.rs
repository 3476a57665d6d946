//! Giving what is to come of an exception to somebody else. It keeps its number, and with it its rank: whoever covers a part of it
//! later keeps that part. What is over becomes exceptions of its own, where it was the one that counted: the past stays.

use super::super::{overrides, temporaries};
use super::{Exception, change, find, insert};
use crate::audit::{self, subject};
use crate::db::Tx;
use crate::error::StoreError;
use crate::reader::Reader;
use crate::scope::Scope;
use jiff::Timestamp;
use std::collections::BTreeMap;
use watchbell_core::ids::{OrgId, ScheduleId};
use watchbell_core::schedule::{Because, NotReady, Prepared, Schedule, Shift, Span, shifts};

/// Which exceptions of a schedule counted, when, until now.
#[derive(Debug)]
pub(in crate::schedules) struct Past {
    /// Overrides among themselves, and temporary schedules among themselves.
    shifts: Vec<Shift>,
}

impl Past {
    /// What counted in a span.
    pub(in crate::schedules) async fn load(
        reader: &mut Reader<'_>,
        org: OrgId,
        schedule: ScheduleId,
        span: Span,
    ) -> Result<Self, StoreError> {
        let overrides = overrides::touching(reader, org, &[schedule], span).await?.remove(&schedule);
        let temporaries = temporaries::touching(reader, org, &[schedule], span).await?.remove(&schedule);
        let alone = |overrides, temporaries| Schedule { versions: Vec::new(), temporaries, overrides };
        let mut all = counted(&alone(overrides.unwrap_or_default(), Vec::new()), span)?;
        all.extend(counted(&alone(Vec::new(), temporaries.unwrap_or_default()), span)?);
        Ok(Self { shifts: all })
    }

    /// Where one counted, in one piece where nothing lies between.
    fn of(&self, because: Because) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        for shift in self.shifts.iter().filter(|shift| shift.because == because) {
            match spans.last_mut() {
                Some(last) if last.until == shift.span.from => last.until = shift.span.until,
                _ => spans.push(shift.span),
            }
        }
        spans
    }
}

fn counted(alone: &Schedule, span: Span) -> Result<Vec<Shift>, StoreError> {
    let ready =
        Prepared::new(alone, &BTreeMap::new()).map_err(|why: NotReady| StoreError::unreadable("schedule", why))?;
    Ok(shifts(&ready, span))
}

/// Gives what is to come of an exception another body, as part of a unit that holds the schedule.
pub(super) async fn pass_on<E: Exception>(
    tx: &mut Tx,
    scope: &Scope,
    before: &E::Known,
    new: E::New,
    past: &Past,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (schedule, id, _) = E::place(before);
    for span in past.of(id.because()) {
        insert::<E>(tx, scope, schedule, E::within(before, span), now).await?;
    }
    change::<E>(tx, scope.org, before, new).await?;
    let after = find(tx, scope.org, schedule, id).await?;
    audit::updated(tx, scope, subject(E::NOUN, id), (before, &after), now).await
}
