//! People who are reached over one channel alone.

use crate::lab::Lab;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// The public key and secret of a browser (RFC 8291, appendix A).
const P256DH: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

/// A channel as the API knows it.
#[derive(Debug)]
pub struct Channel {
    /// As people call it.
    pub name: &'static str,
    /// The method of a rule.
    pub method: &'static str,
    /// The path of its contacts, and one of them: the carrier's address and a number make it.
    contact: (&'static str, fn(&str, u64) -> Value),
}

/// Every channel.
pub const CHANNELS: [Channel; 10] = [
    Channel {
        name: "mail",
        method: "EMAIL",
        contact: ("emails", |_, nth| json!({"target": format!("mail{nth}@example.com")})),
    },
    Channel { name: "text message", method: "SMS", contact: ("phone-numbers", phone) },
    Channel { name: "call", method: "VOICE", contact: ("phone-numbers", phone) },
    Channel { name: "WhatsApp", method: "WHATSAPP", contact: ("phone-numbers", phone) },
    // Its contacts are made by writing to the bot, not by the API.
    Channel { name: "Telegram", method: "TELEGRAM", contact: ("", |_, nth| json!({"target": nth.to_string()})) },
    Channel {
        name: "Pushover",
        method: "PUSHOVER",
        contact: ("pushover", |_, nth| json!({"target": format!("u{nth:029}")})),
    },
    Channel {
        name: "Gotify",
        method: "GOTIFY",
        contact: ("gotify", |url, nth| json!({"target": format!("{url}/gotify{nth}"), "token": "Atoken"})),
    },
    Channel {
        name: "ntfy",
        method: "NTFY",
        contact: ("ntfy", |url, nth| json!({"target": format!("{url}/topic{nth}")})),
    },
    Channel {
        name: "Web Push and UnifiedPush",
        method: "UNIFIED_PUSH",
        contact: (
            "unified-push",
            |url, nth| json!({"target": format!("{url}/push/{nth}"), "p256dh": P256DH, "auth": AUTH}),
        ),
    },
    Channel {
        name: "webhook",
        method: "WEBHOOK",
        contact: ("webhooks", |url, nth| json!({"target": format!("{url}/hook/{nth}"), "secret": "webhook-secret"})),
    },
];

impl Channel {
    /// Whether the carrier takes it for a text message.
    pub fn is_text(&self) -> bool {
        matches!(self.method, "SMS" | "WHATSAPP")
    }
}

fn phone(_: &str, nth: u64) -> Value {
    json!({"regionCode": "DE", "target": format!("+491511{nth:07}")})
}

/// A person who is reached over a channel alone; their id.
pub async fn person(lab: &Lab, channel: &Channel, (nth, url): (u64, &str)) -> Result<i64> {
    let name = format!("{}{nth}", channel.method.to_lowercase());
    let id = lab.seed.person(&name, &format!("{url}/unused/{nth}")).await?;
    let (path, made) = (channel.contact.0, channel.contact.1(url, nth));
    let contact = match path {
        "" => chat(lab, id, made["target"].as_str().unwrap_or_default()).await?,
        path => {
            let made = lab.seed.post(&format!("/api/users/{id}/contacts/{path}"), made).await?;
            made["id"].as_i64().context("a contact")?
        }
    };
    lab.seed.only_rule(id, channel.method, contact).await?;
    Ok(id)
}

/// A chat with the bot, as it is kept after the person wrote to it.
async fn chat(lab: &Lab, user: i64, target: &str) -> Result<i64> {
    let insert = format!(
        "INSERT INTO contact (org_id, user_id, channel, target, target_folded, is_primary, status, verified_at, created_at, updated_at)
            VALUES (1, {user}, 'TELEGRAM', '{target}', '{target}', TRUE, 'OK', 1, 1, 1)"
    );
    lab.database().tamper(&insert).await?;
    let find = format!("SELECT id FROM contact WHERE user_id = {user} AND channel = 'TELEGRAM'");
    let made: Vec<(i64,)> = lab.database().read(&find).await?;
    Ok(made.first().context("a chat")?.0)
}
