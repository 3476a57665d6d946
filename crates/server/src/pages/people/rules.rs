//! Notification rules: over which contact, how long after a level started, loud and quiet.

use super::super::answer::{self, Answer, local_path};
use super::super::reader::{Filled, Reader};
use super::user::{home, may_change, refused};
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::Own;
use crate::contact_proof::{self, RulesTested, Unproven};
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use watchbell_core::ids::{ContactId, RuleId, UserId};
use watchbell_core::limits::{REMIND_BEFORE_MIN_MAX, RULE_DELAY_MIN_MAX};
use watchbell_core::user::Channel;
use watchbell_store::preferences::{self, Collection, HIGH_PRIORITY, LOW_PRIORITY, PreferenceIn};
use watchbell_store::{StoreError, contacts};
use watchbell_ui::pages::rules::RuleFor;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/users/{id}/rules", post(add))
        .route("/users/{id}/test-rules", post(test))
        .route("/users/{id}/rules/{rule}/delete", post(delete))
}

async fn add(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Own>) -> Answer {
    let can = posted.can;
    let id = may_change(&can, UserId(id))?;
    let mut reader = Reader::new(posted.form)?;
    let what = RuleFor::parse(reader.form.value("for"));
    if what.is_none() {
        reader.form.error("for", "Choose one.");
    }
    let longest = if what == Some(RuleFor::Shifts) { REMIND_BEFORE_MIN_MAX } else { RULE_DELAY_MIN_MAX };
    let minutes = reader.number("delay_min", 0..=longest);
    let (wanted, method) = chosen(reader.form.value("contact"));
    let contact = contacts::list(&app.db, &can.scope, id).await?.into_iter().find(|contact| Some(contact.id) == wanted);
    if contact.is_none() {
        reader.form.error("contact", "Choose a contact.");
    }
    if let (Some(what), Some(minutes), Some(contact)) = (what, minutes, contact) {
        let (collection, kind) = kept_as(what);
        // News go out at once.
        let delay_s = if collection == Collection::Updates { 0 } else { minutes * 60 };
        let new = PreferenceIn {
            collection,
            method: method.unwrap_or(contact.channel),
            contact: contact.id,
            kind: kind.into(),
            delay_s,
        };
        match preferences::create(&app.db, &can.scope, id, new, app.clock.now()).await {
            Ok(_) => return answer::done(&home(&can, id), "The rule is added."),
            Err(error) => reader.refuse(error, &[])?,
        }
    }
    refused(&app, &can, id, reader.form).await
}

/// A contact by its number, for one that takes several channels with the channel: `17:VOICE`.
fn chosen(value: &str) -> (Option<ContactId>, Option<Channel>) {
    let (id, method) = value.split_once(':').unwrap_or((value, ""));
    (id.parse().ok(), Channel::parse(method))
}

/// Where a rule is kept, and as what.
fn kept_as(what: RuleFor) -> (Collection, &'static str) {
    match what {
        RuleFor::Pages => (Collection::Alerts, HIGH_PRIORITY),
        RuleFor::Quiet => (Collection::Alerts, LOW_PRIORITY),
        RuleFor::Shifts => (Collection::Duties, "ON_CALL"),
        RuleFor::Accepted => (Collection::Updates, "ALERT_ACCEPTED"),
        RuleFor::Resolved => (Collection::Updates, "ALERT_RESOLVED"),
        RuleFor::Escalated => (Collection::Updates, "ALERT_ESCALATED"),
    }
}

async fn delete(State(app): State<App>, InPath((id, rule)): InPath<(i64, i64)>, posted: Filled<Own>) -> Answer {
    let id = may_change(&posted.can, UserId(id))?;
    let (scope, rule, now) = (&posted.can.scope, RuleId(rule), app.clock.now());
    for collection in [Collection::Alerts, Collection::Duties, Collection::Updates] {
        match preferences::delete(&app.db, scope, id, collection, rule, now).await {
            Ok(()) => return answer::done(&home(&posted.can, id), "The rule is removed."),
            Err(StoreError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::not_found("notification rule", rule).into())
}

/// Tests the whole chain: a message over each contact of the rules that page, in their order.
async fn test(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Own>) -> Answer {
    let id = may_change(&posted.can, UserId(id))?;
    let done = contact_proof::test_rules(&app, &posted.can.scope, id).await.map_err(Unproven::into_error)?;
    let reader = Reader::new(posted.form)?;
    answer::done(&local_path(reader.form.value("back"), &home(&posted.can, id)), words(done))
}

const fn words(done: RulesTested) -> &'static str {
    match (done.tested, done.left_out) {
        (0, 0) => "There is no rule to test: a page would reach nobody.",
        (0, _) => "No contact of the rules can be tested: they are not verified, or take no text messages.",
        (_, 0) => "A test is on its way over each contact of the rules. Say of each whether it rang.",
        _ => {
            "A test is on its way. Say of each contact whether it rang. Some rules were not tested: their contacts are not verified, or take no text messages."
        }
    }
}
