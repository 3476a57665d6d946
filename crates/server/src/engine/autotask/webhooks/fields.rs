//! What a webhook watches: what the rules of the source look at, as far as Autotask offers it to webhooks.

use super::run::Run;
use crate::engine::autotask::health::Trouble;
use crate::engine::autotask::tenant;
use autotask::{NewWebhookField, Picklist};
use jiff::SignedDuration;
use serde_json::json;
use std::collections::BTreeSet;
use watchbell_core::autotask::{NEEDED_FIELD, NOTE_TICKET, OfferedField, Watched, WebhookKind, is_same};

/// What is offered is read again after this time.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// Numbers and names of the fields, and of the tenant's own ones, as they are kept.
type Offered = (Vec<(i64, String)>, Vec<(i64, String)>);

impl Run<'_> {
    /// What it should watch.
    pub(super) async fn watched(&mut self) -> Result<Watched, Trouble> {
        let (fields, udfs) = self.offered().await?;
        let of = |pairs: Vec<(i64, String)>| {
            pairs.into_iter().map(|(id, name)| OfferedField { id, name }).collect::<Vec<_>>()
        };
        Ok(Watched::choose(self.webhook.kind, &self.rules, &of(fields), &of(udfs)))
    }

    async fn offered(&mut self) -> Result<Offered, Trouble> {
        let name = format!("webhook_fields_{}", self.webhook.kind.as_str().to_lowercase());
        if let Some((offered, read_at)) = tenant::cached::<Offered>(&self.account, &name).await?
            && tenant::is_fresh(&self.account, read_at, FRESH)
        {
            return Ok(offered);
        }
        self.doing = "Reading which fields webhooks can watch".to_owned();
        let (client, kind) = (&self.account.client, self.kind());
        let fields = pairs(&self.account.ask_besides(client.webhook_field_names(kind)).await?);
        let udfs = match self.account.ask_besides(client.webhook_udf_field_names(kind)).await {
            Ok(names) => pairs(&names),
            // A tenant without fields of its own has no list of them.
            Err(Trouble::Refused(_)) => Vec::new(),
            Err(other) => return Err(other),
        };
        let offered = (fields, udfs);
        tenant::put(&self.account, &name, &json!(offered)).await?;
        Ok(offered)
    }

    /// Adds what a webhook does not watch yet. `false`: the time of this run is used up before the end.
    pub(super) async fn add_fields(&mut self, id: i64, watched: &Watched, is_new: bool) -> Result<bool, Trouble> {
        let (fields, udfs) =
            if is_new { Default::default() } else { self.present(id, !watched.udfs.is_empty()).await? };
        let mut refused = Vec::new();
        for (field, is_udf) in watched.fields.iter().map(|f| (f, false)).chain(watched.udfs.iter().map(|f| (f, true))) {
            if (if is_udf { &udfs } else { &fields }).contains(&field.id) {
                continue;
            }
            if self.is_late() {
                return Ok(false);
            }
            match self.add_field(id, field, is_udf).await {
                Ok(()) => {}
                Err(Trouble::Refused(error @ autotask::Error::Validation { .. }))
                    if !is_same(&field.name, NEEDED_FIELD) =>
                {
                    tracing::warn!(source = %self.webhook.source, field = field.name, %error, "a webhook may not watch a field");
                    refused.push(field.name.clone());
                }
                Err(other) => return Err(other),
            }
        }
        self.webhook.standing.unwatched = watched.missing.iter().cloned().chain(refused).collect();
        Ok(true)
    }

    /// The fields that it watches already.
    async fn present(&mut self, id: i64, with_udfs: bool) -> Result<(BTreeSet<i64>, BTreeSet<i64>), Trouble> {
        self.doing = "Reading which fields the webhook watches".to_owned();
        let (client, kind) = (&self.account.client, self.kind());
        let fields = self.account.ask_besides(client.webhook_fields(kind, id)).await?;
        let udfs = match with_udfs {
            true => self.account.ask_besides(client.webhook_udf_fields(kind, id)).await?,
            false => Vec::new(),
        };
        Ok((
            fields.into_iter().filter_map(|row| row.field_id).collect(),
            udfs.into_iter().filter_map(|row| row.udf_field_id).collect(),
        ))
    }

    async fn add_field(&mut self, id: i64, field: &OfferedField, is_udf: bool) -> Result<(), Trouble> {
        self.doing = format!("Letting the webhook watch the field {}", field.name);
        // Which ticket a note is of has to come with every event.
        let is_display_always = self.webhook.kind == WebhookKind::TicketNote && is_same(&field.name, NOTE_TICKET);
        let new = NewWebhookField { is_display_always, ..NewWebhookField::subscribed(field.id) };
        let (client, kind) = (&self.account.client, self.kind());
        match is_udf {
            true => self.account.ask_besides(client.create_webhook_udf_field(kind, id, new)).await.map(drop),
            false => self.account.ask_besides(client.create_webhook_field(kind, id, new)).await.map(drop),
        }
    }
}

fn pairs(list: &Picklist) -> Vec<(i64, String)> {
    list.values.iter().filter_map(|value| Some((value.number()?, value.label.clone()))).collect()
}
