//! Buttons below a message: a press of one in a chat, an emergency push that was acknowledged.

use super::{Account, acting, carried};
use crate::app::App;
use crate::error::ApiError;
use crate::links::{self, Use};
use watchbell_connect::channels::{Named, Press};
use watchbell_core::alert::{Alert, Happening, Status};
use watchbell_core::ids::{AlertId, NotificationId, UserId};
use watchbell_core::notify::Purpose;
use watchbell_core::timeline::Entry;
use watchbell_core::user::Channel;
use watchbell_store::deliveries::Carried;
use watchbell_store::{StoreError, heard, users};

/// Takes a press.
pub async fn pressed(
    app: &App,
    account: &Account,
    about: Option<NotificationId>,
    press: Press,
) -> Result<(), ApiError> {
    let (named, provider_id) = match (&press.named, about) {
        (Named::ProviderId(id), about) => (about, id.as_str()),
        (Named::Token(_), Some(about)) => (Some(about), ""),
        (Named::Token(token), None) => {
            let link = links::verify(app, Use::Callback, token);
            (Some(link.ok_or_else(|| ApiError::not_found("There is no such message."))?.notification), "")
        }
    };
    let message = carried(app, account, named, provider_id).await?;
    let happening = match press.verb.as_str() {
        "accept" => Happening::Accepted,
        "resolve" => Happening::Resolved { reason: None },
        "escalate" => Happening::EscalatedNow,
        _ => return Err(ApiError::bad_request("The button does nothing that is known here.")),
    };
    let acted = act(app, account, &message, (happening, &press)).await?;
    tell(app, account, &message, &press, &acted).await?;
    app.wake.notify_one();
    Ok(())
}

async fn act(
    app: &App,
    account: &Account,
    message: &Carried,
    (happening, press): (Happening, &Press),
) -> Result<Vec<Alert>, ApiError> {
    let on: Vec<AlertId> = match Purpose::parse(&message.purpose) {
        Some(Purpose::Summary) => heard::of_summary(&app.db, account.org(), NotificationId(message.id)).await?,
        Some(Purpose::Page) => message.alert_id.map(AlertId).into_iter().collect(),
        _ => Vec::new(),
    };
    let scope = acting(app, account.org(), UserId(message.user_id)).await?;
    let channel = Channel::parse(&message.channel).unwrap_or(Channel::Telegram);
    let entry = Entry::Answered { channel, said: press.verb.clone() };
    let acted = heard::act(&app.db, &scope, on, (happening, entry), Vec::new(), app.clock.now()).await?;
    acted.iter().for_each(|alert| app.bus.changed(account.org(), alert.id.0));
    Ok(acted)
}

/// The chat says what came of it, and the buttons go.
async fn tell(
    app: &App,
    account: &Account,
    message: &Carried,
    press: &Press,
    acted: &[Alert],
) -> Result<(), StoreError> {
    let user = users::get(&app.db, &account.scope, UserId(message.user_id)).await?;
    let words = match acted.first().map(|alert| (alert.status, alert.accepted_by)) {
        Some((Status::Accepted, Some(by))) if by == user.id => format!("Accepted by {}", user.first_name),
        Some((Status::Accepted, _)) => "Somebody else has it already".to_owned(),
        Some((Status::Resolved, _)) => format!("Resolved ({})", user.first_name),
        Some((Status::Pending, _)) => "The next level is asked now".to_owned(),
        None => "There is nothing to do any more".to_owned(),
    };
    account.provider.confirm_press(app.channels.http(), press, &words).await;
    Ok(())
}
