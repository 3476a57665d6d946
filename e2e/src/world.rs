//! Everybody who carries messages, and what arrived over each way.

use crate::gate::Gate;
use crate::ways::Way;
use anyhow::Result;
use std::sync::Arc;
use watchbell_sim::hook::{Hook, HookSimConfig};
use watchbell_sim::ntfy::{Ntfy, NtfySimConfig};
use watchbell_sim::phone::{Exchange, PhoneSimConfig};
use watchbell_sim::push::{PushDesk, PushDeskConfig};
use watchbell_sim::smtp::{Smtp, SmtpSimConfig};

/// The stand-ins of everybody who carries messages.
#[derive(Debug)]
pub struct World {
    pub(crate) exchange: Exchange,
    pub(crate) desk: PushDesk,
    pub(crate) ntfy: Ntfy,
    smtp: Smtp,
    pub(crate) hook: Hook,
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
            "TELEGRAM" => self.desk.telegram.messages().iter().filter(|one| says(format!("{one:?}"))).count(),
            "UNIFIED_PUSH" | "WEB_PUSH" => {
                self.desk.web_push.messages().iter().filter(|one| one.text.contains(words)).count()
            }
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
