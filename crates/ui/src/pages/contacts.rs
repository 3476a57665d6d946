//! Contacts of a user: where messages go, whether that was proved, and a test with its real delivery.

use super::delivery::{Delivery, channel_icon, channel_name};
use crate::components::badge::tag;
use crate::components::field::{Choice, Field};
use crate::components::{button, copy_field, icon, panel};
use crate::form::Form;
use crate::layout;
use crate::routes;
use crate::shell::Shell;
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::ids::{ContactId, UserId};
use watchbell_core::user::{Channel, ContactStatus};

/// One contact.
#[derive(Debug, Clone)]
pub struct ContactView {
    /// Which.
    pub id: ContactId,
    /// Over what.
    pub channel: Channel,
    /// Where to.
    pub address: String,
    /// Whether it may be used.
    pub status: ContactStatus,
    /// When it was proved; `None` for never.
    pub verified_at: Option<Timestamp>,
    /// When somebody said that it rang.
    pub rang_at: Option<Timestamp>,
    /// The last test.
    pub last_test: Option<Delivery>,
}

/// The panel. The add form posts to `/users/{id}/contacts`: `channel`, `address`, and for a webhook nothing more.
/// `form` also carries an error for `code.<contact id>`.
pub fn contacts(shell: &Shell, user: UserId, contacts: &[ContactView], form: &Form, may_edit: bool) -> Markup {
    panel(
        "contacts",
        "Contacts",
        html! {},
        html! {
            @if contacts.iter().any(|contact| contact.last_test.as_ref().is_some_and(Delivery::is_under_way)) { (look_again("#contacts")) }
            @if contacts.is_empty() { div.inside { p.bad { "No contact: this person cannot be paged." } } }
            ul.list { @for contact in contacts { (contact_row(shell, user, contact, form, may_edit)) } }
            @if may_edit { (add(shell, user, form)) }
        },
    )
}

/// The secret by which a receiver checks the signatures of a webhook.
pub(super) fn webhook_secret(secret: &str) -> Markup {
    panel(
        "webhook-secret",
        "The webhook is added",
        html! {},
        html! {
            div.inside {
                (copy_field("webhook-secret-value", "Its secret, shown once", secret))
                p.wait.small-text { "Each request is signed with it: give it to whoever receives them, now. Then test the contact and make a rule that uses it." }
            }
        },
    )
}

/// While a test is under way the part of the page is fetched again each second, until its delivery is known.
pub fn look_again(part: &str) -> Markup {
    html! { div hx-get="" hx-trigger="load delay:1s" hx-target=(part) hx-select=(part) hx-swap="outerHTML" {} }
}

fn contact_row(shell: &Shell, user: UserId, contact: &ContactView, form: &Form, may_edit: bool) -> Markup {
    html! {
        li {
            (icon(channel_icon(contact.channel)))
            div.main {
                b { (channel_name(contact.channel)) " " span.mono { (contact.address) } }
                div.sub {
                    @if let Some(at) = contact.rang_at { span.ok { (icon("bell-ring")) "rang " (shell.when.at(at)) } }
                    @if let Some(test) = &contact.last_test { (test.line(&shell.when)) }
                }
            }
            (contact_badge(contact))
            @if may_edit { (contact_actions(shell, user, contact, form)) }
        }
    }
}

fn contact_badge(contact: &ContactView) -> Markup {
    match (contact.status, contact.verified_at) {
        (ContactStatus::Locked, _) => tag("st-plain", "ban", "Switched off"),
        (ContactStatus::Blacklisted, _) => tag("tone-red", "circle-x", "Refused by the other side"),
        (ContactStatus::Ok, Some(_)) => tag("tone-green", "circle-check", "Verified"),
        (ContactStatus::Ok, None) => tag("tone-yellow", "circle-help", "Not verified"),
    }
}

fn contact_actions(shell: &Shell, user: UserId, contact: &ContactView, form: &Form) -> Markup {
    let to = |verb: &str| routes::contact_do(user, contact.id, verb);
    let tested = contact.last_test.is_some() && contact.rang_at.is_none();
    html! {
        div.actions {
            @if contact.verified_at.is_none() { (verify(shell, contact, &to("verify"), &to("send-code"), form)) }
            (button::post(shell, &to("test"), "", "send", "Test"))
            @if tested { (rang(shell, &to("rang"))) }
            form method="post" action=(to("delete")) {
                (layout::csrf(shell))
                button.button.quiet type="submit" aria-label={ "Remove " (contact.address) } { (icon("trash-2")) "Remove" }
            }
        }
    }
}

/// A code proves a mailbox and a push topic alike.
fn verify(shell: &Shell, contact: &ContactView, verify: &str, send: &str, form: &Form) -> Markup {
    let name = format!("code.{}", contact.id);
    html! {
        form.row method="post" action=(verify) {
            (layout::csrf(shell))
            input.input.narrow type="text" inputmode="numeric" name="code" placeholder="Code" aria-label={ "Code sent to " (contact.address) } autocomplete="one-time-code" aria-invalid=[form.error_of(&name).map(|_| "true")];
            button.button type="submit" { "Verify" }
            button.button.quiet type="submit" formaction=(send) { "Send a code" }
            @if let Some(text) = form.error_of(&name) { span.bad.small-text { (text) } }
        }
    }
}

/// "Did it ring?": posts `rang` = `yes` or `no`.
pub fn rang(shell: &Shell, action: &str) -> Markup {
    html! {
        form.row method="post" action=(action) {
            (layout::csrf(shell))
            span { "Did it ring?" }
            button.button type="submit" name="rang" value="yes" { "Yes" }
            button.button.quiet type="submit" name="rang" value="no" { "No" }
        }
    }
}

fn add(shell: &Shell, user: UserId, form: &Form) -> Markup {
    html! {
        details open[form.error_of("address").is_some()] {
            summary { "Add a contact" }
            form.inside method="post" action=(routes::user_do(user, "contacts")) {
                (layout::csrf(shell))
                (contact_fields(form))
                div.actions { button.button type="submit" { "Add the contact" } }
            }
        }
    }
}

/// The fields of a contact: `channel`, `address`.
pub fn contact_fields(form: &Form) -> Markup {
    let channels = Choice::list(&[
        ("EMAIL", "E-mail"),
        ("NTFY", "ntfy (push to the phone)"),
        ("WEBHOOK", "Webhook (signed POST)"),
    ]);
    html! {
        div.fields {
            (Field::new(form, "channel", "Channel").select(&channels))
            (Field::new(form, "address", "Address").required().example("ann@example.com").help("E-mail address; for ntfy the topic's address, such as https://ntfy.sh/my-secret-topic; for a webhook its URL.").input())
        }
    }
}
