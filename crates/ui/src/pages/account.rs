//! One account: how it does, its credentials (never shown), and who uses it.

use super::accounts::AccountState;
use super::source_autotask::account_fields;
use crate::components::field::form_error;
use crate::components::panel::tone_class;
use crate::components::{button, icon, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell, Tone};
use jiff::Timestamp;
use maud::{Markup, html};

/// The account. Fields of the form: see [`account_fields`].
#[derive(Debug, Clone)]
pub struct AccountView {
    /// Which; `None` for a new one.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// How it does.
    pub state: AccountState,
    /// Since when.
    pub since: Option<Timestamp>,
    /// When it is tried again by itself.
    pub next_try_at: Option<Timestamp>,
    /// The address in use ("https://webservices14.autotask.net").
    pub address: String,
    /// Calls used of the tenant's limit in the last hour: used, limit.
    pub calls: Option<(i64, i64)>,
    /// When that was read.
    pub calls_at: Option<Timestamp>,
    /// Sources that use it: name and address.
    pub sources: Vec<(String, String)>,
    /// Values and errors.
    pub form: Form,
    /// Whether the viewer may change it.
    pub may_edit: bool,
}

/// The page.
pub fn account(shell: &Shell, view: &AccountView) -> Markup {
    let action = view.id.as_ref().map_or_else(|| routes::ACCOUNT_NEW.to_owned(), routes::account);
    let title = if view.id.is_some() { view.name.as_str() } else { "New Autotask account" };
    layout::page(
        shell,
        Section::Accounts,
        title,
        Main::default(),
        html! {
            (sub_head((routes::ACCOUNTS, "Accounts"), title, html! { @if view.id.is_some() { (view.state.badge()) } }))
            (form_error(&view.form))
            (trouble(shell, view))
            div.two {
                @if view.may_edit { (credentials(shell, view, &action)) }
                @if let Some(id) = &view.id { div.stack { (facts(shell, view)) @if view.may_edit { (removal(shell, view, id)) } } }
            }
        },
    )
}

fn trouble(shell: &Shell, view: &AccountView) -> Markup {
    let tone = if matches!(view.state, AccountState::Red(_)) { Tone::Red } else { Tone::Yellow };
    html! {
        @if let Some(reason) = view.state.reason() {
            div.banner.(tone_class(tone)) {
                (icon("triangle-alert"))
                div.stack.tight {
                    p { (reason) @if let Some(since) = view.since { ", since " (shell.when.at(since)) } "." }
                    @if let Some(at) = view.next_try_at { p { "Tried again " (when_next(shell, at)) "." } }
                    @if let (AccountState::Red(_), Some(id), true) = (&view.state, &view.id, view.may_edit) {
                        p { "Nothing is asked of Autotask until the credentials are edited, or you try again: repeated refusals lock the API user." }
                        (button::post(shell, &routes::account_do(id, "try-again"), "primary", "refresh-cw", "Try again"))
                    }
                }
            }
        }
    }
}

fn when_next(shell: &Shell, at: Timestamp) -> Markup {
    shell.when.until(at)
}

fn credentials(shell: &Shell, view: &AccountView, action: &str) -> Markup {
    panel(
        "credentials",
        "Credentials",
        html! {},
        html! {
            form.inside method="post" action=(action) {
                (layout::csrf(shell))
                (account_fields(&view.form, view.id.is_some()))
                div.actions {
                    (button::submit("Save and test"))
                    @if view.form.error_of("save_anyway").is_some() { (button::submit_as("save_anyway", "on", "Save it as it is")) }
                }
            }
        },
    )
}

fn facts(shell: &Shell, view: &AccountView) -> Markup {
    panel(
        "facts",
        "At a glance",
        html! {},
        html! {
            div.inside {
                dl.facts {
                    dt { "Address" } dd.mono { (view.address) }
                    @if let Some((used, limit)) = view.calls {
                        dt { "Calls in the last hour" }
                        dd.num { (used) " of " (limit) ", by all vendors together" @if let Some(at) = view.calls_at { ", read " (shell.when.at(at)) } }
                    }
                    @if let Some(id) = &view.id { dt { "People" } dd { a.link href=(routes::account_do(id, "people")) { "Who is who" } } }
                    dt { "Used by" }
                    dd { @if view.sources.is_empty() { "no source" } @for (name, href) in &view.sources { p { a.link href=(href) { (name) } } } }
                }
            }
        },
    )
}

fn removal(shell: &Shell, view: &AccountView, id: &str) -> Markup {
    html! {
        @if view.sources.is_empty() {
            (panel("removal", "Remove it", html! {}, html! {
                div.inside { (button::post_asking(shell, "confirm-delete", &routes::account_do(id, "delete"), "Delete the account", "Its credentials are erased.")) }
            }))
        }
    }
}
