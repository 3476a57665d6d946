//! The frame of every page, and what they share.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use super::super::entity::Entity;
use super::super::person::ROBOT;
use super::super::row::{Row, int, text};
use super::super::world::World;

const STYLE: &str = "
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 72rem; padding: 0 1rem 3rem; }
header { display: flex; flex-wrap: wrap; gap: 1rem; align-items: baseline; border-bottom: 1px solid #8886; padding: .8rem 0; }
header b { margin-right: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #8883; }
form.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .6rem 1rem; align-items: end; }
label { display: block; } label > span { display: block; font-size: .85em; opacity: .75; }
input:not([type=checkbox]), select, textarea { width: 100%; box-sizing: border-box; font: inherit; padding: .25rem; }
button { font: inherit; padding: .3rem .9rem; }
.wide { grid-column: 1 / -1; } .scroll { overflow-x: auto; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; font-size: .85em; }
details { margin: .8rem 0; } summary { cursor: pointer; }
";

/// A page.
pub fn page(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " - Autotask stand-in" }
                style { (maud::PreEscaped(STYLE)) }
            }
            body {
                header {
                    b { "Autotask stand-in" }
                    a href="/" { "Tickets" }
                    a href="/ui/callouts" { "Callouts sent" }
                    a href="/ui/webhooks" { "Webhooks" }
                    a href="/ui/rules" { "Rules and callouts" }
                    a href="/ui/faults" { "Faults, clock, labels" }
                }
                main { h1 { (title) } (content) }
            }
        }
    }
}

/// Back to a page, or the texts of the refusal.
pub fn done(result: Result<(), Vec<String>>, back: &str) -> Response {
    match result {
        Ok(()) => Redirect::to(back).into_response(),
        Err(errors) => {
            let content = html! {
                ul { @for error in &errors { li { (error) } } }
                p { a href=(back) { "Back" } }
            };
            (StatusCode::BAD_REQUEST, page("Autotask refused", &content)).into_response()
        }
    }
}

/// The choice of who acts.
pub fn actor_choice(world: &World) -> Markup {
    html! {
        label { span { "Acting as" }
            select name="as" {
                optgroup label="Resources" {
                    @for row in technicians_first(world) {
                        option value={ "resource:" (int(row, "id").unwrap_or_default()) } { (person_name(row)) }
                    }
                }
                optgroup label="Contacts" {
                    @for row in world.tables.all(Entity::Contacts) {
                        option value={ "contact:" (int(row, "id").unwrap_or_default()) } { (person_name(row)) }
                    }
                }
            }
        }
    }
}

fn technicians_first(world: &World) -> Vec<&Row> {
    let mut resources: Vec<&Row> = world.tables.all(Entity::Resources).collect();
    let rank = |row: &Row| {
        let id = int(row, "id").unwrap_or_default();
        (id == ROBOT || world.is_api_user(id), id)
    };
    resources.sort_by_key(|row| rank(row));
    resources
}

/// The choice of a picklist's value; the empty choice leaves it as it is.
pub fn pick_choice(world: &World, label: &str, field: &str, chosen: Option<i64>) -> Markup {
    html! {
        label { span { (label) }
            select name=(field) {
                option value="" { "-" }
                @for pick in world.picklists.of(Entity::Tickets, field).unwrap_or_default() {
                    option value=(pick.value) selected[chosen == Some(pick.value)] { (pick.label) }
                }
            }
        }
    }
}

/// The choice of an assignee: resource and role together.
pub fn assignee_choice(world: &World, chosen: Option<(i64, i64)>) -> Markup {
    html! {
        label { span { "Assignee and role" }
            select name="assignee" {
                option value="" { "-" }
                option value="none" { "nobody" }
                @for row in world.tables.all(Entity::ResourceRoles) {
                    @let pair = (int(row, "resourceID").unwrap_or_default(), int(row, "roleID").unwrap_or_default());
                    option value={ (pair.0) "/" (pair.1) } selected[chosen == Some(pair)] {
                        (name_of(world, Entity::Resources, Some(pair.0))) ", " (name_of(world, Entity::Roles, Some(pair.1)))
                    }
                }
            }
        }
    }
}

/// A line of text.
pub fn text_input(label: &str, name: &str, value: &str) -> Markup {
    html! { label { span { (label) } input name=(name) value=(value); } }
}

/// A yes or no; unchecked boxes are not sent.
pub fn check_box(label: &str, name: &str, checked: bool) -> Markup {
    html! { label { input type="checkbox" name=(name) value="true" checked[checked]; " " (label) } }
}

/// The name of a setting in words: `slowAtHalfMs` is "slow at half ms".
pub fn words(name: &str) -> String {
    let spaced = |c: char| if c.is_ascii_uppercase() { vec![' ', c.to_ascii_lowercase()] } else { vec![c] };
    name.chars().flat_map(spaced).collect()
}

/// A time to the second.
pub fn clock_time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// First and last name.
pub fn person_name(row: &Row) -> String {
    format!("{} {}", text(row, "firstName").unwrap_or_default(), text(row, "lastName").unwrap_or_default())
}

/// What a person calls a row; empty when there is none.
pub fn name_of(world: &World, entity: Entity, id: Option<i64>) -> String {
    let Some(row) = id.and_then(|id| world.tables.get(entity, id)) else { return String::new() };
    match entity {
        Entity::Resources | Entity::Contacts => person_name(row),
        Entity::Companies => text(row, "companyName").unwrap_or_default().to_owned(),
        _ => text(row, "name").unwrap_or_default().to_owned(),
    }
}
