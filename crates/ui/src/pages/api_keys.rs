//! API keys: made here, shown once, revoked here.

use crate::components::field::{Choice, Field, form_error};
use crate::components::{Paging, button, copy_field, empty, head, icon, pager, panel};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::person::Person;
use crate::routes;
use crate::shell::{Section, Shell};
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::ids::ApiKeyId;

/// One key, without its secret.
#[derive(Debug, Clone)]
pub struct ApiKeyRow {
    /// Which.
    pub id: ApiKeyId,
    /// Its name.
    pub name: String,
    /// Whose rights it has.
    pub owner: Person,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// The keys. Fields of the form: `name`, `user` (id; administrators only).
#[derive(Debug, Clone)]
pub struct ApiKeysView {
    /// The keys.
    pub rows: Vec<ApiKeyRow>,
    /// Where the list stands.
    pub paging: Paging,
    /// The key that was just made: shown this once.
    pub made: Option<String>,
    /// Users it can be made for; empty: only for oneself.
    pub users: Vec<Choice>,
    /// Values and errors.
    pub form: Form,
}

/// The page.
pub fn api_keys(shell: &Shell, view: &ApiKeysView) -> Markup {
    layout::page(
        shell,
        Section::ApiKeys,
        "API keys",
        Main::default(),
        html! {
            (head("API keys", html! {}))
            (form_error(&view.form))
            @if let Some(key) = &view.made {
                div.panel.good { div.inside { (copy_field("made-key", "The new key. It is shown this once: copy it now.", key)) } }
            }
            (panel("new-key", "New key", html! {}, html! {
                form.inside method="post" action=(routes::API_KEYS) {
                    (layout::csrf(shell))
                    div.fields {
                        (Field::new(&view.form, "name", "Name").required().example("Grafana").help("What uses it.").input())
                        @if !view.users.is_empty() { (Field::new(&view.form, "user", "With the rights of").select(&view.users)) }
                    }
                    div.actions { (button::submit("Make a key")) }
                }
            }))
            section.panel aria-label="Keys" {
                @if view.rows.is_empty() { (empty("key-round", "No key yet", "A key lets a program use the API with the rights of its owner: Authorization: Bearer and the key.", None)) }
                @else { ul.list { @for row in &view.rows { (key_row(shell, row)) } } }
                (pager(&view.paging))
            }
        },
    )
}

fn key_row(shell: &Shell, row: &ApiKeyRow) -> Markup {
    html! {
        li {
            (icon("key-round"))
            div.main {
                b { (row.name) }
                div.sub {
                    span { (row.owner.inline()) }
                    span { "made " (shell.when.at(row.created_at)) }
                    span { @match row.last_used_at { Some(at) => { "last used " (shell.when.at(at)) }, None => "never used" } }
                }
            }
            form method="post" action=(routes::api_key_delete(row.id)) {
                (layout::csrf(shell))
                button.button.quiet type="submit" aria-label={ "Revoke " (row.name) } { (icon("trash-2")) "Revoke" }
            }
        }
    }
}
