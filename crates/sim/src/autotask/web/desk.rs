//! What the forms of tickets do.

use axum::extract::{Form, Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::super::rest::Site;
use super::super::row::{Row, set};
use super::super::ticket::Edit;
use super::forms::Fields;
use super::layout::done;

type Pairs = Form<Vec<(String, String)>>;

const NEW_FIELDS: &[&str] = &[
    "companyID",
    "contactID",
    "ticketCategory",
    "status",
    "priority",
    "queueID",
    "ticketType",
    "issueType",
    "subIssueType",
    "source",
    "dueDateTime",
    "title",
    "description",
];

/// New tickets, or instances of a series.
pub async fn create(State(site): State<Site>, Form(pairs): Pairs) -> Response {
    let form = Fields(pairs);
    let created = form.actor().and_then(|actor| {
        let fields = form.ticket(NEW_FIELDS);
        let series = Some(form.get("series")).filter(|series| !series.is_empty());
        let count = u32::try_from(form.number("count")).unwrap_or(0);
        site.shared.with(|world| match (count, series) {
            (0, None) => world.create_ticket(actor, &fields).map(drop),
            (count, series) => world.recur(actor, &fields, series, count.max(1)).map(drop),
        })
    });
    done(created, "/")
}

/// Changes a ticket.
pub async fn edit(State(site): State<Site>, Path(id): Path<i64>, Form(pairs): Pairs) -> Response {
    let form = Fields(pairs);
    let edited = form.actor().and_then(|actor| {
        let mut fields = form.ticket(&["status", "priority", "queueID", "title"]);
        set(&mut fields, "userDefinedFields", udfs(&form));
        site.shared.with(|world| world.edit_ticket(actor, id, &fields, Edit::Patch))
    });
    done(edited, &format!("/ui/tickets/{id}"))
}

fn udfs(form: &Fields) -> Value {
    let pairs = form.0.iter().filter_map(|(key, value)| Some((key.strip_prefix("udf:")?, value.trim())));
    pairs.map(|(name, value)| json!({"name": name, "value": value})).collect()
}

/// Changes the checked tickets.
pub async fn bulk(State(site): State<Site>, Form(pairs): Pairs) -> Response {
    let form = Fields(pairs);
    let edited = form.actor().and_then(|actor| {
        let fields: Row = form.ticket(&["status", "priority", "queueID"]);
        site.shared.with(|world| world.bulk_edit(actor, &form.numbers("id"), &fields))
    });
    done(edited, "/")
}

/// Adds a note.
pub async fn note(State(site): State<Site>, Path(id): Path<i64>, Form(pairs): Pairs) -> Response {
    let form = Fields(pairs);
    let (title, text, internal) = (form.get("title"), form.get("description"), form.is_checked("internal"));
    let noted =
        form.actor().and_then(|actor| site.shared.with(|world| world.write_note(actor, id, title, text, internal)));
    done(noted.map(drop), &format!("/ui/tickets/{id}"))
}

/// Merges a ticket into another.
pub async fn merge(State(site): State<Site>, Path(id): Path<i64>, Form(pairs): Pairs) -> Response {
    let form = Fields(pairs);
    let into = form.number("into");
    let merged = form.actor().and_then(|actor| site.shared.with(|world| world.merge_tickets(actor, id, into)));
    done(merged, &format!("/ui/tickets/{into}"))
}

/// Deletes a ticket.
pub async fn delete(State(site): State<Site>, Path(id): Path<i64>, Form(pairs): Pairs) -> Response {
    let form = Fields(pairs);
    let deleted = form.actor().and_then(|actor| site.shared.with(|world| world.delete_ticket(actor, id)));
    done(deleted, "/")
}
