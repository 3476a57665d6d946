//! The small MSP of the demonstration: three technicians, two levels, Autotask with its workflow rule, and a first ticket.

use super::api::Api;
use super::home::Home;
use super::stand_ins::StandIns;
use crate::people;
use anyhow::{Context as _, anyhow};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use std::io::Write as _;
use watchbell_server::app::App;
use watchbell_sim::autotask::seed::HOSPITAL;
use watchbell_sim::autotask::{Actor, TicketIn};
use watchbell_sim::phone::TwilioAccount;

/// Who logs in.
pub(crate) const LOGIN: &str = "anna@msp.example";

/// The night desk of the hospital, a contact of the stand-in's tenant.
const NIGHT_DESK: i64 = 30_682_904;

/// Whom Watchbell calls and writes from, and Anna's phone.
const OUR_NUMBER: &str = "+4930123456";
/// See [`OUR_NUMBER`].
const ANNAS_NUMBER: &str = "+4915100000001";

/// "Critical" in the stand-in's tenant.
const CRITICAL: i64 = 4;

/// What a person needs to look at the demonstration.
#[derive(Debug)]
pub(crate) struct Planted {
    pub(crate) watchbell: String,
    pub(crate) password: String,
    pub(crate) webhook_url: String,
    /// The integration key of the source for any other tool.
    pub(crate) monitoring_key: String,
    pub(crate) key_file: String,
}

/// Sets the MSP up and lets a customer open a ticket.
pub(crate) async fn plant(app: &App, stand_ins: &StandIns, home: &Home) -> anyhow::Result<Planted> {
    let password = format!("bell-{}", app.ids.code());
    people::create_user(&app.db, LOGIN, "Anna Keller", "ADMIN", Some(password.clone().into())).await?;
    let key = people::create_api_key(&app.db, LOGIN, "demo").await?;
    keep_key(home, &key)?;
    let watchbell = app.config.public_url();
    let api = Api::new(watchbell.clone(), key)?;
    let policy = plant_people(&api, stand_ins, app.clock.now()).await?;
    let (webhook_url, monitoring_key) = plant_sources(&api, stand_ins, policy).await?;
    stand_ins.autotask.callout_to(&webhook_url);
    open_ticket(stand_ins)?;
    let key_file = home.key_file().display().to_string();
    Ok(Planted { watchbell, password, webhook_url, monitoring_key, key_file })
}

fn keep_key(home: &Home, key: &str) -> anyhow::Result<()> {
    let file = home.key_file();
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&file).and_then(|mut open| writeln!(open, "{key}"));
    written.with_context(|| file.display().to_string())
}

/// Anna has this week and is paged at once: her phone rings, and she gets a push message and a mail; after two minutes of silence Ben
/// and Carla are paged by text message.
async fn plant_people(api: &Api, stand_ins: &StandIns, now: Timestamp) -> anyhow::Result<i64> {
    connect_phones(api, stand_ins).await?;
    // The first user: the command line made her.
    let anna = 1;
    give_topic(api, stand_ins, anna, "anna").await?;
    give_number(api, anna, "VOICE", ANNAS_NUMBER).await?;
    let mut second = Vec::new();
    for (first, last, number) in [("Ben", "Ortiz", "+4915100000002"), ("Carla", "Ruiz", "+4915100000003")] {
        let topic = first.to_lowercase();
        let person =
            json!({"firstName": first, "lastName": last, "email": format!("{topic}@msp.example"), "role": "RESPONDER"});
        let id = api.make("/users", &person).await?;
        give_topic(api, stand_ins, id, &topic).await?;
        give_number(api, id, "SMS", number).await?;
        second.push(json!({"id": id}));
    }
    let schedule = plant_schedule(api, anna, &second, now).await?;
    let levels = json!([
        {"escalationTimeout": 2, "schedules": [{"id": schedule}]},
        {"escalationTimeout": 5, "users": second},
    ]);
    api.make(
        "/escalation-policies",
        &json!({"name": "Nights and weekends", "escalationRules": levels, "repeating": true, "frequency": 2}),
    )
    .await
}

/// A week each, Anna first.
async fn plant_schedule(api: &Api, anna: i64, others: &[Value], now: Timestamp) -> anyhow::Result<i64> {
    let first = [json!({"id": anna})];
    let users: Vec<&Value> = first.iter().chain(others).collect();
    let today = now.to_zoned(TimeZone::UTC).date();
    let monday = today.saturating_sub(i64::from(today.weekday().to_monday_zero_offset()).days());
    let layer = json!({"name": "A week each", "startsOn": monday.at(0, 0, 0, 0), "rotation": "P7D", "users": users});
    let schedule =
        json!({"name": "Nights and weekends", "type": "RECURRING", "timezone": "UTC", "scheduleLayers": [layer]});
    api.make("/schedules", &schedule).await
}

/// The account at the telephone exchange, and the way of answers back.
async fn connect_phones(api: &Api, stand_ins: &StandIns) -> anyhow::Result<()> {
    let account = TwilioAccount::default();
    let params = json!({
        "accountSid": account.account_sid, "authToken": account.auth_token, "apiUrl": stand_ins.phones.url(),
        "smsFrom": OUR_NUMBER, "voiceFrom": OUR_NUMBER, "whatsappFrom": OUR_NUMBER, "channels": ["SMS", "VOICE", "WHATSAPP"],
    });
    let made =
        api.post("/connectors", &json!({"type": "twilio", "name": "Telephone exchange", "params": params})).await?;
    let id = made["id"].as_str().context("the account has no id")?;
    let answers = format!("{}/api/v1/providers/{id}/message", api.base());
    stand_ins.phones.webhooks(|webhooks| webhooks.twilio_sms = Some(answers));
    Ok(())
}

async fn give_number(api: &Api, user: i64, method: &str, number: &str) -> anyhow::Result<()> {
    let phone = json!({"regionCode": "DE", "target": number});
    let contact = api.make(&format!("/users/{user}/contacts/phone-numbers"), &phone).await?;
    let rule = json!({"method": method, "contact": {"id": contact}, "delayMin": 0, "type": "HIGH_PRIORITY"});
    api.post(&format!("/users/{user}/notification-preferences/alerts"), &rule).await.map(|_| ())
}

async fn give_topic(api: &Api, stand_ins: &StandIns, user: i64, topic: &str) -> anyhow::Result<()> {
    let target = json!({"target": format!("{}/{topic}", stand_ins.ntfy.url())});
    let contact = api.make(&format!("/users/{user}/contacts/ntfy"), &target).await?;
    let rule = json!({"method": "PUSH", "contact": {"id": contact}, "delayMin": 0, "type": "HIGH_PRIORITY"});
    api.post(&format!("/users/{user}/notification-preferences/alerts"), &rule).await.map(|_| ())
}

/// The source of tickets, and one for any other tool, whose alerts become tickets; the webhook URL of the first, the key of the second.
async fn plant_sources(api: &Api, stand_ins: &StandIns, policy: i64) -> anyhow::Result<(String, String)> {
    let (user, secret, code) = stand_ins.autotask.with(|world| {
        let config = &world.config;
        (config.api_user.clone(), config.api_secret.clone(), config.api_code.clone())
    });
    let account =
        json!({"userName": user, "secret": secret, "apiIntegrationCode": code, "webServer": stand_ins.autotask.url()});
    let tickets = json!({
        "name": "Autotask", "integrationType": "AUTOTASK", "escalationPolicy": {"id": policy}, "autotaskMetadata": account,
    });
    let source = api.post("/alert-sources", &tickets).await?;
    let monitoring = json!({"name": "Monitoring", "integrationType": "API", "escalationPolicy": {"id": policy}});
    let monitoring = api.post("/alert-sources", &monitoring).await?;
    plant_action(api, &monitoring["id"], &source["autotaskMetadata"]["connectorId"]).await?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let webhook_url = text(&source["integrationUrl"]).context("the Autotask source has no webhook URL")?;
    Ok((webhook_url, text(&monitoring["integrationKey"]).context("the source has no integration key")?))
}

/// An alert of any other tool becomes a ticket of the customer that its label names, else of the one whose device it is; else the
/// MSP's own.
async fn plant_action(api: &Api, source: &Value, connector: &Value) -> anyhow::Result<()> {
    let rules = json!([{"by": "LABEL", "value": "customer"}, {"by": "REFERENCE_TITLE", "value": "{{ labels.host | default(\"\") }}"}]);
    let params = json!({"queueId": "8", "companyId": "0", "companyRules": rules, "completeOnResolve": true});
    let action = json!({
        "name": "Tickets for monitoring", "alertSources": [{"id": source}], "connectorId": connector, "connectorType": "autotask",
        "triggerMode": "AUTOMATIC", "params": params,
    });
    api.post("/alert-actions", &action).await.map(|_| ())
}

fn open_ticket(stand_ins: &StandIns) -> anyhow::Result<()> {
    let ticket = TicketIn::new("Mail server is down: nobody can send or receive")
        .with("companyID", HOSPITAL)
        .with("contactID", NIGHT_DESK)
        .with("priority", CRITICAL)
        .with("description", "Since 02:40 no mail at all. The ward cannot reach the laboratory.")
        .by(Actor::contact(NIGHT_DESK));
    stand_ins.autotask.create_ticket(ticket).map(|_| ()).map_err(|refused| anyhow!("the first ticket: {refused}"))
}
