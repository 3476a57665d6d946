//! `editMessageText` and `editMessageReplyMarkup`.

use super::{State, TelegramMessage, calls::Answer, markup::read_buttons, refusal::Refusal, send::read_text};
use crate::push::parameters::Parameters;

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";

impl State {
    /// New text, and new buttons: where none are given there are none afterwards.
    pub(super) fn edit_text(&self, parameters: &Parameters) -> Result<Answer, Refusal> {
        let formatted = read_text(parameters)?;
        let buttons = read_buttons(parameters)?;
        self.edit(parameters, |message| {
            (message.text, message.entities, message.buttons) = (formatted.text, formatted.entities, buttons);
        })
    }

    pub(super) fn edit_buttons(&self, parameters: &Parameters) -> Result<Answer, Refusal> {
        let buttons = read_buttons(parameters)?;
        self.edit(parameters, |message| message.buttons = buttons)
    }

    fn edit(&self, parameters: &Parameters, change: impl FnOnce(&mut TelegramMessage)) -> Result<Answer, Refusal> {
        let person = self.addressee(parameters)?;
        let id = parameters.number("message_id").unwrap_or(None);
        let now_s = self.now_s();
        let edited = self.common.messages.change(|messages| {
            let mut mine = messages.iter_mut().filter(|message| message.chat_id == person.id);
            let message = mine.find(|message| Some(message.message_id) == id);
            let message = message.ok_or_else(|| Refusal::bad("message to edit not found"))?;
            if !message.from_bot {
                return Err(Refusal::bad("message can't be edited"));
            }
            let before = message.clone();
            change(message);
            if *message == before {
                return Err(Refusal::bad(NOT_MODIFIED));
            }
            message.edit_date = Some(now_s);
            Ok(message.clone())
        })?;
        Ok(edited.to_json(&person.to_json(), &self.bot_json()).into())
    }
}
