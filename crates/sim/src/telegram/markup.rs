//! `reply_markup`: buttons below a message, by Telegram's rules.

use serde_json::Value;

use super::{TelegramButton, refusal::Refusal};
use crate::push::parameters::Parameters;

/// What the bot is told, in bytes.
const DATA_BYTES_MAX: usize = 64;
const BUTTONS_MAX: usize = 100;

/// The buttons that were asked for; none where there is no inline keyboard.
pub(super) fn read_buttons(parameters: &Parameters) -> Result<Vec<Vec<TelegramButton>>, Refusal> {
    let markup = parameters.object("reply_markup");
    let markup = markup.map_err(|()| Refusal::bad("can't parse reply keyboard markup JSON object"))?;
    let Some(markup) = markup else { return Ok(Vec::new()) };
    if !markup.is_object() {
        return Err(Refusal::bad("object expected as reply markup"));
    }
    let Some(keyboard) = markup.get("inline_keyboard") else { return Ok(Vec::new()) };
    let rows = keyboard.as_array().ok_or_else(|| Refusal::bad("field \"inline_keyboard\" must be of type Array"))?;
    let rows: Vec<Vec<TelegramButton>> = rows.iter().map(read_row).collect::<Result<_, _>>()?;
    if rows.iter().map(Vec::len).sum::<usize>() > BUTTONS_MAX {
        return Err(Refusal::bad("reply markup is too long"));
    }
    Ok(rows.into_iter().filter(|row| !row.is_empty()).collect())
}

fn read_row(row: &Value) -> Result<Vec<TelegramButton>, Refusal> {
    let row = row.as_array();
    let row = row.ok_or_else(|| Refusal::bad("field \"inline_keyboard\" must be an Array of Arrays"))?;
    row.iter().map(read_button).collect()
}

fn read_button(button: &Value) -> Result<TelegramButton, Refusal> {
    let wrong = |what: &str| Refusal::bad(&format!("can't parse inline keyboard button: {what}"));
    let part = |name: &str| button.get(name).and_then(Value::as_str).map(str::to_owned);
    let text = part("text").filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| wrong("Field \"text\" must be non-empty"))?;
    match (part("url"), part("callback_data")) {
        (Some(url), None) if is_address(&url) => Ok(TelegramButton { text, url: Some(url), callback_data: None }),
        (Some(url), None) => {
            Err(Refusal::bad(&format!("inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")))
        }
        (None, Some(data)) if (1..=DATA_BYTES_MAX).contains(&data.len()) => {
            Ok(TelegramButton { text, url: None, callback_data: Some(data) })
        }
        (None, Some(_)) => Err(Refusal::bad("BUTTON_DATA_INVALID")),
        (None, None) => Err(wrong("Text buttons are unallowed in the inline keyboard")),
        (Some(_), Some(_)) => Err(wrong("exactly one of url and callback_data is expected")),
    }
}

/// Telegram takes no host without a dot: a button to `http://localhost` is refused there too.
fn is_address(url: &str) -> bool {
    if url.starts_with("tg://") {
        return true;
    }
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = host.and_then(|rest| rest.split(['/', '?', '#', ':']).next());
    host.is_some_and(|host| host.contains('.'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn read(button: Value) -> Result<Vec<Vec<TelegramButton>>, String> {
        let all = json!({"reply_markup": {"inline_keyboard": [[button]]}});
        read_buttons(&Parameters::from_json(all.as_object().unwrap().clone())).map_err(|refusal| refusal.description)
    }

    #[test]
    fn a_button_does_one_thing() {
        assert!(read(json!({"text": "Accept", "callback_data": "é".repeat(32)})).is_ok());
        assert!(read(json!({"text": "Open", "url": "http://127.0.0.1:80/a"})).is_ok());
        let cases = [
            (json!({"text": "Accept", "callback_data": "é".repeat(33)}), "BUTTON_DATA_INVALID"),
            (json!({"text": "Accept", "callback_data": ""}), "BUTTON_DATA_INVALID"),
            (json!({"text": "Accept"}), "Text buttons are unallowed"),
            (json!({"callback_data": "a"}), "must be non-empty"),
            (json!({"text": "Open", "url": "http://localhost/a"}), "Wrong HTTP URL"),
            (json!({"text": "Open", "url": "javascript:1"}), "Wrong HTTP URL"),
        ];
        for (button, error) in cases {
            assert!(read(button.clone()).unwrap_err().contains(error), "{button}");
        }
    }
}
