//! The list of tickets, with new ones, bulk edit and recurring instances.

use axum::extract::State;
use maud::{Markup, html};

use super::super::entity::Entity;
use super::super::rest::Site;
use super::super::row::{Row, int, text};
use super::super::world::World;
use super::layout::{actor_choice, assignee_choice, name_of, page, pick_choice, text_input};

/// Tickets shown at most, the newest first.
const SHOWN_MAX: usize = 200;

/// `GET /`
pub async fn show(State(site): State<Site>) -> Markup {
    site.shared.with(|world| page("Tickets", &html! { (new_ticket(world)) (list(world)) }))
}

fn new_ticket(world: &World) -> Markup {
    html! {
        details open[world.tables.all(Entity::Tickets).next().is_none()] {
            summary { "New ticket" }
            form.fields method="post" action="/ui/tickets" {
                (actor_choice(world))
                label { span { "Company" } select name="companyID" {
                    @for row in world.tables.all(Entity::Companies).rev() {
                        option value=(int(row, "id").unwrap_or_default()) { (text(row, "companyName").unwrap_or_default()) }
                    }
                } }
                label { span { "Contact" } select name="contactID" {
                    option value="" { "-" }
                    @for row in world.tables.all(Entity::Contacts) {
                        option value=(int(row, "id").unwrap_or_default()) { (name_of(world, Entity::Contacts, int(row, "id"))) }
                    }
                } }
                label { span { "Category" } select name="ticketCategory" {
                    option value="" { "-" }
                    @for row in world.tables.all(Entity::TicketCategories) {
                        option value=(int(row, "id").unwrap_or_default()) { (text(row, "name").unwrap_or_default()) }
                    }
                } }
                (pick_choice(world, "Status", "status", Some(1)))
                (pick_choice(world, "Priority", "priority", Some(2)))
                (pick_choice(world, "Queue", "queueID", Some(29_682_833)))
                (pick_choice(world, "Type", "ticketType", None))
                (pick_choice(world, "Issue", "issueType", None))
                (pick_choice(world, "Sub-issue", "subIssueType", None))
                (pick_choice(world, "Source", "source", None))
                (assignee_choice(world, None))
                (text_input("Due (2026-01-31T15:00)", "dueDateTime", ""))
                div.wide { (text_input("Title", "title", "")) }
                label.wide { span { "Description" } textarea name="description" rows="2" {} }
                (text_input("Recurring: series (empty: new)", "series", ""))
                (text_input("Recurring: instances (empty: none)", "count", ""))
                button { "Create" }
            }
        }
    }
}

fn list(world: &World) -> Markup {
    html! {
        form method="post" action="/ui/bulk" {
            div.scroll { table {
                thead { tr { th {} th { "Number" } th { "Title" } th { "Customer" } th { "Status" } th { "Priority" } th { "Queue" } th { "Assignee" } } }
                tbody {
                    @for row in world.tables.all(Entity::Tickets).rev().take(SHOWN_MAX) { (line(world, row)) }
                }
            } }
            details {
                summary { "Bulk edit the checked tickets" }
                div.fields {
                    (actor_choice(world))
                    (pick_choice(world, "Status", "status", None))
                    (pick_choice(world, "Priority", "priority", None))
                    (pick_choice(world, "Queue", "queueID", None))
                    (assignee_choice(world, None))
                    button { "Change all checked" }
                }
            }
        }
    }
}

fn line(world: &World, row: &Row) -> Markup {
    let id = int(row, "id").unwrap_or_default();
    let number = text(row, "ticketNumber").unwrap_or_default();
    let label = |field: &str| int(row, field).map(|value| world.picklists.label(Entity::Tickets, field, value));
    html! {
        tr {
            td { input type="checkbox" name="id" value=(id) aria-label={ "Check " (number) }; }
            td { a href={ "/ui/tickets/" (id) } { (number) } }
            td { (text(row, "title").unwrap_or_default()) }
            td { (name_of(world, Entity::Companies, int(row, "companyID"))) }
            td { (label("status").unwrap_or_default()) }
            td { (label("priority").unwrap_or_default()) }
            td { (label("queueID").unwrap_or_default()) }
            td { (name_of(world, Entity::Resources, int(row, "assignedResourceID"))) }
        }
    }
}
