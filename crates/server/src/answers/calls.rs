//! Calls: what is said when somebody picks up, and what a key does. The alert is looked at anew each time: what is said is how it is.

use super::{Account, acting, carried, take_report};
use crate::app::App;
use crate::engine::message_of;
use crate::error::ApiError;
use crate::providers;
use watchbell_connect::channels::voice::{self, KeyMeaning, VoiceResult};
use watchbell_connect::channels::{Message, PickedUpBy, Report, Script, Spoken};
use watchbell_core::alert::{Alert, Happening, Status};
use watchbell_core::ids::{AlertId, NotificationId, UserId};
use watchbell_core::provider::Reported;
use watchbell_core::timeline::Entry;
use watchbell_core::user::Channel;
use watchbell_store::deliveries::Carried;
use watchbell_store::heard::{self, Once};
use watchbell_store::{StoreError, alerts, users};

/// Somebody or something picked up.
pub async fn picked_up(
    app: &App,
    account: &Account,
    about: Option<NotificationId>,
    provider_id: &str,
    by: PickedUpBy,
) -> Result<Option<Spoken>, ApiError> {
    let call = carried(app, account, about, provider_id).await?;
    let message = message_of(app, account.org(), NotificationId(call.id)).await?;
    let state = if by == PickedUpBy::Machine { Reported::Machine } else { Reported::Delivered };
    let said = match by {
        PickedUpBy::Person => "a person picked up",
        PickedUpBy::Machine => "an answering machine picked up",
        PickedUpBy::Unknown => "somebody picked up",
    };
    let report = Report { provider_id: provider_id.to_owned(), state, said: said.to_owned() };
    take_report(app, account, &call, report).await?;
    let Some(message) = message else { return Err(gone()) };
    let script = match by {
        PickedUpBy::Machine => voice::leave(&message),
        _ => announce(app, account, (&call, &message), 0).await?,
    };
    Ok(account.provider.speak(&script))
}

fn gone() -> ApiError {
    ApiError::not_found("What this call is about was deleted.")
}

/// A key was pressed, or none in time.
pub async fn key(
    app: &App,
    account: &Account,
    about: Option<NotificationId>,
    (provider_id, key, round): (&str, Option<char>, u8),
) -> Result<Option<Spoken>, ApiError> {
    let call = carried(app, account, about, provider_id).await?;
    let message = message_of(app, account.org(), NotificationId(call.id)).await?.ok_or_else(gone)?;
    let happening = match voice::meaning(key) {
        KeyMeaning::Accept => Happening::Accepted,
        KeyMeaning::Resolve => Happening::Resolved { reason: None },
        KeyMeaning::Escalate => Happening::EscalatedNow,
        KeyMeaning::Repeat => {
            let script = announce(app, account, (&call, &message), round.saturating_add(1)).await?;
            return Ok(account.provider.speak(&script));
        }
    };
    // Who presses a key is a person, whatever the provider took them for.
    let said = format!("pressed {}", key.unwrap_or_default());
    let report = Report { provider_id: provider_id.to_owned(), state: Reported::Read, said: said.clone() };
    take_report(app, account, &call, report).await?;
    let once = account.once(format!("key {provider_id} {round}"), &call.target);
    let script = act(app, account, (&call, &message), (happening, said, once)).await?;
    app.wake.notify_one();
    Ok(account.provider.speak(&script))
}

/// The message and its keys; or, where there is nothing to do any more, why.
async fn announce(
    app: &App,
    account: &Account,
    (call, message): (&Carried, &Message),
    round: u8,
) -> Result<Script, ApiError> {
    if let (Message::Page(_), Some(alert)) = (message, call.alert_id) {
        let alert = alerts::get(&app.db, &account.scope, AlertId(alert)).await?;
        if let Some(script) = over(app, account, (call, message), &alert).await? {
            return Ok(script);
        }
    }
    let back = providers::back(app, account.org(), &account.via.connector, NotificationId(call.id));
    Ok(voice::announce(message, &format!("{}?round={round}", back.keys()), round))
}

/// What is said of an alert that needs nobody any more. Who has accepted it may call others for help: then it does.
async fn over(
    app: &App,
    account: &Account,
    (call, message): (&Carried, &Message),
    alert: &Alert,
) -> Result<Option<Script>, ApiError> {
    let is_called_in = call.level < 0;
    let by_other = alert.accepted_by.filter(|by| by.0 != call.user_id && !is_called_in);
    match alert.status {
        Status::Pending => Ok(None),
        Status::Resolved => Ok(Some(voice::said(VoiceResult::AlreadyResolved { by: None }, message))),
        Status::Accepted => match by_other {
            Some(by) => {
                let by = name_of(app, account, by).await?;
                Ok(Some(voice::said(VoiceResult::AlreadyAccepted { by: &by }, message)))
            }
            None => Ok(None),
        },
    }
}

async fn name_of(app: &App, account: &Account, user: UserId) -> Result<String, StoreError> {
    let user = users::get(&app.db, &account.scope, user).await?;
    Ok(user.name())
}

async fn act(
    app: &App,
    account: &Account,
    (call, message): (&Carried, &Message),
    (happening, said, once): (Happening, String, Once),
) -> Result<Script, ApiError> {
    let on: Vec<AlertId> = match message {
        Message::Page(_) => call.alert_id.map(AlertId).into_iter().collect(),
        Message::Summary(_) => heard::of_summary(&app.db, account.org(), NotificationId(call.id)).await?,
        Message::Test(_) => return Ok(voice::said(VoiceResult::Heard, message)),
        Message::Update(_) | Message::Verification(_) | Message::Notice(_) | Message::Answer(_) => Vec::new(),
    };
    if on.is_empty() {
        return Ok(voice::said(VoiceResult::NothingLeft, message));
    }
    let scope = acting(app, account.org(), UserId(call.user_id)).await?;
    let entry = Entry::Answered { channel: Channel::Voice, said };
    let acted =
        heard::act(&app.db, &scope, on, (happening.clone(), entry), (Some(once), heard::nothing), app.clock.now())
            .await;
    let acted = match acted {
        Ok(acted) => acted,
        Err(error) => {
            tracing::error!(%error, "a key of a call could not act");
            return Ok(voice::said(VoiceResult::Failed, message));
        }
    };
    acted.iter().for_each(|alert| app.bus.changed(account.org(), alert.id.0));
    result(app, account, (call, message), (&happening, &acted)).await
}

async fn result(
    app: &App,
    account: &Account,
    (call, message): (&Carried, &Message),
    (happening, acted): (&Happening, &[Alert]),
) -> Result<Script, ApiError> {
    let first = acted.first();
    let result = match (happening, first) {
        (_, Some(alert))
            if alert.status == Status::Resolved && *happening != (Happening::Resolved { reason: None }) =>
        {
            VoiceResult::AlreadyResolved { by: None }
        }
        (Happening::Accepted, Some(alert)) if acted.len() == 1 => match alert.accepted_by {
            Some(by) if by.0 != call.user_id => {
                let by = name_of(app, account, by).await?;
                return Ok(voice::said(VoiceResult::AlreadyAccepted { by: &by }, message));
            }
            _ => VoiceResult::Accepted,
        },
        (Happening::Accepted, _) => VoiceResult::AllAccepted { count: acted.len() },
        (Happening::Resolved { .. }, _) => VoiceResult::Resolved,
        _ => VoiceResult::Escalated { level: None },
    };
    Ok(voice::said(result, message))
}
