//! First start: an administrator, e-mail, the own contact, and at the end a phone or mailbox that rang.

use super::contact_forms::contact_fields;
use super::contacts::{TestView, rang};
use super::look_again::look_again;
use super::settings::{email_fields, email_test, microsoft_365};
use crate::components::field::{Field, form_error};
use crate::components::{button, icon};
use crate::form::Form;
use crate::layout;
use crate::routes;
use crate::shell::Shell;
use maud::{Markup, html};
use watchbell_core::ids::ContactId;

/// A step of the first start.
#[derive(Debug, Clone)]
pub enum SetupStep {
    /// The administrator. Fields: `token` (from the log), `name`, `email`, `password`.
    Account(Form),
    /// How e-mail leaves. Fields: [`email_fields`]; test: `test_to`. May be skipped.
    Email {
        /// Values and errors.
        form: Form,
        /// Whether settings are stored already.
        stored: bool,
        /// What the last test said.
        test: Option<Result<String, String>>,
    },
    /// The own contact. Fields: `channel`, `address`; then Test, then `rang`.
    Contact {
        /// Values and errors.
        form: Form,
        /// The contact, once it was made, and how it is called. Test and answer carry its id as `contact` in their address.
        contact: Option<(ContactId, String)>,
        /// The test that was sent.
        test: Option<TestView>,
        /// What was answered to "did it ring?".
        rang: Option<bool>,
    },
    /// All done.
    Done {
        /// Whether anything rang: if not, the page says so.
        rang: bool,
    },
}

impl SetupStep {
    const fn number(&self) -> usize {
        match self {
            SetupStep::Account(_) => 0,
            SetupStep::Email { .. } => 1,
            SetupStep::Contact { .. } => 2,
            SetupStep::Done { .. } => 3,
        }
    }
}

/// The page.
pub fn setup(shell: &Shell, step: &SetupStep) -> Markup {
    layout::bare_page(
        shell,
        "First start",
        true,
        html! {
            h1 { "Set up Watchbell" }
            ol.steps aria-label="Steps" {
                @for (i, word) in ["Administrator", "E-mail", "Your contact", "Done"].into_iter().enumerate() {
                    li.done[i < step.number()] aria-current=[(i == step.number()).then_some("step")] { (word) }
                }
            }
            section.panel aria-label="Step" {
                div.inside {
                    @match step {
                        SetupStep::Account(form) => (account(shell, form)),
                        SetupStep::Email { form, stored, test } => (email(shell, form, *stored, test.as_ref())),
                        SetupStep::Contact { form, contact, test, rang } => (own_contact(shell, form, contact.as_ref(), test.as_ref(), *rang)),
                        SetupStep::Done { rang } => (done(*rang)),
                    }
                }
            }
        },
    )
}

fn account(shell: &Shell, form: &Form) -> Markup {
    html! {
        h2 { "The administrator" }
        p { "Watchbell printed a set-up token to its log when it started. It proves that this is you." }
        (form_error(form))
        form.stack method="post" action=(routes::setup("account")) {
            (layout::csrf(shell))
            (Field::new(form, "token", "Set-up token").required().help("Look for \"set-up token\" in the log: journalctl -u watchbell").input())
            (Field::new(form, "name", "Your name").required().autocomplete("name").input())
            (Field::new(form, "email", "Your e-mail").kind("email").required().autocomplete("email").help("For logging in.").input())
            (Field::new(form, "password", "Password").kind("password").autocomplete("new-password").required().help("At least 10 characters.").input())
            div.actions { (button::submit("Continue")) }
        }
    }
}

fn email(shell: &Shell, form: &Form, stored: bool, test: Option<&Result<String, String>>) -> Markup {
    html! {
        h2 { "How does e-mail leave?" }
        p.muted { "Any mail server that takes mail from this machine. It can be changed later under Settings." }
        (form_error(form))
        form.stack method="post" action=(routes::setup("email")) {
            (layout::csrf(shell))
            (email_fields(form, stored))
            div.actions { (button::submit(if stored { "Save again" } else { "Save" })) @if !stored { (button::link(&routes::setup("contact"), "Skip: I use push only")) } }
        }
        @if stored { (email_test(shell, &routes::setup("email/test"), form, test)) }
        (microsoft_365())
        @if stored { div.actions { a.button.primary href=(routes::setup("contact")) { "Continue" } } }
    }
}

fn own_contact(
    shell: &Shell,
    form: &Form,
    contact: Option<&(ContactId, String)>,
    test: Option<&TestView>,
    answer: Option<bool>,
) -> Markup {
    html! {
        h2 { "Where shall we wake you?" }
        (form_error(form))
        @match contact {
            None => {
                p.muted { "E-mail alone wakes few people. The ntfy app on a phone rings; choose a topic that nobody can guess." }
                form.stack method="post" action=(routes::setup("contact")) {
                    (layout::csrf(shell))
                    (contact_fields(form))
                    div.actions { (button::submit("Add it")) (button::link(&routes::setup("done"), "Skip")) }
                }
            }
            Some((id, contact)) => (prove(shell, (*id, contact), test, answer)),
        }
    }
}

fn prove(shell: &Shell, (id, contact): (ContactId, &str), test: Option<&TestView>, answer: Option<bool>) -> Markup {
    let page = format!("{}?contact={id}", routes::setup("contact"));
    let under_way: Vec<String> = test.filter(|test| test.is_under_way()).map(|_| "test".into()).into_iter().collect();
    let test_action = format!("{}?contact={id}", routes::setup("contact/test"));
    let rang_action = format!("{}?contact={id}", routes::setup("contact/rang"));
    html! {
        p { "Put the phone on silent as at night, then press Test." }
        p { b { (contact) } }
        (button::post(shell, &test_action, if test.is_some() { "" } else { "primary" }, "send", if test.is_some() { "Test again" } else { "Test" }))
        (look_again("test-again", &page, &under_way))
        div.stack.tight #test {
            @if let Some(test) = test {
                p { (test.delivery.line(&shell.when)) }
                @if test.asks { (rang(shell, &rang_action, test.delivery.channel, None)) }
            }
        }
        p { a.link href={ (routes::setup("contact")) "?another=1" } { "Use another contact" } }
        @match answer {
            Some(true) => div.actions { a.button.primary href=(routes::setup("done")) { "Continue" } },
            Some(false) => {
                p.bad { (icon("bell-off")) " Then it would not wake you. Look at what the delivery says above; on the phone allow notifications for the app, its highest priority to break through Do Not Disturb, and no battery saving for it." }
                div.actions { (button::link(&routes::setup("done"), "Continue all the same")) }
            }
            None => {}
        }
    }
}

fn done(rang: bool) -> Markup {
    html! {
        h2 { "Ready" }
        @if rang { p.ok { (icon("circle-check")) " It rang. What comes next will ring as well." } }
        @else { p.bad { (icon("bell-off")) " Nothing has rung yet. Prove it on your profile before anybody relies on it." } }
        p { "Two things are missing until a ticket wakes somebody: who is called, and where tickets come from." }
        div.actions {
            a.button.primary href=(routes::POLICY_NEW) { "Make an escalation policy" }
            (button::link(routes::SOURCE_NEW, "Connect Autotask"))
        }
    }
}
