//! `sendMessage`.

use serde_json::Value;

use super::{
    State, TelegramMessage, calls::Answer, format::Formatted, markup::read_buttons, people::Row, refusal::Refusal,
};
use crate::push::parameters::Parameters;

impl State {
    pub(super) fn send_message(&self, parameters: &Parameters) -> Result<Answer, Refusal> {
        let person = self.addressee(parameters)?;
        let formatted = read_text(parameters)?;
        let buttons = read_buttons(parameters)?;
        let message = TelegramMessage {
            message_id: self.next_id(),
            chat_id: person.id,
            date: self.now_s(),
            edit_date: None,
            from_bot: true,
            text: formatted.text,
            entities: formatted.entities,
            buttons,
            silent: parameters.flag("disable_notification"),
            reply_to: self.read_reply(parameters, person.id)?,
            pressed: Vec::new(),
        };
        self.common.messages.push(message.clone());
        Ok(message.to_json(&person.to_json(), &self.bot_json()).into())
    }

    /// The person to write to: one who has spoken to the bot, and has not blocked it.
    pub(super) fn addressee(&self, parameters: &Parameters) -> Result<Row, Refusal> {
        let id = parameters.text("chat_id").ok_or_else(|| Refusal::bad("chat_id is empty"))?;
        let person = id.trim().parse().ok().and_then(|id| self.find_person(id)).filter(|person| person.has_started);
        let person = person.ok_or_else(|| Refusal::bad("chat not found"))?;
        if person.has_blocked {
            return Err(Refusal::new(403, "Forbidden: bot was blocked by the user"));
        }
        Ok(person)
    }

    fn read_reply(&self, parameters: &Parameters, chat_id: i64) -> Result<Option<i64>, Refusal> {
        let reply = parameters.object("reply_parameters");
        let reply = reply.map_err(|()| Refusal::bad("can't parse reply parameters JSON object"))?;
        let Some(reply) = reply else { return Ok(None) };
        let id = reply.get("message_id").and_then(Value::as_i64);
        let is_there = |id| {
            self.common.messages.all().iter().any(|message| (message.message_id, message.chat_id) == (id, chat_id))
        };
        if let Some(id) = id.filter(|id| is_there(*id)) {
            return Ok(Some(id));
        }
        let may_be_missing = reply.get("allow_sending_without_reply").and_then(Value::as_bool).unwrap_or(false);
        if may_be_missing { Ok(None) } else { Err(Refusal::bad("message to be replied not found")) }
    }
}

/// The text of a message, by its mode.
pub(super) fn read_text(parameters: &Parameters) -> Result<Formatted, Refusal> {
    let text = parameters.text("text").ok_or_else(|| Refusal::bad("message text is empty"))?;
    Formatted::read(&text, parameters.text("parse_mode").as_deref())
}
