//! Every way to a person, each to a person of its own and through a gate of its own, and what arrived over it.

use crate::gate::Gate;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::sync::Arc;
use watchbell_sim::hook::{Hook, HookSimConfig};
use watchbell_sim::ntfy::{Ntfy, NtfySimConfig};
use watchbell_sim::phone::{Exchange, PhoneSimConfig, TwilioAccount, VonageAccount};
use watchbell_sim::push::{PushDesk, PushDeskConfig};
use watchbell_sim::pushover;
use watchbell_sim::smtp::{Smtp, SmtpSimConfig};
use watchbell_testkit::node::Node;
use watchbell_testkit::seed::{HOOK_SECRET, Seed};

/// The number that accounts send from.
const OURS: &str = "+4930123456";

/// The stand-ins of everybody who carries messages.
#[derive(Debug)]
pub struct World {
    exchange: Exchange,
    desk: PushDesk,
    ntfy: Ntfy,
    smtp: Smtp,
    hook: Hook,
}

impl World {
    /// Starts them all.
    pub async fn start() -> Result<Arc<Self>> {
        Ok(Arc::new(Self {
            exchange: Exchange::start(PhoneSimConfig::default()).await?,
            desk: PushDesk::start(PushDeskConfig::default()).await?,
            ntfy: Ntfy::start(NtfySimConfig::default()).await?,
            smtp: Smtp::start(SmtpSimConfig::default()).await?,
            hook: Hook::start(HookSimConfig::default()).await?,
        }))
    }

    /// A gate before the mail server: a node knows it from its start.
    pub async fn mail_gate(&self) -> Result<Gate> {
        Gate::before(self.smtp.addr()).await
    }

    /// How often a way told of these words; what a call says is not known before it is answered, so it counts by its number.
    pub fn told(&self, way: &Way, words: &str) -> usize {
        let says = |text: String| text.contains(words);
        match way.method {
            "SMS" | "WHATSAPP" => {
                self.exchange.messages().iter().filter(|one| one.to == way.number && one.text.contains(words)).count()
            }
            "VOICE" => self.exchange.calls().iter().filter(|call| call.to == way.number).count(),
            "PUSHOVER" => self.desk.pushover.messages().iter().filter(|one| says(format!("{one:?}"))).count(),
            "GOTIFY" => self.desk.gotify.messages().iter().filter(|one| says(format!("{one:?}"))).count(),
            "UNIFIED_PUSH" => self.desk.web_push.messages().iter().filter(|one| one.text.contains(words)).count(),
            "NTFY" => self.ntfy.messages().iter().filter(|one| says(format!("{one:?}"))).count(),
            "EMAIL" | "WEBHOOK" => self.delivery_ids(way, words).len(),
            _ => 0,
        }
    }

    /// What names the message to its receiver, once for each time that it came; of ways whose messages carry a name.
    pub fn delivery_ids(&self, way: &Way, words: &str) -> Vec<String> {
        let (mails, hooks) = (self.smtp.messages(), self.hook.received());
        match way.method {
            "EMAIL" => {
                let fits = mails.iter().filter(|mail| mail.text.contains(words) || mail.subject.contains(words));
                fits.map(|mail| mail.header("message-id").unwrap_or_default().to_owned()).collect()
            }
            "WEBHOOK" => {
                let fits = hooks.iter().filter(|hook| hook.body.contains(words));
                fits.map(|hook| hook.header("x-watchbell-delivery").unwrap_or_default().to_owned()).collect()
            }
            _ => Vec::new(),
        }
    }
}

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
    number: String,
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
        let contact = json!({"regionCode": "DE", "target": number});
        ways.push(reach(seed, method, gate, number, ("phone-numbers", contact)).await?);
    }
    Ok(ways)
}

/// People who are reached without a telephone.
pub async fn by_network(world: &World, seed: &Seed, mail: Gate) -> Result<Vec<Way>> {
    let (pager, gotify) = (Gate::before(world.desk.addr()).await?, Gate::before(world.desk.addr()).await?);
    let unified = Gate::before(world.desk.addr()).await?;
    let (ntfy, hook) = (Gate::before(world.ntfy.addr()).await?, Gate::before(world.hook.addr()).await?);
    let through = |gate: &Gate, url: &str| match url.split_once("://").and_then(|(_, rest)| rest.split_once('/')) {
        Some((_, path)) => format!("http://{}/{path}", gate.address()),
        None => format!("http://{}", gate.address()),
    };
    let params = json!({"token": pushover::TOKEN, "apiUrl": through(&pager, &world.desk.pushover.url()), "channels": ["PUSHOVER"]});
    seed.post("/api/connectors", json!({"type": "pushover", "name": "pushover", "params": params})).await?;
    let inbox = json!({"target": through(&gotify, &world.desk.gotify.url()), "token": world.desk.gotify.token()});
    let app = json!({"target": through(&unified, &world.desk.web_push.unified()?.endpoint)});
    let topic = json!({"target": format!("http://{}/crash", ntfy.address())});
    let page = json!({"target": through(&hook, &format!("{}/cut", world.hook.url())), "secret": HOOK_SECRET});
    let none = String::new;
    Ok(vec![
        reach(seed, "PUSHOVER", pager, none(), ("pushover", json!({"target": pushover::USER}))).await?,
        reach(seed, "GOTIFY", gotify, none(), ("gotify", inbox)).await?,
        reach(seed, "UNIFIED_PUSH", unified, none(), ("unified-push", app)).await?,
        reach(seed, "NTFY", ntfy, none(), ("ntfy", topic)).await?,
        reach(seed, "WEBHOOK", hook, none(), ("webhooks", page)).await?,
        reach(seed, "EMAIL", mail, none(), ("emails", json!({"target": "cut@example.com"}))).await?,
    ])
}

async fn reach(
    seed: &Seed,
    method: &'static str,
    gate: Gate,
    number: String,
    (path, contact): (&str, Value),
) -> Result<Way> {
    let person = seed.person(&method.to_lowercase(), "http://127.0.0.1:9/unused").await?;
    let made = seed.post(&format!("/api/users/{person}/contacts/{path}"), contact).await?;
    seed.only_rule(person, method, made["id"].as_i64().context("a contact")?).await?;
    let key = seed.source(method, seed.policy(method, person).await?).await?;
    Ok(Way { method, gate, key, number })
}
