//! Removing a webhook from Autotask.

use super::run::{Run, Step};
use crate::engine::autotask::health::Trouble;

impl Run<'_> {
    /// Removes it, where it is there: deleting one that is not is answered as if the permission were missing.
    pub(super) async fn remove(&mut self) -> Result<Step, Trouble> {
        if let Some(found) = self.find().await? {
            self.doing = format!("Deleting the webhook of {}", self.webhook.kind.of_what());
            let (account, kind) = (&self.account, self.kind());
            account.ask_besides(account.client.delete_webhook(kind, found.id)).await?;
        }
        tracing::info!(source = %self.webhook.source, webhook = %self.webhook.id, "a webhook is removed");
        Ok(Step::Done)
    }
}
