//! Messages beside alerts' own: sent over every contact of a user, or to an address that is nobody's, without a notification's row.

use super::carry::carry_directly;
use super::run::JobError;
use super::send::to_target;
use super::upkeep::finish;
use crate::app::App;
use watchbell_connect::channels::{self, DeliveryId, Message, Outcome, Target};
use watchbell_core::ids::UserId;
use watchbell_core::user::ContactStatus;
use watchbell_store::contacts::{self, Contact, SEALED};
use watchbell_store::jobs::Job;
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, doors};

/// Sends to one contact, under an id that is the same at each try. Errors inside: in words.
pub(super) async fn to_contact(
    app: &App,
    scope: &Scope,
    contact: &Contact,
    message: &Message,
    id: &str,
) -> Result<Result<(), String>, StoreError> {
    if contact.verified_at.is_none() || contact.status == ContactStatus::Blacklisted {
        return Ok(Err(format!("The contact {} is not verified, or locked.", contact.channel.shown(&contact.target))));
    }
    if contact.is_stopped_for(contact.channel) {
        return Ok(Err(format!("The contact {} takes no text messages.", contact.target)));
    }
    if contact.channel.needs_provider() {
        let Ok(delivery) = DeliveryId::parse(id) else { return Ok(Err("The message has no usable id.".into())) };
        return carry_directly(app, scope.org, (contact.channel, &contact.target), message, &delivery).await;
    }
    Ok(match target(app, scope, contact).await? {
        Ok(target) => send(app, &target, message, id).await,
        Err(why) => Err(why),
    })
}

/// Sends to every contact of a user, for a job that tells them something; ids begin with `kind`. It is done where one of them took it,
/// and repeated where none did: the same message may arrive twice after a crash.
pub(super) async fn to_user(
    app: &App,
    job: &Job,
    (user, kind): (UserId, &str),
    message: &Message,
    tries_max: i64,
) -> Result<(), JobError> {
    let scope = doors::system(job.org);
    let (mut reached, mut last_error) = (false, "There is no contact that can be written to.".to_owned());
    for contact in contacts::list(&app.db, &scope, user).await? {
        match to_contact(app, &scope, &contact, message, &format!("{kind}-{}-{}", job.id, contact.id)).await? {
            Ok(()) => reached = true,
            Err(error) => last_error = error,
        }
    }
    match reached {
        true => finish(app, job).await,
        false if job.attempt + 1 >= tries_max => Err(JobError::GiveUp(last_error)),
        false => Err(JobError::Again(last_error)),
    }
}

/// Sends a mail to an address. Errors: in words.
pub(super) async fn to_address(app: &App, address: &str, message: &Message, id: &str) -> Result<(), String> {
    send(app, &Target::Email { address: address.to_owned() }, message, id).await
}

async fn send(app: &App, target: &Target, message: &Message, id: &str) -> Result<(), String> {
    let Ok(delivery) = DeliveryId::parse(id) else { return Err("The message has no usable id.".into()) };
    match channels::send(&app.channels, target, message, &delivery, app.clock.now()).await {
        Outcome::Sent { .. } => Ok(()),
        Outcome::Transient { error, .. } | Outcome::Permanent { error, .. } => Err(error),
    }
}

async fn target(app: &App, scope: &Scope, contact: &Contact) -> Result<Result<Target, String>, StoreError> {
    let sealed = contacts::secret(&app.db, scope, contact.id).await?;
    let secret = match sealed.as_deref().map(|sealed| app.sealer.open_text(SEALED, sealed)).transpose() {
        Ok(secret) => secret,
        Err(error) => return Ok(Err(error.to_string())),
    };
    Ok(to_target(contact.channel.as_str(), contact.target.clone(), secret))
}
