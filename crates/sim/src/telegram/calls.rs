//! The methods of the Bot API that this stand-in has.

use std::{sync::PoisonError, time::Duration};

use serde_json::{Value, json};

use super::{
    State,
    refusal::Refusal,
    updates::{Poll, Webhook},
};
use crate::{look, push::parameters::Parameters};

const TIMEOUT_S_MAX: i64 = 50;
const LIMIT_MAX: i64 = 100;
const ANSWER_CHARS_MAX: usize = 200;
const SECRET_CHARS_MAX: usize = 256;

/// The result of a call, sometimes with words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub result: Value,
    pub description: Option<&'static str>,
}

impl From<Value> for Answer {
    fn from(result: Value) -> Self {
        Self { result, description: None }
    }
}

impl State {
    /// Calls a method; its name is read without regard to case, as there.
    pub(super) async fn call(&self, method: &str, parameters: &Parameters) -> Result<Answer, Refusal> {
        match method.to_ascii_lowercase().as_str() {
            "getme" => Ok(self.get_me()),
            "sendmessage" => self.send_message(parameters),
            "editmessagetext" => self.edit_text(parameters),
            "editmessagereplymarkup" => self.edit_buttons(parameters),
            "answercallbackquery" => self.answer_query(parameters),
            "setwebhook" => self.set_webhook(parameters),
            "deletewebhook" => Ok(self.delete_webhook(parameters)),
            "getwebhookinfo" => Ok(self.updates.webhook_info().into()),
            "getupdates" => self.get_updates(parameters).await,
            "setmycommands" => self.set_commands(parameters),
            "getmycommands" => Ok(self.commands.lock().unwrap_or_else(PoisonError::into_inner).clone().into()),
            _ => Err(Refusal::not_found()),
        }
    }

    fn get_me(&self) -> Answer {
        let mut bot = self.bot_json();
        bot["can_join_groups"] = true.into();
        bot["can_read_all_group_messages"] = false.into();
        bot["supports_inline_queries"] = false.into();
        bot.into()
    }

    fn answer_query(&self, parameters: &Parameters) -> Result<Answer, Refusal> {
        let id = parameters.text("callback_query_id").unwrap_or_default();
        let text = parameters.text("text");
        if text.as_ref().is_some_and(|text| text.chars().count() > ANSWER_CHARS_MAX) {
            return Err(Refusal::bad("MESSAGE_TOO_LONG"));
        }
        let found = self.common.messages.change(|messages| {
            let mut presses = messages.iter_mut().flat_map(|message| &mut message.pressed);
            let press = presses.find(|press| press.query_id == id && !press.answered)?;
            (press.answered, press.answer, press.alert) = (true, text, parameters.flag("show_alert"));
            Some(())
        });
        let too_old = "query is too old and response timeout expired or query ID is invalid";
        found.map(|()| json!(true).into()).ok_or_else(|| Refusal::bad(too_old))
    }

    fn set_webhook(&self, parameters: &Parameters) -> Result<Answer, Refusal> {
        let Some(url) = parameters.text("url") else { return Ok(self.delete_webhook(parameters)) };
        // Telegram wants https://; a stand-in on this machine does not.
        if look::web(&url).is_none() {
            return Err(Refusal::bad("bad webhook: An HTTPS URL must be provided for webhook"));
        }
        let secret_token = parameters.text("secret_token");
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if secret_token.as_ref().is_some_and(|secret| secret.len() > SECRET_CHARS_MAX) {
            return Err(Refusal::bad("secret token is too long"));
        }
        if secret_token.as_ref().is_some_and(|secret| !secret.chars().all(allowed)) {
            return Err(Refusal::bad("secret token contains unallowed characters"));
        }
        self.allow_updates(parameters)?;
        self.updates.set_webhook(Some(Webhook { url, secret_token }), parameters.flag("drop_pending_updates"));
        Ok(Answer { result: json!(true), description: Some("Webhook was set") })
    }

    fn delete_webhook(&self, parameters: &Parameters) -> Answer {
        self.updates.set_webhook(None, parameters.flag("drop_pending_updates"));
        Answer { result: json!(true), description: Some("Webhook was deleted") }
    }

    /// Kinds of updates stay as they were where a call does not name them.
    fn allow_updates(&self, parameters: &Parameters) -> Result<(), Refusal> {
        let wrong = || Refusal::bad("can't parse allowed updates JSON array");
        let Some(kinds) = parameters.object("allowed_updates").map_err(|()| wrong())? else { return Ok(()) };
        let kinds: Vec<String> = serde_json::from_value(kinds).map_err(|_| wrong())?;
        self.updates.allow(kinds);
        Ok(())
    }

    async fn get_updates(&self, parameters: &Parameters) -> Result<Answer, Refusal> {
        self.allow_updates(parameters)?;
        let number = |name| parameters.number(name).unwrap_or(None);
        let limit = number("limit").unwrap_or(LIMIT_MAX).clamp(1, LIMIT_MAX);
        let timeout_s = number("timeout").unwrap_or(0).clamp(0, TIMEOUT_S_MAX);
        let poll = Poll {
            offset: number("offset").unwrap_or(0),
            limit: usize::try_from(limit).unwrap_or(1),
            timeout: Duration::from_secs(timeout_s.unsigned_abs()),
        };
        Ok(json!(self.updates.poll(poll).await?).into())
    }

    fn set_commands(&self, parameters: &Parameters) -> Result<Answer, Refusal> {
        let wrong = || Refusal::bad("can't parse bot command: expected an Array of BotCommand");
        let commands = parameters.object("commands").map_err(|()| wrong())?.ok_or_else(wrong)?;
        for command in commands.as_array().ok_or_else(wrong)? {
            check_command(command)?;
        }
        *self.commands.lock().unwrap_or_else(PoisonError::into_inner) = commands;
        Ok(json!(true).into())
    }
}

fn check_command(command: &Value) -> Result<(), Refusal> {
    let part = |name: &str| command.get(name).and_then(Value::as_str).unwrap_or_default();
    let (word, description) = (part("command").trim_start_matches('/'), part("description"));
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !(1..=32).contains(&word.len()) || !word.chars().all(allowed) {
        return Err(Refusal::bad("BOT_COMMAND_INVALID"));
    }
    if !(1..=256).contains(&description.chars().count()) {
        return Err(Refusal::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
    }
    Ok(())
}
