//! Filling a node that runs as a process: the command line for the first key, the API for the rest.

use crate::http::{Answer, Caller};
use crate::node::Node;
use anyhow::Context as _;
use reqwest::Method;
use serde_json::{Value, json};

/// The secret of every webhook made here.
pub const HOOK_SECRET: &str = "webhook-secret";

/// Somebody who may do everything on a node.
#[derive(Debug, Clone)]
pub struct Seed {
    caller: Caller,
}

impl Seed {
    /// Makes an administrator with a key on a node that is ready.
    pub async fn of(node: &Node) -> anyhow::Result<Self> {
        let address = "ada@example.com";
        node.run(&["user", "create", "--email", address, "--name", "Ada Admin", "--role", "ADMIN"]).await?;
        let key = node.run(&["api-key", "create", "--user", address, "--name", "seed"]).await?;
        Ok(Self { caller: Caller::new(node.url()).with_key(&key) })
    }

    /// The API of the node as this administrator.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// A person who is reached by a webhook alone, at once; their id.
    pub async fn person(&self, name: &str, hook_url: &str) -> anyhow::Result<i64> {
        let person = json!({"firstName": name, "lastName": "Example", "email": format!("{name}@example.com"), "role": "RESPONDER"});
        let id = id_of(&self.post("/api/users", person).await?)?;
        let webhook = json!({"target": hook_url, "secret": HOOK_SECRET});
        let contact = id_of(&self.post(&format!("/api/users/{id}/contacts/webhooks"), webhook).await?)?;
        self.only_rule(id, "WEBHOOK", contact).await?;
        Ok(id)
    }

    /// Rules over a contact, at once, in the place of all that a person has.
    pub async fn only_rule(&self, person: i64, method: &str, contact: i64) -> anyhow::Result<()> {
        let rules = format!("/api/users/{person}/notification-preferences/alerts");
        for old in self.send(Method::GET, &rules, None).await?.as_array().context("a list of preferences")? {
            self.send(Method::DELETE, &format!("{rules}/{}", id_of(old)?), None).await?;
        }
        for kind in ["HIGH_PRIORITY", "LOW_PRIORITY"] {
            let rule = json!({"method": method, "contact": {"id": contact}, "delayMin": 0, "type": kind});
            self.post(&rules, rule).await?;
        }
        Ok(())
    }

    /// A policy of one level with one person, who has an hour; its id.
    pub async fn policy(&self, name: &str, person: i64) -> anyhow::Result<i64> {
        let policy = json!({"name": name, "escalationRules": [{"escalationTimeout": 60, "users": [{"id": person}]}]});
        id_of(&self.post("/api/escalation-policies", policy).await?)
    }

    /// The same, where the person is the only one of a rota: paged because they are on call.
    pub async fn policy_by_rota(&self, name: &str, person: i64) -> anyhow::Result<i64> {
        let layer =
            json!({"name": "all", "startsOn": "2020-01-01T00:00", "users": [{"id": person}], "rotation": "P1D"});
        let rota = json!({"name": name, "timezone": "UTC", "scheduleLayers": [layer]});
        let rota = id_of(&self.post("/api/schedules", rota).await?)?;
        let rules = json!([{"escalationTimeout": 60, "schedules": [{"id": rota}]}]);
        id_of(&self.post("/api/escalation-policies", json!({"name": name, "escalationRules": rules})).await?)
    }

    /// A policy of two levels with a person each, which events name by a routing key; the first has so many minutes.
    pub async fn routed_policy(&self, key: &str, first: i64, minutes: u64, second: i64) -> anyhow::Result<i64> {
        let level = |minutes: u64, user: i64| json!({"escalationTimeout": minutes, "users": [{"id": user}]});
        let policy =
            json!({"name": key, "routingKey": key, "escalationRules": [level(minutes, first), level(60, second)]});
        id_of(&self.post("/api/escalation-policies", policy).await?)
    }

    /// An alert source of type API; its integration key.
    pub async fn source(&self, name: &str, policy: i64) -> anyhow::Result<String> {
        let source = json!({"name": name, "integrationType": "API", "escalationPolicy": {"id": policy}});
        let made = self.post("/api/alert-sources", source).await?;
        Ok(made["integrationKey"].as_str().context("an integration key")?.to_owned())
    }

    /// Posts to the API; the answer. Errors: it was refused.
    pub async fn post(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        self.send(Method::POST, path, Some(&body)).await
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let answer: Answer = self.caller.send(method.clone(), path, body).await;
        anyhow::ensure!(answer.status.is_success(), "{method} {path}: {} {}", answer.status, answer.text);
        Ok(if answer.text.is_empty() { Value::Null } else { answer.json() })
    }
}

fn id_of(thing: &Value) -> anyhow::Result<i64> {
    thing["id"].as_i64().with_context(|| format!("an id in {thing}"))
}
