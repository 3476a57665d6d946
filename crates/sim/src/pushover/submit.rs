//! What is a message, by Pushover's rules: <https://pushover.net/api#limits>, <https://pushover.net/api#priority>.

use super::{PushoverEmergency, PushoverMessage, State, refusal::Refusal};
use crate::push::parameters::Parameters;

const MESSAGE_CHARS_MAX: usize = 1_024;
const TITLE_CHARS_MAX: usize = 250;
const URL_CHARS_MAX: usize = 512;
const URL_TITLE_CHARS_MAX: usize = 100;
const RETRY_S_MIN: i64 = 30;
const EXPIRE_S_MAX: i64 = 10_800;

impl State {
    /// The credentials that every call has.
    pub(super) fn check_token(&self, parameters: &Parameters) -> Result<(), Refusal> {
        if parameters.text("token").as_deref() == Some(&self.token) { Ok(()) } else { Err(Refusal::token()) }
    }

    /// A user who exists, with the names of the devices.
    pub(super) fn check_user(&self, parameters: &Parameters) -> Result<(String, &[String]), Refusal> {
        let user = parameters.text("user").ok_or_else(Refusal::user)?;
        let devices = self.devices(&user).ok_or_else(Refusal::user)?;
        Ok((user, devices))
    }

    /// The message in the parameters of `/1/messages.json`.
    pub(super) fn read_message(&self, parameters: &Parameters) -> Result<PushoverMessage, Refusal> {
        self.check_token(parameters)?;
        let (user, devices) = self.check_user(parameters)?;
        let message = parameters.text("message").ok_or_else(|| Refusal::of("message", "cannot be blank"))?;
        within("message", &message, MESSAGE_CHARS_MAX)?;
        let time = self.common.clock.now().as_second();
        let priority = number(parameters, "priority")?.unwrap_or(0);
        if !(-2..=2).contains(&priority) {
            return Err(Refusal::of("priority", "is invalid"));
        }
        Ok(PushoverMessage {
            id: self.common.next_id(),
            time,
            user,
            // A device that is not there is no error: the message goes to all of the user's.
            device: parameters.text("device").filter(|device| devices.contains(device)),
            title: text(parameters, "title", TITLE_CHARS_MAX)?,
            message,
            html: parameters.flag("html"),
            priority,
            url: text(parameters, "url", URL_CHARS_MAX)?,
            url_title: text(parameters, "url_title", URL_TITLE_CHARS_MAX)?,
            sound: parameters.text("sound"),
            ttl_s: number(parameters, "ttl")?,
            emergency: (priority == 2).then(|| self.read_emergency(parameters, time)).transpose()?,
        })
    }

    fn read_emergency(&self, parameters: &Parameters, time: i64) -> Result<PushoverEmergency, Refusal> {
        let needed = |name| number(parameters, name)?.ok_or(Refusal::of(name, "must be supplied with priority=2"));
        let (expire_s, retry_s) = (needed("expire")?, needed("retry")?);
        if retry_s < RETRY_S_MIN {
            return Err(Refusal::of("retry", "must be at least 30 seconds"));
        }
        if !(1..=EXPIRE_S_MAX).contains(&expire_s) {
            return Err(Refusal::of("expire", "must be less than or equal to 10800 seconds"));
        }
        let callback = text(parameters, "callback", URL_CHARS_MAX)?;
        if callback.as_deref().is_some_and(|url| crate::look::web(url).is_none()) {
            return Err(Refusal::of("callback", "is not a valid URL"));
        }
        let tags = parameters.text("tags").unwrap_or_default();
        Ok(PushoverEmergency {
            receipt: format!("r{:029}", self.common.next_id()),
            retry_s,
            expires_at: time + expire_s,
            callback,
            tags: tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
            acknowledged_at: None,
            acknowledged_by_device: None,
            called_back_at: None,
            cancelled_at: None,
        })
    }
}

fn number(parameters: &Parameters, name: &'static str) -> Result<Option<i64>, Refusal> {
    parameters.number(name).map_err(|()| Refusal::of(name, "is not a number"))
}

fn text(parameters: &Parameters, name: &'static str, chars_max: usize) -> Result<Option<String>, Refusal> {
    let text = parameters.text(name);
    text.map(|text| within(name, &text, chars_max).map(|()| text)).transpose()
}

fn within(name: &'static str, text: &str, chars_max: usize) -> Result<(), Refusal> {
    let is_longer = text.chars().count() > chars_max;
    if is_longer { Err(Refusal::of(name, &format!("is too long (maximum is {chars_max} characters)"))) } else { Ok(()) }
}
