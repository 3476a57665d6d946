//! One account that carries messages: a form made of the fields that its kind names, what has to be pasted at the provider, a test.

use super::accounts::AccountState;
use super::providers::state_badge;
use crate::components::field::{Choice, Field, form_error};
use crate::components::panel::{copy_field, tone_class};
use crate::components::{banner, button, icon, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Banner, Section, Shell, Tone};
use jiff::Timestamp;
use maud::{Markup, html};

/// The account. Fields of the form: `name`, `channel` (repeated), one of each of `fields`, and `forget` (repeated, names of secrets).
#[derive(Debug, Clone)]
pub struct ProviderView {
    /// Which; `None` for a new one.
    pub id: Option<String>,
    /// The word of its kind ("sms_gateway").
    pub kind: String,
    /// The name of its kind ("SMS gateway").
    pub kind_name: String,
    /// Its name as it is kept.
    pub name: String,
    /// How it does, and since when; `None` for a new one.
    pub state: Option<(AccountState, Timestamp)>,
    /// What is asked for, in order.
    pub fields: Vec<ProviderField>,
    /// What it can carry: word and name.
    pub channels: Vec<Choice>,
    /// What cannot work as things are.
    pub warning: Option<String>,
    /// Addresses that have to be pasted at the provider: label, address, where.
    pub hooks: Vec<(String, String, String)>,
    /// Channels that nobody carries without it.
    pub alone: Vec<String>,
    /// Values and errors.
    pub form: Form,
}

/// One field of the form.
#[derive(Debug, Clone)]
pub struct ProviderField {
    /// Its name.
    pub name: &'static str,
    /// What stands before it.
    pub label: &'static str,
    /// What to enter, and where to find it.
    pub help: &'static str,
    /// Whether it must be filled in.
    pub required: bool,
    /// What is entered.
    pub entry: Entry,
}

/// What is entered in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A line.
    Text,
    /// A line that is never shown again.
    Secret {
        /// Whether one is kept.
        kept: bool,
    },
    /// Several lines that are never shown again.
    SecretLines {
        /// Whether some are kept.
        kept: bool,
    },
    /// Several lines.
    Lines,
    /// An address.
    Url,
    /// A whole number between these.
    Number(i64, i64),
    /// One of these.
    Choice(Vec<Choice>),
}

/// The page.
pub fn provider(shell: &Shell, view: &ProviderView) -> Markup {
    let title = match view.id {
        Some(_) => view.name.clone(),
        None => format!("New account: {}", view.kind_name),
    };
    let badge = html! { @if let Some((state, _)) = &view.state { (state_badge(state)) } };
    layout::page(
        shell,
        Section::Settings,
        &title,
        Main::default(),
        html! {
            (sub_head((routes::PROVIDERS, "Providers"), &title, badge))
            (form_error(&view.form))
            (trouble(shell, view))
            @if let Some(text) = &view.warning { (banner(&Banner { tone: Tone::Yellow, text: text.clone(), link: Some((format!("{}#address", routes::SETTINGS), "Set the public address".into())) })) }
            div.two {
                (settings(shell, view))
                @if let Some(id) = &view.id { div.stack { (test(shell, id)) (hooks(view)) (removal(shell, view, id)) } }
            }
        },
    )
}

fn trouble(shell: &Shell, view: &ProviderView) -> Markup {
    html! {
        @if let Some((state, since)) = &view.state {
            @if let Some(reason) = state.reason() {
                @let tone = if matches!(state, AccountState::Red(_)) { Tone::Red } else { Tone::Yellow };
                div.banner.(tone_class(tone)) {
                    (icon("triangle-alert"))
                    p { (reason) ", since " (shell.when.at(*since)) ". " @if tone == Tone::Red { "The other accounts of its channels are asked before it." } @else { "It is asked all the same." } }
                }
            }
        }
    }
}

fn settings(shell: &Shell, view: &ProviderView) -> Markup {
    let action = view.id.as_ref().map_or_else(|| routes::PROVIDER_NEW.to_owned(), routes::provider);
    panel(
        "settings",
        &view.kind_name,
        html! {},
        html! {
            form.inside method="post" action=(action) {
                (layout::csrf(shell))
                input type="hidden" name="type" value=(view.kind);
                (Field::new(&view.form, "name", "Name").required().help("As the timeline of alerts calls it.").input())
                (channels(view))
                @for field in &view.fields { (entry(&view.form, field)) }
                div.actions { (button::submit("Save and test")) }
            }
        },
    )
}

fn channels(view: &ProviderView) -> Markup {
    html! {
        fieldset.choices {
            legend { "Carries" }
            @for channel in &view.channels {
                @let id = format!("channel-{}", channel.value);
                label.choice for=(id) { input.tick #(id) type="checkbox" name="channel" value=(channel.value) checked[view.form.has("channel", &channel.value)]; span { b { (channel.text) } } }
            }
            @if let Some(text) = view.form.error_of("channel") { p.error.bad { (text) } }
        }
    }
}

fn entry(form: &Form, field: &ProviderField) -> Markup {
    let kept = matches!(field.entry, Entry::Secret { kept: true } | Entry::SecretLines { kept: true });
    let help = match kept {
        true => format!("Kept; enter a new one to replace it. {}", field.help),
        false => field.help.to_owned(),
    };
    let input = Field::new(form, field.name, field.label).help(&help);
    let input = if field.required && !kept { input.required() } else { input };
    html! {
        @match &field.entry {
            Entry::Text => (input.input()),
            Entry::Secret { .. } => (input.kind("password").autocomplete("new-password").input()),
            Entry::SecretLines { .. } => (input.secret_area()),
            Entry::Lines => (input.area(true)),
            // Not the browser's own kind: it refuses {to} in a query.
            Entry::Url => (input.example("https://").input()),
            Entry::Number(..) => (input.kind("number").input()),
            Entry::Choice(choices) => (input.select(choices)),
        }
        @if kept && !field.required { (forget(form, field)) }
    }
}

fn forget(form: &Form, field: &ProviderField) -> Markup {
    let id = format!("forget-{}", field.name);
    html! {
        label.choice for=(id) { input.tick #(id) type="checkbox" name="forget" value=(field.name) checked[form.has("forget", field.name)]; span { "Erase what is kept: " (field.label) } }
    }
}

fn test(shell: &Shell, id: &str) -> Markup {
    panel(
        "test",
        "Test",
        html! {},
        html! {
            div.inside {
                p.muted { "Logs in and sends nothing. A message is sent by the Test button of a contact." }
                (button::post(shell, &routes::provider_do(id, "test"), "", "refresh-cw", "Test this account"))
            }
        },
    )
}

fn hooks(view: &ProviderView) -> Markup {
    html! {
        @if !view.hooks.is_empty() {
            (panel("hooks", "To be entered there", html! {}, html! {
                div.inside {
                    p.muted { "So that replies come in. Whoever knows an address can do nothing with it: what comes is checked as the provider signs it." }
                    @for (place, (label, address, whereto)) in view.hooks.iter().enumerate() {
                        div { (copy_field(&format!("hook-{place}"), label, address)) p.help { (whereto) } }
                    }
                }
            }))
        }
    }
}

fn removal(shell: &Shell, view: &ProviderView, id: &str) -> Markup {
    let left = match view.alone.as_slice() {
        [] => "The other accounts carry its channels from then on.".to_owned(),
        alone => format!(
            "Nobody carries {} then: people are not reached by it until another account does.",
            alone.join(" and ")
        ),
    };
    panel(
        "removal",
        "Remove it",
        html! {},
        html! {
            div.inside { (button::post_asking(shell, "confirm-delete", &routes::provider_do(id, "delete"), "Delete the account", &format!("Its settings and secrets are erased. {left}"))) }
        },
    )
}
