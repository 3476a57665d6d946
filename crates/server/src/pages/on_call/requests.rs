//! Cover requests as my on-call shows them: those that wait for the viewer's answer, and the viewer's own.

use super::super::schedules::Names;
use crate::api::cover_requests::may_withdraw;
use crate::app::App;
use crate::auth::PageCan;
use crate::error::ApiError;
use std::collections::{BTreeMap, BTreeSet};
use watchbell_core::cover::{Asked, CoverState, expires_at};
use watchbell_core::ids::{ScheduleId, TeamId, UserId};
use watchbell_store::cover_requests::{self, CoverRequest, Which};
use watchbell_store::{Page, teams};
use watchbell_ui::pages::on_call::{CoverDirection, CoverState as Shown, CoverView};

/// Requests that are looked at.
const LISTED_MAX: i64 = 200;
/// What the form sends to ask everyone.
pub(super) const EVERYONE: &str = "everyone";

/// Names that the rows print.
struct Named<'a> {
    people: Names,
    teams: BTreeMap<TeamId, String>,
    schedules: &'a BTreeMap<ScheduleId, String>,
}

/// The requests whose duty is not over.
pub(super) async fn requests<P>(
    app: &App,
    can: &PageCan<P>,
    user: UserId,
    schedules: &BTreeMap<ScheduleId, String>,
) -> Result<Vec<CoverView>, ApiError> {
    let which = Which { user: Some(user), ends_after: Some(app.clock.now()), ..Which::default() };
    let found = cover_requests::list(&app.db, &can.scope, which, Page::first(LISTED_MAX)).await?;
    let asked: Vec<TeamId> = found.iter().filter_map(|one| team_of(one.asked)).collect();
    let teams = teams::get_many(&app.db, &can.scope, &asked).await?.into_iter();
    let named = Named {
        people: Names::of(app, &can.scope, found.iter().flat_map(people_of).collect()).await?,
        teams: teams.map(|team| (team.id, team.name)).collect(),
        schedules,
    };
    let shown = |one: CoverRequest| Some(view(direction(can, &one, user)?, one, &named));
    Ok(found.into_iter().filter_map(shown).collect())
}

fn people_of(one: &CoverRequest) -> BTreeSet<UserId> {
    let asked = if let Asked::User(user) = one.asked { Some(user) } else { None };
    [Some(one.user), asked, one.answered_by].into_iter().flatten().collect()
}

fn team_of(asked: Asked) -> Option<TeamId> {
    if let Asked::Team(team) = asked { Some(team) } else { None }
}

/// `None`: it concerns the viewer no more.
fn direction<P>(can: &PageCan<P>, one: &CoverRequest, user: UserId) -> Option<CoverDirection> {
    if one.user == user || one.created_by == Some(user) {
        return may_withdraw(&can.scope, can.role, one).then_some(CoverDirection::Mine);
    }
    let waits = one.state == CoverState::Open && !one.declined_by.contains(&user);
    waits.then_some(CoverDirection::ToMe)
}

fn view(direction: CoverDirection, one: CoverRequest, named: &Named<'_>) -> CoverView {
    CoverView {
        id: one.id,
        direction,
        person: named.people.person(one.user),
        schedule: named.schedules.get(&one.schedule).cloned().unwrap_or_else(|| "a deleted schedule".to_owned()),
        span: one.span,
        to: asked_words(one.asked, direction, named),
        state: state(&one, named),
        expires_at: expires_at(one.span, one.created_at),
        note: one.message,
    }
}

fn asked_words(asked: Asked, direction: CoverDirection, named: &Named<'_>) -> String {
    match (asked, direction) {
        (Asked::User(_), CoverDirection::ToMe) => "you".to_owned(),
        (Asked::User(user), CoverDirection::Mine) => named.people.person(user).name,
        (Asked::Team(team), _) => {
            named.teams.get(&team).map_or_else(|| "a team".to_owned(), |name| format!("team {name}"))
        }
        (Asked::Everybody, _) => EVERYONE.to_owned(),
    }
}

fn state(one: &CoverRequest, named: &Named<'_>) -> Shown {
    match (one.state, one.answered_by) {
        (CoverState::Open, _) => Shown::Open,
        (CoverState::Accepted, Some(by)) => Shown::Accepted(named.people.person(by)),
        (CoverState::Accepted, None) => Shown::Ended("Somebody takes it".to_owned()),
        (CoverState::Declined, _) => Shown::Ended("Everybody who was asked said no".to_owned()),
        (CoverState::Withdrawn, _) => Shown::Ended("Withdrawn".to_owned()),
        (CoverState::Expired, _) => Shown::Ended("Nobody said yes in time".to_owned()),
    }
}
