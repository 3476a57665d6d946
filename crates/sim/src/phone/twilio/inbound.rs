//! Texts of phones: <https://www.twilio.com/docs/messaging/guides/webhook-request>, and Twilio's own STOP and START.

use std::sync::Arc;

use super::{
    API_VERSION,
    report::{pair, with_channel},
    signature::sign,
    twiml::read_replies,
};
use crate::phone::{
    Channel, Message, Provider, State,
    deliver::Draft,
    http::{Answer, Outgoing},
};

/// The webhook of a text; `word` is the kind of a word that Twilio obeyed.
pub(in crate::phone) fn inbound(state: &State, message: &Message, url: String, word: Option<&str>) -> Outgoing {
    let mut form = vec![
        pair("MessageSid", &message.id),
        pair("SmsSid", &message.id),
        pair("SmsMessageSid", &message.id),
        pair("AccountSid", &state.config.twilio.account_sid),
        pair("ApiVersion", API_VERSION),
        pair("SmsStatus", "received"),
        pair("From", &with_channel(message, &message.from)),
        pair("To", &with_channel(message, &message.to)),
        pair("Body", &message.text),
        pair("NumMedia", "0"),
        pair("NumSegments", &message.segments().to_string()),
    ];
    if message.channel == Channel::Whatsapp {
        form.push(pair("WaId", message.from.trim_start_matches('+')));
        form.push(pair("ProfileName", &message.from));
    }
    if let Some(word) = word {
        form.push(pair("OptOutType", word));
    }
    sign(&state.config.twilio.auth_token, &url, true, &form)
}

/// The kind of a word that Twilio obeys by itself: <https://help.twilio.com/articles/223134027>.
pub(in crate::phone) fn opt_out_word(text: &str) -> Option<&'static str> {
    match text.trim().to_ascii_uppercase().as_str() {
        "STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" | "OPTOUT" | "REVOKE" => Some("STOP"),
        "START" | "YES" | "UNSTOP" => Some("START"),
        "HELP" | "INFO" => Some("HELP"),
        _ => None,
    }
}

/// Sends what the webhook answered to the phone: each `<Message>` of TwiML, or plain text.
pub(in crate::phone) fn reply(state: &Arc<State>, message: &Message, answer: &Result<Answer, String>) {
    let Ok(answer) = answer else { return };
    let replies = match answer.content_type.as_str() {
        _ if !answer.is_success() || answer.body.trim().is_empty() => Ok(Vec::new()),
        kind if kind.starts_with("text/plain") => Ok(vec![answer.body.clone()]),
        _ => read_replies(&answer.body),
    };
    let replies = replies.unwrap_or_else(|why| {
        tracing::warn!(message = %message.id, why, "the answer to a text is wrong");
        Vec::new()
    });
    for text in replies.into_iter().filter(|_| !state.has_opted_out(&message.from, &message.to)) {
        state.accept(Draft {
            id: format!("SM{}", state.next_id()),
            provider: Provider::Twilio,
            channel: message.channel,
            from: message.to.clone(),
            to: message.from.clone(),
            text,
            template: None,
            client_ref: None,
            callback_url: None,
        });
    }
}
