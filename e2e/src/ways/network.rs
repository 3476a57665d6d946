//! Ways without a telephone.

use super::{Way, only_by, reach};
use crate::gate::Gate;
use crate::world::World;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use watchbell_sim::pushover;
use watchbell_testkit::databases::TestDatabase;
use watchbell_testkit::seed::{HOOK_SECRET, Seed};

/// People who are reached without a telephone, one for each way.
pub async fn by_network(world: &World, seed: &Seed, database: &TestDatabase, mail: Gate) -> Result<Vec<Way>> {
    let mut ways = by_desk(world, seed).await?;
    ways.push(by_browser(world, seed, database).await?);
    ways.push(by_chat(world, seed, database).await?);
    let (ntfy, hook) = (Gate::before(world.ntfy.addr()).await?, Gate::before(world.hook.addr()).await?);
    let topic = json!({"target": format!("http://{}/crash", ntfy.address())});
    let page = json!({"target": through(&hook, &format!("{}/cut", world.hook.url())), "secret": HOOK_SECRET});
    let inbox = json!({"target": "cut@example.com"});
    for (method, gate, path, contact) in
        [("NTFY", ntfy, "ntfy", topic), ("WEBHOOK", hook, "webhooks", page), ("EMAIL", mail, "emails", inbox)]
    {
        ways.push(reach(seed, method, gate, String::new(), (path, contact)).await?);
    }
    Ok(ways)
}

/// An address behind a gate as it is seen from before it.
fn through(gate: &Gate, url: &str) -> String {
    match url.split_once("://").and_then(|(_, rest)| rest.split_once('/')) {
        Some((_, path)) => format!("http://{}/{path}", gate.address()),
        None => format!("http://{}", gate.address()),
    }
}

async fn connect(seed: &Seed, kind: &str, params: Value) -> Result<Value> {
    seed.post("/api/connectors", json!({"type": kind, "name": kind, "params": params})).await
}

async fn by_desk(world: &World, seed: &Seed) -> Result<Vec<Way>> {
    let desk = &world.desk;
    let (pager, gotify) = (Gate::before(desk.addr()).await?, Gate::before(desk.addr()).await?);
    let unified = Gate::before(desk.addr()).await?;
    let params =
        json!({"token": pushover::TOKEN, "apiUrl": through(&pager, &desk.pushover.url()), "channels": ["PUSHOVER"]});
    connect(seed, "pushover", params).await?;
    let inbox = json!({"target": through(&gotify, &desk.gotify.url()), "token": desk.gotify.token()});
    let app = json!({"target": through(&unified, &desk.web_push.unified()?.endpoint)});
    let none = String::new;
    Ok(vec![
        reach(seed, "PUSHOVER", pager, none(), ("pushover", json!({"target": pushover::USER}))).await?,
        reach(seed, "GOTIFY", gotify, none(), ("gotify", inbox)).await?,
        reach(seed, "UNIFIED_PUSH", unified, none(), ("unified-push", app)).await?,
    ])
}

/// A push service checks that its own address is named, so it takes that of the gate.
async fn by_browser(world: &World, seed: &Seed, database: &TestDatabase) -> Result<Way> {
    let gate = Gate::before(world.desk.addr()).await?;
    world.desk.web_push.stand_behind(gate.address());
    let keys: Vec<(String,)> = database.read("SELECT value FROM setting WHERE name = 'push_key'").await?;
    let (key,) = keys.into_iter().next().context("a key for push messages")?;
    let browser = world.desk.web_push.subscribe(&serde_json::from_str::<String>(&key)?)?;
    let (p256dh, auth) = (browser.keys.p256dh(), browser.keys.auth());
    let contact = json!({"target": browser.endpoint, "p256dh": p256dh, "auth": auth});
    reach(seed, "WEB_PUSH", gate, String::new(), ("web-push", contact)).await
}

/// Only the bot hears which chat is whose, and this test is not about that: the chat is put into the database.
async fn by_chat(world: &World, seed: &Seed, database: &TestDatabase) -> Result<Way> {
    let (telegram, gate) = (&world.desk.telegram, Gate::before(world.desk.addr()).await?);
    let params =
        json!({"botToken": telegram.token(), "apiUrl": through(&gate, &telegram.url()), "channels": ["TELEGRAM"]});
    connect(seed, "telegram", params).await?;
    let person = seed.person("telegram", "http://127.0.0.1:9/unused").await?;
    let chat = telegram.anyone();
    chat.start("")?;
    let insert = format!(
        "INSERT INTO contact (org_id, user_id, channel, target, target_folded, is_primary, status, verified_at, created_at, updated_at)
            VALUES (1, {person}, 'TELEGRAM', '{0}', '{0}', TRUE, 'OK', 1, 1, 1)",
        chat.id()
    );
    database.tamper(&insert).await?;
    let made: Vec<(i64,)> = database.read("SELECT id FROM contact WHERE channel = 'TELEGRAM'").await?;
    let (contact,) = *made.first().context("a contact")?;
    let key = only_by(seed, "TELEGRAM", person, contact).await?;
    Ok(Way { method: "TELEGRAM", gate, key, number: String::new() })
}
