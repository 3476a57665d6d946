//! Webhooks that Autotask has for a source: each is signed with a key of its own. An event is kept with the order to read its ticket,
//! as a callout is, before the answer; nothing follows from a call that is not signed as it should be.

use super::events::{Accepted, accepted, content_type};
use super::{ingest_source, keep};
use crate::app::App;
use crate::engine::autotask::{FetchOrder, fetch_job, poll_for_gap};
use crate::error::ApiError;
use ::autotask::{TicketRef, WEBHOOK_SIGNATURE_HEADER, WebhookAction, WebhookEvent, WebhookKind, verify_signature};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use watchbell_core::autotask::{Arrival, NOTE_TICKET, WebhookKind as Kind};
use watchbell_core::ids::SourceWebhookId;
use watchbell_core::limits;
use watchbell_store::doors::{self, WebhookClaim};
use watchbell_store::events::Verdict;
use watchbell_store::holds;
use watchbell_store::ingest::{Incoming, Parsed};
use watchbell_store::source_webhooks::{self, SECRET_SEALED};

/// What refused calls of one webhook are told of in the log and on the page of the source: so often, and no more.
const REFUSAL_TOLD_EVERY: SignedDuration = SignedDuration::from_secs(60);
/// Webhooks whose refused calls are remembered.
const REFUSALS_MAX: usize = 1_000;
/// How events of webhooks are called.
const EVENT_KIND: &str = "WEBHOOK";

/// When refused calls of a webhook were last told of: whoever sends many of them fills neither log nor database.
#[derive(Debug, Clone, Default)]
pub struct WebhookRefusals(Arc<Mutex<HashMap<SourceWebhookId, Timestamp>>>);

impl WebhookRefusals {
    fn is_told(&self, id: SourceWebhookId, now: Timestamp) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.get(&id).is_some_and(|at| now.duration_since(*at) < REFUSAL_TOLD_EVERY) {
            return true;
        }
        if told.len() >= REFUSALS_MAX {
            told.clear();
        }
        told.insert(id, now);
        false
    }
}

/// An event, or the news that the webhook was switched off, which may come to either of its addresses.
pub(super) async fn take_webhook(
    State(app): State<App>,
    Path(address): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Accepted, ApiError> {
    let claim = doors::webhook(&app.db, &address).await?;
    let claim = claim.ok_or_else(|| ApiError::not_found("There is no such webhook, or it is being removed."))?;
    let body = body.map_err(|_| {
        ApiError::too_large(format!("An event of a webhook must be at most {} bytes.", ::autotask::WEBHOOK_BYTES_MAX))
    })?;
    prove(&app, &claim, &headers, &body).await?;
    let event = match WebhookEvent::parse(&body) {
        Ok(event) => event,
        Err(error) => return Err(reject(&app, &claim, &headers, &body, error.to_string()).await?),
    };
    if let Some(why) = mismatch(&event, claim.webhook.kind) {
        return Err(reject(&app, &claim, &headers, &body, why).await?);
    }
    if event.action == WebhookAction::Deactivated {
        return switched_off(&app, claim, event.sequence_number).await;
    }
    take_event(&app, &claim, &event, (&headers, &body)).await?;
    Ok(accepted())
}

/// Errors: 401 for a call that is not signed with the webhook's own key.
async fn prove(app: &App, claim: &WebhookClaim, headers: &HeaderMap, body: &Bytes) -> Result<(), ApiError> {
    let webhook = &claim.webhook;
    let secret = SecretString::from(app.sealer.open_text(SECRET_SEALED, &webhook.secret_sealed)?);
    let header = headers.get(WEBHOOK_SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
    let Err(why) = verify_signature(header, &secret, body) else { return Ok(()) };
    let now = app.clock.now();
    if !app.webhook_refusals.is_told(webhook.id, now) {
        tracing::warn!(source = %webhook.source, webhook = %webhook.id, %why, "calls of a webhook are refused; they are told of once a minute");
        source_webhooks::note_refused(&app.db, &claim.unproven(), webhook.id, now).await?;
    }
    Err(ApiError::unauthorized(why.to_string()))
}

/// An event of other things than the webhook was made for is none of it.
fn mismatch(event: &WebhookEvent, kind: Kind) -> Option<String> {
    let fits = match event.kind() {
        Some(WebhookKind::Ticket) => kind == Kind::Ticket,
        Some(WebhookKind::TicketNote) => kind == Kind::TicketNote,
        None => event.entity_type.is_none(),
    };
    (!fits).then(|| format!("this webhook tells of {}, and the event is of something else", kind.of_what()))
}

/// A signed call that says nothing usable is kept with the reason. Errors: those of keeping it.
async fn reject(
    app: &App,
    claim: &WebhookClaim,
    headers: &HeaderMap,
    body: &Bytes,
    why: String,
) -> Result<ApiError, ApiError> {
    let reason = format!("The event of the webhook cannot be used: {why}");
    let parsed = Parsed::LeftOut { verdict: Verdict::Rejected, reason: reason.clone() };
    keep_parsed(app, claim, parsed, (headers, body)).await?;
    Ok(ApiError::bad_request(reason))
}

async fn keep_parsed(
    app: &App,
    claim: &WebhookClaim,
    parsed: Parsed,
    (headers, body): (&HeaderMap, &Bytes),
) -> Result<(), ApiError> {
    let opening = holds::opening(&app.db, claim.proven(), &claim.source, app.clock.now()).await?;
    let source = Arc::new(ingest_source(claim.proven(), &claim.source, opening));
    let kept = body.slice(..body.len().min(limits::WEBHOOK_BODY_BYTES_KEPT)).to_vec();
    keep(app, vec![Incoming { source, parsed, content_type: content_type(headers), body: kept }]).await.map(drop)
}

/// What an event means for its source.
fn parse(app: &App, claim: &WebhookClaim, event: &WebhookEvent) -> Parsed {
    let left_out = |reason: String| Parsed::LeftOut { verdict: Verdict::NotPaged, reason };
    let Some(connector) = claim.source.connector.as_ref() else {
        return left_out("the alert source has no Autotask account: choose one on its page".to_owned());
    };
    if !claim.source.active {
        return left_out("the alert source is switched off".to_owned());
    }
    let ticket = match (claim.webhook.kind, &event.action) {
        (_, WebhookAction::Other(action)) => return left_out(format!("{action:?} is not known here")),
        (Kind::TicketNote, WebhookAction::Delete) => return left_out("a note was deleted".to_owned()),
        (Kind::TicketNote, _) => event.number(NOTE_TICKET).filter(|id| *id > 0),
        (Kind::Ticket, _) => event.id,
    };
    let Some(ticket) = ticket else {
        return left_out("it names no ticket; asking for changed tickets finds it".to_owned());
    };
    let order = FetchOrder::new(TicketRef::Id(ticket), None);
    let job = fetch_job(claim.webhook.org, claim.source.id, connector, &order, app.clock.now());
    Parsed::Pointer { subject: order.subject(), kind: EVENT_KIND, job: Box::new(job) }
}

/// Keeps an event, then notes its number: one that could not be kept is sent again under the same.
async fn take_event(
    app: &App,
    claim: &WebhookClaim,
    event: &WebhookEvent,
    sent: (&HeaderMap, &Bytes),
) -> Result<(), ApiError> {
    let parsed = parse(app, claim, event);
    let names_none = claim.webhook.kind == Kind::TicketNote && matches!(parsed, Parsed::LeftOut { .. });
    let asks = names_none && matches!(event.action, WebhookAction::Create | WebhookAction::Update);
    keep_parsed(app, claim, parsed, sent).await?;
    let (scope, id, source, connector) =
        (claim.proven().clone(), claim.webhook.id, claim.source.id, claim.source.connector.clone());
    let (number, now) = (event.sequence_number, app.clock.now());
    let noted = app.db.write(move |tx| {
        Box::pin(async move {
            let (arrival, last_gap_at) = source_webhooks::note_event(tx, &scope, id, number, now).await?;
            if let Some(connector) = connector.filter(|_| asks || matches!(arrival, Arrival::Gap(_))) {
                poll_for_gap(tx, &scope, source, &connector, (last_gap_at, now)).await?;
            }
            Ok(arrival)
        })
    });
    match noted.await {
        Ok(Arrival::Gap(missing)) => {
            tracing::warn!(source = %claim.source.id, missing, "events of a webhook are missing; changed tickets are asked for at once");
            app.wake.notify_one();
        }
        Ok(_) if asks => app.wake.notify_one(),
        Ok(_) => {}
        // The event is kept; the next number, or the poll, tells what this one would have.
        Err(error) => tracing::warn!(source = %claim.source.id, %error, "the number of an event could not be noted"),
    }
    Ok(())
}

/// Whether it is off is asked of Autotask: the news may be old.
async fn switched_off(app: &App, claim: WebhookClaim, number: Option<i64>) -> Result<Accepted, ApiError> {
    let (scope, webhook, now) = (claim.proven().clone(), claim.webhook, app.clock.now());
    tracing::warn!(source = %webhook.source, webhook = %webhook.id, "Autotask says that it has switched a webhook off");
    let write = app.db.write(move |tx| {
        Box::pin(async move { source_webhooks::note_deactivated(tx, &scope, &webhook, number, now).await })
    });
    write.await?;
    app.wake.notify_one();
    Ok(accepted())
}
