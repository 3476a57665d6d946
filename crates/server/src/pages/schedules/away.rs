//! Who is away: rows of the chart, and people who are on call while they are.

use super::super::reader::Reader;
use super::Names;
use crate::app::App;
use crate::auth::{May, PageCan, decides_for};
use jiff::Timestamp;
use std::collections::BTreeMap;
use watchbell_core::cover::{Asked, CoverState};
use watchbell_core::ids::{ScheduleId, UserId};
use watchbell_core::schedule::coverage::{self, conflicts};
use watchbell_core::schedule::{Prepared, Span, shifts};
use watchbell_store::absences::{self, Absence};
use watchbell_store::cover_requests::{self, CoverIn, CoverRequest, Which};
use watchbell_store::{Page, StoreError};
use watchbell_ui::pages::schedule::ConflictView;
use watchbell_ui::pages::schedule::chart::{Bar, Row, RowKind, Who};

/// Open cover requests that are looked at.
const REQUESTS_MAX: i64 = 500;
/// Rows of people who are away, on one chart.
const ROWS_MAX: usize = 10;
/// Absences that one chart takes in, the earliest first.
const SHOWN_MAX: usize = 500;

/// The absences of the people of a schedule in a span. Why they are away is told to themselves and to administrators.
pub(super) async fn of_people<P>(
    app: &App,
    can: &PageCan<P>,
    names: &Names,
    span: Span,
) -> Result<Vec<Absence>, StoreError> {
    let mut found = absences::touching(&app.db, &can.scope, &names.ids(), span).await?;
    found.truncate(SHOWN_MAX);
    let is_told = |user| May::Administer.is_granted_to(can.role) || can.scope.actor.user() == Some(user);
    found.iter_mut().filter(|one| !is_told(one.user)).for_each(|one| one.reason.clear());
    Ok(found)
}

/// A row for each person who is away.
pub(super) fn rows(absences: &[Absence], names: &Names) -> Vec<Row> {
    let mut by_person: BTreeMap<UserId, Vec<Bar>> = BTreeMap::new();
    for one in absences {
        let who = Who::Person(names.person(one.user));
        let bar = Bar { span: one.span, who, exception: false, away: reason(one) };
        by_person.entry(one.user).or_default().push(bar);
    }
    let row = |(user, bars): (UserId, Vec<Bar>)| Row {
        kind: RowKind::Away,
        name: format!("{} away", names.person(user).name),
        href: None,
        bars,
    };
    by_person.into_iter().take(ROWS_MAX).map(row).collect()
}

/// Why, in the person's words.
fn reason(one: &Absence) -> String {
    if one.reason.is_empty() { "away".to_owned() } else { one.reason.clone() }
}

/// Who is on call while away.
pub(super) fn conflicting(prepared: &Prepared, absences: &[Absence], names: &Names, span: Span) -> Vec<ConflictView> {
    let plain: Vec<coverage::Absence> =
        absences.iter().map(|one| coverage::Absence { id: one.id, user: one.user, span: one.span }).collect();
    let found = conflicts(&shifts(prepared, span), &plain);
    found
        .into_iter()
        .map(|one| ConflictView {
            person: names.person(one.user),
            span: one.span,
            reason: absences.iter().find(|away| away.id == one.absence).map(reason).unwrap_or_default(),
            asked: false,
            may_ask: false,
        })
        .collect()
}

/// Says of which somebody was asked already, and which the viewer may ask about.
pub(super) async fn mark_asked<P>(
    app: &App,
    can: &PageCan<P>,
    schedule: ScheduleId,
    conflicts: &mut [ConflictView],
) -> Result<(), StoreError> {
    if conflicts.is_empty() {
        return Ok(());
    }
    let which = Which { state: Some(CoverState::Open), schedule: Some(schedule), ..Which::default() };
    let open = cover_requests::list(&app.db, &can.scope, which, Page::first(REQUESTS_MAX)).await?;
    for one in conflicts {
        let covers =
            |asked: &CoverRequest| asked.user == one.person.id && asked.span.overlap(&one.span) == Some(one.span);
        one.asked = open.iter().any(covers);
        one.may_ask = decides_for(&can.scope, can.role, one.person.id);
    }
    Ok(())
}

/// What the form of a conflict asks for.
pub(super) fn request_of(reader: &Reader, schedule: ScheduleId) -> Option<CoverIn> {
    let number = |name: &str| reader.form.value(name).parse::<i64>().ok();
    let at = |name: &str| number(name).and_then(|second| Timestamp::from_second(second).ok());
    let (user, span) = (UserId(number("user")?), Span::new(at("from")?, at("until")?));
    Some(CoverIn { schedule, user, span, message: None, asked: Asked::Everybody })
}

/// Marks the shifts of people who are away.
pub(super) fn mark(bars: &mut [Bar], conflicts: &[ConflictView]) {
    for bar in bars {
        let Who::Person(person) = &bar.who else { continue };
        let of = conflicts.iter().find(|one| one.person.id == person.id && one.span.overlap(&bar.span).is_some());
        bar.away = of.map(|one| one.reason.clone()).unwrap_or_default();
    }
}
