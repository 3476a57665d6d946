//! What people see: snapshots of the central fragments, and that outside text stays text.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, dead_code)]

#[path = "../../examples/gallery/alert.rs"]
mod alert;
#[path = "../../examples/gallery/autotask_form.rs"]
mod autotask_form;
#[path = "../../examples/gallery/away.rs"]
mod away;
#[path = "../../examples/gallery/oncall_people.rs"]
mod oncall_people;
#[path = "../../examples/gallery/policies.rs"]
mod policies;
#[path = "../../examples/gallery/rota.rs"]
mod rota;
#[path = "../../examples/gallery/sample.rs"]
mod sample;
#[path = "../../examples/gallery/settings.rs"]
mod settings;
#[path = "../../examples/gallery/sources.rs"]
mod sources;
#[path = "../../examples/gallery/user.rs"]
mod user;

mod escaping;
mod forms;
mod policy;
mod schedules;
mod snapshots;

/// Monday 23 November 2026, 14:05:00 UTC.
fn now() -> jiff::Timestamp {
    "2026-11-23T14:05:00Z".parse().unwrap()
}

/// One tag per line, so that a difference is readable.
fn lines(html: watchbell_ui::Markup) -> String {
    let hashed = html.into_string().replace("><", ">\n<");
    let mut out = String::new();
    for line in hashed.lines() {
        let line = match line.split_once("/assets/icons.") {
            Some((before, after)) => {
                format!("{before}icons.svg{}", after.split_once(".svg").map_or("", |(_, rest)| rest))
            }
            None => line.to_owned(),
        };
        out.push_str(&line);
        out.push('\n');
    }
    out
}
