//! How everybody who carries messages does, channel by channel: one answer for the page, the API and `doctor`.

use crate::app::App;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::ids::ConnectorId;
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Channel;
use watchbell_store::StoreError;
use watchbell_store::connectors::{self, Connector, ConnectorState};
use watchbell_store::providers::{self as accounts, ChannelProvider, Health};
use watchbell_store::scope::Scope;

/// How long ago "lately" begins.
const LATELY: SignedDuration = SignedDuration::from_hours(1);

/// How a channel does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelStanding {
    /// Which.
    pub channel: Channel,
    /// Who carries it, in the order in which they are asked.
    pub accounts: Vec<AccountStanding>,
    /// Messages that are due and wait.
    pub waiting: i64,
    /// Since when the oldest of them is due.
    pub waiting_since: Option<Timestamp>,
    /// People whose rules name it.
    pub people: i64,
}

/// How an account does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountStanding {
    /// Which.
    pub id: ConnectorId,
    /// How people call it.
    pub name: String,
    /// The type of its connector.
    pub kind: String,
    /// How it is.
    pub state: ConnectorState,
    /// Why, in words.
    pub reason: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// When it last took a message.
    pub sent_at: Option<Timestamp>,
    /// How many it took in the last hour.
    pub sent_lately: i64,
    /// What it said when it last failed.
    pub failure: Option<String>,
    /// When.
    pub failed_at: Option<Timestamp>,
}

/// How all channels that need an account do.
pub async fn standing(app: &App, scope: &Scope) -> Result<Vec<ChannelStanding>, StoreError> {
    let now = app.clock.now();
    let carriers = accounts::all(&app.db, scope).await?;
    let health = accounts::health(&app.db, scope, now - LATELY).await?;
    let queues = accounts::queues(&app.db, scope, now).await?;
    let used = accounts::used(&app.db, scope).await?;
    let mut known = Vec::new();
    for kind in ProviderKind::ALL {
        known.extend(connectors::of_kind(&app.db, scope, kind.as_str()).await?);
    }
    let of = |channel: Channel| {
        let queue = queues.iter().find(|(queued, ..)| *queued == channel);
        let carries = carriers.iter().filter(|carrier| carrier.channel == channel);
        ChannelStanding {
            channel,
            accounts: carries.filter_map(|carrier| of_account(carrier, &known, &health)).collect(),
            waiting: queue.map_or(0, |(_, waiting, _)| *waiting),
            waiting_since: queue.map(|(.., since)| *since),
            people: used.iter().find(|(used, _)| *used == channel).map_or(0, |(_, people)| *people),
        }
    };
    Ok(Channel::ALL.iter().copied().filter(|channel| channel.needs_provider()).map(of).collect())
}

/// Each account once, however many channels it carries.
pub fn each_account(channels: &[ChannelStanding]) -> Vec<&AccountStanding> {
    let mut accounts: Vec<&AccountStanding> = channels.iter().flat_map(|channel| &channel.accounts).collect();
    accounts.sort_by(|one, other| one.id.0.cmp(&other.id.0));
    accounts.dedup_by(|one, other| one.id == other.id);
    accounts
}

/// `None`: it was deleted meanwhile.
fn of_account(carrier: &ChannelProvider, known: &[Connector], health: &[Health]) -> Option<AccountStanding> {
    let connector = known.iter().find(|connector| connector.id == carrier.connector)?;
    let health = health.iter().find(|health| health.connector == connector.id);
    Some(AccountStanding {
        id: connector.id.clone(),
        name: connector.name.clone(),
        kind: connector.kind.clone(),
        state: connector.state,
        reason: connector.state_reason.clone(),
        since: connector.state_since,
        sent_at: health.and_then(|health| health.sent_at),
        sent_lately: health.map_or(0, |health| health.sent_lately),
        failure: health.and_then(|health| health.failure.clone()),
        failed_at: health.and_then(|health| health.failed_at),
    })
}
