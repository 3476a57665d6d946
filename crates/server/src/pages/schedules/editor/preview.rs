//! Who would be on call by a form as it stands, and who changes.

use super::super::super::reader::Reader;
use super::super::chart::Source;
use super::super::duties::gaps;
use super::super::names::people_of;
use super::super::{Names, duties};
use super::entry;
use crate::app::App;
use crate::error::ApiError;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use watchbell_core::ids::CalendarId;
use watchbell_core::schedule::{
    Because, Changed, Duty, Holidays, Prepared, Schedule as Rules, Shift, Span, Version, Zone, changed, keep_turns,
};
use watchbell_store::StoreError;
use watchbell_store::schedules::{self, Schedule};
use watchbell_store::scope::Scope;
use watchbell_ui::Form;
use watchbell_ui::pages::schedule::chart::{Chart, Who};
use watchbell_ui::pages::schedule_edit::{ChangedShift, PreviewView};
use watchbell_ui::time::When;

/// Days that a preview shows.
const DAYS: i64 = 28;
/// Changed shifts that are listed.
const CHANGED_MAX: usize = 30;

/// The version of a schedule that is in force at a moment.
fn in_force(schedule: &Schedule, at: Timestamp) -> &Version {
    schedule.upcoming.iter().rev().find(|version| version.from <= at).unwrap_or(&schedule.current)
}

/// The holidays that versions name.
async fn holidays(
    app: &App,
    scope: &Scope,
    versions: &[Version],
) -> Result<BTreeMap<CalendarId, Holidays>, StoreError> {
    schedules::load::holidays(&mut (&app.db).into(), scope.org, versions.iter()).await
}

/// The preview of a form. A form that cannot be read says why, and has none.
pub(super) async fn preview(
    app: &App,
    scope: &Scope,
    schedule: Option<&Schedule>,
    form: &Form,
) -> Result<PreviewView, ApiError> {
    let now = app.clock.now();
    let mut reader = Reader { form: form.clone() };
    let Some(entry) = entry::read_plan(&mut reader, now) else { return Ok(unreadable(&reader.form)) };
    let (new, from) = (entry.schedule, entry.later.unwrap_or(now));
    let zone = Zone::named(&new.zone).map_or(TimeZone::UTC, |zone| zone.inner().clone());
    let first = super::super::window::start_of(from.to_zoned(zone.clone()).date(), &zone, from);
    let span = Span::new(first, first + SignedDuration::from_hours(24 * DAYS));
    let edit = Edited { from, span, keeps_turn: entry.keeps_turn, when: When { now, zone } };
    match schedule {
        None => edit.of_new(app, scope, new.version(first)).await,
        Some(schedule) => edit.of_existing(app, scope, schedule, new.version(from)).await,
    }
}

fn unreadable(form: &Form) -> PreviewView {
    let words = |(name, text): (&str, &str)| match name
        .strip_prefix("layer.")
        .and_then(|rest| rest.split('.').next()?.parse::<usize>().ok())
    {
        Some(layer) => format!("Layer {}: {text}", layer + 1),
        None => text.to_owned(),
    };
    PreviewView { chart: None, wrong: form.errors().map(words).collect(), gaps: Vec::new(), changed: None, left_out: 0 }
}

/// An edit that is looked at.
struct Edited {
    from: Timestamp,
    span: Span,
    keeps_turn: bool,
    when: When,
}

impl Edited {
    async fn of_new(self, app: &App, scope: &Scope, version: Version) -> Result<PreviewView, ApiError> {
        let versions = vec![version];
        let holidays = holidays(app, scope, &versions).await?;
        let after = Rules { versions, temporaries: Vec::new(), overrides: Vec::new() };
        let names = Names::of_schedules(app, scope, std::iter::once(&after)).await?;
        self.shown(&after, &holidays, &names, None)
    }

    async fn of_existing(
        self,
        app: &App,
        scope: &Scope,
        schedule: &Schedule,
        version: Version,
    ) -> Result<PreviewView, ApiError> {
        let loaded = schedules::load(&app.db, scope, &[schedule.id], self.span).await?.remove(&schedule.id);
        let before = loaded.ok_or_else(|| StoreError::not_found("schedule", schedule.id))?;
        let all: Vec<Version> = before.versions.iter().cloned().chain([version.clone()]).collect();
        let holidays = holidays(app, scope, &all).await?;
        let days = version.calendar.and_then(|id| holidays.get(&id).cloned()).unwrap_or_default();
        let version = match self.keeps_turn {
            true => keep_turns(in_force(schedule, self.from), version, &days),
            false => version,
        };
        let kept = before.versions.iter().filter(|old| old.from < self.from).cloned();
        let after = Rules { versions: kept.chain([version]).collect(), ..before.clone() };
        let people = people_of(&before).into_iter().chain(people_of(&after)).collect();
        let names = Names::of(app, scope, people).await?;
        self.shown(&after, &holidays, &names, Some(&before))
    }

    fn shown(
        self,
        after: &Rules,
        holidays: &BTreeMap<CalendarId, Holidays>,
        names: &Names,
        before: Option<&Rules>,
    ) -> Result<PreviewView, ApiError> {
        let prepared = Prepared::new(after, holidays).map_err(ApiError::internal)?;
        let ahead = Span::new(self.from.max(self.when.now), self.span.until);
        let all = match before {
            None => None,
            Some(before) => {
                let was = Prepared::new(before, holidays).map_err(ApiError::internal)?;
                Some(changes(&changed(&was, &prepared, ahead), (before, after), names))
            }
        };
        let left_out = all.as_ref().map_or(0, |all| all.len().saturating_sub(CHANGED_MAX));
        Ok(PreviewView {
            gaps: gaps(&prepared, ahead),
            changed: all.map(|all| all.into_iter().take(CHANGED_MAX).collect()),
            left_out,
            wrong: Vec::new(),
            chart: Some(Chart {
                id: "preview".into(),
                name: "the preview".into(),
                rows: Source { schedule: after, holidays, names, span: self.span }.rows(),
                holidays: Vec::new(),
                drag_opens: None,
                span: self.span,
                when: self.when,
            }),
        })
    }
}

/// Who changes, as it is printed.
fn changes(all: &[Changed], (before, after): (&Rules, &Rules), names: &Names) -> Vec<ChangedShift> {
    let who = |rules: &Rules, span: Span, duty: Duty| -> Who {
        duties::who(rules, names, &Shift { span, duty, because: Because::Gap })
    };
    all.iter()
        .map(|one| ChangedShift {
            span: one.span,
            before: who(before, one.span, one.from),
            after: who(after, one.span, one.to),
        })
        .collect()
}
