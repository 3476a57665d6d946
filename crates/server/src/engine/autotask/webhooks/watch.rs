//! Watching a webhook: whether it is there, on, and what it should be. One that is off is switched on once; then a person is told.

use super::place;
use super::run::{Run, Step};
use crate::engine::autotask::health::Trouble;
use crate::engine::autotask::tenant;
use autotask::Webhook;

impl Run<'_> {
    /// Looks, and mends what can be mended without a person.
    pub(super) async fn watch(&mut self) -> Result<Step, Trouble> {
        let Some(found) = self.find().await? else {
            self.webhook.standing.is_active = false;
            let what = self.webhook.kind.of_what();
            return Ok(Step::Fault(format!(
                "The webhook of {what} is no longer in Autotask: somebody deleted it, or the account is another tenant's now. Press \"Create the webhooks\" to make it again."
            )));
        };
        if self.is_outdated(&found).await? {
            return self.make_of(Some(found)).await;
        }
        match found.is_active {
            true => {
                self.webhook.standing.is_active = true;
                Ok(Step::Done)
            }
            false => self.rearm(found.id).await,
        }
    }

    /// Whether the rules of the source, its API user, or the address of this server have changed since it was made.
    async fn is_outdated(&mut self, found: &Webhook) -> Result<bool, Trouble> {
        let watched = self.watched().await?;
        let own = tenant::own_resource(&self.account).await?;
        let standing = &self.webhook.standing;
        let base = place::base(&self.account.app, self.account.client.address());
        let is_elsewhere =
            |base: &String| found.webhook_url.as_deref() != Some(&place::webhook_url(base, &self.webhook.address));
        let is_others = own.is_some() && own != standing.excluded;
        Ok(watched.names() != standing.watched || is_others || base.as_ref().is_ok_and(is_elsewhere))
    }

    async fn rearm(&mut self, id: i64) -> Result<Step, Trouble> {
        let now = self.account.app.clock.now();
        self.webhook.standing.is_active = false;
        if !self.webhook.standing.may_rearm(now) {
            let what = self.webhook.kind.of_what();
            return Ok(Step::Fault(format!(
                "Autotask has switched the webhook of {what} off again, after Watchbell had switched it on. Autotask does so when its calls fail, or when the API user is deactivated: see that {} can be reached from the internet, then press \"Create the webhooks\".",
                self.account.app.config.public_url()
            )));
        }
        self.switch_on(id).await?;
        self.webhook.standing.rearmed_at = Some(now);
        self.polls = true;
        tracing::warn!(source = %self.webhook.source, webhook = %self.webhook.id, "a webhook that Autotask had switched off is on again");
        Ok(Step::Done)
    }
}
