//! Posts updates to the bot's webhook, one after the other, each until it is taken.

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use super::{State, updates::Webhook};
use crate::{clock::within, push::parameters::Parameters};

/// The longest wait between two tries.
const RETRY_MAX: Duration = Duration::from_secs(60);

/// Runs until its task is ended.
pub(super) async fn deliver(state: Arc<State>) {
    let mut changes = state.updates.subscribe();
    let mut retry = state.retry;
    loop {
        changes.borrow_and_update();
        let Some((webhook, id, update)) = state.updates.next_for_webhook() else {
            if changes.changed().await.is_err() {
                return;
            }
            continue;
        };
        match post(&state, &webhook, &update).await {
            Ok(answer) => {
                state.updates.confirm(id);
                retry = state.retry;
                call_back(&state, answer).await;
            }
            Err(error) => {
                state.updates.note_error(state.now_s(), error);
                // A new webhook, or another update, is a reason to try at once.
                let _ = within(retry, changes.changed()).await;
                retry = (retry * 2).min(RETRY_MAX);
            }
        }
    }
}

async fn post(state: &State, webhook: &Webhook, update: &Value) -> Result<String, String> {
    let mut request = state.client.post(&webhook.url).json(update);
    if let Some(secret) = &webhook.secret_token {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    let answer = request.send().await.map_err(|fault| format!("Connection failed: {fault}"))?;
    if !answer.status().is_success() {
        return Err(format!("Wrong response from the webhook: {}", answer.status()));
    }
    answer.text().await.map_err(|fault| format!("Read timeout expired: {fault}"))
}

/// A webhook may call a method in its answer: <https://core.telegram.org/bots/api#making-requests-when-getting-updates>.
async fn call_back(state: &State, answer: String) {
    let Ok(Value::Object(call)) = serde_json::from_str(&answer) else { return };
    if let Some(method) = call.get("method").and_then(Value::as_str).map(str::to_owned) {
        // Nobody is told what came of it.
        let _ = state.call(&method, &Parameters::from_json(call)).await;
    }
}
