//! Looking back at the tickets of the last days: who would have been paged when, or why not.

use super::super::answer::{self, Answer};
use super::super::reader::Filled;
use super::super::shell::{self, Visit};
use super::list::rules;
use crate::api::AUTOTASK_TYPE;
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::Configure;
use crate::engine::autotask::{Called, CalledAlert, LOOK_BACK_DAYS, Look, LookedAt, look};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use watchbell_core::alert::Priority;
use watchbell_core::ids::{SourceId, UserId};
use watchbell_store::scope::Scope;
use watchbell_store::sources::{self, Source};
use watchbell_store::{StoreError, users};
use watchbell_ui::pages::source_look::{AlertRow, Counts, Found, LookView, NotPagedRow, PagedRow, source_look};
use watchbell_ui::time::{When, duration};

/// Rows of a list.
const ROWS_MAX: usize = 500;
/// Reasons that are counted by themselves.
const REASONS_MAX: usize = 12;

type Names = BTreeMap<UserId, String>;

pub(super) fn router() -> Router<App> {
    Router::new().route("/sources/{id}/look", get(before).post(after))
}

async fn before(State(app): State<App>, InPath(id): InPath<i64>, visit: Visit<Configure>) -> Answer {
    let source = autotask_source(&app, &visit.can.scope, SourceId(id)).await?;
    answer::page(source_look(&visit.shell, &view(&source, None)))
}

async fn after(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let source = autotask_source(&app, &can.scope, SourceId(id)).await?;
    let shell = shell::of(&app, &can).await?;
    let found = match look(&app, can.scope.org, source.id).await {
        Ok(look) => Ok(found(&app, &can.scope, look, &shell.when).await?),
        Err(why) => Err(why),
    };
    answer::page(source_look(&shell, &view(&source, Some(found))))
}

/// Errors: 404 for sources of other tools.
pub(super) async fn autotask_source(app: &App, scope: &Scope, id: SourceId) -> Result<Source, ApiError> {
    let source = sources::get(&app.db, scope, id).await?;
    match source.integration_type == AUTOTASK_TYPE {
        true => Ok(source),
        false => Err(StoreError::not_found("Autotask source", id).into()),
    }
}

fn view(source: &Source, found: Option<Result<Found, String>>) -> LookView {
    LookView {
        id: source.id,
        name: source.name.clone(),
        days: LOOK_BACK_DAYS,
        may_go_live: rules(source).watch_only,
        found,
    }
}

async fn found(app: &App, scope: &Scope, look: Look, when: &When) -> Result<Found, StoreError> {
    let names = names(app, scope, &look).await?;
    let alerts: Vec<&CalledAlert> = look.tickets.iter().flat_map(|ticket| &ticket.alerts).collect();
    let is_page = |alert: &&&CalledAlert| alert.priority == Priority::High;
    let pages = counts(alerts.iter().filter(is_page).copied(), &when.zone);
    let quiet = counts(alerts.iter().filter(|alert| !is_page(alert)).copied(), &when.zone);
    let reasons = reasons(&look.tickets);
    let people = people(&alerts, &names, &when.zone);
    let warnings = warnings(&look, when);
    let tickets = i64::try_from(look.tickets.len()).unwrap_or(i64::MAX);
    let (mut paged, mut not_paged) = (Vec::new(), Vec::new());
    for ticket in look.tickets {
        let named = (ticket.number, ticket.title);
        match ticket.not_paged {
            Some(why) => not_paged.push(NotPagedRow { ticket: named, url: ticket.url, why }),
            None => {
                let alerts = ticket.alerts.iter().map(|alert| alert_row(alert, &names, when)).collect();
                paged.push(PagedRow { ticket: named, url: ticket.url, alerts, is_guess: ticket.is_guess });
            }
        }
    }
    let more = (cut(&mut paged), cut(&mut not_paged));
    Ok(Found { since: look.since, warnings, tickets, pages, quiet, people, reasons, paged, not_paged, more })
}

/// How many rows were cut off.
fn cut<T>(rows: &mut Vec<T>) -> i64 {
    let more = rows.len().saturating_sub(ROWS_MAX);
    rows.truncate(ROWS_MAX);
    i64::try_from(more).unwrap_or(i64::MAX)
}

async fn names(app: &App, scope: &Scope, look: &Look) -> Result<Names, StoreError> {
    let called = look.tickets.iter().flat_map(|ticket| &ticket.alerts).map(|alert| &alert.called);
    let of = |called: &Called| match called {
        Called::People(people) => people.clone(),
        Called::Nobody | Called::NotAsked => Vec::new(),
    };
    let ids: BTreeSet<UserId> = called.flat_map(of).collect();
    let found = users::get_many(&app.db, scope, &ids.into_iter().collect::<Vec<_>>()).await?;
    Ok(found.into_iter().map(|user| (user.id, user.name())).collect())
}

fn warnings(look: &Look, when: &When) -> Vec<String> {
    let cut = || {
        format!("There are too many tickets, or Autotask is slow: looked at those since {}.", when.day_time(look.since))
    };
    let without = "Autotask does not give all histories: some tickets were taken as they are now, which tells less.";
    [look.is_cut.then(cut), look.without_history.then(|| without.to_owned())].into_iter().flatten().collect()
}

/// Nights and weekends are the viewer's.
fn counts<'a>(alerts: impl Iterator<Item = &'a CalledAlert>, zone: &TimeZone) -> Counts {
    let mut counts = Counts::default();
    for alert in alerts {
        let local = alert.alert.at.to_zoned(zone.clone());
        counts.all += 1;
        counts.night += i64::from(!(6..22).contains(&local.hour()));
        counts.weekend += i64::from(matches!(local.weekday().to_monday_zero_offset(), 5 | 6));
    }
    counts
}

fn people(alerts: &[&CalledAlert], names: &Names, zone: &TimeZone) -> Vec<(String, Counts)> {
    let is_called =
        |alert: &CalledAlert, id: &UserId| matches!(&alert.called, Called::People(people) if people.contains(id));
    let of = |id: &UserId| counts(alerts.iter().filter(|alert| is_called(alert, id)).copied(), zone);
    let mut people: Vec<_> = names.iter().map(|(id, name)| (name.clone(), of(id))).collect();
    people.sort_by_key(|(name, counts)| (std::cmp::Reverse(counts.all), name.clone()));
    people
}

fn reasons(tickets: &[LookedAt]) -> Vec<(String, i64)> {
    let mut counted: BTreeMap<&str, i64> = BTreeMap::new();
    tickets
        .iter()
        .filter_map(|ticket| ticket.not_paged.as_deref())
        .for_each(|why| *counted.entry(why).or_default() += 1);
    let mut reasons: Vec<_> = counted.into_iter().map(|(why, count)| (why.to_owned(), count)).collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let others: i64 = reasons.iter().skip(REASONS_MAX).map(|(_, count)| count).sum();
    reasons.truncate(REASONS_MAX);
    reasons.extend((others > 0).then(|| ("other reasons, see below".to_owned(), others)));
    reasons
}

/// Seconds; whole minutes where it is longer than one.
fn in_minutes(time: SignedDuration) -> i64 {
    match time.as_secs() {
        seconds @ ..60 => seconds,
        seconds => (seconds + 30) / 60 * 60,
    }
}

fn alert_row(alert: &CalledAlert, names: &Names, when: &When) -> AlertRow {
    let name = |id: &UserId| names.get(id).cloned().unwrap_or_else(|| format!("user {id}"));
    let who = match &alert.called {
        Called::People(people) => Ok(people.iter().map(name).collect::<Vec<_>>().join(", ")),
        Called::Nobody => Err("Nobody could have been called".to_owned()),
        Called::NotAsked => Ok("(not asked who: too many alerts)".to_owned()),
    };
    let lasted = |until: Timestamp| duration(in_minutes(until.duration_since(alert.alert.at)));
    let notes = [
        alert.silent_until.map(|until| format!("silent until {}", when.day_time(until))),
        alert.alert.accepted_at.map(|at| format!("taken in Autotask after {}", lasted(at))),
        alert.alert.resolved_at.map(|at| format!("ended by the ticket after {}", lasted(at))),
    ];
    AlertRow {
        at: alert.alert.at,
        pages: alert.priority == Priority::High,
        who,
        notes: notes.into_iter().flatten().collect(),
    }
}
