//! Accounts that carry messages: by channel, in the order in which they are asked, with how each does.

use super::accounts::AccountState;
use super::delivery::{channel_icon, channel_name};
use crate::components::badge::tag;
use crate::components::{button, icon, panel, sub_head};
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use crate::time::plural;
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Channel;

/// A channel and who carries it.
#[derive(Debug, Clone)]
pub struct ChannelView {
    /// Which.
    pub channel: Channel,
    /// In the order in which they are asked.
    pub rows: Vec<ProviderRow>,
    /// Messages that are due and wait.
    pub waiting: i64,
    /// Since when the oldest of them is due.
    pub waiting_since: Option<Timestamp>,
    /// People whose rules name the channel.
    pub people: i64,
}

/// One account.
#[derive(Debug, Clone)]
pub struct ProviderRow {
    /// Which.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its kind ("Twilio").
    pub kind: String,
    /// How it does.
    pub state: AccountState,
    /// Since when.
    pub since: Timestamp,
    /// When it last took a message.
    pub sent_at: Option<Timestamp>,
    /// How many it took in the last hour.
    pub sent_lately: i64,
    /// What it said when it last failed, and when.
    pub failure: Option<(String, Timestamp)>,
}

/// How an account that carries messages does, as a word.
pub fn state_badge(state: &AccountState) -> Markup {
    match state {
        AccountState::Green => tag("tone-green", "circle-check", "Works"),
        AccountState::Yellow(_) => tag("tone-yellow", "triangle-alert", "In trouble"),
        AccountState::Red(_) => tag("tone-red", "circle-x", "Refused"),
        AccountState::Untested => tag("st-plain", "hourglass", "Not tested"),
    }
}

/// The page.
pub fn providers(shell: &Shell, channels: &[ChannelView]) -> Markup {
    let new = button::link_primary(routes::PROVIDER_NEW, "plus", "New account");
    layout::page(
        shell,
        Section::Settings,
        "Providers",
        Main::default(),
        html! {
            (sub_head((routes::SETTINGS, "Settings"), "Providers", new))
            p.prose.muted { "Accounts that carry messages. The first of a channel is asked first; where it fails, is slow or is refused, the next one carries the message, and the alert's timeline says so. E-mail, ntfy, Gotify, webhooks and push to browsers need no account here." }
            @for channel in channels { (channel_panel(shell, channel)) }
        },
    )
}

fn channel_panel(shell: &Shell, view: &ChannelView) -> Markup {
    let id = view.channel.as_str().to_lowercase();
    panel(
        &id,
        channel_name(view.channel),
        queue(shell, view),
        html! {
            @if view.rows.is_empty() { (nobody(view)) } @else {
                ul.list { @for (place, row) in view.rows.iter().enumerate() { (provider_row(shell, view, place, row)) } }
            }
        },
    )
}

fn queue(shell: &Shell, view: &ChannelView) -> Markup {
    html! {
        @match view.waiting_since {
            Some(since) => span.num { (plural(view.waiting, "message waits", "messages wait")) ", the oldest since " (shell.when.at(since)) },
            None => span.muted { "nothing waits" },
        }
    }
}

fn nobody(view: &ChannelView) -> Markup {
    html! {
        p.inside.bad[view.people > 0].muted[view.people == 0] {
            "No account carries it"
            @match view.people {
                0 => ".",
                people => { ", and " (plural(people, "person has", "people have")) " rules that name it: they are not reached by it." }
            }
        }
    }
}

fn provider_row(shell: &Shell, view: &ChannelView, place: usize, row: &ProviderRow) -> Markup {
    html! {
        li {
            (icon(channel_icon(view.channel)))
            div.main {
                a.title href=(routes::provider(&row.id)) { (row.name) }
                div.sub {
                    span { (row.kind) ", asked " @if place == 0 { "first" } @else { "as number " (place + 1) } }
                    @match row.sent_at {
                        Some(at) => span.fate { "last success " (shell.when.at(at)) },
                        None => span.fate { "has carried nothing yet" },
                    }
                    span.num { (plural(row.sent_lately, "message", "messages")) " in the last hour" }
                    @if let Some(reason) = row.state.reason() { span.fate.bad { (reason) ", since " (shell.when.at(row.since)) } }
                    @if let Some((said, at)) = &row.failure { span.fate { "last error " (shell.when.at(*at)) ": " (said) } }
                }
            }
            (state_badge(&row.state))
            @if view.rows.len() > 1 { (mover(shell, view, place, row)) }
        }
    }
}

/// Up and down; what would change nothing is left out.
fn mover(shell: &Shell, view: &ChannelView, place: usize, row: &ProviderRow) -> Markup {
    let channel = channel_name(view.channel);
    html! {
        form.actions method="post" action=(routes::provider_do(&row.id, "move")) {
            (layout::csrf(shell))
            input type="hidden" name="channel" value=(view.channel.as_str());
            @if place > 0 { button.button type="submit" name="to" value="up" aria-label={ "Ask " (row.name) " earlier for " (channel) } { (icon("arrow-up")) "Up" } }
            @if place + 1 < view.rows.len() { button.button type="submit" name="to" value="down" aria-label={ "Ask " (row.name) " later for " (channel) } { (icon("arrow-down")) "Down" } }
        }
    }
}

/// What a kind of provider is good for.
const fn good_for(kind: ProviderKind) -> &'static str {
    match kind {
        ProviderKind::Twilio => "Text messages, calls and WhatsApp, with answers from the phone.",
        ProviderKind::Vonage => "Text messages and calls, with answers from the phone.",
        ProviderKind::SmsGateway => "Text messages by a GSM modem, or any service that takes a web request.",
        ProviderKind::Telegram => "Messages of a bot, with buttons. Costs nothing, and needs no public address.",
        ProviderKind::Pushover => "Push that repeats until somebody has seen it.",
    }
}

/// The choice of a kind.
pub fn provider_kinds(shell: &Shell) -> Markup {
    layout::page(
        shell,
        Section::Settings,
        "New account",
        Main::default(),
        html! {
            (sub_head((routes::PROVIDERS, "Providers"), "New account", html! {}))
            div.cards {
                @for kind in ProviderKind::ALL {
                    a.card href=(routes::provider_new(kind)) {
                        (icon(kind.channels().first().map_or("plug", |channel| channel_icon(*channel))))
                        h2 { (kind.name()) }
                        p { (good_for(*kind)) }
                    }
                }
            }
        },
    )
}
