//! Who was called for an alert and what became of it, a line each: the one note of a page-out.

use crate::app::App;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use watchbell_core::alert::Alert;
use watchbell_core::ids::UserId;
use watchbell_core::language::Language;
use watchbell_core::moment::{soon, zone_name};
use watchbell_core::notify::{NotificationState, Purpose};
use watchbell_core::user::Channel;
use watchbell_store::notifications::{self, Notification};
use watchbell_store::scope::Scope;
use watchbell_store::users::User;
use watchbell_store::{StoreError, users};

/// Lines of a note: of a long night the last calls count most.
const LINES_MAX: usize = 30;
/// Messages that are looked through.
const MESSAGES_MAX: i64 = 1_000;

/// Whom a level of a pass has called, with all that went to them in it.
type Call<'p> = ((i64, i64, UserId), Vec<&'p Notification>);

/// Who has accepted an alert: one, or several of those who have to.
pub(super) fn accepted_by(alert: &Alert) -> BTreeSet<UserId> {
    alert.progress.accepted_by.iter().copied().chain(alert.accepted_by).collect()
}

/// The calls of an alert until then, oldest first, on the clock of whoever was called first; nothing where nobody was. The last
/// call of each who accepted says so.
pub(super) async fn until(
    app: &App,
    scope: &Scope,
    alert: &Alert,
    (at, accepted): (Timestamp, &BTreeSet<UserId>),
) -> Result<Vec<String>, StoreError> {
    let all = with_summaries(app, scope, alert).await?;
    let calls = calls(&all, at);
    let Some(((.., first), _)) = calls.first() else { return Ok(Vec::new()) };
    let ids: Vec<UserId> = calls.iter().map(|((.., user), _)| *user).collect::<BTreeSet<_>>().into_iter().collect();
    let people = users::get_many(&app.db, scope, &ids).await?;
    let people: BTreeMap<UserId, User> = people.into_iter().map(|user| (user.id, user)).collect();
    let zone = people.get(first).and_then(|user| TimeZone::get(&user.timezone).ok()).unwrap_or(TimeZone::UTC);
    let is_last = |nth: usize, user: &UserId| calls.iter().skip(nth + 1).all(|((.., other), _)| other != user);
    let lines = calls.iter().enumerate().map(|(nth, call)| {
        let (.., user) = &call.0;
        line(call, accepted.contains(user) && is_last(nth, user), &people, &zone)
    });
    let left_out = calls.len().saturating_sub(LINES_MAX);
    let title = match left_out {
        0 => format!("Called ({}):", zone_name(&zone)),
        _ => format!("Called ({}), the last {LINES_MAX} of {}:", zone_name(&zone), calls.len()),
    };
    Ok([title].into_iter().chain(lines.skip(left_out)).collect())
}

/// The messages of an alert; what went out in a summary went out when that did.
async fn with_summaries(app: &App, scope: &Scope, alert: &Alert) -> Result<Vec<Notification>, StoreError> {
    let mut all = notifications::list_of_alert(&app.db, scope, alert.id, MESSAGES_MAX).await?;
    let ids: BTreeSet<i64> = all.iter().filter_map(|page| page.summary).map(|id| id.0).collect();
    let summaries = notifications::get_many(&app.db, scope, ids.into_iter().collect()).await?;
    let sent_at: BTreeMap<_, _> = summaries.into_iter().map(|summary| (summary.id, summary.sent_at)).collect();
    for page in &mut all {
        let of_summary = page.summary.and_then(|id| sent_at.get(&id).copied().flatten());
        page.sent_at = page.sent_at.or(of_summary);
    }
    Ok(all)
}

/// One for each person of a level, in the order of their first message.
fn calls(all: &[Notification], at: Timestamp) -> Vec<Call<'_>> {
    let mut calls: Vec<Call<'_>> = Vec::new();
    for page in all.iter().filter(|page| counts(page, at)) {
        let key = (page.pass, page.level, page.user);
        match calls.iter_mut().find(|(known, _)| *known == key) {
            Some((_, pages)) => pages.push(page),
            None => calls.push((key, vec![page])),
        }
    }
    calls.iter_mut().for_each(|(_, pages)| pages.sort_by_key(|page| when(page)));
    calls.sort_by_key(|(_, pages)| pages.first().map(|page| when(page)));
    calls
}

/// Pages that went out until then, or were to and could not.
fn counts(page: &Notification, at: Timestamp) -> bool {
    let went = page.sent_at.is_some_and(|sent| sent <= at);
    page.purpose == Purpose::Page && (went || page.state == NotificationState::Failed && page.due_at <= at)
}

fn when(page: &Notification) -> Timestamp {
    page.sent_at.unwrap_or(page.due_at)
}

/// Without the provider's words, which the alert has: they may name a number, and customers may see the note.
fn line(((.., user), pages): &Call<'_>, accepted: bool, people: &BTreeMap<UserId, User>, zone: &TimeZone) -> String {
    let began = pages.first().map_or_else(String::new, |page| soon(when(page), zone, Language::English));
    let name = people.get(user);
    let name = name.map_or_else(|| "a former user".into(), User::name);
    let mut verbs: Vec<&str> = pages.iter().map(|page| verb(&page.channel)).collect();
    verbs.dedup();
    let outcome = match accepted {
        true => "accepted",
        false if pages.iter().all(|page| page.state == NotificationState::Failed) => "not reached",
        false => "no answer",
    };
    format!("{began} {} {name}: {outcome}", verbs.join(", "))
}

fn verb(channel: &str) -> &'static str {
    match Channel::parse(channel) {
        Some(Channel::Voice) => "called",
        Some(Channel::Email) => "mailed",
        Some(Channel::Sms | Channel::WhatsApp | Channel::Telegram) => "texted",
        Some(Channel::Ntfy | Channel::Pushover | Channel::Gotify | Channel::WebPush | Channel::UnifiedPush) => "pushed",
        Some(Channel::Webhook) | None => "told",
    }
}
