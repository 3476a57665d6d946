//! What outgoing mails say of where their answers go.

use crate::app::App;
use crate::links::{self, Link};
use watchbell_connect::channels::email::inbound::{Door, address_of};
use watchbell_connect::channels::{DeliveryId, MailBack, Unsubscribe};
use watchbell_core::ids::NotificationId;
use watchbell_store::doors;

/// Lets the mails of this node say where their answers go, where a domain is set up for them.
pub fn hear_answers(app: &App) {
    let Some(domain) = app.config.reply_domain.clone() else { return };
    // Not the app itself: its channels would hold it for ever.
    let (sealer, config) = (app.sealer.clone(), app.config.clone());
    app.channels.hear_mail_answers(move |id| {
        let link = Link { org: doors::ORGANIZATION, notification: notification(id)? };
        let token = links::sign_address(&sealer, link);
        let url = watchbell_ui::routes::link(&token, "unsubscribe");
        Some(MailBack {
            reply_to: address_of(Door::Reply, &token, &domain),
            unsubscribe: Unsubscribe {
                url: format!("{}{url}", config.public_url()),
                address: address_of(Door::Unsubscribe, &token, &domain),
            },
            token,
        })
    });
}

/// The notification of a mail; tests of contacts and codes are none, and nobody answers them.
fn notification(id: &DeliveryId) -> Option<NotificationId> {
    id.as_str().strip_prefix("notification-")?.parse().ok()
}
