//! Notification rules: over which contact, how long after a level started, loud and quiet.

use super::super::answer::{self, Answer};
use super::super::reader::{Filled, Reader};
use super::user::{home, may_change, refused};
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::Own;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use watchbell_core::alert::Priority;
use watchbell_core::ids::{ContactId, RuleId, UserId};
use watchbell_core::limits::RULE_DELAY_MIN_MAX;
use watchbell_store::contacts;
use watchbell_store::preferences::{self, Collection, HIGH_PRIORITY, LOW_PRIORITY, PreferenceIn};

pub(super) fn router() -> Router<App> {
    Router::new().route("/users/{id}/rules", post(add)).route("/users/{id}/rules/{rule}/delete", post(delete))
}

async fn add(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Own>) -> Answer {
    let can = posted.can;
    let id = may_change(&can, UserId(id))?;
    let mut reader = Reader::new(posted.form)?;
    let kind = match Priority::parse(reader.form.value("priority")) {
        Some(Priority::High) => Some(HIGH_PRIORITY),
        Some(Priority::Low) => Some(LOW_PRIORITY),
        None => None,
    };
    if kind.is_none() {
        reader.form.error("priority", "Choose one.");
    }
    let minutes = reader.number("delay_min", 0..=RULE_DELAY_MIN_MAX);
    let wanted: Option<ContactId> = reader.form.value("contact").parse().ok();
    let contact = contacts::list(&app.db, &can.scope, id).await?.into_iter().find(|contact| Some(contact.id) == wanted);
    if contact.is_none() {
        reader.form.error("contact", "Choose a contact.");
    }
    if let (Some(kind), Some(minutes), Some(contact)) = (kind, minutes, contact) {
        let new = PreferenceIn {
            collection: Collection::Alerts,
            method: contact.channel,
            contact: contact.id,
            kind: kind.into(),
            delay_s: minutes * 60,
        };
        match preferences::create(&app.db, &can.scope, id, new, app.clock.now()).await {
            Ok(_) => return answer::done(&home(&can, id), "The rule is added."),
            Err(error) => reader.refuse(error, &[])?,
        }
    }
    refused(&app, &can, id, reader.form).await
}

async fn delete(State(app): State<App>, InPath((id, rule)): InPath<(i64, i64)>, posted: Filled<Own>) -> Answer {
    let id = may_change(&posted.can, UserId(id))?;
    preferences::delete(&app.db, &posted.can.scope, id, Collection::Alerts, RuleId(rule), app.clock.now()).await?;
    answer::done(&home(&posted.can, id), "The rule is removed.")
}
