//! Faults, the clock, and the labels of picklists.

use axum::extract::{Form, State};
use axum::response::Response;
use jiff::SignedDuration;
use maud::{Markup, html};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::super::config::Habits;
use super::super::faults::Faults;
use super::super::rest::Site;
use super::super::world::World;
use super::forms::Fields;
use super::layout::{check_box, clock_time, done, page, text_input, words};

type Pairs = Form<Vec<(String, String)>>;

const PICKLISTS: [&str; 7] = ["status", "priority", "queueID", "issueType", "subIssueType", "source", "ticketType"];

/// `GET /ui/faults`
pub async fn show(State(site): State<Site>) -> Markup {
    site.shared.with(|world| {
        let now = world.clock.now();
        let used = world.gate.used(&world.faults, now);
        let faults = json!(world.faults);
        let content = html! {
            p { "Calls used in the window: " (used) ". The time is " (clock_time(now)) "." }
            form.fields method="post" action="/ui/faults" { (knobs(&faults)) button { "Set" } }
            form method="post" action="/ui/heal" { p { button { "All well again" } } }
            form method="post" action="/ui/webhooks/deactivate" { p { button { "Deactivate all webhooks now" } } }
            h2 { "Habits of the tenant" }
            form.fields method="post" action="/ui/habits" { (knobs(&json!(world.config.habits))) button { "Set" } }
            h2 { "Clock" }
            form.fields method="post" action="/ui/clock" { (text_input("Move forward by seconds", "seconds", "3600")) button { "Move" } }
            h2 { "Labels" }
            form.fields method="post" action="/ui/label" {
                label { span { "Picklist" } select name="field" { @for field in PICKLISTS { option { (field) } } } }
                (text_input("Value", "value", "5"))
                (text_input("Label", "label", ""))
                button { "Rename or add" }
            }
        };
        page("Faults, clock, labels", &content)
    })
}

/// A field for each knob, by its type.
fn knobs(faults: &Value) -> Markup {
    html! {
        @for (name, value) in faults.as_object().into_iter().flatten() {
            @match value {
                Value::Bool(on) => { (check_box(&words(name), name, *on)) }
                Value::String(text) => { (text_input(&words(name), name, text)) }
                Value::Null => { (text_input(&words(name), name, "")) }
                other => { (text_input(&words(name), name, &other.to_string())) }
            }
        }
    }
}

/// `POST /ui/faults`
pub async fn save(State(site): State<Site>, Form(pairs): Pairs) -> Response {
    let faults = read_knobs(json!(Faults::default()), &Fields(pairs));
    done(faults.map(|faults| site.shared.with(|world| world.faults = faults)), "/ui/faults")
}

/// `POST /ui/habits`
pub async fn save_habits(State(site): State<Site>, Form(pairs): Pairs) -> Response {
    let habits = read_knobs(json!(Habits::default()), &Fields(pairs));
    done(habits.map(|habits| site.shared.with(|world| world.config.habits = habits)), "/ui/faults")
}

/// Reads a form of knobs; the defaults say which there are, and of which type.
fn read_knobs<T: DeserializeOwned>(defaults: Value, form: &Fields) -> Result<T, Vec<String>> {
    let mut knobs = defaults;
    for (name, value) in knobs.as_object_mut().into_iter().flatten() {
        *value = match value {
            Value::Bool(_) => json!(form.is_checked(name)),
            Value::Number(_) => json!(form.number(name)),
            Value::Null => form.get(name).parse::<u32>().map_or(Value::Null, Value::from),
            _ => json!(form.get(name)),
        };
    }
    serde_json::from_value(knobs).map_err(|error| vec![error.to_string()])
}

/// `POST /ui/heal`
pub async fn heal(State(site): State<Site>) -> Response {
    site.shared.with(|world| {
        world.faults = Faults::default();
        world.gate.reset();
    });
    done(Ok(()), "/ui/faults")
}

/// `POST /ui/webhooks/deactivate`
pub async fn deactivate_webhooks(State(site): State<Site>) -> Response {
    site.shared.with(World::deactivate_webhooks);
    done(Ok(()), "/ui/webhooks")
}

/// `POST /ui/clock`
pub async fn advance(State(site): State<Site>, Form(pairs): Pairs) -> Response {
    let by = SignedDuration::from_secs(Fields(pairs).number("seconds"));
    site.shared.with(|world| world.clock.advance(by));
    done(Ok(()), "/ui/faults")
}

/// `POST /ui/label`
pub async fn rename(State(site): State<Site>, Form(pairs): Pairs) -> Response {
    let form = Fields(pairs);
    let renamed =
        site.shared.with(|world| world.picklists.rename(form.get("field"), form.number("value"), form.get("label")));
    done(if renamed { Ok(()) } else { Err(vec!["There is no such picklist.".to_owned()]) }, "/ui/faults")
}
