//! Sending a message through an account: which of several carries it, whether it may go now, and how the account did.

use super::run::JobError;
use crate::app::App;
use crate::providers;
use jiff::Timestamp;
use watchbell_connect::channels::{self, AnyProvider, DeliveryId, Fault, Message, Outcome, Parcel};
use watchbell_core::ids::NotificationId;
use watchbell_core::notify::{self, Failure, Standing};
use watchbell_core::user::Channel;
use watchbell_store::connectors::ConnectorState;
use watchbell_store::deliveries::{self, Delivery, Outgoing, Pace, Turn};
use watchbell_store::jobs::Job;
use watchbell_store::providers::{self as accounts, ChannelProvider};
use watchbell_store::{StoreError, doors};

/// An account that is to carry a message.
struct Chosen {
    account: ChannelProvider,
    /// Whether there are others that it was not tried with yet.
    others: bool,
}

impl Chosen {
    fn failed(&self, error: &str, failure: Failure) -> Delivery {
        Delivery::Failed {
            error: error.to_owned(),
            failure,
            via: Some(providers::via(&self.account)),
            others: self.others,
        }
    }
}

/// Sends through the account whose turn it is. `None`: the message was put off, since it has to wait for its turn.
pub(super) async fn carry(
    app: &App,
    job: &Job,
    outgoing: &Outgoing,
    (channel, address): (Channel, &str),
    until: Timestamp,
) -> Result<Option<Delivery>, JobError> {
    let scope = doors::system(job.org);
    let Some(chosen) = choose(accounts::of_channel(&app.db, &scope, channel).await?, outgoing) else {
        let error = format!("No account that carries {channel} is connected: an administrator does so under Settings.");
        return Ok(Some(super::send::failed(&error)));
    };
    let provider = match providers::configure(app, &chosen.account) {
        Ok(provider) => provider,
        Err(why) => return unusable(app, job, &chosen, &why.to_string()).await.map(Some),
    };
    let now = app.clock.now();
    let pace = account_pace(&chosen.account, &provider, channel);
    let reply_code = match deliveries::take_turn(&app.db, job, pace, now).await? {
        Turn::Now { reply_code } => reply_code.filter(|_| provider.hears_answers(channel)),
        Turn::Later => return Ok(None),
        Turn::Gone => return Ok(Some(super::send::failed("The contact was deleted."))),
    };
    let outgoing = Outgoing { reply_code: reply_code.map(i64::from), ..outgoing.clone() };
    let message = match super::send::prepared(app, job, &outgoing, until).await? {
        Ok(message) => message,
        Err(failed) => return Ok(Some(failed)),
    };
    hand_over(app, job, (&chosen, &provider), (channel, address), (&outgoing, &message)).await.map(Some)
}

fn choose(all: Vec<ChannelProvider>, outgoing: &Outgoing) -> Option<Chosen> {
    let failed: Vec<String> =
        outgoing.failed_with.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let failures = |account: &ChannelProvider| failed.iter().filter(|id| **id == account.connector.0).count();
    let chosen = notify::choose_provider(&all, |account| Standing {
        failures: failures(account),
        is_down: account.state == ConnectorState::Red,
        rank: account.rank,
    })?;
    let others = all.iter().any(|other| other.connector != chosen.connector && failures(other) == 0);
    Some(Chosen { account: chosen.clone(), others })
}

/// Settings that cannot be used are the account's fault: the next one carries the message.
async fn unusable(app: &App, job: &Job, chosen: &Chosen, why: &str) -> Result<Delivery, JobError> {
    let outcome = Outcome::Permanent { error: why.to_owned(), fault: Fault::Account };
    providers::note(app, &doors::system(job.org), &chosen.account, &outcome).await?;
    Ok(chosen.failed(why, Failure::Account))
}

fn account_pace(account: &ChannelProvider, provider: &AnyProvider, channel: Channel) -> Option<Pace> {
    let every_ms = provider.pace(channel).account_ms;
    (every_ms > 0).then(|| Pace { name: format!("account {} {channel}", account.connector), every_ms, burst: 1 })
}

async fn hand_over(
    app: &App,
    job: &Job,
    (chosen, provider): (&Chosen, &AnyProvider),
    (channel, to): (Channel, &str),
    (outgoing, message): (&Outgoing, &Message),
) -> Result<Delivery, JobError> {
    let notification = NotificationId(outgoing.id);
    let back = providers::back(app, job.org, &chosen.account.connector, notification);
    let id = DeliveryId::of_notification(outgoing.id);
    let parcel = Parcel { channel, to, message, id: &id, back: &back, now: app.clock.now() };
    let outcome = channels::send_through(&app.channels, provider, &parcel).await;
    if let Err(error) = providers::note(app, &doors::system(job.org), &chosen.account, &outcome).await {
        // The message comes first: how the account does is seen again with the next one.
        tracing::warn!(%error, account = %chosen.account.connector, "the state of an account could not be kept");
    }
    Ok(match outcome {
        Outcome::Sent { provider_id } => {
            let via = Some(providers::via(&chosen.account));
            Delivery::Sent { provider_id, via, rings: channel == Channel::Voice, asks: provider.can_be_asked() }
        }
        Outcome::Transient { error, retry_after, .. } => {
            let retry_after_s = retry_after.and_then(|after| i64::try_from(after.as_secs()).ok());
            chosen.failed(&error, Failure::Transient { retry_after_s })
        }
        Outcome::Permanent { error, fault } => chosen.failed(&error, failure_of(fault)),
    })
}

/// Whose fault it is, as the rule of retries says it.
pub(super) const fn failure_of(fault: Fault) -> Failure {
    match fault {
        Fault::Message => Failure::Message,
        Fault::Contact => Failure::Contact,
        Fault::Account => Failure::Account,
    }
}

/// Sends something that is no notification (a code, an answer) through the first account that takes it. Errors inside: in words.
pub(crate) async fn carry_directly(
    app: &App,
    org: watchbell_core::ids::OrgId,
    (channel, to): (Channel, &str),
    message: &Message,
    id: &DeliveryId,
) -> Result<Result<(), String>, StoreError> {
    let scope = doors::system(org);
    let mut last = format!("No account that carries {channel} is connected: an administrator does so under Settings.");
    let mut all = accounts::of_channel(&app.db, &scope, channel).await?;
    all.sort_by_key(|account| account.state == ConnectorState::Red);
    for account in all {
        let provider = match providers::configure(app, &account) {
            Ok(provider) => provider,
            Err(why) => {
                last = why.to_string();
                continue;
            }
        };
        // Nothing comes back of it: the number 0 is no notification's.
        let back = providers::back(app, org, &account.connector, NotificationId(0));
        let parcel = Parcel { channel, to, message, id, back: &back, now: app.clock.now() };
        let outcome = channels::send_through(&app.channels, &provider, &parcel).await;
        providers::note(app, &scope, &account, &outcome).await?;
        match outcome {
            Outcome::Sent { .. } => return Ok(Ok(())),
            Outcome::Permanent { error, fault: Fault::Contact } => return Ok(Err(error)),
            Outcome::Transient { error, .. } | Outcome::Permanent { error, .. } => last = error,
        }
    }
    Ok(Err(last))
}
