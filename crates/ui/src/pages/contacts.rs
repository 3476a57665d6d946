//! Contacts of a user: where messages go, whether that was proved, why one is not used, and a test with its real delivery.

use super::contact_forms::{Offers, add};
use super::delivery::{Delivery, channel_icon, channel_name};
use super::look_again::{look_again, page_about};
use crate::components::badge::tag;
use crate::components::{copy_field, icon, panel, qr};
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
    /// Where to, without what only a sender needs to know.
    pub address: String,
    /// What tells it from others: the device, the name of the chat.
    pub label: Option<String>,
    /// Over what it can be reached as things stand: a phone number by several, or by none where no account carries it.
    pub ways: Vec<Channel>,
    /// The link by which a phone subscribes to it.
    pub subscribe: Option<String>,
    /// Whether it may be used.
    pub status: ContactStatus,
    /// What the other side said when it refused it.
    pub lock_reason: Option<String>,
    /// Since when it takes no text messages.
    pub stopped_at: Option<Timestamp>,
    /// When it was proved; `None` for never.
    pub verified_at: Option<Timestamp>,
    /// When somebody said that it rang.
    pub rang_at: Option<Timestamp>,
    /// The last test over each way that was tested.
    pub tests: Vec<TestView>,
}

/// The last test over one way.
#[derive(Debug, Clone)]
pub struct TestView {
    /// What became of it.
    pub delivery: Delivery,
    /// Whether it was sent, and nobody said yet whether it rang.
    pub asks: bool,
}

impl TestView {
    /// Whether its end is not known yet.
    pub fn is_under_way(&self) -> bool {
        self.delivery.is_under_way()
    }
}

/// The panel. The forms that add post to `/users/{id}/contacts`; see [`add`]. `offers` where the viewer may change them.
/// `form` also carries an error for `code.<contact id>`.
pub fn contacts(shell: &Shell, user: UserId, contacts: &[ContactView], form: &Form, offers: Option<&Offers>) -> Markup {
    let may_edit = offers.is_some();
    panel(
        "contacts",
        "Contacts",
        html! {},
        html! {
            (look_again("contact-tests", &page_about(shell, user), &under_way(contacts)))
            @if contacts.is_empty() { div.inside { p.bad { "No contact: this person cannot be paged." } } }
            ul.list { @for contact in contacts { (contact_row(shell, user, contact, form, may_edit)) } }
            @if let Some(offers) = offers { (add(shell, user, form, offers)) }
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

/// What shows the tests that are under way.
fn under_way(contacts: &[ContactView]) -> Vec<String> {
    let tested = contacts.iter().filter(|contact| contact.tests.iter().any(TestView::is_under_way));
    tested.flat_map(|contact| ["state", "rang"].map(|part| format!("contact-{}-{part}", contact.id))).collect()
}

fn contact_row(shell: &Shell, user: UserId, contact: &ContactView, form: &Form, may_edit: bool) -> Markup {
    html! {
        li {
            (icon(channel_icon(contact.channel)))
            div.main {
                b { (contact_name(contact.channel)) " " span.mono { (contact.address) } }
                @if let Some(label) = &contact.label { " " span.muted { (label) } }
                div.sub id={ "contact-" (contact.id) "-state" } {
                    @if let Some(at) = contact.rang_at { span.ok { (icon("bell-ring")) "rang " (shell.when.at(at)) } }
                    @for test in &contact.tests { (test.delivery.line(&shell.when)) " " }
                }
                (standing(shell, contact))
            }
            (contact_badge(contact))
            @if may_edit { (contact_actions(shell, user, contact, form)) }
        }
    }
}

/// A contact as people say it: a number is more than its text messages.
pub(super) const fn contact_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => "Phone",
        other => channel_name(other),
    }
}

/// Why it is not used, and the way back.
fn standing(shell: &Shell, contact: &ContactView) -> Markup {
    let reason = contact.lock_reason.as_deref().unwrap_or_default();
    html! {
        @if contact.status == ContactStatus::Blacklisted {
            p.bad.small-text { "It pages nobody: " @if reason.is_empty() { "the other side refused it for good." } @else { (reason) } " Correct what is wrong, then switch it on again." }
        }
        @if let Some(at) = contact.stopped_at {
            p.wait.small-text { "No text messages since " (shell.when.at(at)) ": "
                @if !reason.is_empty() { (reason) } @else { "somebody answered one with STOP. Send START to the number that it came from"
                    @if contact.verified_at.is_some() { ", or switch them on here." } @else { ", or verify it by a call and switch them on here." } }
                " Calls still go there." }
        }
        @if contact.verified_at.is_none() { p.wait.small-text { "It is never used for pages before it is verified." } }
        @if contact.ways.is_empty() { p.wait.small-text { "No account carries messages to it now: an administrator connects one under Settings, Providers." } }
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
    let is_verified = contact.verified_at.is_some();
    html! {
        div.actions {
            @if !is_verified { (verify(shell, contact, &to("verify"), &to("send-code"), form)) }
            @if contact.status != ContactStatus::Ok { (switch(shell, &to("switch-on"), contact, "Switch on again")) }
            @if is_verified && contact.stopped_at.is_some() { (switch(shell, &to("start-texts"), contact, "Switch text messages on")) }
            @if is_verified { (test(shell, &to("test"), contact)) }
            div hidden[!contact.tests.iter().any(|test| test.asks)] id={ "contact-" (contact.id) "-rang" } {
                @for test in contact.tests.iter().filter(|test| test.asks) { (rang(shell, &to("rang"), test.delivery.channel, None)) }
            }
            form method="post" action=(to("delete")) {
                (layout::csrf(shell))
                button.button.quiet type="submit" aria-label={ "Remove " (contact.address) } { (icon("trash-2")) "Remove" }
            }
        }
        @if let Some(text) = form.error_of(&format!("code.{}", contact.id)) { p.bad.small-text role="alert" { (text) } }
        @if let Some(link) = &contact.subscribe { (subscribe(link)) }
    }
}

fn switch(shell: &Shell, action: &str, contact: &ContactView, words: &str) -> Markup {
    html! {
        form method="post" action=(action) {
            (layout::csrf(shell))
            button.button type="submit" aria-label={ (words) ": " (contact.address) } { (icon("refresh-cw")) (words) }
        }
    }
}

/// One button where there is one way, else one for each. The field `over` says which.
fn test(shell: &Shell, action: &str, contact: &ContactView) -> Markup {
    html! {
        @if !contact.ways.is_empty() {
            form.row method="post" action=(action) {
                (layout::csrf(shell))
                @for way in &contact.ways {
                    button.button type="submit" name="over" value=(way) { (icon("send")) (by("Test", *way, contact.ways.len())) }
                }
            }
        }
    }
}

fn by(what: &str, way: Channel, ways: usize) -> String {
    if ways == 1 { what.to_owned() } else { format!("{what} by {}", channel_name(way)) }
}

/// The app on the phone opens the link; the code is for a phone that shows another page.
fn subscribe(link: &str) -> Markup {
    html! {
        details {
            summary { "Subscribe on the phone" }
            div.stack.tight {
                p { "Install the ntfy app, then open " a.link href=(link) { "this link" } " on the phone, or point its camera here. On an iPhone type the topic in the app." }
                (qr(link, "Opens the topic in the ntfy app"))
                p.muted.small-text { "Whoever knows the topic's name can read it: show it to nobody. In the phone's settings allow the app its highest priority to break through Do Not Disturb." }
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
            input.input.narrow type="text" id={ "code-" (contact.id) } inputmode="numeric" name="code" placeholder="Code" aria-label={ "Code sent to " (contact.address) } autocomplete="one-time-code" aria-invalid=[form.error_of(&name).map(|_| "true")];
            button.button type="submit" { "Verify" }
            @for way in &contact.ways {
                button.button.quiet type="submit" formaction=(send) name="over" value=(way) { (by("Send a code", *way, contact.ways.len())) }
            }
        }
    }
}

/// "Did it ring?": posts `rang` = `yes` or `no`, with the way that was tested as `over`, and comes back to a path of ours.
pub fn rang(shell: &Shell, action: &str, over: Channel, back: Option<&str>) -> Markup {
    html! {
        form.row method="post" action=(action) {
            (layout::csrf(shell))
            input type="hidden" name="over" value=(over);
            @if let Some(back) = back { input type="hidden" name="back" value=(back); }
            span { "Did it ring? (" (channel_name(over)) ")" }
            button.button type="submit" name="rang" value="yes" { "Yes" }
            button.button.quiet type="submit" name="rang" value="no" { "No" }
        }
    }
}
