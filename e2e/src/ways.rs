//! Ways to people, each to a person of its own and through a gate of its own: here what all have in common, and those by telephone.

mod network;

pub use network::by_network;

use crate::gate::Gate;
use crate::world::World;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use watchbell_sim::phone::{Behaviour, Exchange, OnCall, TwilioAccount, VonageAccount};
use watchbell_testkit::node::Node;
use watchbell_testkit::seed::Seed;

/// The number that accounts send from.
const OURS: &str = "+4930123456";

/// A node that sends its mails through a gate.
pub fn with_mail(node: Node, gate: &Gate) -> Node {
    let smtp = format!("WATCHBELL_SMTP_URL=smtp://{}?from=watchbell@example.com", gate.address());
    let public = format!("WATCHBELL_PUBLIC_URL={}", node.url());
    node.wrapped(&["env", &smtp, &public])
}

/// One way to a person.
#[derive(Debug)]
pub struct Way {
    /// The method of a rule.
    pub method: &'static str,
    /// What stands before the provider.
    pub gate: Gate,
    /// The integration key of a source that pages this person.
    pub key: String,
    /// Where calls and texts go to; empty without a telephone.
    pub(crate) number: String,
}

/// Whose accounts carry texts and calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// Texts, calls and WhatsApp.
    Twilio,
    /// Texts and calls.
    Vonage,
    /// Texts.
    Gateway,
}

impl Carrier {
    /// What it carries.
    fn methods(self) -> &'static [&'static str] {
        match self {
            Self::Twilio => &["SMS", "VOICE", "WHATSAPP"],
            Self::Vonage => &["SMS", "VOICE"],
            Self::Gateway => &["SMS"],
        }
    }

    fn kind_and_params(self, exchange: &Exchange, url: &str) -> (&'static str, Value) {
        match self {
            Self::Twilio => {
                let account = TwilioAccount::default();
                let params = json!({"accountSid": account.account_sid, "authToken": account.auth_token, "apiUrl": url,
                    "smsFrom": OURS, "voiceFrom": OURS, "whatsappFrom": OURS});
                ("twilio", params)
            }
            Self::Vonage => {
                let account = VonageAccount::default();
                let params = json!({"apiKey": account.api_key, "apiSecret": account.api_secret, "apiUrl": url,
                    "signatureSecret": account.signature_secret, "applicationId": account.application_id,
                    "privateKey": exchange.vonage_private_key(), "smsFrom": OURS, "voiceFrom": OURS});
                ("vonage", params)
            }
            Self::Gateway => {
                let params = json!({"url": format!("{url}/gateway/send"), "method": "POST", "contentType": "form",
                    "body": "to={to}&text={text}&from={from}", "from": OURS, "idAfter": "OK: "});
                ("sms_gateway", params)
            }
        }
    }
}

/// People who are reached by a carrier, one for each method, each through an account of its own.
pub async fn by_carrier(world: &World, seed: &Seed, carrier: Carrier) -> Result<Vec<Way>> {
    let mut ways = Vec::new();
    for (nth, method) in carrier.methods().iter().enumerate() {
        let gate = Gate::before(world.exchange.addr()).await?;
        let (kind, mut params) = carrier.kind_and_params(&world.exchange, &format!("http://{}", gate.address()));
        params["channels"] = json!([method]);
        seed.post("/api/connectors", json!({"type": kind, "name": format!("{kind} {method}"), "params": params}))
            .await?;
        let number = format!("+491511234567{nth}");
        // A call that nobody answers is made again.
        world.exchange.phone(&number).behave(Behaviour { calls: OnCall::PicksUp, ..Behaviour::default() });
        let contact = json!({"regionCode": "DE", "target": number});
        ways.push(reach(seed, method, gate, number, ("phone-numbers", contact)).await?);
    }
    Ok(ways)
}

/// A person who is reached by one contact.
async fn reach(
    seed: &Seed,
    method: &'static str,
    gate: Gate,
    number: String,
    (path, contact): (&str, Value),
) -> Result<Way> {
    let person = seed.person(&method.to_lowercase(), "http://127.0.0.1:9/unused").await?;
    let made = seed.post(&format!("/api/users/{person}/contacts/{path}"), contact).await?;
    let contact = made["id"].as_i64().context("a contact")?;
    let key = only_by(seed, method, person, contact).await?;
    Ok(Way { method, gate, key, number })
}

/// Has a person paged by this contact alone; the integration key of a source that does.
async fn only_by(seed: &Seed, method: &str, person: i64, contact: i64) -> Result<String> {
    seed.only_rule(person, method, contact).await?;
    seed.source(method, seed.policy(method, person).await?).await
}
