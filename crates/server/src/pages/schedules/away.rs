//! Who is away: rows of the chart, and people who are on call while they are.

use super::Names;
use crate::app::App;
use std::collections::BTreeMap;
use watchbell_core::ids::UserId;
use watchbell_core::schedule::coverage::{Absence, conflicts};
use watchbell_core::schedule::{Prepared, Span, shifts};
use watchbell_store::StoreError;
use watchbell_store::overview::{self, Away};
use watchbell_store::scope::Scope;
use watchbell_ui::pages::schedule::ConflictView;
use watchbell_ui::pages::schedule::chart::{Bar, Row, RowKind, Who};

/// Rows of people who are away, on one chart.
const ROWS_MAX: usize = 10;

/// The absences of the people of a schedule in a span.
pub(super) async fn of_people(app: &App, scope: &Scope, names: &Names, span: Span) -> Result<Vec<Away>, StoreError> {
    overview::absences(&app.db, scope, &names.ids(), (span.from, span.until)).await
}

/// A row for each person who is away.
pub(super) fn rows(absences: &[Away], names: &Names) -> Vec<Row> {
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
fn reason(one: &Away) -> String {
    if one.reason.is_empty() { "away".to_owned() } else { one.reason.clone() }
}

/// Who is on call while away.
pub(super) fn conflicting(prepared: &Prepared, absences: &[Away], names: &Names, span: Span) -> Vec<ConflictView> {
    let plain: Vec<Absence> =
        absences.iter().map(|one| Absence { id: one.id, user: one.user, span: one.span }).collect();
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

/// Marks the shifts of people who are away.
pub(super) fn mark(bars: &mut [Bar], conflicts: &[ConflictView]) {
    for bar in bars {
        let Who::Person(person) = &bar.who else { continue };
        let of = conflicts.iter().find(|one| one.person.id == person.id && one.span.overlap(&bar.span).is_some());
        bar.away = of.map(|one| one.reason.clone()).unwrap_or_default();
    }
}
