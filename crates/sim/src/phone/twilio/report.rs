//! Reports on messages: <https://www.twilio.com/docs/messaging/guides/track-outbound-message-status>.

use super::{API_VERSION, signature::sign};
use crate::phone::{Channel, Failure, Message, MessageStatus, State, http::Outgoing, number::is_service};

/// The report of a message as it is now, where one is wanted.
pub(in crate::phone) fn message_report(state: &State, message: &Message) -> Option<Outgoing> {
    let url = message.callback_url.as_ref()?;
    let (account, status) = (&state.config.twilio.account_sid, status_word(message.status));
    let mut form = vec![
        pair("MessageSid", &message.id),
        pair("SmsSid", &message.id),
        pair("MessageStatus", status),
        pair("SmsStatus", status),
        pair("AccountSid", account),
        pair("ApiVersion", API_VERSION),
        pair("To", &with_channel(message, &message.to)),
    ];
    form.push(match is_service(&message.from) {
        true => pair("MessagingServiceSid", &message.from),
        false => pair("From", &with_channel(message, &message.from)),
    });
    if let Some(why) = message.failure {
        form.push(pair("ErrorCode", &error_code(why).to_string()));
    }
    Some(sign(&state.config.twilio.auth_token, url, true, &form))
}

/// A name and a value.
pub(super) fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// A number as it is written on the channel of a message.
pub(super) fn with_channel(message: &Message, party: &str) -> String {
    match message.channel {
        Channel::Sms => party.to_owned(),
        Channel::Whatsapp => format!("whatsapp:{party}"),
    }
}

/// Twilio's word.
pub(super) fn status_word(status: MessageStatus) -> &'static str {
    match status {
        MessageStatus::Queued => "queued",
        MessageStatus::Sent => "sent",
        MessageStatus::Delivered => "delivered",
        MessageStatus::Undelivered => "undelivered",
        MessageStatus::Failed => "failed",
        MessageStatus::Received => "received",
    }
}

/// Twilio's code.
pub(super) fn error_code(why: Failure) -> u32 {
    match why {
        Failure::Unreachable => 30_003,
        Failure::Unknown => 30_005,
        Failure::Landline => 30_006,
        Failure::Filtered => 30_007,
        Failure::OutsideWindow => 63_016,
    }
}
