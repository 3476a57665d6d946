//! ilert's official crate against a running Watchbell: it sends events, lists, accepts, comments and resolves alerts, and
//! understands refusals. Arguments: the base URL, an API key, the integration key of an alert source.

use anyhow::{Context as _, Result, ensure};
use ilert::ilert::ILert;
use ilert::ilert_builders::{
    AlertGetApiResource as _, AlertPutApiResource as _, BaseRequestExecutor, BaseRequestResult,
    EscalationPolicyGetApiResource as _, EventApiResource as _, EventComment, EventImage, EventLink, ILertEventType,
    ILertPriority, UserGetApiResource as _, UserPostApiResource as _,
};
use serde_json::{Value, json};
use std::collections::HashMap;

async fn answer(request: &dyn BaseRequestExecutor, status: u16) -> Result<Value> {
    let BaseRequestResult { url, status: answered, body_raw, body_json, .. } =
        request.execute().await.map_err(|error| anyhow::anyhow!("{error}"))?;
    ensure!(answered.as_u16() == status, "{url}: {answered}, not {status}: {body_raw:?}");
    body_json.with_context(|| format!("{url}: the crate read no JSON from {body_raw:?}"))
}

fn client(url: &str, key: &str) -> Result<ILert> {
    let mut client = ILert::new_with_opts(Some(url), Some(url), Some(20), Some("watchbell-test"))
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    client.auth_via_token(key).map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(client)
}

/// The open alerts with a key; an event is on disk when it was answered, and its alert with it.
async fn open_alerts(client: &ILert, alert_key: &str) -> Result<Vec<Value>> {
    let request = client.get();
    let listed =
        answer(*request.limit(100).skip(0).filter("states", "PENDING").filter("states", "ACCEPTED").alerts(), 200)
            .await?;
    let all = listed.as_array().context("a list")?;
    Ok(all.iter().filter(|alert| alert["alertKey"] == alert_key).cloned().collect())
}

async fn send_events(client: &ILert, source: &str) -> Result<()> {
    let key = || Some("disk-1".to_owned());
    let simple =
        answer(*client.create().event(source, ILertEventType::ALERT, Some("Disk full".into()), key()), 202).await?;
    ensure!(simple == json!({}), "{simple}");
    let details = client
        .create()
        .event_with_details(
            source,
            ILertEventType::ALERT,
            Some("Disk still full".into()),
            key(),
            Some("97 %".into()),
            Some(ILertPriority::HIGH),
            Some(vec![EventImage::new("https://example.com/1.png")]),
            Some(vec![EventLink::new("https://example.com/1")]),
            Some(json!({"load": 3})),
            None,
            Some(2),
            Some(HashMap::from([("site".to_owned(), "b".to_owned())])),
            Some(vec![]),
        )
        .execute()
        .await
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    ensure!(details.status.as_u16() == 202, "{details:?}");
    answer(*client.create().event_with_comment(source, key(), Some(vec![EventComment::new("Peter", "looking")])), 202)
        .await?;
    Ok(())
}

async fn refusals(client: &ILert, url: &str) -> Result<()> {
    let unknown =
        answer(*client.create().event("no-such-key", ILertEventType::ALERT, Some("x".into()), None), 404).await?;
    ensure!(unknown["status"] == 404 && unknown["message"].is_string() && unknown["code"].is_string(), "{unknown}");
    answer(*client.get().alert(987_654), 404).await?;
    answer(*client.get().limit(101).alerts(), 400).await?;
    answer(*client.get().escalation_policy_resolve("nowhere"), 404).await?;
    let stranger = self::client(url, "no-such-key")?;
    let refused = answer(*stranger.get().alerts(), 403).await?;
    ensure!(refused["code"] == "KEY_ERROR", "{refused}");
    let nobody =
        ILert::new_with_opts(Some(url), Some(url), Some(20), None).map_err(|error| anyhow::anyhow!("{error}"))?;
    answer(*nobody.get().alerts(), 401).await?;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, key, source] = arguments.as_slice() else { anyhow::bail!("arguments: URL API-KEY INTEGRATION-KEY") };
    let client = client(url, key)?;
    let users = answer(*client.get().users(), 200).await?;
    let user = users[0]["email"].as_str().context("a user")?;
    ensure!(answer(*client.create().user_search_email(user), 200).await?["id"] == users[0]["id"], "search by e-mail");
    send_events(&client, source).await?;
    let open = open_alerts(&client, "disk-1").await?;
    ensure!(open.len() == 1, "one alert for one key: {open:?}");
    let id = open[0]["id"].as_i64().context("an id")?;
    ensure!(open[0]["summary"] == "Disk full" && open[0]["eventCount"] == 3, "{open:?}");
    let accepted = answer(*client.update().accept_alert(id), 200).await?;
    ensure!(accepted["status"] == "ACCEPTED", "{accepted}");
    answer(*client.create().event(source, ILertEventType::RESOLVE, None, Some("disk-1".into())), 202).await?;
    ensure!(answer(*client.get().alert(id), 200).await?["status"] == "RESOLVED", "resolved by an event");
    answer(*client.create().event(source, ILertEventType::ALERT, Some("Another".into()), Some("disk-2".into())), 202)
        .await?;
    let second = open_alerts(&client, "disk-2").await?[0]["id"].as_i64().context("an id")?;
    answer(*client.create().event(source, ILertEventType::ACCEPT, None, Some("disk-2".into())), 202).await?;
    ensure!(answer(*client.get().alert(second), 200).await?["status"] == "ACCEPTED", "accepted by an event");
    let resolved = answer(*client.update().resolve_alert(second), 200).await?;
    ensure!(resolved["status"] == "RESOLVED", "{resolved}");
    refusals(&client, url).await
}
