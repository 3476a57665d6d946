//! The webhooks, and each event that they sent, with the answers it got.

use axum::extract::State;
use maud::{Markup, html};

use super::super::entity::Entity;
use super::super::rest::Site;
use super::super::row::{Row, int, text};
use super::super::webhook::{Child, Watched, WebhookDelivery};
use super::super::world::World;
use super::layout::{clock_time, name_of, page};
use super::log::{answers, fate, sent};

/// Events shown at most, the newest first.
const SHOWN_MAX: usize = 200;

/// `GET /ui/webhooks`
pub async fn show(State(site): State<Site>) -> Markup {
    site.shared.with(|world| {
        let content = html! {
            p { "They are made through the REST API. What is sent can be made to go wrong under \"Faults\"." }
            (hooks(world))
            h2 { "Events" }
            (log(world.events.deliveries.iter().rev().take(SHOWN_MAX)))
        };
        page("Webhooks", &content)
    })
}

fn hooks(world: &World) -> Markup {
    html! {
        div.scroll { table {
            thead { tr { th { "Webhook" } th { "Watches" } th { "Sends to" } th { "Fields" } th { "Silent about" } th { "State" } } }
            tbody {
                @for watched in Watched::ALL {
                    @for hook in world.tables.all(watched.hooks()) { (hook_line(world, watched, hook)) }
                }
            }
        } }
    }
}

fn hook_line(world: &World, watched: Watched, hook: &Row) -> Markup {
    let id = int(hook, "id").unwrap_or_default();
    let state = match (hook["isActive"] == true, hook["isReady"] == true) {
        (true, true) => "active",
        (true, false) => "active, but not ready: no field is subscribed",
        (false, _) => "inactive",
    };
    let events = [("Create", "new"), ("Update", "changed"), ("Delete", "deleted")];
    let told = events.into_iter().filter(|(event, _)| hook[format!("isSubscribedTo{event}Events").as_str()] == true);
    let told: Vec<&str> = told.map(|(_, word)| word).collect();
    html! {
        tr {
            td { (text(hook, "name").unwrap_or_default()) " (" (id) ")" }
            td { (watched.rows().path()) ": " (told.join(", ")) }
            td { pre { (text(hook, "webhookUrl").unwrap_or_default()) "\n" (text(hook, "deactivationUrl").unwrap_or_default()) } }
            td { (field_names(world, watched, id)) }
            td {
                @for row in world.webhook_children(watched, id, Child::ExcludedResources) {
                    (name_of(world, Entity::Resources, int(row, "resourceID"))) " "
                }
            }
            td { (state) }
        }
    }
}

/// The names of a webhook's fields; those that are only sent along are in brackets.
fn field_names(world: &World, watched: Watched, id: i64) -> String {
    let shown = |(name, is_subscribed): (String, bool)| if is_subscribed { name } else { format!("({name})") };
    world.webhook_field_names(watched, id).into_iter().map(shown).collect::<Vec<_>>().join(", ")
}

fn log<'a>(deliveries: impl Iterator<Item = &'a WebhookDelivery>) -> Markup {
    html! {
        div.scroll { table {
            thead { tr { th { "When" } th { "Webhook" } th { "Event" } th { "Sent" } th { "Answers" } th { "Fate" } } }
            tbody { @for delivery in deliveries { (log_line(delivery)) } }
        } }
    }
}

fn log_line(delivery: &WebhookDelivery) -> Markup {
    html! {
        tr {
            td { (clock_time(delivery.at)) }
            td { (delivery.webhook_name) " (" (delivery.webhook_id) "), " (delivery.watched.rows().path()) }
            td { (delivery.sequence_number) ". " (format!("{:?}", delivery.action)) " " @if let Some(id) = delivery.row_id { (id) } }
            td { (sent(&delivery.message)) }
            td { (answers(&delivery.attempts)) }
            td { (fate(delivery.fate)) }
        }
    }
}
