//! Extension callouts of Autotask: kept with the order to read their ticket, in one commit before the answer.

use super::events::{Accepted, accepted, content_type};
use super::{keep, keys};
use crate::app::App;
use crate::engine::autotask::{FetchOrder, fetch_job};
use crate::error::ApiError;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use watchbell_connect::sources::autotask;
use watchbell_core::limits;
use watchbell_store::events::Verdict;
use watchbell_store::ingest::{Incoming, Parsed};
use watchbell_store::sources::Source;

/// A callout, by POST or GET, with its values in the body or the query.
pub(super) async fn take_callout(
    State(app): State<App>,
    Path(key): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Accepted, ApiError> {
    let known = keys::find(&app, &key).await?;
    if known.source.integration_type != "AUTOTASK" {
        let message = "This integration key belongs to an alert source of another type. Copy the webhook URL from the page of the Autotask source.";
        return Err(ApiError::not_found(message));
    }
    let query = query.unwrap_or_default();
    let body = match body {
        Ok(body) if body.len() <= limits::CALLOUT_BODY_BYTES_MAX && query.len() <= limits::CALLOUT_BODY_BYTES_MAX => {
            body
        }
        _ => return Err(too_large(&app, &known, &headers).await?),
    };
    let (parsed, refusal) = parse(&app, &known.source, known.scope.org, &headers, &query, &body);
    // A GET has no body: what it said is kept all the same.
    let raw = if body.is_empty() { query.into_bytes() } else { body.to_vec() };
    keep(
        &app,
        vec![Incoming { source: known.ingest.clone(), parsed, content_type: content_type(&headers), body: raw }],
    )
    .await?;
    match refusal {
        Some(reason) => Err(ApiError::bad_request(reason)),
        None => Ok(accepted()),
    }
}

/// What a callout means for a source; with the reason where it is refused.
fn parse(
    app: &App,
    source: &Source,
    org: watchbell_core::ids::OrgId,
    headers: &HeaderMap,
    query: &str,
    body: &[u8],
) -> (Parsed, Option<String>) {
    let content_type = headers.get(axum::http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let pointer = match autotask::parse(content_type, Some(query), body) {
        Ok(pointer) => pointer,
        Err(error) => {
            let reason = format!("The callout cannot be read: {error}");
            return (Parsed::LeftOut { verdict: Verdict::Rejected, reason: reason.clone() }, Some(reason));
        }
    };
    let left_out = |reason: &str| (Parsed::LeftOut { verdict: Verdict::NotPaged, reason: reason.to_owned() }, None);
    let Some(connector) = source.connector.as_ref() else {
        return left_out("the alert source has no Autotask account: choose one on its page");
    };
    if !source.active {
        return left_out("the alert source is switched off");
    }
    let order = FetchOrder::new(pointer.ticket, pointer.status_label);
    let job = fetch_job(org, source.id, connector, &order, app.clock.now());
    (Parsed::Pointer { subject: order.subject(), kind: "CALLOUT", job: Box::new(job) }, None)
}

async fn too_large(app: &App, known: &keys::Known, headers: &HeaderMap) -> Result<ApiError, ApiError> {
    let reason = format!("A callout must be at most {} bytes.", limits::CALLOUT_BODY_BYTES_MAX);
    let parsed = Parsed::LeftOut { verdict: Verdict::Rejected, reason: reason.clone() };
    keep(
        app,
        vec![Incoming { source: known.ingest.clone(), parsed, content_type: content_type(headers), body: Vec::new() }],
    )
    .await?;
    Ok(ApiError::too_large(reason))
}
