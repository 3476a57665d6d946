//! Mails of ours that came back: the message failed, and where the address is to blame the contact is locked and its owner told by
//! another one.

use super::Taken;
use crate::app::App;
use crate::links::Link;
use watchbell_connect::channels::email::inbound::Bounce;
use watchbell_core::notify::Failure;
use watchbell_core::text;
use watchbell_store::{StoreError, deliveries};

pub(super) async fn take(app: &App, link: Link, bounce: &Bounce) -> Result<Taken, StoreError> {
    // THE place where a bounce locks a contact: what is permanent blames the address.
    let failure = if bounce.permanent { Failure::Contact } else { Failure::Message };
    let said = if bounce.diagnostic.is_empty() { "no reason was given" } else { bounce.diagnostic.as_str() };
    let error = text::cut(&format!("The mail came back ({}): {said}", bounce.status), 400);
    let is_known =
        deliveries::came_back(&app.db, link.org, link.notification, (&error, failure), app.clock.now()).await?;
    app.wake.notify_one();
    match is_known {
        true => Ok(Taken::Bounced),
        false => Ok(Taken::Ignored("the message was deleted")),
    }
}
