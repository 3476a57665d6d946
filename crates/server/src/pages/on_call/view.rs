//! What the page of one's own on-call shows.

use super::super::feeds;
use super::super::people::own;
use super::super::query::Query;
use super::shifts;
use crate::app::App;
use crate::auth::{May, PageCan, Permission};
use crate::error::ApiError;
use std::collections::BTreeMap;
use watchbell_core::ids::ScheduleId;
use watchbell_store::feeds::Subject;
use watchbell_store::preferences::{self, Collection, HIGH_PRIORITY, Preference};
use watchbell_store::{overview, reach};
use watchbell_ui::components::Choice;
use watchbell_ui::pages::delivery::channel_name;
use watchbell_ui::pages::on_call::OnCallView;
use watchbell_ui::time::duration;
use watchbell_ui::{Form, PreEscaped, Shell, routes};

/// Schedules that are looked at.
const SCHEDULES_MAX: i64 = 200;

/// The view.
pub(super) async fn view<P: Permission>(
    app: &App,
    can: &PageCan<P>,
    shell: &Shell,
    _query: &Query,
    form: Form,
) -> Result<OnCallView, ApiError> {
    let (scope, user, now) = (&can.scope, own(can)?, shell.when.now);
    let named: BTreeMap<ScheduleId, String> =
        overview::schedule_names(&app.db, scope, SCHEDULES_MAX).await?.into_iter().collect();
    let shifts = shifts::of_user(app, scope, user, &named).await?;
    let rules = preferences::list(&app.db, scope, user, Collection::Alerts).await?;
    Ok(OnCallView {
        now: shifts.iter().filter(|shift| shift.span.holds(now)).cloned().collect(),
        shifts,
        can_be_paged: reach::of_users(&app.db, scope, &[user]).await?.get(&user).is_some_and(|reach| reach.pages),
        schedules: named.iter().map(|(id, name)| Choice::new(id.to_string(), name.clone())).collect(),
        cover: None,
        requests: Vec::new(),
        rules: rules.iter().map(rule_words).collect(),
        feed: Some(feeds::panel(app, can, feed_of(can)?, None).await?),
        more: PreEscaped(String::new()),
        may_take: May::Respond.is_granted_to(can.role),
        form,
    })
}

/// What the viewer's feed shows, and where its forms go.
pub(super) fn feed_of<P>(can: &PageCan<P>) -> Result<(Subject, String), ApiError> {
    Ok((Subject::Person(own(can)?), routes::on_call_do("feed")))
}

/// "Pages: e-mail to ann@example.com after 5 min".
fn rule_words(rule: &Preference) -> String {
    let kind = if rule.kind == HIGH_PRIORITY { "Pages" } else { "Quiet alerts" };
    let when = if rule.delay_s == 0 { "at once".to_owned() } else { format!("after {}", duration(rule.delay_s)) };
    format!("{kind}: {} to {} {when}", channel_name(rule.method), rule.target)
}
