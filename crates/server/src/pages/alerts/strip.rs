//! Who is on call, on a page that stays open.

use super::super::schedules::on_call_now;
use crate::app::App;
use jiff::{SignedDuration, Timestamp};
use watchbell_store::StoreError;
use watchbell_store::scope::Scope;
use watchbell_ui::Markup;
use watchbell_ui::on_call_strip::{OnCallNow, live_strip};
use watchbell_ui::time::When;

/// How often it is looked at.
const LOOK_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// The strip as it was sent.
pub(super) struct Strip {
    shown: Vec<OnCallNow>,
    looked_at: Timestamp,
}

impl Strip {
    /// As it stood on the page.
    pub(super) fn new(shown: Vec<OnCallNow>) -> Self {
        Self { shown, looked_at: Timestamp::MIN }
    }

    /// The strip, where it says something else than before.
    pub(super) async fn changed(
        &mut self,
        app: &App,
        scope: &Scope,
        when: &When,
    ) -> Result<Option<Markup>, StoreError> {
        if when.now.duration_since(self.looked_at) < LOOK_EVERY {
            return Ok(None);
        }
        self.looked_at = when.now;
        let now = on_call_now(app, scope).await?;
        let is_same = std::mem::replace(&mut self.shown, now) == self.shown;
        Ok((!is_same).then(|| live_strip(&self.shown, when)))
    }
}
