//! The channels: from a single event to the request that its provider gets, and a thousand people who are paged at once.

use crate::carrier::Carrier;
use crate::client::Connection;
use crate::clock;
use crate::event::Request;
use crate::figures::Durations;
use crate::lab::Lab;
use crate::process;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// People of each channel: each is paged twice.
const PEOPLE: u64 = 30;
/// Who is paged at once by one event.
pub const CROWD: u64 = 1_000;
/// Members of a team.
const TEAM: u64 = 200;
/// How long the provider of the crowd takes for a request.
const SLOW: Duration = Duration::from_millis(100);
/// The public key and secret of a browser (RFC 8291, appendix A).
const P256DH: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

/// One channel: its name, the method of a rule, the contacts' path, and a contact of a person.
type Channel = (&'static str, &'static str, &'static str, fn(&str, u64) -> Value);

const CHANNELS: [Channel; 8] = [
    ("text message", "SMS", "phone-numbers", phone),
    ("call", "VOICE", "phone-numbers", phone),
    ("WhatsApp", "WHATSAPP", "phone-numbers", phone),
    ("Pushover", "PUSHOVER", "pushover", |_, nth| json!({"target": format!("u{nth:029}")})),
    ("Gotify", "GOTIFY", "gotify", |url, nth| json!({"target": format!("{url}/gotify{nth}"), "token": "Atoken"})),
    ("ntfy", "NTFY", "ntfy", |url, nth| json!({"target": format!("{url}/topic{nth}")})),
    ("Web Push and UnifiedPush", "UNIFIED_PUSH", "unified-push", |url, nth| {
        json!({"target": format!("{url}/push/{nth}"), "p256dh": P256DH, "auth": AUTH})
    }),
    ("webhook", "WEBHOOK", "webhooks", |url, nth| json!({"target": format!("{url}/hook/{nth}"), "secret": "webhook-secret"})),
];

fn phone(_: &str, nth: u64) -> Value {
    json!({"regionCode": "DE", "target": format!("+491511{nth:07}")})
}

/// What came of the crowd.
#[derive(Debug)]
pub struct Crowd {
    /// From the answer to the event to each request.
    pub after: Durations,
    /// Who was not paged.
    pub missing: usize,
    /// The most memory that the server held, in MB.
    pub memory_mb: f64,
}

/// From events to requests, by channel.
pub async fn latency(lab: &Lab) -> Result<Vec<(&'static str, Durations, usize)>> {
    let carrier = Carrier::start().await?;
    connect(lab, &carrier).await?;
    let mut all = Vec::new();
    for (number, channel) in (0_u64..).zip(CHANNELS) {
        let mut keys = Vec::new();
        for nth in 0..PEOPLE {
            keys.push(source_of(lab, channel, (number * 1_000 + nth, &carrier.url())).await?);
        }
        let (durations, missing) = one_by_one(lab, &carrier, &keys).await?;
        all.push((channel.0, durations, missing));
    }
    Ok(all)
}

async fn connect(lab: &Lab, carrier: &Carrier) -> Result<()> {
    let url = carrier.url();
    let twilio = json!({"accountSid": format!("AC{:032}", 7), "authToken": "token", "apiUrl": url, "smsFrom": "+4930123456",
        "voiceFrom": "+4930123456", "whatsappFrom": "+4930123456", "channels": ["SMS", "VOICE", "WHATSAPP"]});
    let pushover = json!({"token": "a".repeat(30), "apiUrl": url, "channels": ["PUSHOVER"]});
    for (kind, params) in [("twilio", twilio), ("pushover", pushover)] {
        lab.seed.post("/api/connectors", json!({"type": kind, "name": kind, "params": params})).await?;
    }
    Ok(())
}

/// A person who is reached over a channel alone; their id.
async fn person(lab: &Lab, (_, method, path, contact): Channel, (nth, url): (u64, &str)) -> Result<i64> {
    let id = lab.seed.person(&format!("{}{nth}", method.to_lowercase()), &format!("{url}/unused/{nth}")).await?;
    let made = lab.seed.post(&format!("/api/users/{id}/contacts/{path}"), contact(url, nth)).await?;
    let contact = made["id"].as_i64().context("a contact")?;
    lab.seed.only_rule(id, method, contact).await?;
    Ok(id)
}

async fn source_of(lab: &Lab, channel: Channel, (nth, url): (u64, &str)) -> Result<String> {
    let id = person(lab, channel, (nth, url)).await?;
    let policy = lab.seed.policy(&format!("{} {nth}", channel.0), id).await?;
    lab.seed.source(&format!("{} {nth}", channel.0), policy).await
}

/// An event for each source, one at a time.
async fn one_by_one(lab: &Lab, carrier: &Carrier, keys: &[String]) -> Result<(Durations, usize)> {
    let mut connection = Connection::open(lab.node.address()).await?;
    let (mut durations, mut missing) = (Durations::default(), 0);
    for (number, key) in (1_u64..).zip(keys) {
        let before = carrier.sent().len();
        let asked = clock::now();
        connection.deliver(Request::new(std::slice::from_ref(key), 1).numbered(|_| number)).await?;
        match wait_for(carrier, before + 1, asked, Duration::from_secs(2)).await {
            true => durations.push(carrier.sent()[before].duration_since(asked)),
            false => missing += 1,
        }
        clock::sleep(Duration::from_millis(30)).await;
    }
    Ok((durations, missing))
}

async fn wait_for(carrier: &Carrier, count: usize, since: Instant, patience: Duration) -> bool {
    while carrier.sent().len() < count {
        if since.elapsed() > patience {
            return false;
        }
        clock::sleep(Duration::from_millis(1)).await;
    }
    true
}

/// A thousand people in five teams, paged by text through a provider that takes its time.
pub async fn crowd(lab: &Lab) -> Result<Crowd> {
    let carrier = Carrier::start().await?;
    connect(lab, &carrier).await?;
    let mut teams = Vec::new();
    for team in 0..CROWD / TEAM {
        let mut members = Vec::new();
        for nth in 0..TEAM {
            let id = person(lab, CHANNELS[0], (team * TEAM + nth, &carrier.url())).await?;
            members.push(json!({"user": {"id": id}, "role": "RESPONDER"}));
        }
        let made = lab.seed.post("/api/teams", json!({"name": format!("team {team}"), "members": members})).await?;
        teams.push(json!({"id": made["id"]}));
    }
    let rules = json!([{"escalationTimeout": 60, "teams": teams}]);
    let policy = lab.seed.post("/api/escalation-policies", json!({"name": "all", "escalationRules": rules})).await?;
    let key = lab.seed.source("all", policy["id"].as_i64().context("a policy")?).await?;
    carrier.take(SLOW);
    let mut connection = Connection::open(lab.node.address()).await?;
    let asked = clock::now();
    connection.deliver(Request::new(&[key], 1).numbered(|_| 1)).await?;
    let all = usize::try_from(CROWD)?;
    wait_for(&carrier, all, asked, Duration::from_secs(60)).await;
    let mut after = Durations::default();
    carrier.sent().iter().for_each(|came| after.push(came.duration_since(asked)));
    let memory_mb = process::memory_mb(lab.pid, "VmHWM:")?;
    Ok(Crowd { missing: all.saturating_sub(after.len()), after, memory_mb })
}
