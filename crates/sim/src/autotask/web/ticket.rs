//! One ticket: its fields, notes, history and callouts, and what can be done to it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::super::entity::Entity;
use super::super::rest::Site;
use super::super::row::{Row, int, text, udf};
use super::super::world::World;
use super::layout::{actor_choice, assignee_choice, check_box, name_of, page, pick_choice, text_input};
use super::log;

/// `GET /ui/tickets/{id}`
pub async fn show(State(site): State<Site>, Path(id): Path<i64>) -> Response {
    site.shared.with(|world| match world.tables.get(Entity::Tickets, id) {
        Some(row) => {
            let title =
                format!("{} {}", text(row, "ticketNumber").unwrap_or_default(), text(row, "title").unwrap_or_default());
            page(
                &title,
                &html! { (edit(world, id, row)) (actions(world, id)) (notes(world, id)) (traces(world, id, row)) },
            )
            .into_response()
        }
        None => (StatusCode::NOT_FOUND, page("No such ticket", &html! { p { "It may have been deleted." } }))
            .into_response(),
    })
}

fn edit(world: &World, id: i64, row: &Row) -> Markup {
    let assignee = int(row, "assignedResourceID").zip(int(row, "assignedResourceRoleID"));
    html! {
        p { (name_of(world, Entity::Companies, int(row, "companyID"))) " " (name_of(world, Entity::Contacts, int(row, "contactID"))) }
        pre { (text(row, "description").unwrap_or_default()) }
        h2 { "Edit" }
        form.fields method="post" action={ "/ui/tickets/" (id) } {
            (actor_choice(world))
            (pick_choice(world, "Status", "status", int(row, "status")))
            (pick_choice(world, "Priority", "priority", int(row, "priority")))
            (pick_choice(world, "Queue", "queueID", int(row, "queueID")))
            (assignee_choice(world, assignee))
            @for field in &world.udfs {
                (text_input(&field.name, &format!("udf:{}", field.name), udf(row, &field.name).unwrap_or_default()))
            }
            div.wide { (text_input("Title", "title", text(row, "title").unwrap_or_default())) }
            button { "Save" }
        }
    }
}

fn actions(world: &World, id: i64) -> Markup {
    html! {
        h2 { "Note" }
        form.fields method="post" action={ "/ui/tickets/" (id) "/note" } {
            (actor_choice(world))
            (text_input("Title", "title", ""))
            (check_box("Internal (contacts' notes never are)", "internal", true))
            label.wide { span { "Text" } textarea name="description" rows="2" {} }
            button { "Add note" }
        }
        h2 { "Merge or delete" }
        form.fields method="post" action={ "/ui/tickets/" (id) "/merge" } {
            (actor_choice(world))
            label { span { "Merge this ticket into" } select name="into" {
                @for other in world.tables.all(Entity::Tickets).rev().filter(|other| int(other, "id") != Some(id)) {
                    option value=(int(other, "id").unwrap_or_default()) {
                        (text(other, "ticketNumber").unwrap_or_default()) " " (text(other, "title").unwrap_or_default())
                    }
                }
            } }
            button { "Merge" }
        }
        form.fields method="post" action={ "/ui/tickets/" (id) "/delete" } { (actor_choice(world)) button { "Delete" } }
    }
}

fn notes(world: &World, id: i64) -> Markup {
    html! {
        h2 { "Notes" }
        @for row in world.tables.all(Entity::TicketNotes).filter(|row| int(row, "ticketID") == Some(id)) {
            p {
                b { (text(row, "title").unwrap_or_default()) } " "
                (name_of(world, Entity::Resources, int(row, "creatorResourceID")))
                (name_of(world, Entity::Contacts, int(row, "createdByContactID")))
                ", " (text(row, "createDateTime").unwrap_or_default())
                ", " (world.picklists.label(Entity::TicketNotes, "publish", int(row, "publish").unwrap_or_default()))
            }
            pre { (text(row, "description").unwrap_or_default()) }
        }
    }
}

fn traces(world: &World, id: i64, row: &Row) -> Markup {
    html! {
        h2 { "Callouts" }
        (log::table(world.deliveries.iter().rev().filter(|delivery| delivery.ticket_id == id)))
        h2 { "History" }
        ul {
            @for entry in world.tables.all(Entity::TicketHistory).filter(|entry| int(entry, "ticketID") == Some(id)) {
                li {
                    (text(entry, "date").unwrap_or_default()) " "
                    (name_of(world, Entity::Resources, int(entry, "resourceID"))) ": " (text(entry, "detail").unwrap_or_default())
                }
            }
        }
        details { summary { "All fields" } pre { (serde_json::to_string_pretty(row).unwrap_or_default()) } }
    }
}
