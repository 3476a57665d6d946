//! Workflow rules and extension callouts, shown and edited.

use axum::extract::{Form, State};
use axum::response::Response;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::super::callout::Callout;
use super::super::rest::Site;
use super::super::row::Row;
use super::super::rule::{Condition, Event, On, Rule};
use super::super::world::World;
use super::forms::Fields;
use super::layout::{check_box, done, page, text_input, words};

const EVENTS: [(&str, Event); 3] =
    [("created", Event::Created), ("edited", Event::Edited), ("noteAdded", Event::NoteAdded)];

/// `GET /ui/rules`
pub async fn show(State(site): State<Site>) -> Markup {
    site.shared.with(|world| {
        let new_rule = Rule {
            id: 0,
            name: String::new(),
            active: true,
            on: Vec::new(),
            conditions: Vec::new(),
            updates: Row::new(),
            callouts: world.callouts.iter().map(|callout| callout.id).collect(),
            delay_ms: 0,
        };
        let content = html! {
            h2 { "Workflow rules" }
            @for rule in &world.rules { (rule_form(world, rule)) }
            (rule_form(world, &new_rule))
            h2 { "Extension callouts (tickets)" }
            @for callout in &world.callouts { (callout_form(callout)) }
            (callout_form(&Callout { name: String::new(), ..world.new_callout() }))
        };
        page("Rules and callouts", &content)
    })
}

fn rule_form(world: &World, rule: &Rule) -> Markup {
    let updates: Vec<String> = rule.updates.iter().map(|(field, value)| format!("{field}={}", plain(value))).collect();
    let conditions: Vec<String> = rule.conditions.iter().map(condition_line).collect();
    html! {
        details {
            summary { @if rule.id == 0 { "New rule" } @else { (rule.name) @if !rule.active { " (inactive)" } } }
            form.fields method="post" action="/ui/rules/rule" {
                input type="hidden" name="id" value=(rule.id);
                (text_input("Name", "name", &rule.name))
                (check_box("Active", "active", rule.active))
                @for (name, event) in EVENTS { (by_choice(name, rule.on.iter().find(|on| on.event == event))) }
                (text_input("Delay in ms", "delayMs", &rule.delay_ms.to_string()))
                label.wide { span { "Conditions, one a line: [udf:]field operator value; also changed, changedTo, changedFrom" }
                    textarea name="conditions" rows="2" { (conditions.join("\n")) } }
                label.wide { span { "Updates, one a line: field=value" } textarea name="updates" rows="2" { (updates.join("\n")) } }
                @for callout in &world.callouts {
                    label {
                        input type="checkbox" name="callout" value=(callout.id) checked[rule.callouts.contains(&callout.id)];
                        " Execute " (callout.name)
                    }
                }
                button { "Save" }
            }
        }
    }
}

fn by_choice(name: &str, chosen: Option<&On>) -> Markup {
    let chosen = chosen.map(|on| plain(&json!(on.by)));
    html! {
        label { span { (words(name)) " by" } select name=(name) {
            option value="" { "-" }
            @for by in ["anyone", "technician", "apiUser", "contact"] {
                option value=(by) selected[chosen.as_deref() == Some(by)] { (by) }
            }
        } }
    }
}

/// A form made from the callout's own fields.
fn callout_form(callout: &Callout) -> Markup {
    let fields = json!(callout);
    html! {
        details {
            summary { @if callout.id == 0 { "New callout" } @else { (callout.name) " " (callout.url) @if !callout.active { " (inactive)" } } }
            form.fields method="post" action="/ui/rules/callout" {
                input type="hidden" name="id" value=(callout.id);
                @for (name, value) in fields.as_object().into_iter().flatten().filter(|(name, _)| *name != "id") {
                    @match (value, choices(name)) {
                        (Value::Bool(checked), _) => { (check_box(&words(name), name, *checked)) }
                        (value, Some(choices)) => {
                            label { span { (words(name)) } select name=(name) {
                                @for choice in choices { option selected[value == choice] { (choice) } }
                            } }
                        }
                        (value, None) => { (text_input(&words(name), name, &plain(value))) }
                    }
                }
                button { "Save" }
            }
        }
    }
}

fn choices(name: &str) -> Option<&'static [&'static str]> {
    match name {
        "method" => Some(&["POST", "GET"]),
        "format" => Some(&["nameValue", "xml", "json"]),
        "identity" => Some(&["both", "numberOnly", "numberAsId"]),
        "resend" => Some(&["timeOut", "anyFailure"]),
        _ => None,
    }
}

/// `POST /ui/rules/rule`
pub async fn save_rule(State(site): State<Site>, Form(pairs): Form<Vec<(String, String)>>) -> Response {
    let form = Fields(pairs);
    let saved = read_rule(&form).map(|rule| {
        site.shared.with(|world| world.put_rule(rule));
    });
    done(saved, "/ui/rules")
}

fn read_rule(form: &Fields) -> Result<Rule, Vec<String>> {
    let mut on = Vec::new();
    for (name, event) in EVENTS.iter().filter(|(name, _)| form.is_checked(name)) {
        let by = serde_json::from_value(json!(form.get(name))).map_err(|error| vec![error.to_string()])?;
        on.push(On { event: *event, by });
    }
    let conditions = form.get("conditions").lines().filter(|line| !line.trim().is_empty()).map(read_condition);
    let update = |line: &str| {
        let (field, value) = line.split_once('=').ok_or_else(|| vec![format!("{line:?} is not field=value")])?;
        Ok((field.trim().to_owned(), parsed(value.trim())))
    };
    let updates = form.get("updates").lines().filter(|line| !line.trim().is_empty()).map(update);
    Ok(Rule {
        id: form.number("id"),
        name: form.get("name").to_owned(),
        active: form.is_checked("active"),
        on,
        conditions: conditions.collect::<Result<_, _>>()?,
        updates: updates.collect::<Result<_, Vec<String>>>()?,
        callouts: form.numbers("callout"),
        delay_ms: u64::try_from(form.number("delayMs")).unwrap_or(0),
    })
}

/// `[udf:]field operator value`; a user-defined field's spaces are written as underscores.
fn read_condition(line: &str) -> Result<Condition, Vec<String>> {
    let mut words = line.trim().splitn(3, ' ');
    let (Some(field), Some(op)) = (words.next(), words.next()) else {
        return Err(vec![format!("{line:?} is not: field operator value")]);
    };
    let value = words.next().map_or(Value::Null, parsed);
    let udf = field.strip_prefix("udf:");
    let name = udf.map_or_else(|| field.to_owned(), |name| name.replace('_', " "));
    Ok(Condition { field: name, op: op.to_owned(), value, udf: udf.is_some() })
}

fn condition_line(condition: &Condition) -> String {
    let field =
        if condition.udf { format!("udf:{}", condition.field.replace(' ', "_")) } else { condition.field.clone() };
    let value = if condition.value.is_null() { String::new() } else { plain(&condition.value) };
    format!("{field} {} {value}", condition.op).trim_end().to_owned()
}

/// `POST /ui/rules/callout`
pub async fn save_callout(State(site): State<Site>, Form(pairs): Form<Vec<(String, String)>>) -> Response {
    let form = Fields(pairs);
    let mut fields = json!(Callout::default());
    for (name, value) in fields.as_object_mut().into_iter().flatten() {
        *value = match value {
            Value::Bool(_) => json!(form.is_checked(name)),
            Value::Number(_) => json!(form.number(name)),
            _ => json!(form.get(name)),
        };
    }
    let read = serde_json::from_value::<Callout>(fields).map_err(|error| vec![error.to_string()]);
    let saved = read.map(|callout| {
        site.shared.with(|world| world.put_callout(callout));
    });
    done(saved, "/ui/rules")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Numbers, lists and null as JSON; anything else as text.
fn parsed(raw: &str) -> Value {
    serde_json::from_str(raw).unwrap_or_else(|_| Value::from(raw))
}
