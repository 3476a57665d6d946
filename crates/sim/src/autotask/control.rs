//! `/sim/`: what a person could do on the page, as JSON for tests and scripts.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use jiff::SignedDuration;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::entity::Entity;
use super::person::Actor;
use super::rest::Site;
use super::row::{Row, int, text};
use super::seed;
use super::ticket::Edit;
use super::world::World;

/// A refusal: what is wrong, as a list.
struct Refusal(Vec<String>);

type Answer = Result<Json<Value>, Refusal>;

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(json!({ "errors": self.0 }))).into_response()
    }
}

/// The routes under `/sim`.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/state", get(state))
        .route("/tickets", get(tickets).post(create))
        .route("/tickets/bulk", post(bulk))
        .route("/tickets/recurring", post(recurring))
        .route("/tickets/{id}", get(ticket).patch(edit).delete(delete))
        .route("/tickets/{id}/notes", get(notes).post(note))
        .route("/tickets/{id}/merge", post(merge))
        .route("/rules", get(rules).post(put_rule))
        .route("/rules/{id}", put(replace_rule).delete(delete_rule))
        .route("/callouts", get(callouts).post(put_callout))
        .route("/callouts/{id}", put(replace_callout).delete(delete_callout))
        .route("/callout-to", post(callout_to))
        .route("/faults", get(faults).patch(set_faults).put(set_faults).delete(heal))
        .route("/habits", get(habits).patch(set_habits).put(set_habits))
        .route("/deliveries", get(deliveries))
        .route("/webhooks", get(webhooks))
        .route("/webhooks/deactivate", post(deactivate))
        .route("/webhook-deliveries", get(webhook_deliveries))
        .route("/requests", get(requests))
        .route("/picklists/{field}", put(rename))
        .route("/clock", post(advance))
}

async fn state(State(site): State<Site>) -> Json<Value> {
    Json(site.shared.with(|world| {
        let now = world.clock.now();
        let used = world.gate.used(&world.faults, now);
        json!({
            "now": now,
            "callsUsed": used,
            "faults": world.faults,
            "tickets": world.tables.all(Entity::Tickets).collect::<Vec<_>>(),
            "notes": world.tables.all(Entity::TicketNotes).collect::<Vec<_>>(),
            "rules": world.rules,
            "callouts": world.callouts,
            "deliveries": world.deliveries,
            "webhooks": world.webhooks_shown(),
            "webhookDeliveries": world.events.deliveries,
        })
    }))
}

async fn tickets(State(site): State<Site>) -> Json<Value> {
    Json(site.shared.with(|world| json!(world.tables.all(Entity::Tickets).collect::<Vec<_>>())))
}

/// Body: the fields of a ticket, and `as`.
async fn create(State(site): State<Site>, Json(body): Json<Row>) -> Answer {
    act(&site, &body, |world, actor| {
        let id = world.create_ticket(actor, &body)?;
        Ok(json!(world.tables.get(Entity::Tickets, id)))
    })
}

/// Body: `{"ids":[..], "fields":{..}, "as":..}`
async fn bulk(State(site): State<Site>, Json(body): Json<Row>) -> Answer {
    let ids: Vec<i64> =
        body.get("ids").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_i64).collect();
    act(&site, &body, |world, actor| world.bulk_edit(actor, &ids, &fields(&body)).map(|()| json!({ "ids": ids })))
}

/// Body: `{"fields":{..}, "series":"T20260101.0001", "count":2, "as":..}`; without a series a new one begins.
async fn recurring(State(site): State<Site>, Json(body): Json<Row>) -> Answer {
    let count = int(&body, "count").and_then(|count| u32::try_from(count).ok()).unwrap_or(1);
    act(&site, &body, |world, actor| {
        let (series, ids) = world.recur(actor, &fields(&body), text(&body, "series"), count)?;
        Ok(json!({"series": series, "ids": ids}))
    })
}

async fn ticket(State(site): State<Site>, Path(id): Path<i64>) -> Answer {
    let found = site.shared.with(|world| world.tables.get(Entity::Tickets, id).cloned());
    found.map(|row| Json(Value::Object(row))).ok_or_else(|| Refusal(vec![format!("ticket {id} does not exist")]))
}

/// Body: the fields to change, and `as`.
async fn edit(State(site): State<Site>, Path(id): Path<i64>, Json(body): Json<Row>) -> Answer {
    act(&site, &body, |world, actor| {
        world.edit_ticket(actor, id, &body, Edit::Patch)?;
        Ok(json!(world.tables.get(Entity::Tickets, id)))
    })
}

async fn delete(State(site): State<Site>, Path(id): Path<i64>) -> Answer {
    act(&site, &Row::new(), |world, actor| world.delete_ticket(actor, id).map(|()| json!({ "id": id })))
}

async fn notes(State(site): State<Site>, Path(id): Path<i64>) -> Json<Value> {
    Json(site.shared.with(|world| {
        let notes = world.tables.all(Entity::TicketNotes).filter(|row| int(row, "ticketID") == Some(id));
        json!(notes.collect::<Vec<_>>())
    }))
}

/// Body: `{"title":.., "description":.., "internal":true, "as":..}`
async fn note(State(site): State<Site>, Path(id): Path<i64>, Json(body): Json<Row>) -> Answer {
    let said = |key: &str| text(&body, key).unwrap_or_default();
    let internal = body.get("internal").and_then(Value::as_bool).unwrap_or(true);
    act(&site, &body, |world, actor| {
        let note = world.write_note(actor, id, said("title"), said("description"), internal)?;
        Ok(json!({ "id": note }))
    })
}

/// Body: `{"into":10002, "as":..}`
async fn merge(State(site): State<Site>, Path(id): Path<i64>, Json(body): Json<Row>) -> Answer {
    let into = int(&body, "into").ok_or_else(|| Refusal(vec!["into is the id of the other ticket".to_owned()]))?;
    act(&site, &body, |world, actor| world.merge_tickets(actor, id, into).map(|()| json!({"id": id, "into": into})))
}

async fn rules(State(site): State<Site>) -> Json<Value> {
    Json(site.shared.with(|world| json!(world.rules)))
}

async fn put_rule(State(site): State<Site>, Json(body): Json<Value>) -> Answer {
    let rule = read(body)?;
    Ok(Json(site.shared.with(|world| json!({"id": world.put_rule(rule)}))))
}

async fn replace_rule(State(site): State<Site>, Path(id): Path<i64>, Json(mut body): Json<Value>) -> Answer {
    body["id"] = id.into();
    put_rule(State(site), Json(body)).await
}

async fn delete_rule(State(site): State<Site>, Path(id): Path<i64>) -> StatusCode {
    site.shared.with(|world| world.rules.retain(|rule| rule.id != id));
    StatusCode::NO_CONTENT
}

async fn callouts(State(site): State<Site>) -> Json<Value> {
    Json(site.shared.with(|world| json!(world.callouts)))
}

async fn put_callout(State(site): State<Site>, Json(body): Json<Value>) -> Answer {
    let defaults = site.shared.with(|world| json!(world.new_callout()));
    let callout = read(overlaid(defaults, body))?;
    Ok(Json(site.shared.with(|world| json!({"id": world.put_callout(callout)}))))
}

async fn replace_callout(State(site): State<Site>, Path(id): Path<i64>, Json(mut body): Json<Value>) -> Answer {
    body["id"] = id.into();
    put_callout(State(site), Json(body)).await
}

async fn delete_callout(State(site): State<Site>, Path(id): Path<i64>) -> StatusCode {
    site.shared.with(|world| world.callouts.retain(|callout| callout.id != id));
    StatusCode::NO_CONTENT
}

/// Body: `{"url":..}`
async fn callout_to(State(site): State<Site>, Json(body): Json<Row>) -> Answer {
    let url = text(&body, "url").ok_or_else(|| Refusal(vec!["url is missing".to_owned()]))?;
    Ok(Json(site.shared.with(|world| json!({"id": world.callout_to(url)}))))
}

async fn faults(State(site): State<Site>) -> Json<Value> {
    Json(site.shared.with(|world| json!(world.faults)))
}

/// Body: the knobs to turn; the others stay.
async fn set_faults(State(site): State<Site>, Json(body): Json<Value>) -> Answer {
    let now = site.shared.with(|world| json!(world.faults));
    let faults = read(overlaid(now, body))?;
    site.shared.with(|world| world.faults = faults);
    Ok(self::faults(State(site)).await)
}

async fn heal(State(site): State<Site>) -> Json<Value> {
    site.shared.with(|world| {
        world.faults = super::faults::Faults::default();
        world.gate.reset();
    });
    faults(State(site)).await
}

async fn habits(State(site): State<Site>) -> Json<Value> {
    Json(site.shared.with(|world| json!(world.config.habits)))
}

/// Body: the habits to change; the others stay.
async fn set_habits(State(site): State<Site>, Json(body): Json<Value>) -> Answer {
    let now = site.shared.with(|world| json!(world.config.habits));
    let habits = read(overlaid(now, body))?;
    site.shared.with(|world| world.config.habits = habits);
    Ok(self::habits(State(site)).await)
}

async fn deliveries(State(site): State<Site>) -> Json<Value> {
    Json(site.shared.with(|world| json!(world.deliveries)))
}

/// The webhooks, without their secrets.
async fn webhooks(State(site): State<Site>) -> Json<Value> {
    Json(site.shared.with(|world| json!(world.webhooks_shown())))
}

async fn deactivate(State(site): State<Site>) -> Json<Value> {
    site.shared.with(World::deactivate_webhooks);
    webhooks(State(site)).await
}

async fn webhook_deliveries(State(site): State<Site>) -> Json<Value> {
    Json(site.shared.with(|world| json!(world.events.deliveries)))
}

async fn requests(State(site): State<Site>) -> Json<Value> {
    Json(site.shared.with(|world| json!(world.requests)))
}

/// Body: `{"value":5, "label":"Finished"}`
async fn rename(State(site): State<Site>, Path(field): Path<String>, Json(body): Json<Row>) -> Answer {
    let (Some(value), Some(label)) = (int(&body, "value"), text(&body, "label")) else {
        return Err(Refusal(vec!["value and label are needed".to_owned()]));
    };
    if site.shared.with(|world| world.picklists.rename(&field, value, label)) {
        return Ok(Json(json!({"field": field, "value": value, "label": label})));
    }
    Err(Refusal(vec![format!("{field} is no picklist of tickets")]))
}

/// Body: `{"seconds":3600}`
async fn advance(State(site): State<Site>, Json(body): Json<Row>) -> Json<Value> {
    let by = SignedDuration::from_secs(int(&body, "seconds").unwrap_or(0));
    Json(site.shared.with(|world| {
        world.clock.advance(by);
        json!({ "now": world.clock.now() })
    }))
}

/// Acts as the person in `as` (else as the first technician).
fn act(site: &Site, body: &Row, act: impl FnOnce(&mut World, Actor) -> Result<Value, Vec<String>>) -> Answer {
    let actor = match text(body, "as") {
        Some(raw) => raw.parse().map_err(|error| Refusal(vec![error]))?,
        None => Actor::resource(seed::ANNA),
    };
    site.shared.with(|world| act(world, actor)).map(Json).map_err(Refusal)
}

fn fields(body: &Row) -> Row {
    body.get("fields").and_then(Value::as_object).cloned().unwrap_or_default()
}

fn read<T: DeserializeOwned>(body: Value) -> Result<T, Refusal> {
    serde_json::from_value(body).map_err(|error| Refusal(vec![error.to_string()]))
}

fn overlaid(mut base: Value, over: Value) -> Value {
    if let (Value::Object(base), Value::Object(over)) = (&mut base, over) {
        base.extend(over);
    }
    base
}
