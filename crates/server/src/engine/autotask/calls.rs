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

/// The calls of an alert until then, oldest first, on the clock of whoever was called first; nothing where nobody was.
pub(super) async fn until(app: &App, scope: &Scope, alert: &Alert, at: Timestamp) -> Result<Vec<String>, StoreError> {
    let all = notifications::list_of_alert(&app.db, scope, alert.id, MESSAGES_MAX).await?;
    let pages: Vec<&Notification> = all.iter().filter(|page| counts(page, at)).collect();
    let Some(first) = pages.first() else { return Ok(Vec::new()) };
    let ids: Vec<UserId> = pages.iter().map(|page| page.user).collect::<BTreeSet<_>>().into_iter().collect();
    let people = users::get_many(&app.db, scope, &ids).await?;
    let people: BTreeMap<UserId, User> = people.into_iter().map(|user| (user.id, user)).collect();
    let zone = people.get(&first.user).and_then(|user| TimeZone::get(&user.timezone).ok()).unwrap_or(TimeZone::UTC);
    let mut lines: Vec<String> = pages.iter().map(|page| line(page, alert, people.get(&page.user), &zone)).collect();
    let left_out = lines.len().saturating_sub(LINES_MAX);
    lines.drain(..left_out);
    let title = match left_out {
        0 => format!("Called ({}):", zone_name(&zone)),
        count => format!("Called ({}), the last {LINES_MAX} of {}:", zone_name(&zone), count + LINES_MAX),
    };
    lines.insert(0, title);
    Ok(lines)
}

/// Pages that went out until then, or were to and could not.
fn counts(page: &Notification, at: Timestamp) -> bool {
    let went = page.sent_at.is_some_and(|sent| sent <= at);
    page.purpose == Purpose::Page && (went || page.state == NotificationState::Failed && page.due_at <= at)
}

fn line(page: &Notification, alert: &Alert, person: Option<&User>, zone: &TimeZone) -> String {
    let when = soon(page.sent_at.unwrap_or(page.due_at), zone, Language::English);
    let name = person.map_or_else(|| "a former user".into(), |user| format!("{} {}", user.first_name, user.last_name));
    format!("{when} {} {name}: {}", verb(&page.channel), outcome(page, alert))
}

fn verb(channel: &str) -> &'static str {
    match Channel::parse(channel) {
        Some(Channel::Voice) => "called",
        Some(Channel::Email) => "mailed",
        Some(Channel::Sms | Channel::WhatsApp | Channel::Telegram) => "texted",
        Some(Channel::Ntfy | Channel::Pushover | Channel::Gotify | Channel::WebPush | Channel::UnifiedPush) => {
            "pushed to"
        }
        Some(Channel::Webhook) | None => "told",
    }
}

/// Without the provider's words, which the alert has: they may name a number, and customers may see the note.
fn outcome(page: &Notification, alert: &Alert) -> &'static str {
    match page.state {
        NotificationState::Failed => "not reached",
        _ if alert.accepted_by == Some(page.user) => "accepted",
        _ => "no answer",
    }
}
