//! What is said about accounts that carry messages.

use watchbell_connect::channels::Outcome;
use watchbell_core::provider::ProviderKind;
use watchbell_store::connectors::{Connector, ConnectorState};

/// A reason that goes on in a sentence.
pub(super) fn clause(reason: Option<&str>) -> String {
    reason.unwrap_or("no reason was kept").trim_end_matches('.').to_owned()
}

/// What a log-in that went well proves.
fn well(kind: ProviderKind) -> String {
    match kind {
        ProviderKind::SmsGateway => {
            "The gateway is there; whether it sends is seen with the first message: press Test at a contact.".to_owned()
        }
        kind => format!("{} lets us in.", kind.name()),
    }
}

/// What came of saving.
pub(super) fn saved(kind: ProviderKind, kept: &Connector) -> String {
    match kept.state {
        ConnectorState::Green => format!("Saved. {}", well(kind)),
        ConnectorState::Yellow | ConnectorState::Red => {
            format!("Saved, but it does not work yet: {}.", clause(kept.state_reason.as_deref()))
        }
    }
}

/// What came of a test.
pub(super) fn tested(kind: ProviderKind, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Sent { .. } => format!("Tested. {}", well(kind)),
        Outcome::Transient { error, .. } | Outcome::Permanent { error, .. } => {
            format!("Tested, and it does not work: {}.", clause(Some(error)))
        }
    }
}

/// What is missing from now on.
pub(super) fn deleted(alone: &[String]) -> String {
    match alone {
        [] => "The account is deleted, its secrets are erased.".to_owned(),
        alone => format!("The account is deleted. Nobody carries {} now.", alone.join(" and ")),
    }
}

/// What does not work while the public address is one that the internet does not reach. `polls`: a bot that asks by itself.
pub(super) fn unreachable(kind: ProviderKind, public_url: &str, polls: bool) -> String {
    let address = format!(
        "The public address is {public_url}, and {} calls only what the internet reaches by https.",
        kind.name()
    );
    let follows = match (kind, polls) {
        (ProviderKind::Telegram, true) => {
            return format!(
                "The public address is {public_url}. That does no harm here: Watchbell asks Telegram for presses and replies."
            );
        }
        (ProviderKind::Telegram, false) => {
            "Presses and replies cannot come in: let Watchbell ask Telegram instead, or set another address."
        }
        (ProviderKind::Twilio | ProviderKind::Vonage, _) => {
            "Texts leave all the same, and Watchbell asks what became of them; replies cannot come in, and calls say nothing, because their words are fetched there."
        }
        (ProviderKind::SmsGateway, _) => {
            return format!(
                "The public address is {public_url}. Delivery reports and replies come in only where the gateway reaches it: a gateway in your own network may, one on the internet does not."
            );
        }
        (ProviderKind::Pushover, _) => {
            "Pages leave all the same; that somebody acknowledged one is asked for instead, and known a little later."
        }
    };
    format!("{address} {follows}")
}
