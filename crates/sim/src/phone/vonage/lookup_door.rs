//! What a client asks to see whether its logins are right, and what became of messages: `GET /v1/calls`, `GET /v2/applications`,
//! `GET /v2/reports/records` of one message.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::report::{explain, status_word};
use crate::phone::{Provider, State};

/// The list of calls, as far as a client needs it: how many there are.
pub(super) fn calls(state: &State) -> Value {
    let count = state.calls.all().iter().filter(|call| call.provider == Provider::Vonage).count();
    json!({ "count": count, "page_size": 1, "record_index": 0, "_embedded": { "calls": [] } })
}

/// The one application.
pub(super) fn applications(state: &State) -> Value {
    let application = json!({ "id": state.config.vonage.application_id, "name": "Stand-in" });
    json!({ "page": 1, "total_items": 1, "_embedded": { "applications": [application] } })
}

/// The record of the message that the query names by `id`.
pub(super) fn records(state: &State, query: &BTreeMap<String, String>) -> Value {
    let message = query.get("id").and_then(|id| state.message(id)).filter(|found| found.provider == Provider::Vonage);
    let record = message.and_then(|message| {
        let error_code = message.failure.map(|why| explain(why).0);
        Some(json!({ "message_id": message.id, "status": status_word(&message)?, "error_code": error_code }))
    });
    let records: Vec<_> = record.into_iter().collect();
    json!({ "request_status": "SUCCESS", "items_count": records.len(), "records": records })
}
