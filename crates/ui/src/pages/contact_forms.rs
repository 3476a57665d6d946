//! Forms that add a contact, one for each kind; only what can be used is offered, and what needs an account says so.

use super::contacts::contact_name;
use super::delivery::channel_icon;
use crate::components::field::{Choice, Field};
use crate::components::icon;
use crate::form::Form;
use crate::layout;
use crate::routes;
use crate::shell::Shell;
use maud::{Markup, html};
use watchbell_core::ids::UserId;
use watchbell_core::user::Channel;

/// What can be added.
#[derive(Debug, Clone, Default)]
pub struct Offers {
    /// Channels that carry messages now.
    pub usable: Vec<Channel>,
    /// Region of the user, by which a number without a country code is read.
    pub region: String,
    /// Whether the page is about the viewer: a chat with the bot is opened by oneself.
    pub is_own: bool,
    /// Whether the viewer connects accounts.
    pub connects: bool,
}

impl Offers {
    fn has(&self, channels: &[Channel]) -> bool {
        channels.iter().any(|channel| self.usable.contains(channel))
    }
}

/// The channels that a number serves.
const OF_PHONE: [Channel; 3] = [Channel::Sms, Channel::Voice, Channel::WhatsApp];

/// All forms post to `/users/{id}/contacts`: `channel`, `address`, and what the kind has besides: `region`, `server`, `token`, `p256dh`,
/// `auth`. The one that was refused is open.
pub(super) fn add(shell: &Shell, user: UserId, form: &Form, offers: &Offers) -> Markup {
    let chosen = Channel::parse(form.value("channel")).filter(|_| form.is_refused());
    let blank = Form::of([("region", offers.region.as_str()), ("server", "https://ntfy.sh")]);
    let entry = |channel: Channel, fields: fn(&Form) -> Markup| {
        let is_refused = chosen == Some(channel);
        entry(shell, user, (channel, is_refused), fields(if is_refused { form } else { &blank }))
    };
    html! {
        details.inside open[chosen.is_some()] {
            summary { "Add a contact" }
            div.stack.tight {
                @if offers.has(&OF_PHONE) { (entry(Channel::Sms, phone)) } @else { (needs_account("Phone calls, SMS and WhatsApp", offers)) }
                (entry(Channel::Ntfy, ntfy))
                @if !offers.has(&[Channel::Telegram]) { (needs_account("Telegram", offers)) }
                @else if offers.is_own { p { (icon(channel_icon(Channel::Telegram))) " " a.link href=(routes::PROFILE_TELEGRAM) { "Connect Telegram" } } }
                @if offers.has(&[Channel::Pushover]) { (entry(Channel::Pushover, pushover)) } @else { (needs_account("Pushover", offers)) }
                (entry(Channel::Email, email))
                (entry(Channel::Gotify, gotify))
                (entry(Channel::UnifiedPush, unified_push))
                (entry(Channel::Webhook, webhook))
                @if offers.is_own { p.muted.small-text { "This browser itself can be notified as well: below, under This browser." } }
            }
        }
    }
}

/// The form of one kind.
fn entry(shell: &Shell, user: UserId, (channel, is_open): (Channel, bool), fields: Markup) -> Markup {
    html! {
        details open[is_open] {
            summary { (icon(channel_icon(channel))) " " (contact_name(channel)) }
            form.inside method="post" action=(routes::user_do(user, "contacts")) {
                (layout::csrf(shell))
                input type="hidden" name="channel" value=(channel);
                (fields)
                div.actions { button.button type="submit" { "Add " span.sr { (contact_name(channel)) } } }
            }
        }
    }
}

fn needs_account(what: &str, offers: &Offers) -> Markup {
    html! {
        p.muted.small-text { (what) ": no account that carries it is connected. "
            @if offers.connects { a.link href=(routes::PROVIDERS) { "Connect one" } } @else { "An administrator connects one under Settings, Providers." } }
    }
}

fn phone(form: &Form) -> Markup {
    html! {
        div.fields {
            (Field::new(form, "address", "Phone number").id("phone-address").kind("tel").autocomplete("tel").required().example("+49 151 23456789").help("One contact for calls, SMS and WhatsApp. With its country code, or as it is written in the country beside it.").input())
            (Field::new(form, "region", "Country").id("phone-region").example("DE").help("Two letters.").input())
        }
    }
}

fn ntfy(form: &Form) -> Markup {
    html! {
        div.fields {
            (Field::new(form, "server", "ntfy server").id("ntfy-server").kind("url").example("https://ntfy.sh").help("A topic that nobody can guess is made there; a code for the phone's camera comes next.").input())
            (Field::new(form, "address", "Or the address of a topic of yours").id("ntfy-address").kind("url").example("https://ntfy.sh/my-secret-topic").input())
            (Field::new(form, "token", "Access token").id("ntfy-token").kind("password").help("Where the topic asks for one.").input())
        }
    }
}

fn pushover(form: &Form) -> Markup {
    Field::new(form, "address", "User key")
        .id("pushover-address")
        .required()
        .example("uQiRzpo4DXghDmr9QzzfQu27cmVRsG")
        .help("30 letters and digits, on pushover.net once you are logged in. key/device for one device only.")
        .input()
}

fn email(form: &Form) -> Markup {
    Field::new(form, "address", "E-mail address")
        .id("email-address")
        .kind("email")
        .autocomplete("email")
        .required()
        .input()
}

fn gotify(form: &Form) -> Markup {
    html! {
        div.fields {
            (Field::new(form, "address", "Gotify server").id("gotify-address").kind("url").required().example("https://gotify.example.com").input())
            (Field::new(form, "token", "Token of the application").id("gotify-token").kind("password").required().help("Apps, Create application, in Gotify.").input())
        }
    }
}

fn unified_push(form: &Form) -> Markup {
    html! {
        div.fields {
            (Field::new(form, "address", "Endpoint").id("unified-address").kind("url").required().help("The address that the app's distributor gave it.").input())
            (Field::new(form, "p256dh", "Public key").id("unified-p256dh").help("p256dh, where the app shows it: then messages are encrypted.").input())
            (Field::new(form, "auth", "Secret").id("unified-auth").kind("password").help("auth, beside it.").input())
        }
    }
}

fn webhook(form: &Form) -> Markup {
    Field::new(form, "address", "URL")
        .id("webhook-address")
        .kind("url")
        .required()
        .help("Each message is a signed POST to it.")
        .input()
}

/// The fields of a contact at the first start: `channel`, `address`.
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
