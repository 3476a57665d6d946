//! What the page of one's own on-call shows.

use super::super::people::{alert_rules, own};
use super::super::query::Query;
use super::super::{feeds, handoff};
use super::requests::requests;
use super::{cover, shifts};
use crate::app::App;
use crate::auth::{May, PageCan, Permission};
use crate::error::ApiError;
use crate::handoff::takers;
use std::collections::BTreeMap;
use watchbell_core::ids::{ScheduleId, UserId};
use watchbell_core::schedule::Prepared;
use watchbell_store::feeds::Subject;
use watchbell_store::{overview, reach, schedules};
use watchbell_ui::components::Choice;
use watchbell_ui::pages::handoff::HandoffView;
use watchbell_ui::pages::on_call::{CoverForm, OnCallView};
use watchbell_ui::{Form, Shell, routes};

/// Schedules that are looked at.
const SCHEDULES_MAX: i64 = 200;

/// Forms that were refused; the others are as they are at first.
#[derive(Debug, Default)]
pub(super) struct Forms {
    /// Taking over, and what concerns the page as a whole.
    pub(super) own: Option<Form>,
    /// Asking for cover.
    pub(super) cover: Option<Form>,
}

/// The view.
pub(super) async fn view<P: Permission>(
    app: &App,
    can: &PageCan<P>,
    shell: &Shell,
    query: &Query,
    forms: Forms,
) -> Result<OnCallView, ApiError> {
    let (scope, user, now) = (&can.scope, own(can)?, shell.when.now);
    let named: BTreeMap<ScheduleId, String> =
        overview::schedule_names(&app.db, scope, SCHEDULES_MAX, 0).await?.into_iter().collect();
    let ids: Vec<ScheduleId> = named.keys().copied().collect();
    let ready = schedules::prepared(&app.db, scope, &ids, shifts::around(now)).await?;
    let shifts = shifts::of_user(app, scope, user, (&named, &ready)).await?;
    let cover_form = forms.cover.unwrap_or_else(|| cover::blank(query, shell, now));
    Ok(OnCallView {
        now: shifts.iter().filter(|shift| shift.span.holds(now)).cloned().collect(),
        shifts,
        can_be_paged: reach::of_users(&app.db, scope, &[user], app.clock.now())
            .await?
            .get(&user)
            .is_some_and(|reach| reach.pages),
        schedules: named.iter().map(|(id, name)| Choice::new(id.to_string(), name.clone())).collect(),
        cover: cover_view(app, can, shell, user, cover_form).await?,
        requests: requests(app, can, user, &named).await?,
        rules: alert_rules(app, scope, user).await?,
        feed: Some(feeds::panel(app, can, feed_of(can)?, None).await?),
        handoffs: handoffs(app, can, (&named, &ready), shell).await?,
        may_take: May::Respond.is_granted_to(can.role),
        form: forms.own.unwrap_or_else(|| Form::of([("hours", "2")])),
    })
}

/// The form of a cover request, where there is anybody to ask.
async fn cover_view<P>(
    app: &App,
    can: &PageCan<P>,
    shell: &Shell,
    user: UserId,
    form: Form,
) -> Result<Option<CoverForm>, ApiError> {
    let whom = cover::whom(app, &can.scope, user).await?;
    let zone = shell.when.zone.iana_name().unwrap_or("UTC").to_owned();
    Ok((!whom.is_empty()).then_some(CoverForm { whom, zone, form }))
}

/// The notes of schedules by which the viewer is on call, or next.
async fn handoffs<P>(
    app: &App,
    can: &PageCan<P>,
    (named, ready): (&BTreeMap<ScheduleId, String>, &BTreeMap<ScheduleId, Prepared>),
    shell: &Shell,
) -> Result<Vec<HandoffView>, ApiError> {
    let (user, now) = (own(can)?, shell.when.now);
    let shown: Vec<handoff::Shown<'_>> = named
        .iter()
        .filter_map(|(id, name)| Some((*id, name.as_str(), ready.get(id)?)))
        .filter(|(.., prepared)| takers(prepared, now).contains(&user))
        .collect();
    handoff::blocks(app, can, &shown, now).await
}

/// What the viewer's feed shows, and where its forms go.
pub(super) fn feed_of<P>(can: &PageCan<P>) -> Result<(Subject, String), ApiError> {
    Ok((Subject::Person(own(can)?), routes::on_call_do("feed")))
}
