//! Mails that come in: what they mean is done here, however they came (by SMTP, or posted by Mailgun or SES). The token that a mail
//! carries is the proof of whose it is; its sender is noted, with what a server that is trusted found out about it.

mod act;
mod back;
mod bounces;
mod smtp;
mod tls;

pub use back::hear_answers;
pub use smtp::Receiver;

use crate::app::App;
use crate::links::{self, Link};
use watchbell_connect::channels::email::inbound::{Door, Envelope, InboundRules, ReceivedMail, Unreadable, receive};
use watchbell_store::heard::{self, Once};
use watchbell_store::{StoreError, doors, unsubscribing};

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It accepted, resolved, escalated, or commented.
    Acted,
    /// It was understood, and changed nothing; its author was told why.
    Answered,
    /// Its reader gets no more news of the kind.
    Unsubscribed,
    /// It said that a mail of ours did not arrive.
    Bounced,
    /// It did nothing: the reason, for the log.
    Ignored(&'static str),
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// It cannot be read, and never will be.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// To be tried again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How mails are read on this node; `None` where no domain is set up.
pub fn rules(app: &App) -> Option<InboundRules<'_>> {
    let config = &app.config;
    Some(InboundRules { domain: config.reply_domain.as_deref()?, trusted_server: config.mail_checked_by.as_deref() })
}

/// Reads a mail and does what it means. Everything that it means is stored when this returns.
pub async fn take_raw(app: &App, raw: &[u8], envelope: &Envelope<'_>) -> Result<Taken, NotTaken> {
    let Some(rules) = rules(app) else { return Ok(Taken::Ignored("no domain is set up for answers")) };
    Ok(take(app, &receive(raw, envelope, &rules)?).await?)
}

/// Does what a mail means. The same mail again does nothing.
pub async fn take(app: &App, mail: &ReceivedMail) -> Result<Taken, StoreError> {
    let token = mail.tokens.iter().find_map(|token| links::verify_address(&app.sealer, token));
    let taken = match token {
        Some(link) => once(app, mail, link).await,
        None => Ok(Taken::Ignored("it names no message of ours")),
    };
    match &taken {
        Ok(taken) => {
            let notification = token.map(|link| link.notification.0);
            tracing::info!(?taken, notification, from = mail.from.as_deref(), "a mail came in");
        }
        Err(error) => tracing::warn!(%error, "a mail could not be taken; whoever sent it tries again"),
    }
    taken
}

/// A mail that is delivered twice, because the answer was lost, counts once. It is noted after it was taken: what it does it does once
/// by itself, and a fault in the middle loses nothing.
async fn once(app: &App, mail: &ReceivedMail, link: Link) -> Result<Taken, StoreError> {
    let Some(id) = &mail.message_id else { return do_it(app, mail, link).await };
    let once = Once::mail(format!("{}/{id}", link.notification));
    if heard::known(&app.db, link.org, &once).await?.is_some() {
        return Ok(Taken::Ignored("it was taken before"));
    }
    let taken = do_it(app, mail, link).await?;
    heard::note(&app.db, link.org, once, true, app.clock.now()).await?;
    Ok(taken)
}

async fn do_it(app: &App, mail: &ReceivedMail, link: Link) -> Result<Taken, StoreError> {
    match (&mail.bounce, mail.door) {
        (Some(bounce), _) => bounces::take(app, link, bounce).await,
        (None, Door::Unsubscribe) => unsubscribe(app, link).await,
        // RFC 3834: whoever answers a program starts a loop; and an absent person accepts nothing.
        (None, Door::Reply) if mail.is_automatic => Ok(Taken::Ignored("a program wrote it")),
        (None, Door::Reply) => act::act(app, mail, link).await,
    }
}

/// Sends no more news of the kind of a message.
pub(crate) async fn unsubscribe(app: &App, link: Link) -> Result<Taken, StoreError> {
    let Some(news) = unsubscribing::of_message(&app.db, &doors::system(link.org), link.notification).await? else {
        return Ok(Taken::Ignored("pages are not unsubscribed from"));
    };
    let Some(scope) = doors::signed_link(&app.db, link.org, news.user).await? else {
        return Ok(Taken::Ignored("the account is gone"));
    };
    unsubscribing::unsubscribe(&app.db, &scope, news, app.clock.now()).await?;
    Ok(Taken::Unsubscribed)
}
