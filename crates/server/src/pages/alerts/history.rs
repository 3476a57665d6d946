//! The timeline of an alert: events, decisions and messages in one list.

use super::around::Around;
use super::rows::delivery;
use crate::app::App;
use std::collections::HashMap;
use watchbell_core::event::EventType;
use watchbell_core::ids::{AlertId, PolicyId, UserId};
use watchbell_core::notify::Purpose;
use watchbell_core::timeline::Entry;
use watchbell_store::alert_history::{self, Happened, HistoryFilter, HistoryLine};
use watchbell_store::notifications::Notification;
use watchbell_store::scope::Scope;
use watchbell_store::{Page, StoreError, notifications, policies};
use watchbell_ui::pages::timeline::{Names, TimelineItem, What};

/// Lines that are shown at first, and at most.
pub(super) const LINES: (i64, i64) = (100, 1_000);

/// The latest lines, the newest first.
pub(super) async fn lines(app: &App, scope: &Scope, alert: AlertId, max: i64) -> Result<Vec<HistoryLine>, StoreError> {
    let filter = HistoryFilter { events: true, notifications: true, kinds: None };
    alert_history::page(&app.db, scope, alert, &filter, Page::first(max)).await
}

/// The lines as the page shows them, and the names that they mention.
pub(super) async fn items(
    app: &App,
    scope: &Scope,
    around: &mut Around,
    lines: &[HistoryLine],
) -> Result<(Vec<TimelineItem>, Names), StoreError> {
    let mentioned: Vec<UserId> = lines.iter().flat_map(people).collect();
    around.add_people(app, scope, &mentioned).await?;
    let messages = messages(app, scope, lines).await?;
    let items = lines.iter().filter_map(|line| item(around, line, &messages)).collect();
    Ok((items, names(app, scope, around, lines).await?))
}

/// Messages that entries speak of, by number.
async fn messages(app: &App, scope: &Scope, lines: &[HistoryLine]) -> Result<HashMap<i64, Notification>, StoreError> {
    let named = lines.iter().filter_map(|line| match &line.what {
        Happened::Log(log) => match &log.entry {
            Entry::DeliveryFailed { notification, .. }
            | Entry::Reported { notification, .. }
            | Entry::PossiblyTwice { notification } => Some(notification.0),
            _ => None,
        },
        _ => None,
    });
    let found = notifications::get_many(&app.db, scope, named.collect()).await?;
    Ok(found.into_iter().map(|notification| (notification.id.0, notification)).collect())
}

fn item(around: &Around, line: &HistoryLine, messages: &HashMap<i64, Notification>) -> Option<TimelineItem> {
    let what = match &line.what {
        Happened::Event(event) => What::Event { kind: EventType::parse(&event.kind)?, summary: String::new() },
        // A summary's line stands on each alert that it speaks of; the message itself belongs to none.
        Happened::Notification(notification) if notification.purpose == Purpose::Summary => return None,
        Happened::Notification(notification) => What::Delivery(delivery(around, notification)),
        Happened::Log(log) => {
            let message = match &log.entry {
                Entry::DeliveryFailed { notification, .. }
                | Entry::Reported { notification, .. }
                | Entry::PossiblyTwice { notification } => messages.get(&notification.0),
                _ => None,
            };
            What::Entry {
                entry: log.entry.clone(),
                by: log.actor.clone(),
                delivery: message.map(|message| delivery(around, message)),
            }
        }
    };
    Some(TimelineItem { at: line.at, what })
}

fn people(line: &HistoryLine) -> Vec<UserId> {
    match &line.what {
        Happened::Event(_) => Vec::new(),
        Happened::Notification(notification) => vec![notification.user],
        Happened::Log(log) => {
            let mut ids: Vec<UserId> = log.actor.user().into_iter().collect();
            match &log.entry {
                Entry::LevelStarted { users, unreachable, .. } | Entry::HandedOver { users, unreachable, .. } => {
                    ids.extend(users.iter().chain(unreachable))
                }
                Entry::LevelEmpty { unreachable, .. } => ids.extend(unreachable),
                Entry::ReassignedToUser { user }
                | Entry::LeftTo { user, .. }
                | Entry::ResponderAdded { user }
                | Entry::ResponderRemoved { user } => ids.push(*user),
                _ => {}
            }
            ids
        }
    }
}

async fn names(app: &App, scope: &Scope, around: &Around, lines: &[HistoryLine]) -> Result<Names, StoreError> {
    let named: Vec<PolicyId> = lines
        .iter()
        .filter_map(|line| match &line.what {
            Happened::Log(log) => match &log.entry {
                Entry::Opened { policy, .. } | Entry::ReassignedToPolicy { policy } => Some(*policy),
                _ => None,
            },
            _ => None,
        })
        .collect();
    Ok(Names {
        users: around.users.keys().map(|id| (*id, around.person(*id).name)).collect(),
        policies: policies::get_many(&app.db, scope, &named)
            .await?
            .into_iter()
            .map(|policy| (policy.id, policy.name))
            .collect(),
        sources: around.sources.iter().map(|(id, source)| (*id, source.name.clone())).collect(),
    })
}
