//! The server is killed when a provider has taken a message and nobody recorded it: at most one duplicate, never a loss, whatever
//! carries the message. Two nodes on one database: one message, not two.

use anyhow::{Context as _, Result, ensure};
use reqwest::Method;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use watchbell_e2e::gate::Gate;
use watchbell_e2e::stage::{drain, program, say};
use watchbell_e2e::ways::{Carrier, Way, by_carrier, by_network, with_mail};
use watchbell_e2e::world::World;
use watchbell_testkit::databases::TestDatabase;
use watchbell_testkit::http::Caller;
use watchbell_testkit::node::Node;
use watchbell_testkit::seed::Seed;

/// How long a first message may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// A lease that was held when a node died ends within half a minute.
const LEASES_END: Duration = Duration::from_secs(60);

/// GAPF-02.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gapf_02_a_kill_before_the_record_on_sqlite() -> Result<()> {
    for_each_carrier(|carrier| async move { killed_before_the_record(TestDatabase::sqlite()?, carrier).await }).await
}

/// GAPF-02.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gapf_02_a_kill_before_the_record_on_postgres() -> Result<()> {
    for_each_carrier(|carrier| async move {
        match TestDatabase::durable_postgres("").await? {
            Some(database) => killed_before_the_record(database, carrier).await,
            None => Ok(()),
        }
    })
    .await
}

/// GAPF-07: nodes know of each other by the database alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gapf_07_two_nodes_send_one_message_over_each_channel() -> Result<()> {
    for_each_carrier(|carrier| async move {
        match TestDatabase::durable_postgres("").await? {
            Some(database) => two_nodes(database, carrier).await,
            None => Ok(()),
        }
    })
    .await
}

/// At the same time: each waits for leases to end.
async fn for_each_carrier<F: Future<Output = Result<()>>>(run: impl Fn(Carrier) -> F) -> Result<()> {
    tokio::try_join!(run(Carrier::Twilio), run(Carrier::Vonage), run(Carrier::Gateway))?;
    Ok(())
}

/// The ways of a carrier; those without a telephone go with the first.
async fn ways(world: &World, node: &Node, database: &TestDatabase, carrier: Carrier, mail: Gate) -> Result<Vec<Way>> {
    let seed = Seed::of(node).await?;
    let mut ways = by_carrier(world, &seed, carrier).await?;
    if carrier == Carrier::Twilio {
        ways.extend(by_network(world, &seed, database, mail).await?);
    }
    Ok(ways)
}

/// What the alert of a way says.
fn words(way: &Way, nth: usize) -> String {
    format!("cut number {nth} {}", way.method.to_lowercase().replace('_', " "))
}

/// How many events page over a way at once: the calls of one number are not told apart, so there is one.
fn messages(way: &Way) -> usize {
    if way.method == "VOICE" { 1 } else { 2 }
}

async fn send(node: &Node, way: &Way, nth: usize) -> Result<()> {
    let event = json!({"integrationKey": way.key, "eventType": "ALERT", "summary": words(way, nth)});
    let answer = Caller::new(node.url()).send(Method::POST, "/api/events", Some(&event)).await;
    ensure!(answer.status.is_success(), "the event of {}: {} {}", way.method, answer.status, answer.text);
    Ok(())
}

async fn killed_before_the_record(database: TestDatabase, carrier: Carrier) -> Result<()> {
    let world = World::start().await?;
    let mail = world.mail_gate().await?;
    let node = with_mail(Node::on(&program()?, &database, &format!("cut-{carrier:?}"))?, &mail);
    let running = node.start().await?;
    let ways: Vec<Arc<Way>> = ways(&world, &node, &database, carrier, mail).await?.into_iter().map(Arc::new).collect();
    for way in &ways {
        let (world, of) = (world.clone(), Arc::downgrade(way));
        way.gate.hold_when(move || of.upgrade().is_some_and(|way| world.told(&way, &words(&way, 0)) > 0));
        send(&node, way, 0).await?;
    }
    for way in &ways {
        way.gate.holds(PATIENCE).await.with_context(|| format!("{} by {carrier:?}", way.method))?;
    }
    running.kill().await?;
    ways.iter().for_each(|way| way.gate.open());
    let running = node.start().await?;
    drain(&database, LEASES_END).await?;
    for way in &ways {
        let came = world.told(way, &words(way, 0));
        ensure!((1..=2).contains(&came), "{} by {carrier:?}: told {came} times", way.method);
        let mut ids = world.delivery_ids(way, &words(way, 0));
        ids.dedup();
        ensure!(ids.len() <= 1, "{}: a repeated message has another name: {ids:?}", way.method);
        say(&format!("{} by {carrier:?}: killed before the record, told {came} times", way.method));
    }
    running.stop().await?;
    database.remove().await
}

async fn two_nodes(database: TestDatabase, carrier: Carrier) -> Result<()> {
    let world = World::start().await?;
    let mail = world.mail_gate().await?;
    let program = program()?;
    let node = |side: &str| Node::on(&program, &database, &format!("{side}-{carrier:?}"));
    let (left, right) = (with_mail(node("left")?, &mail), with_mail(node("right")?, &mail));
    let (running_left, running_right) = (left.start().await?, right.start().await?);
    let ways = ways(&world, &left, &database, carrier, mail).await?;
    for way in &ways {
        for (nth, node) in [&left, &right].into_iter().enumerate().take(messages(way)) {
            send(node, way, nth).await?;
        }
    }
    drain(&database, LEASES_END).await?;
    for way in &ways {
        for nth in 0..messages(way) {
            let came = world.told(way, &words(way, nth));
            ensure!(came == 1, "{} by {carrier:?}: two nodes told {came} times of event {nth}", way.method);
        }
    }
    running_left.stop().await?;
    running_right.stop().await?;
    database.remove().await
}
