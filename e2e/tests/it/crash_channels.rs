//! The server is killed at the moment at which a provider has taken a message and it is not recorded yet: at most one duplicate, never a
//! loss, whatever carries the message.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::time::Duration;
use watchbell_e2e::dice::Dice;
use watchbell_e2e::stage::{drain, program, say};
use watchbell_sim::phone::{Exchange, PhoneSimConfig, TwilioAccount};
use watchbell_sim::push::{PushDesk, PushDeskConfig};
use watchbell_sim::{ntfy, pushover};
use watchbell_testkit::clock::{Stopwatch, pause};
use watchbell_testkit::databases::TestDatabase;
use watchbell_testkit::node::Node;
use watchbell_testkit::seed::Seed;

/// Kills, each while all channels send.
const KILLS: usize = 4;
/// How long the first message may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// The number of everybody at the exchange.
const NUMBER: &str = "+4915112345678";

/// The stand-ins of everybody who carries messages.
struct World {
    exchange: Exchange,
    desk: PushDesk,
    ntfy: ntfy::Ntfy,
}

impl World {
    async fn start() -> Result<Self> {
        Ok(Self {
            exchange: Exchange::start(PhoneSimConfig::default()).await?,
            desk: PushDesk::start(PushDeskConfig::default()).await?,
            ntfy: ntfy::Ntfy::start(ntfy::NtfySimConfig::default()).await?,
        })
    }

    /// How many messages tell of this, over whatever they came.
    fn told_of(&self, words: &str) -> usize {
        let texts = self.exchange.messages().iter().filter(|message| message.text.contains(words)).count();
        let pushes =
            self.desk.pushover.messages().iter().filter(|message| format!("{message:?}").contains(words)).count();
        let gotify =
            self.desk.gotify.messages().iter().filter(|message| format!("{message:?}").contains(words)).count();
        let chats =
            self.desk.telegram.messages().iter().filter(|message| format!("{message:?}").contains(words)).count();
        let apps =
            self.desk.web_push.messages().iter().filter(|message| format!("{message:?}").contains(words)).count();
        let ntfy = self.ntfy.messages().iter().filter(|message| format!("{message:?}").contains(words)).count();
        texts + pushes + gotify + chats + apps + ntfy
    }
}

/// One way to a person: the contact, and the method of a rule.
struct Way {
    method: &'static str,
    path: &'static str,
    contact: Value,
}

fn ways(world: &World) -> Result<Vec<Way>> {
    let way = |method, path, contact| Way { method, path, contact };
    let phone = json!({"regionCode": "DE", "target": NUMBER});
    let unified = world.desk.web_push.unified()?;
    Ok(vec![
        way("SMS", "phone-numbers", phone.clone()),
        way("WHATSAPP", "phone-numbers", phone),
        way("PUSHOVER", "pushover", json!({"target": pushover::USER})),
        way("GOTIFY", "gotify", json!({"target": world.desk.gotify.url(), "token": world.desk.gotify.token()})),
        way("UNIFIED_PUSH", "unified-push", json!({"target": unified.endpoint})),
        way("NTFY", "ntfy", json!({"target": format!("{}/crash", world.ntfy.url())})),
    ])
}

async fn connect(seed: &Seed, world: &World) -> Result<()> {
    let account = TwilioAccount::default();
    let twilio = json!({"accountSid": account.account_sid, "authToken": account.auth_token, "apiUrl": world.exchange.url(),
        "smsFrom": "+4930123456", "whatsappFrom": "+4930123456", "channels": ["SMS", "WHATSAPP"]});
    let pushover = json!({"token": pushover::TOKEN, "apiUrl": world.desk.pushover.url(), "channels": ["PUSHOVER"]});
    for (kind, params) in [("twilio", twilio), ("pushover", pushover)] {
        seed.post("/api/connectors", json!({"type": kind, "name": kind, "params": params})).await?;
    }
    Ok(())
}

/// A person for each way, and sources that page them: one for each kill, so that every page goes out by itself.
async fn sources(seed: &Seed, ways: &[Way]) -> Result<Vec<String>> {
    let mut keys = Vec::new();
    for way in ways {
        let person = seed.person(&way.method.to_lowercase(), "http://127.0.0.1:9/unused").await?;
        let made = seed.post(&format!("/api/users/{person}/contacts/{}", way.path), way.contact.clone()).await?;
        seed.only_rule(person, way.method, made["id"].as_i64().context("a contact")?).await?;
        let policy = seed.policy(way.method, person).await?;
        for kill in 0..KILLS {
            keys.push(seed.source(&format!("{} {kill}", way.method), policy).await?);
        }
    }
    Ok(keys)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn channels_on_sqlite() -> Result<()> {
    killed_between_answer_and_record(TestDatabase::sqlite()?).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn channels_on_postgres() -> Result<()> {
    match TestDatabase::durable_postgres("").await? {
        Some(database) => killed_between_answer_and_record(database).await,
        None => Ok(()),
    }
}

/// What an alert says, so that its messages are known.
fn words(way: usize, kill: usize) -> String {
    format!("crash number {way:02}.{kill:02}")
}

async fn killed_between_answer_and_record(database: TestDatabase) -> Result<()> {
    let mut dice = Dice::new();
    say(&format!("WATCHBELL_TEST_SEED={}", dice.seed()));
    let (world, node) = (World::start().await?, Node::on(&program()?, &database, "channels")?);
    let mut running = node.start().await?;
    let seed = Seed::of(&node).await?;
    connect(&seed, &world).await?;
    let ways = ways(&world)?;
    let keys = sources(&seed, &ways).await?;
    let mut twice = 0;
    for kill in 0..KILLS {
        // One alert of each way at the same moment.
        for (way, keys) in keys.chunks(KILLS).enumerate() {
            let event = json!({"integrationKey": keys[kill], "eventType": "ALERT", "summary": words(way, kill)});
            seed.post("/api/events", event).await?;
        }
        let waiting = Stopwatch::start();
        while (0..ways.len()).all(|way| world.told_of(&words(way, kill)) == 0) && waiting.elapsed() < PATIENCE {
            pause(Duration::from_millis(1)).await;
        }
        pause(dice.moment(0, 20)).await;
        running.kill().await?;
        running = node.start().await?;
        // A lease that was held when the node died ends within half a minute.
        drain(&database, Duration::from_secs(120)).await?;
        for (way, of) in ways.iter().enumerate() {
            let came = world.told_of(&words(way, kill));
            ensure!((1..=2).contains(&came), "{} at kill {kill}: told {came} times", of.method);
            twice += came - 1;
        }
    }
    running.stop().await?;
    say(&format!("{KILLS} kills, {} messages over {} channels: none lost, {twice} told twice", keys.len(), ways.len()));
    database.remove().await
}
