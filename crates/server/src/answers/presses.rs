//! Buttons below a message: a press of one in a chat, an emergency push that was acknowledged.

use super::{Account, acting, carried};
use crate::app::App;
use crate::engine::updated;
use crate::error::ApiError;
use crate::links::{self, Use};
use watchbell_connect::channels::AnyProvider;
use watchbell_core::alert::{Alert, Happening, Status, Update};
use watchbell_core::ids::{AlertId, NotificationId, UserId};
use watchbell_core::language::Language;
use watchbell_core::notify::Purpose;
use watchbell_core::reply::{self, Answer, NotChosen, Verb};
use watchbell_core::timeline::Entry;
use watchbell_core::user::Channel;
use watchbell_store::deliveries::Carried;
use watchbell_store::{StoreError, heard, users};

/// A press of a button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    /// The token of the message that the button carried.
    pub token: String,
    /// What it does: `accept`, `resolve`, `escalate`.
    pub verb: String,
    /// Who pressed, as the provider names them; `None` where it does not say.
    pub from: Option<String>,
    /// What the provider calls this press, for an answer to it.
    pub press_id: Option<String>,
}

/// Takes a press. Errors: 404 for a message of another account, 403 for a button that was not sent to who pressed it.
pub async fn pressed(
    app: &App,
    account: &Account,
    about: Option<NotificationId>,
    press: Press,
) -> Result<(), ApiError> {
    let taken = take(app, account, about, &press).await;
    if let (Err(why), AnyProvider::Telegram(bot), Some(press_id)) = (&taken, &account.provider, &press.press_id)
        && why.is_final()
    {
        let _ = bot.answer_press(app.channels.http(), press_id, why.message()).await;
    }
    taken
}

async fn take(app: &App, account: &Account, about: Option<NotificationId>, press: &Press) -> Result<(), ApiError> {
    let named = match about {
        Some(named) => Some(named),
        None => links::verify(app, Use::Callback, &press.token).map(|link| link.notification),
    };
    let named = named.ok_or_else(|| ApiError::not_found("There is no such message."))?;
    let message = carried(app, account, Some(named), "").await?;
    // A key of Pushover may name a device behind a slash; who presses is named without it.
    let addressee = message.target.split('/').next();
    if press.from.is_some() && press.from.as_deref() != addressee {
        return Err(ApiError::forbidden("This button was sent to somebody else: nothing was changed."));
    }
    let happening = match press.verb.as_str() {
        "accept" => Happening::Accepted,
        "resolve" => Happening::Resolved { reason: None },
        "escalate" => Happening::EscalatedNow,
        _ => return Err(ApiError::bad_request("The button does nothing that is known here.")),
    };
    let acted = act(app, account, &message, (happening, press)).await?;
    app.wake.notify_one();
    if let Err(error) = tell(app, account, &message, press, &acted).await {
        tracing::warn!(%error, "a press acted, and whoever pressed was not told");
    }
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
    let once = press.press_id.as_ref().map(|id| account.once(format!("press {id}"), &message.target));
    let acted = heard::act(&app.db, &scope, on, (happening, entry), (once, heard::nothing), app.clock.now()).await?;
    acted.iter().for_each(|alert| app.bus.changed(account.org(), alert.id.0));
    Ok(acted)
}

/// The chat says what came of it, and the buttons go. It only adorns: that it fails changes nothing.
async fn tell(
    app: &App,
    account: &Account,
    message: &Carried,
    press: &Press,
    acted: &[Alert],
) -> Result<(), StoreError> {
    let AnyProvider::Telegram(bot) = &account.provider else { return Ok(()) };
    let user = users::get(&app.db, &account.scope, UserId(message.user_id)).await?;
    let words = reply::answer(Language::of(&user.language), &came_of(acted, user.id, press));
    if let Some(press_id) = &press.press_id {
        let _ = bot.answer_press(app.channels.http(), press_id, &words).await;
    }
    let update = match acted.first().map(|alert| alert.status) {
        Some(Status::Accepted) => Update::Accepted,
        Some(Status::Resolved) => Update::Resolved,
        _ => return Ok(()),
    };
    let told = updated(app, account.org(), NotificationId(message.id), update).await?;
    if let (Some(told), Some(provider_id), 1) = (told, &message.provider_id, acted.len()) {
        let _ = bot.edit(app.channels.http(), provider_id, &told).await;
    }
    Ok(())
}

/// What is said of a press.
fn came_of(acted: &[Alert], by: UserId, press: &Press) -> Answer {
    let verb = match press.verb.as_str() {
        "resolve" => Verb::Resolve,
        "escalate" => Verb::Escalate,
        _ => Verb::Accept,
    };
    match acted {
        [] => Answer::Nothing(NotChosen::NothingOpen),
        [one] if verb == Verb::Accept && one.accepted_by != Some(by) => {
            Answer::Nothing(NotChosen::AlreadyAccepted { alert: one.id, by_me: false })
        }
        [one] => Answer::Done { verb, alert: one.id, headline: one.summary.clone() },
        several => Answer::DoneAll { verb, count: several.len() },
    }
}
