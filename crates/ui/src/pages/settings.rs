//! Settings: how e-mail leaves, under which address people reach Watchbell, how long things are kept.

use crate::components::field::{Choice, Field, form_error, radios};
use crate::components::{banner, button, head, panel};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Banner, Section, Shell, Tone};
use maud::{Markup, html};

/// The settings. Each panel is a form of its own, with its own values and errors.
#[derive(Debug, Clone)]
pub struct SettingsView {
    /// E-mail: fields of [`email_fields`], and `test_to`.
    pub email: Form,
    /// What the last test said.
    pub email_test: Option<Result<String, String>>,
    /// Address: `public_url`.
    pub address: Form,
    /// Fallback contacts: `user` (repeated, ids) and `mails`, one address a line.
    pub fallback: Form,
    /// Users to choose from.
    pub users: Vec<Choice>,
    /// Retention: `alerts_days`, `events_days`, `audit_days`.
    pub retention: Form,
    /// Settings that the command line or environment sets: shown, not editable here ("WATCHBELL_SMTP_URL").
    pub fixed_by: Vec<String>,
}

/// The page.
pub fn settings(shell: &Shell, view: &SettingsView) -> Markup {
    layout::page(
        shell,
        Section::Settings,
        "Settings",
        Main::default(),
        html! {
            (head("Settings", html! { (button::link(routes::PROVIDERS, "Providers")) (button::link(&routes::texts("en"), "Texts")) (button::link(routes::HEALTH, "Health")) (button::link(routes::JOBS, "Work that gave up")) }))
            @if !view.fixed_by.is_empty() {
                (banner(&Banner { tone: Tone::Blue, text: format!("Set from outside and used instead of what stands here: {}", view.fixed_by.join(", ")), link: None }))
            }
            (email(shell, view))
            (address(shell, view))
            (fallback(shell, view))
            (retention(shell, view))
        },
    )
}

fn email(shell: &Shell, view: &SettingsView) -> Markup {
    panel(
        "email",
        "E-mail",
        html! {},
        html! {
            div.inside {
                (form_error(&view.email))
                form.form method="post" action=(routes::settings_do("email")) {
                    (layout::csrf(shell))
                    (email_fields(&view.email, true))
                    div.actions { (button::submit("Save")) }
                }
                (email_test(shell, &routes::settings_do("email/test"), &view.email, view.email_test.as_ref()))
                (microsoft_365())
            }
        },
    )
}

/// Fields of e-mail settings: `smtp_host`, `smtp_port`, `smtp_security` (`tls`, `starttls`, `plain`), `smtp_user`, `smtp_password`,
/// `mail_from`. `stored`: the password may stay empty to be kept.
pub fn email_fields(form: &Form, stored: bool) -> Markup {
    html! {
        div.fields {
            (Field::new(form, "smtp_host", "Mail server").required().example("smtp.example.com").input())
            (Field::new(form, "smtp_port", "Port").kind("number").required().help("587 with STARTTLS, 465 with TLS.").input())
        }
        (radios(form, "smtp_security", "Encryption", &[
            ("starttls", "STARTTLS", "Starts plain and switches; a server that does not switch is refused."),
            ("tls", "TLS from the start", ""),
            ("plain", "None", "Only for a mail server on this machine."),
        ]))
        div.fields {
            (Field::new(form, "smtp_user", "User name").input())
            (Field::new(form, "smtp_password", "Password").kind("password").autocomplete("new-password").help(if stored { "Leave empty to keep the one that is stored." } else { "" }).input())
        }
        (Field::new(form, "mail_from", "Sender").required().example("Watchbell <alerts@example.com>").input())
    }
}

/// Sends a mail and says what the server answered. Posts `test_to`.
pub fn email_test(shell: &Shell, action: &str, form: &Form, last: Option<&Result<String, String>>) -> Markup {
    html! {
        form.form method="post" action=(action) {
            (layout::csrf(shell))
            (Field::new(form, "test_to", "Send a test to").kind("email").required().focused(last.is_some()).input())
            @match last {
                Some(Ok(text)) => { (banner(&Banner { tone: Tone::Green, text: text.clone(), link: None })) }
                Some(Err(text)) => { (banner(&Banner { tone: Tone::Red, text: text.clone(), link: None })) }
                None => {}
            }
            div.actions { button.button type="submit" { "Test" } }
        }
    }
}

/// The recipe for Microsoft 365.
pub fn microsoft_365() -> Markup {
    html! {
        details {
            summary { "Recipe for Microsoft 365" }
            div.prose.stack.tight {
                ol {
                    li { "Make a mailbox for the sender, such as alerts@example.com; a licence with Exchange Online is needed." }
                    li { "In the Microsoft 365 admin center open " b { "Users › Active users › that user › Mail › Manage email apps" } " and tick " b { "Authenticated SMTP" } "." }
                    li { "Where security defaults or Conditional Access forbid password log-ins over SMTP, allow it for this user, or make an app password." }
                    li { "Mail server " code { "smtp.office365.com" } ", port " code { "587" } ", STARTTLS, user name and sender are the mailbox's address." }
                    li { "Press Test. An answer with 5.7.139 means that step 2 or 3 is missing; it can take an hour to take effect." }
                }
                p { "Without a log-in: a connector in the Exchange admin center for the public address of this machine, mail server " code { "example-com.mail.protection.outlook.com" } " (your domain's MX), port " code { "25" } ", STARTTLS, no user name." }
            }
        }
    }
}

fn address(shell: &Shell, view: &SettingsView) -> Markup {
    panel(
        "address",
        "Public address",
        html! {},
        html! {
            form.inside method="post" action=(routes::settings_do("address")) {
                (layout::csrf(shell))
                (form_error(&view.address))
                (Field::new(&view.address, "public_url", "Address that phones and Autotask reach").kind("url").required().example("https://watchbell.example.com").help("Stands in links of messages and in webhook URLs.").input())
                div.actions { (button::submit("Save")) }
            }
        },
    )
}

fn fallback(shell: &Shell, view: &SettingsView) -> Markup {
    let form = &view.fallback;
    panel(
        "fallback",
        "Fallback contacts",
        html! {},
        html! {
            form.inside method="post" action=(routes::settings_do("fallback")) {
                (layout::csrf(shell))
                (form_error(form))
                p.muted { "Told at once where nobody of an alert's escalation policy is on call or can be reached, and each hour again until somebody is." }
                fieldset {
                    legend { "Users, over every contact that they have" }
                    @for user in &view.users {
                        @let id = format!("fallback-user-{}", user.value);
                        label.choice for=(id) { input.tick #(id) type="checkbox" name="user" value=(user.value) checked[form.has("user", &user.value)]; span { (user.text) } }
                    }
                }
                (Field::new(form, "mails", "Mail addresses, one a line").help("Of people without an account here, such as a shared mailbox.").area(false))
                div.actions { (button::submit("Save")) }
            }
        },
    )
}

fn retention(shell: &Shell, view: &SettingsView) -> Markup {
    let form = &view.retention;
    panel(
        "retention",
        "Kept for",
        html! {},
        html! {
            form.inside method="post" action=(routes::settings_do("retention")) {
                (layout::csrf(shell))
                (form_error(form))
                div.fields {
                    (Field::new(form, "alerts_days", "Alerts and messages, days").kind("number").required().input())
                    (Field::new(form, "events_days", "Bodies of events, days").kind("number").required().input())
                    (Field::new(form, "audit_days", "Audit, days").kind("number").required().input())
                }
                div.actions { (button::submit("Save")) }
            }
        },
    )
}

/// Zones as choices, for people and settings.
pub fn zone_choices(names: impl IntoIterator<Item = String>) -> Vec<Choice> {
    names.into_iter().map(|name| Choice::new(name.clone(), name)).collect()
}
