//! An Autotask account in use. Its state is looked at before each call, and each answer says something about it.

use super::health::{self, Standing, Trouble};
use super::tenant;
use crate::accounts::{AutotaskParams, AutotaskSecrets};
use crate::app::App;
use autotask::{Address, Client, Credentials, Entity, Error, TicketRef};
use jiff::SignedDuration;
use std::time::Duration;
use watchbell_core::ids::ConnectorId;
use watchbell_store::connectors;
use watchbell_store::scope::Scope;

/// How long one call may take: a job makes four in a row at most, and its lease is 30 s.
pub(super) const CALL_TIMEOUT: Duration = Duration::from_secs(7);
/// How long a page of 500 tickets may take.
pub(super) const PAGE_TIMEOUT: Duration = Duration::from_secs(15);
/// An account without secrets is looked at again after this time.
const NO_SECRETS_AGAIN: SignedDuration = SignedDuration::from_secs(60);

/// An account in use.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) app: App,
    pub(super) scope: Scope,
    pub(super) id: ConnectorId,
    pub(super) client: Client,
}

impl Account {
    /// The account of a connector. Errors: `Away` also where it has no secrets or no usable address.
    pub(super) async fn open(app: &App, scope: &Scope, id: &ConnectorId) -> Result<Self, Trouble> {
        health::look(app, scope, id).await?;
        let params = AutotaskParams::of(&connectors::get(&app.db, scope, id).await?)?;
        let Some(secrets) = AutotaskSecrets::open(app, scope, id).await? else {
            let why = "The account has no secret: enter one on its page.".to_owned();
            return Err(Trouble::Away { why, again_at: app.clock.now() + NO_SECRETS_AGAIN });
        };
        let address = tenant::address_of(app, scope, id, &params).await?;
        let client = client(app, &address, &params, &secrets);
        match client {
            Ok(client) => Ok(Self { app: app.clone(), scope: scope.clone(), id: id.clone(), client }),
            Err(error) => {
                let standing = health::look(app, scope, id).await?;
                Err(health::note_fault(app, scope, &standing, error, None).await?)
            }
        }
    }

    /// The same account, which writes as a resource. What it reads is the API user's.
    pub(super) fn acting_as(&self, resource: i64) -> Self {
        Self { client: self.client.impersonating(resource), ..self.clone() }
    }

    /// Makes a call, unless the account is known to be away or refused.
    pub(super) async fn ask<T>(&self, call: impl Future<Output = Result<T, Error>> + Send) -> Result<T, Trouble> {
        let standing = health::check(&self.app, &self.scope, &self.id).await?;
        self.judge(&standing, call.await).await
    }

    /// What an answer says about the account.
    async fn judge<T>(&self, standing: &Standing, done: Result<T, Error>) -> Result<T, Trouble> {
        match done {
            Ok(answer) => {
                health::note_success(&self.app, &self.scope, standing).await?;
                Ok(answer)
            }
            Err(error) => {
                let (error, used) = self.look_into(error).await;
                Err(health::note_fault(&self.app, &self.scope, standing, error, used).await?)
            }
        }
    }

    /// [`Account::ask`] for what the account can do without: a missing permission says nothing about its tickets.
    pub(super) async fn ask_besides<T>(
        &self,
        call: impl Future<Output = Result<T, Error>> + Send,
    ) -> Result<T, Trouble> {
        let standing = health::check(&self.app, &self.scope, &self.id).await?;
        match call.await {
            Err(error @ Error::Permission { .. }) => {
                health::note_success(&self.app, &self.scope, &standing).await?;
                Err(Trouble::Refused(error))
            }
            done => self.judge(&standing, done).await,
        }
    }

    /// [`Account::ask`] for tickets: their being readable proves the permission.
    pub(super) async fn ask_tickets<T>(
        &self,
        call: impl Future<Output = Result<T, Error>> + Send,
    ) -> Result<T, Trouble> {
        let answer = self.ask(call).await?;
        let standing = health::look(&self.app, &self.scope, &self.id).await?;
        health::note_permitted(&self.app, &self.scope, &standing).await?;
        Ok(answer)
    }

    /// What a call that was not let in ran into, with the calls used of the hour. Whether the words of a 429 tell the two limits
    /// apart is not documented: that of the hour refuses this question as well, or is used up by its answer.
    async fn look_into(&self, error: Error) -> (Error, Option<String>) {
        let Error::ThreadLimit { retry_after } = error else { return (error, None) };
        match self.client.threshold().await {
            Ok(threshold) if threshold.used_percent() < 100 => {
                let (used, max, minutes) = (threshold.requests, threshold.requests_max, threshold.timeframe_minutes);
                (error, Some(format!("Calls used: {used} of {max} in {minutes} minutes.")))
            }
            Ok(_) | Err(Error::ThreadLimit { .. } | Error::HourlyLimit { .. }) => {
                (Error::HourlyLimit { retry_after }, None)
            }
            Err(_) => (error, None),
        }
    }

    /// The ticket that a callout means; none where Autotask has none.
    pub(super) async fn ticket(
        &self,
        ticket: &TicketRef,
        timeout: Duration,
    ) -> Result<Option<autotask::Ticket>, Trouble> {
        let client = self.client.clone().with_timeout(timeout);
        self.ask_tickets(client.ticket(ticket)).await
    }

    /// A row of an entity; none where there is none.
    pub(super) async fn row<T: Entity>(&self, id: i64) -> Result<Option<T>, Trouble> {
        self.ask(self.client.get::<T>(id)).await
    }
}

/// A client for an address. Errors: `Zone` where the address may not be reached.
pub(super) fn client(
    app: &App,
    address: &Address,
    params: &AutotaskParams,
    secrets: &AutotaskSecrets,
) -> Result<Client, Error> {
    let refused = |reason: String| Error::Zone { host: address.host().to_owned(), reason };
    let http = app.channels.http().client_for(address.as_str()).map_err(|error| refused(error.to_string()))?;
    let credentials = Credentials::new(&params.user_name, &secrets.secret, &secrets.integration_code);
    Ok(Client::new(http, address.clone(), credentials).with_timeout(CALL_TIMEOUT))
}
