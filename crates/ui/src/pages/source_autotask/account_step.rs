//! First step: the Autotask account. Labels are as Autotask prints them.

use crate::components::field::{Choice, Field, form_error};
use crate::components::{button, icon, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use maud::{Markup, html};

/// The zones of Autotask: the value is the host's number, or the host where it has none.
pub const ZONES: [(&str, &str); 22] = [
    ("3", "America East [3]"),
    ("14", "America East 2 [14]"),
    ("22", "America East 3 [22]"),
    ("5", "America West [5]"),
    ("15", "America West 2 [15]"),
    ("24", "America West 3 [24]"),
    ("25", "America West 4 [25]"),
    ("6", "Australia / New Zealand [6]"),
    ("26", "Australia 2 [26]"),
    ("29", "Australia 3 [29]"),
    ("19", "EU1 (English Europe & Asia) [19]"),
    ("18", "German (Deutsch) [18]"),
    ("12", "Spanish (Español) [12]"),
    ("4", "UK [4]"),
    ("16", "UK2 [16]"),
    ("28", "UK3 [28]"),
    ("1", "Limited Release [1]"),
    ("17", "Limited Release UK [17]"),
    ("2", "Pre-release [2]"),
    ("11", "Pre-release UK [11]"),
    ("prde", "Deutsch pre-release"),
    ("pres", "Español pre-release"),
];

/// Value of `zone` that asks Autotask for the address.
pub const ZONE_FIND: &str = "find";
/// Value of `zone` that takes `base_url`.
pub const ZONE_CUSTOM: &str = "custom";

/// The step. Fields: `account` (id of an existing one; empty for a new one), and for a new one those of [`account_fields`].
#[derive(Debug, Clone)]
pub struct AccountStepView {
    /// Accounts that exist: id and name.
    pub accounts: Vec<Choice>,
    /// Values and errors.
    pub form: Form,
}

/// The page.
pub fn account_step(shell: &Shell, view: &AccountStepView) -> Markup {
    layout::page(
        shell,
        Section::Sources,
        "New Autotask source",
        Main::default(),
        html! {
            (sub_head((routes::SOURCE_NEW, "New alert source"), "New Autotask source", html! {}))
            (steps(1))
            (form_error(&view.form))
            @if !view.accounts.is_empty() { (existing(shell, view)) }
            div.two {
                (panel("account", if view.accounts.is_empty() { "Autotask account" } else { "Or a new account" }, html! {}, html! {
                    form.inside method="post" action=(routes::SOURCE_NEW_AUTOTASK) {
                        (layout::csrf(shell))
                        (account_fields(&view.form, false))
                        div.actions { (button::submit("Test and continue")) }
                        p.muted.small-text { "A refused credential is named in words. It can be saved all the same and mended later." }
                        @if view.form.error_of("save_anyway").is_some() { div.actions { (button::submit_as("save_anyway", "on", "Save it as it is and continue")) } }
                    }
                }))
                (where_to_find())
            }
        },
    )
}

/// Where the wizard stands.
pub fn steps(current: usize) -> Markup {
    html! {
        ol.steps aria-label="Steps" {
            @for (i, word) in ["Account", "Which tickets page", "Connect"].into_iter().enumerate() {
                li.done[i + 1 < current] aria-current=[(i + 1 == current).then_some("step")] { (word) }
            }
        }
    }
}

fn existing(shell: &Shell, view: &AccountStepView) -> Markup {
    panel(
        "existing",
        "Use an account that is connected",
        html! {},
        html! {
            form.inside method="post" action=(routes::SOURCE_NEW_AUTOTASK) {
                (layout::csrf(shell))
                (Field::new(&view.form, "account", "Account").id("existing-account").required().select(&view.accounts))
                div.actions { (button::submit("Continue")) }
            }
        },
    )
}

/// Fields of an account: `name`, `zone` (a number, `prde`, `pres`, `find` or `custom`), `base_url`, `user_name`, `secret`,
/// `integration_code`. `edited`: secrets may stay empty to be kept.
pub fn account_fields(form: &Form, edited: bool) -> Markup {
    let zones: Vec<Choice> = [Choice::new(ZONE_FIND, "Find it for me")]
        .into_iter()
        .chain(ZONES.iter().map(|(value, text)| Choice::new(*value, *text)))
        .chain([Choice::new(ZONE_CUSTOM, "Another address")])
        .collect();
    let keep = if edited { "Leave empty to keep the one that is stored." } else { "" };
    html! {
        (Field::new(form, "name", "Name of the account here").required().example("Autotask").input())
        (Field::new(form, "zone", "Zone").help("The number in the address of your Autotask, such as ww14.autotask.net. \"Find it for me\" asks Autotask with the user name.").select(&zones))
        (Field::new(form, "base_url", "Address").kind("url").example("https://webservices14.autotask.net").help("Only with \"Another address\".").input())
        (Field::new(form, "user_name", "Username (Key)").required().example("abc123@EXAMPLE.COM").input())
        (secret(form, "secret", "Password (Secret)", keep, edited))
        (secret(form, "integration_code", "Tracking Identifier", keep, edited))
    }
}

fn secret(form: &Form, name: &str, label: &str, keep: &str, edited: bool) -> Markup {
    let field = Field::new(form, name, label).kind("password").autocomplete("new-password").help(keep);
    if edited { field.input() } else { field.required().input() }
}

fn where_to_find() -> Markup {
    panel(
        "where",
        "Where to find these",
        html! {},
        html! {
            div.inside.prose {
                ol {
                    li { "In Autotask open " b { "Admin › Resources (Users) › New › New API User" } "." }
                    li { "Give it a name, an e-mail address, and the security level API User (system)." }
                    li { "Under Credentials press " b { "Generate Key" } " and " b { "Generate Secret" } ". These are Username (Key) and Password (Secret)." }
                    li { "Under API Tracking Identifier choose " b { "Custom (Internal Integration)" } ", name it Watchbell, and copy the identifier. With another vendor Autotask blocks the user." }
                    li { "Save the user in Autotask before testing here." }
                }
                p.muted { (icon("info")) " An API user needs no licence of a technician and cannot log in." }
            }
        },
    )
}
