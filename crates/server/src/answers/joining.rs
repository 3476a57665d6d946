//! A person opens the bot with the word that their profile gave them: the chat becomes their contact, proven by the word.

use super::Account;
use crate::app::App;
use crate::error::ApiError;
use crate::links::{self, Use};
use watchbell_core::ids::{NotificationId, OrgId, UserId};
use watchbell_core::user::{Channel, ContactStatus};
use watchbell_store::StoreError;
use watchbell_store::contacts::{self, ContactIn};

/// The word of a person, for the link that opens the bot. It counts for as long as the account does.
pub fn word_of(app: &App, org: OrgId, user: UserId) -> String {
    links::sign(app, Use::Joining, links::Link { org, notification: NotificationId(user.0) })
}

/// A person blocked the bot: nothing arrives there any more, and they hear of it by another way.
pub async fn left(app: &App, account: &Account, address: &str, said: &str) -> Result<(), ApiError> {
    let gone = contacts::with_target(&app.db, account.org(), Channel::Telegram, address).await?;
    for contact in gone {
        contacts::refuse(&app.db, account.org(), &contact, said, app.clock.now()).await?;
    }
    Ok(())
}

/// Takes a chat that was opened with a word.
pub async fn joined(app: &App, account: &Account, word: &str, address: &str, name: &str) -> Result<(), ApiError> {
    let Some(link) = links::verify(app, Use::Joining, word) else {
        tracing::warn!(account = %account.via.connector, "a chat was opened with a word that nobody was given");
        return Ok(());
    };
    let new = ContactIn {
        channel: Channel::Telegram,
        target: address.to_owned(),
        region: None,
        primary: false,
        label: Some(name.chars().take(100).collect()),
        sealed: None,
        vouched: true,
    };
    let scope = super::acting(app, link.org, UserId(link.notification.0)).await?;
    match contacts::create(&app.db, &scope, UserId(link.notification.0), new, app.clock.now()).await {
        Ok(_) => Ok(()),
        // Opened twice, it is theirs already; one that they had blocked is wanted again.
        Err(StoreError::Taken { .. }) => wanted(app, account, address, true).await.map_err(Into::into),
        Err(error) => Err(error.into()),
    }
}

/// A chat that is written to again, or no more, as whoever is in it says.
pub async fn wanted(app: &App, account: &Account, address: &str, is_wanted: bool) -> Result<(), StoreError> {
    let now = app.clock.now();
    for contact in contacts::with_target(&app.db, account.org(), Channel::Telegram, address).await? {
        match (is_wanted, contact.status) {
            (true, ContactStatus::Blacklisted) => {
                contacts::set_status(&app.db, &account.scope, contact.id, ContactStatus::Ok, now).await?;
            }
            (false, ContactStatus::Ok) => {
                contacts::refuse(&app.db, account.org(), &contact, "Its owner wrote STOP there", now).await?;
            }
            _ => {}
        }
    }
    Ok(())
}
