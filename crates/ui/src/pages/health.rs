//! How Watchbell itself stands: what the auditor found, the outside watch that hears that all is well, and the work that waits.

use super::accounts::AccountState;
use super::providers::state_badge;
use crate::components::field::{Choice, Field, form_error};
use crate::components::{banner, button, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Banner, Section, Shell, Tone};
use jiff::Timestamp;
use maud::{Markup, html};

/// The page.
#[derive(Debug, Clone)]
pub struct HealthView {
    /// Whether all is well.
    pub is_well: bool,
    /// The last run of the auditor.
    pub ran_at: Option<Timestamp>,
    /// What it found, in sentences.
    pub findings: Vec<String>,
    /// What it found last, and when.
    pub last: Option<(Timestamp, Vec<String>)>,
    /// When the outside watch last heard that all is well.
    pub pinged_at: Option<Timestamp>,
    /// What went wrong when it was told last.
    pub ping_error: Option<String>,
    /// Work that is due and waits: words, how many, since when.
    pub waiting: Vec<(String, i64, Timestamp)>,
    /// Accounts that carry messages and are not well: name, address of the page, how it does, since when.
    pub accounts: Vec<(String, String, AccountState, Timestamp)>,
    /// Policies to call: id and name.
    pub policies: Vec<Choice>,
    /// `policy`, `ping_url`, `ping_method`, `ping_every_s`.
    pub form: Form,
}

/// The page. The form posts to `/health`.
pub fn health(shell: &Shell, view: &HealthView) -> Markup {
    layout::page(
        shell,
        Section::Settings,
        "Health",
        Main::default(),
        html! {
            (sub_head((routes::SETTINGS, "Settings"), "Health", html! { (button::link(routes::JOBS, "Work that gave up")) }))
            (state(view))
            div.two {
                div.stack { (auditor(shell, view)) (accounts(shell, view)) (waiting(shell, view)) }
                (watch(shell, view))
            }
        },
    )
}

fn state(view: &HealthView) -> Markup {
    let (tone, text) = match (view.is_well, view.ran_at) {
        (true, _) => (Tone::Green, "All is well: every open alert has its next step, and no work is late."),
        (false, None) => (Tone::Red, "The auditor has not run yet: it runs each minute."),
        (false, Some(_)) => (
            Tone::Red,
            "Not all is well, or was not within the last five minutes: see below. The outside watch hears nothing meanwhile.",
        ),
    };
    banner(&Banner { tone, text: text.into(), link: None })
}

fn sentences(list: &[String]) -> Markup {
    html! { ul { @for sentence in list { li { (sentence) } } } }
}

fn auditor(shell: &Shell, view: &HealthView) -> Markup {
    panel(
        "auditor",
        "Auditor",
        html! {},
        html! {
            div.inside.stack.tight {
                p { "Last run: " @match view.ran_at { Some(at) => (shell.when.at(at)), None => "never" } }
                @if view.findings.is_empty() { p.ok { "It found nothing." } } @else { div.bad { (sentences(&view.findings)) } }
                @if let Some((at, found)) = &view.last { details { summary { "Found last, " (shell.when.at(*at)) } (sentences(found)) } }
            }
        },
    )
}

/// One line for each account that is in trouble; nothing where none is.
fn accounts(shell: &Shell, view: &HealthView) -> Markup {
    html! {
        @if !view.accounts.is_empty() {
            (panel("carriers", "Accounts that carry messages", button::link(routes::PROVIDERS, "All of them"), html! {
                ul.list {
                    @for (name, href, state, since) in &view.accounts {
                        li {
                            div.main { a.title href=(href) { (name) } div.sub { span.fate.bad { (state.reason().unwrap_or_default()) ", since " (shell.when.at(*since)) } } }
                            (state_badge(state))
                        }
                    }
                }
            }))
        }
    }
}

fn waiting(shell: &Shell, view: &HealthView) -> Markup {
    panel(
        "waiting",
        "Work that is due",
        html! {},
        html! {
            div.inside {
                @if view.waiting.is_empty() { p.muted { "Nothing waits." } }
                ul { @for (what, count, since) in &view.waiting { li { (what) ": " span.num { (count) } ", since " (shell.when.at(*since)) } } }
            }
        },
    )
}

fn watch(shell: &Shell, view: &HealthView) -> Markup {
    let form = &view.form;
    let methods = Choice::list(&[("GET", "GET"), ("POST", "POST")]);
    panel(
        "watch",
        "Who is called when Watchbell itself is not well",
        html! {},
        html! {
            form.inside method="post" action=(routes::HEALTH) {
                (layout::csrf(shell))
                (form_error(form))
                (Field::new(form, "policy", "Escalation policy").help("Without one the administrators are told by a notice.").select(&view.policies))
                (Field::new(form, "ping_url", "Outside watch").kind("url").example("https://hc-ping.com/..").help("A dead man's switch elsewhere: it hears that all is well only while it is, and calls you when it hears nothing.").input())
                div.fields {
                    (Field::new(form, "ping_method", "Method").select(&methods))
                    (Field::new(form, "ping_every_s", "Every so many seconds").kind("number").required().input())
                }
                p.muted { "Heard last: " @match view.pinged_at { Some(at) => (shell.when.at(at)), None => "never" } }
                @if let Some(error) = &view.ping_error { p.bad { "The last try failed: " (error) } }
                div.actions { (button::submit("Save")) }
            }
        },
    )
}
