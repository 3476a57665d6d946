//! A person opens the bot with the word that their profile gave them: the chat becomes their contact, proven by the word.

use super::Account;
use super::texts::{AnswerOrder, ask, language_of};
use crate::app::App;
use crate::contact_parts;
use crate::error::ApiError;
use crate::links;
use jiff::SignedDuration;
use watchbell_core::ids::{OrgId, UserId};
use watchbell_core::labels;
use watchbell_core::user::{Channel, ContactStatus};
use watchbell_store::StoreError;
use watchbell_store::contacts::{self, ContactIn};
use watchbell_store::jobs::{JobKind, NewJob};

/// How long a word counts, in minutes: who reads an old one, in a browser's history or a photograph, gets nobody's alerts by it.
const WORD_MIN: i64 = 15;

/// The word of a person, for the link that opens the bot. It counts for 15 minutes.
pub fn word_of(app: &App, org: OrgId, user: UserId) -> String {
    links::sign_user(&app.sealer, org, user, app.clock.now() + SignedDuration::from_mins(WORD_MIN))
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
    let Some((org, user, counts)) = links::verify_user(&app.sealer, word, app.clock.now()) else {
        tracing::warn!(account = %account.via.connector, "a chat was opened with a word that nobody was given");
        return Ok(());
    };
    if !counts {
        return say_too_old(app, account, address, user).await;
    }
    let label = Some(name.chars().take(100).collect());
    let new = ContactIn { label, vouched: true, ..contact_parts::plain(Channel::Telegram, address.to_owned()) };
    let scope = super::acting(app, org, user).await?;
    match contacts::create(&app.db, &scope, user, new, app.clock.now()).await {
        Ok(_) => Ok(()),
        // Opened twice, it is theirs already; one that they had blocked is wanted again.
        Err(StoreError::Taken { .. }) => wanted(app, account, address, true).await.map(|_| ()).map_err(Into::into),
        Err(error) => Err(error.into()),
    }
}

/// A chat that is written to again, or no more, as whoever is in it says. How many contacts have it.
pub async fn wanted(app: &App, account: &Account, address: &str, is_wanted: bool) -> Result<u64, StoreError> {
    let now = app.clock.now();
    let found = contacts::with_target(&app.db, account.org(), Channel::Telegram, address).await?;
    for contact in &found {
        match (is_wanted, contact.status) {
            (true, ContactStatus::Blacklisted) => {
                contacts::set_status(&app.db, &account.scope, contact.id, ContactStatus::Ok, now).await?;
            }
            (false, ContactStatus::Ok) => {
                contacts::refuse(&app.db, account.org(), contact, "Its owner wrote STOP there", now).await?;
            }
            _ => {}
        }
    }
    Ok(found.len() as u64)
}

labels! { fn;
    too_old: "This link is older than 15 minutes. Open Connect Telegram in your profile again: it shows a fresh one.",
        "Dieser Link ist älter als 15 Minuten. Öffnen Sie in Ihrem Profil noch einmal „Connect Telegram“: Dort steht ein frischer.";
}

/// Whoever comes too late is told so where they look: in the chat.
async fn say_too_old(app: &App, account: &Account, address: &str, user: UserId) -> Result<(), ApiError> {
    let language = language_of(app, account, user).await?;
    let order = AnswerOrder {
        connector: account.via.connector.clone(),
        channel: Channel::Telegram,
        to: address.to_owned(),
        text: too_old(language).into(),
        language,
    };
    let key = format!("answer:{}:too-old:{address}", account.via.connector);
    ask(app, vec![NewJob::new(account.org(), JobKind::Answer, 0, app.clock.now()).once(key).with(order)]).await
}
