//! The channels: from a single event to the request that its provider gets; a thousand people who are paged at once; and a provider that
//! hangs.

mod people;

use crate::carrier::Carrier;
use crate::client::Connection;
use crate::clock;
use crate::event::Request;
use crate::figures::Durations;
use crate::lab::{Kind, Lab, Places};
use crate::process;
use crate::report::Report;
use anyhow::{Context as _, Result};
use people::{CHANNELS, Channel};
use serde_json::json;
use std::time::{Duration, Instant};

/// People of each channel: each is paged once.
const PEOPLE: u64 = 100;
/// Sent before it is measured: connections are opened, programs are read in.
const WARM_UP: usize = 5;
/// Between two events of an idle server: longer than any account is to wait between two messages.
const IDLE: Duration = Duration::from_millis(80);
/// Who is paged at once by one event.
const CROWD: u64 = 1_000;
/// Members of a team.
const TEAM: u64 = 200;
/// How long the provider of the crowd takes for a text message.
const SLOW: Duration = Duration::from_millis(100);
/// How long one that hangs takes.
const HANGS: Duration = Duration::from_secs(600);

/// All of it, each on a server of its own.
pub async fn measure(kind: Kind, places: &Places, report: &mut Report) -> Result<()> {
    let carrier = Carrier::start().await?;
    let open = || async {
        let lab = Lab::open_with(kind, places, 0, &[&carrier.smtp_setting()]).await?;
        connect(&lab, &carrier).await.map(|()| lab)
    };
    let lab = open().await?;
    latency(&lab, &carrier, report).await?;
    lab.close().await?;
    let lab = open().await?;
    crowd(&lab, &carrier, report).await?;
    lab.close().await?;
    let lab = open().await?;
    hanging(&lab, &carrier, report).await?;
    lab.close().await
}

async fn connect(lab: &Lab, carrier: &Carrier) -> Result<()> {
    let url = carrier.url();
    let twilio = json!({"accountSid": format!("AC{:032}", 7), "authToken": "token", "apiUrl": url, "smsFrom": "+4930123456",
        "voiceFrom": "+4930123456", "whatsappFrom": "+4930123456", "channels": ["SMS", "VOICE", "WHATSAPP"]});
    let pushover = json!({"token": "a".repeat(30), "apiUrl": url, "channels": ["PUSHOVER"]});
    let telegram = json!({"botToken": format!("123456:{}", "A".repeat(35)), "apiUrl": url, "receive": "WEBHOOK", "channels": ["TELEGRAM"]});
    for (kind, params) in [("twilio", twilio), ("pushover", pushover), ("telegram", telegram)] {
        lab.seed.post("/api/connectors", json!({"type": kind, "name": kind, "params": params})).await?;
    }
    Ok(())
}

/// From events to requests, by channel.
async fn latency(lab: &Lab, carrier: &Carrier, report: &mut Report) -> Result<()> {
    for (number, channel) in (0_u64..).zip(&CHANNELS) {
        let mut keys = Vec::new();
        for nth in 0..PEOPLE {
            keys.push(source_of(lab, channel, (number * 1_000 + nth, &carrier.url())).await?);
        }
        let figures = one_by_one(lab, carrier, (&keys, channel.is_text())).await?;
        report.row(
            format!("single event to the request of a {}, idle", channel.name),
            figures,
            "p50 < 10 ms, p99 < 50 ms",
        );
    }
    Ok(())
}

async fn source_of(lab: &Lab, channel: &Channel, (nth, url): (u64, &str)) -> Result<String> {
    let id = people::person(lab, channel, (nth, url)).await?;
    let name = format!("{} {nth}", channel.name);
    let policy = lab.seed.policy(&name, id).await?;
    lab.seed.source(&name, policy).await
}

/// An event for each source, one at a time, and how long it took to the request.
async fn one_by_one(lab: &Lab, carrier: &Carrier, (keys, is_text): (&[String], bool)) -> Result<String> {
    let mut connection = Connection::open(lab.node.address()).await?;
    let (mut durations, mut missing) = (Durations::default(), 0);
    for (nth, key) in keys.iter().enumerate() {
        carrier.came().clear();
        let asked = clock::now();
        connection.deliver(Request::new(std::slice::from_ref(key), 1).numbered(|_| nth as u64 + 1)).await?;
        match wait_for(carrier, is_text, 1, (asked, Duration::from_secs(20))).await.first() {
            Some(at) if nth >= WARM_UP => durations.push(at.duration_since(asked)),
            Some(_) => {}
            None => missing += 1,
        }
        clock::sleep(IDLE).await;
    }
    Ok(format!("{} ({} events, {missing} missing)", durations.summary(), durations.len() + missing))
}

/// When so many messages came, or those that did within the time.
async fn wait_for(
    carrier: &Carrier,
    is_text: bool,
    count: usize,
    (since, patience): (Instant, Duration),
) -> Vec<Instant> {
    loop {
        let came: Vec<Instant> = carrier.came().iter().filter(|it| it.is_text == is_text).map(|it| it.at).collect();
        if came.len() >= count || since.elapsed() > patience {
            return came;
        }
        clock::sleep(Duration::from_millis(1)).await;
    }
}

/// A thousand people in five teams, paged by text through a provider that takes its time.
async fn crowd(lab: &Lab, carrier: &Carrier, report: &mut Report) -> Result<()> {
    let key = source_of_a_crowd(lab, carrier).await?;
    carrier.take(SLOW);
    let asked = deliver(lab, carrier, key).await?;
    let all = usize::try_from(CROWD)?;
    let came = wait_for(carrier, true, all, (asked, Duration::from_secs(60))).await;
    let mut after = Durations::default();
    came.iter().for_each(|at| after.push(at.duration_since(asked)));
    let memory_mb = process::memory_mb(lab.pid, "VmHWM:")?;
    let figures = format!("{}, {} missing, {memory_mb:.0} MB", after.summary(), all.saturating_sub(came.len()));
    let what = format!("{CROWD} people paged by one event, provider takes 100 ms");
    report.row(what, figures, "all within 5 s, < 200 MB");
    carrier.take(Duration::ZERO);
    Ok(())
}

/// The same thousand while their provider answers nothing: people who are reached otherwise are paged as ever.
async fn hanging(lab: &Lab, carrier: &Carrier, report: &mut Report) -> Result<()> {
    let crowd = source_of_a_crowd(lab, carrier).await?;
    let ntfy = CHANNELS.iter().find(|channel| channel.method == "NTFY").context("ntfy")?;
    let mut keys = Vec::new();
    for nth in 0..PEOPLE {
        keys.push(source_of(lab, ntfy, (10_000 + nth, &carrier.url())).await?);
    }
    carrier.take(HANGS);
    let asked = deliver(lab, carrier, crowd).await?;
    wait_for(carrier, true, 1, (asked, Duration::from_secs(10))).await;
    let figures = one_by_one(lab, carrier, (&keys, false)).await?;
    report.row(
        format!("single event to ntfy while {CROWD} texts wait for a provider that hangs"),
        figures,
        "longest < 10 s",
    );
    Ok(())
}

async fn deliver(lab: &Lab, carrier: &Carrier, key: String) -> Result<Instant> {
    let mut connection = Connection::open(lab.node.address()).await?;
    carrier.came().clear();
    let asked = clock::now();
    connection.deliver(Request::new(&[key], 1).numbered(|_| 1)).await?;
    Ok(asked)
}

async fn source_of_a_crowd(lab: &Lab, carrier: &Carrier) -> Result<String> {
    let text = CHANNELS.iter().find(|channel| channel.method == "SMS").context("text messages")?;
    let mut teams = Vec::new();
    for team in 0..CROWD / TEAM {
        let mut members = Vec::new();
        for nth in 0..TEAM {
            let id = people::person(lab, text, (team * TEAM + nth, &carrier.url())).await?;
            members.push(json!({"user": {"id": id}, "role": "RESPONDER"}));
        }
        let made = lab.seed.post("/api/teams", json!({"name": format!("team {team}"), "members": members})).await?;
        teams.push(json!({"id": made["id"]}));
    }
    let rules = json!([{"escalationTimeout": 60, "teams": teams}]);
    let policy = lab.seed.post("/api/escalation-policies", json!({"name": "all", "escalationRules": rules})).await?;
    lab.seed.source("all", policy["id"].as_i64().context("a policy")?).await
}
