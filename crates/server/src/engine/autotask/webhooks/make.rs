//! Making a webhook, or making whole what is there of it. Switched on last, so that no event lacks a field.

use super::run::{Run, Step};
use super::{place, wish};
use crate::engine::autotask::health::Trouble;
use crate::engine::autotask::tenant;
use autotask::{Filter, NewWebhook, Query, Subscriptions, Webhook, WebhookPatch};
use jiff::SignedDuration;
use secrecy::SecretString;
use watchbell_core::autotask::{NEEDED_FIELD, WebhookKind, is_same};
use watchbell_store::source_webhooks::{self, SECRET_SEALED, WebhookPhase};

/// What was made may not be found for so long.
const NOT_YET_FOUND: SignedDuration = SignedDuration::from_secs(120);
/// While it may not be found yet, it is looked for again after this time.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(10);

const NO_RESOURCE: &str = "Autotask does not show the API user its own resource, which has to own the webhooks. Let its security level read resources, then press \"Create the webhooks\" again.";

impl Run<'_> {
    /// Makes it, or makes it whole.
    pub(super) async fn make(&mut self) -> Result<Step, Trouble> {
        let found = self.find().await?;
        self.make_of(found).await
    }

    /// [`Run::make`] of what was found.
    pub(super) async fn make_of(&mut self, found: Option<Webhook>) -> Result<Step, Trouble> {
        let base = match place::base(&self.account.app, self.account.client.address()) {
            Ok(base) => base,
            Err(why) => return Ok(Step::Fault(why)),
        };
        let Some(own) = tenant::own_resource(&self.account).await? else {
            return Ok(Step::Fault(NO_RESOURCE.to_owned()));
        };
        let watched = self.watched().await?;
        let is_needed = self.webhook.kind == WebhookKind::Ticket;
        if is_needed && !watched.fields.iter().any(|field| is_same(&field.name, NEEDED_FIELD)) {
            return Ok(Step::Fault(format!(
                "Autotask does not offer the field {NEEDED_FIELD} of tickets to webhooks, so they would tell nothing that counts."
            )));
        }
        let (id, is_new) = match found {
            Some(found) => (self.mend(&found, &base).await?, false),
            None => (self.create(own, &base).await?, true),
        };
        if !self.add_fields(id, &watched, is_new).await? {
            return Ok(Step::More);
        }
        self.exclude(id, own, is_new).await?;
        self.switch_on(id).await?;
        self.webhook.standing.watched = watched.names();
        self.webhook.standing.excluded = Some(own);
        self.webhook.standing.rearmed_at = None;
        self.webhook.phase = WebhookPhase::Live;
        tracing::info!(source = %self.webhook.source, webhook = %self.webhook.id, kind = self.webhook.kind.as_str(), "a webhook is made and on");
        Ok(Step::Done)
    }

    /// What Autotask has of it: the webhook that calls its address, which no other has.
    pub(super) async fn find(&mut self) -> Result<Option<Webhook>, Trouble> {
        self.doing = "Looking for the webhook".to_owned();
        let query = Query::new().filter(Filter::gt("id", 0));
        let page = self.account.ask_besides(self.account.client.webhooks(self.kind(), &query)).await?;
        let tail = place::webhook_url("", &self.webhook.address);
        let calls_us = |webhook: &Webhook| webhook.webhook_url.as_deref().is_some_and(|url| url.ends_with(&tail));
        let found = page.items.into_iter().find(calls_us);
        let now = self.account.app.clock.now();
        match self.webhook.standing.made_at.filter(|at| now.duration_since(*at) < NOT_YET_FOUND) {
            Some(_) if found.is_none() => Err(Trouble::Away {
                why: "Autotask does not show the webhook yet that was just made.".to_owned(),
                again_at: now + LOOK_AGAIN,
            }),
            _ => Ok(found),
        }
    }

    async fn create(&mut self, own: i64, base: &str) -> Result<i64, Trouble> {
        if self.webhook.tool_id.is_some() {
            // It is gone, or is another tenant's: what that one still signs is not believed.
            self.renew().await?;
        }
        self.doing = format!("Creating the webhook of {}", self.webhook.kind.of_what());
        let webhook = NewWebhook {
            name: format!("Watchbell {}: {}", self.webhook.kind.of_what(), self.name),
            webhook_url: place::webhook_url(base, &self.webhook.address),
            deactivation_url: place::deactivation_url(base, &self.webhook.address),
            secret_key: self.secret()?,
            is_active: false,
            subscriptions: self.subscriptions(),
            owner_resource_id: own,
            notification_email_address: None,
            send_threshold_exceeded_notification: false,
        };
        let id = self.account.ask_besides(self.account.client.create_webhook(self.kind(), webhook)).await?;
        self.webhook.tool_id = Some(id);
        self.webhook.standing.made_at = Some(self.account.app.clock.now());
        // Kept at once: what is made must be found again, whatever becomes of this run.
        self.save().await?;
        Ok(id)
    }

    async fn renew(&mut self) -> Result<(), Trouble> {
        let app = &self.account.app;
        let (keys, scope, id) = (wish::make_keys(app)?, self.account.scope.clone(), self.webhook.id);
        (self.webhook.address, self.webhook.secret_sealed) = (keys.address.clone(), keys.secret_sealed.clone());
        self.webhook.tool_id = None;
        app.db.write(move |tx| Box::pin(async move { source_webhooks::renew(tx, &scope, id, keys).await })).await?;
        Ok(())
    }

    /// Brings what is there to what it should be; its fields follow.
    async fn mend(&mut self, found: &Webhook, base: &str) -> Result<i64, Trouble> {
        self.doing = format!("Changing the webhook of {}", self.webhook.kind.of_what());
        let patch = WebhookPatch::new(found.id)
            .webhook_url(&place::webhook_url(base, &self.webhook.address))
            .deactivation_url(&place::deactivation_url(base, &self.webhook.address))
            .secret_key(&self.secret()?)
            .subscriptions(self.subscriptions());
        self.account.ask_besides(self.account.client.patch_webhook(self.kind(), patch)).await?;
        self.webhook.tool_id = Some(found.id);
        Ok(found.id)
    }

    fn secret(&self) -> Result<SecretString, Trouble> {
        Ok(self.account.app.sealer.open_text(SECRET_SEALED, &self.webhook.secret_sealed)?.into())
    }

    fn subscriptions(&self) -> Subscriptions {
        Subscriptions { create: true, update: true, delete: self.webhook.kind == WebhookKind::Ticket }
    }

    /// Lets it not tell what our API user does.
    async fn exclude(&mut self, id: i64, own: i64, is_new: bool) -> Result<(), Trouble> {
        self.doing = "Excluding our API user from the webhook".to_owned();
        let (account, kind) = (&self.account, self.kind());
        let known = match is_new {
            true => Vec::new(),
            false => account.ask_besides(account.client.webhook_excluded_resources(kind, id)).await?,
        };
        if known.iter().any(|row| row.resource_id == Some(own)) {
            return Ok(());
        }
        account.ask_besides(account.client.create_webhook_excluded_resource(kind, id, own)).await.map(drop)
    }

    pub(super) async fn switch_on(&mut self, id: i64) -> Result<(), Trouble> {
        self.doing = format!("Switching on the webhook of {}", self.webhook.kind.of_what());
        let patch = WebhookPatch::new(id).active(true);
        self.account.ask_besides(self.account.client.patch_webhook(self.kind(), patch)).await?;
        self.webhook.standing.is_active = true;
        Ok(())
    }
}
