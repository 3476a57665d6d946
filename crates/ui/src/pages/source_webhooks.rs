//! The webhooks that Autotask has for a source: what is known of each, and the buttons that make and remove them.

use crate::components::{button, panel};
use crate::routes;
use crate::shell::Shell;
use crate::time::plural;
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::ids::SourceId;

/// What is to become of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookStage {
    /// It is being made.
    Making,
    /// It was made, and is watched.
    Live,
    /// It is being removed.
    Removing,
}

/// A webhook.
#[derive(Debug, Clone)]
pub struct WebhookView {
    /// What it tells of: "tickets".
    pub of_what: String,
    /// What is to become of it.
    pub stage: WebhookStage,
    /// Whether it was on when it was last looked at.
    pub active: bool,
    /// When it was last looked at.
    pub checked_at: Option<Timestamp>,
    /// When an event last came.
    pub last_event_at: Option<Timestamp>,
    /// Numbers of events that did not come.
    pub missing: i64,
    /// When events were last missing.
    pub last_gap_at: Option<Timestamp>,
    /// When it was last switched on again by itself.
    pub rearmed_at: Option<Timestamp>,
    /// When its last wrongly signed call came.
    pub refused_at: Option<Timestamp>,
    /// What is wrong, and what to do.
    pub fault: Option<String>,
    /// Fields that it should tell of, and Autotask does not offer.
    pub unwatched: Vec<String>,
}

/// The panel; a live fragment.
pub fn webhooks(shell: &Shell, source: SourceId, webhooks: &[WebhookView], may_edit: bool, live: bool) -> Markup {
    html! {
        div #source-webhooks hx-swap-oob=[live.then_some("true")] {
            (panel("webhooks", "Webhooks", html! {}, html! {
                div.inside {
                    @if webhooks.is_empty() {
                        p.muted { "Autotask can tell Watchbell of each change of a ticket within seconds, without any workflow rule. One click makes the webhooks; the API user needs the right to create them." }
                    } @else {
                        @for webhook in webhooks { (one(shell, webhook)) }
                    }
                    @if may_edit { (buttons(shell, source, webhooks)) }
                }
            }))
        }
    }
}

fn one(shell: &Shell, webhook: &WebhookView) -> Markup {
    html! {
        h3 { "Of " (webhook.of_what) }
        dl.facts {
            dt { "State" } dd { (state(webhook)) }
            dt { "Last event" } dd { @match webhook.last_event_at { Some(at) => (shell.when.at(at)), None => "none yet" } }
            @if let Some(at) = webhook.last_gap_at {
                dt { "Lost on the way" }
                dd { (shell.when.at(at)) ": " (lost(webhook.missing)) "; changed tickets were asked for at once" }
            }
            @if let Some(at) = webhook.rearmed_at { dt { "Switched on again" } dd { (shell.when.at(at)) ", after Autotask had switched it off" } }
            @if let Some(at) = webhook.refused_at { dt { "Refused" } dd.wait { (shell.when.at(at)) ": a call that was not signed with its key" } }
            @if !webhook.unwatched.is_empty() { dt { "Not watched" } dd { (webhook.unwatched.join(", ")) " (Autotask does not offer it to webhooks)" } }
            @if let Some(at) = webhook.checked_at { dt { "Looked at" } dd { (shell.when.at(at)) } }
            @if let Some(fault) = &webhook.fault { dt { "What to do" } dd.bad { (fault) } }
        }
    }
}

fn lost(missing: i64) -> String {
    match missing {
        0 => "events were overtaken and came later".into(),
        missing => format!("{} did not come", plural(missing, "event", "events")),
    }
}

fn state(webhook: &WebhookView) -> &'static str {
    match (webhook.stage, webhook.active) {
        (WebhookStage::Making, _) if webhook.fault.is_some() => "not made",
        (WebhookStage::Making, _) => "being made",
        (WebhookStage::Live, true) => "on",
        (WebhookStage::Live, false) => "off",
        (WebhookStage::Removing, _) => "being removed",
    }
}

fn buttons(shell: &Shell, source: SourceId, webhooks: &[WebhookView]) -> Markup {
    let is_whole = |webhook: &WebhookView| webhook.stage == WebhookStage::Live && webhook.fault.is_none();
    let is_kept = |webhook: &&WebhookView| webhook.stage != WebhookStage::Removing;
    let kept: Vec<&WebhookView> = webhooks.iter().filter(is_kept).collect();
    html! {
        @if kept.is_empty() || !kept.iter().all(|webhook| is_whole(webhook)) {
            (button::post(shell, &routes::source_do(source, "webhooks"), "primary", "bell", "Create the webhooks"))
        }
        @if !kept.is_empty() {
            (button::post_asking(shell, "confirm-webhooks", &routes::source_do(source, "remove-webhooks"), "Remove the webhooks", "They are deleted in Autotask. Tickets are then found by callouts and by asking."))
        }
    }
}
