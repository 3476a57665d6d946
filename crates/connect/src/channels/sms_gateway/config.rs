//! The settings of a gateway: where and how it is asked, and how success looks.

use secrecy::{ExposeSecret, SecretString};

use super::template::{Form, Template, Values};
use crate::{
    channels::{BadSetting, Setting, SettingKind, Settings, settings::ON_OFF, sms::is_sender, text::web_link},
    http::Method,
};

/// A gateway.
pub struct SmsGateway {
    /// With places in its query.
    pub(super) url: Template,
    pub(super) method: Method,
    pub(super) content_type: &'static str,
    pub(super) body: Option<Template>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) auth_header: Option<(String, SecretString)>,
    /// What stands for `{secret}`: the password of gateways that want it in the address or the body.
    pub(super) secret: Option<SecretString>,
    pub(super) success: Success,
    /// The text before the id of the message in the answer.
    pub(super) id_after: Option<String>,
    pub(super) from: Option<String>,
    pub(super) any_character: bool,
    pub(super) messages_per_second: i64,
    /// Whoever has it may tell us of texts and reports.
    pub(super) inbound_token: Option<SecretString>,
}

/// Without what may hold a password: addresses, bodies, headers.
impl std::fmt::Debug for SmsGateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmsGateway")
            .field("method", &self.method)
            .field("success", &self.success)
            .finish_non_exhaustive()
    }
}

/// How an answer looks that means success.
#[derive(Debug)]
pub(super) struct Success {
    pub from: u16,
    pub to: u16,
    pub contains: Option<String>,
    pub lacks: Option<String>,
}

impl Success {
    /// Whether the status alone does not tell it.
    pub fn looks_at_text(&self) -> bool {
        self.contains.is_some() || self.lacks.is_some()
    }
}

/// Headers besides the ones that we set.
const HEADERS_MAX: usize = 20;
/// Longest template of a body, in bytes.
const BODY_BYTES_MAX: usize = 8_000;
/// Shortest token for what comes in, in characters.
const TOKEN_CHARS_MIN: usize = 16;

const METHODS: &[(&str, &str)] = &[("POST", "POST"), ("GET", "GET")];
const CONTENT_TYPES: &[(&str, &str)] = &[("form", "Form"), ("json", "JSON"), ("text", "Plain text")];

const fn field(name: &'static str, label: &'static str, kind: SettingKind, help: &'static str) -> Setting {
    Setting { name, label, kind, required: false, help }
}

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: "url",
        label: "Address",
        kind: SettingKind::Url,
        required: true,
        help: "{to}, {text}, {id} and {from} in its query are filled in: https://10.0.0.9/send?to={to}&text={text}",
    },
    field("method", "Method", SettingKind::Choice(METHODS), "POST where nothing is chosen."),
    field("contentType", "Body is", SettingKind::Choice(CONTENT_TYPES), "A form where nothing is chosen."),
    field(
        "body",
        "Body",
        SettingKind::Lines,
        "With {to}, {text}, {id} and {from}: to={to}&text={text} or {\"to\":\"{to}\",\"text\":\"{text}\"}. Each is encoded for you.",
    ),
    field("headers", "Headers", SettingKind::Lines, "One a line: Name: value."),
    field(
        "authHeader",
        "Secret header",
        SettingKind::Secret,
        "Name: value, such as Authorization: Bearer 123, or X-Api-Key: 123. Never shown again.",
    ),
    field(
        "secret",
        "Password",
        SettingKind::Secret,
        "For {secret}, where the gateway wants a password in the address or the body: &user=bell&pass={secret}. Never shown again.",
    ),
    field("successStatus", "Success has status", SettingKind::Text, "200-299 where nothing is entered."),
    field("successContains", "Success contains", SettingKind::Text, "Where the gateway answers 200 to errors too: OK"),
    field("successLacks", "Success does not contain", SettingKind::Text, "Such as ERROR."),
    field(
        "idAfter",
        "Id stands after",
        SettingKind::Text,
        "In the answer, such as \"OK: \" or \"id\":\" - for reports.",
    ),
    field("from", "From", SettingKind::Sender, "For {from}: a number of yours such as +4930123456, or a sender name."),
    field(
        "ucs2",
        "All characters",
        SettingKind::Choice(ON_OFF),
        "Off where the gateway only knows the GSM alphabet: others then become look-alikes or question marks.",
    ),
    field("messagesPerSecond", "Messages per second", SettingKind::Number(0, 1_000), "1 where nothing is entered."),
    field(
        "inboundToken",
        "Token for incoming messages",
        SettingKind::Secret,
        "At least 16 characters. The gateway sends it as Authorization: Bearer, as X-Token, or as ?token=. Without it nobody can answer.",
    ),
];

pub(super) fn configure(settings: &Settings) -> Result<SmsGateway, BadSetting> {
    let method = match settings.get("method") {
        None | Some("POST") => Method::POST,
        Some("GET") => Method::GET,
        Some(_) => return Err(BadSetting::new("method", "must be GET or POST")),
    };
    let (content_type, form) = content_type(settings)?;
    let gateway = SmsGateway {
        url: address(settings.need("url")?)?,
        body: if method == Method::GET { None } else { body(settings, form)? },
        method,
        content_type,
        headers: headers(settings)?,
        auth_header: auth_header(settings)?,
        secret: settings.secret("secret").map(|secret| secret.expose_secret().trim().into()),
        success: success(settings)?,
        id_after: settings.get("idAfter").map(Into::into),
        from: from(settings)?,
        any_character: settings.switch("ucs2", true)?,
        messages_per_second: settings.whole("messagesPerSecond", 1, 0, 1_000)?,
        inbound_token: inbound_token(settings)?,
    };
    for place in ["to", "text"] {
        if !gateway.url.has(place) && !gateway.body.as_ref().is_some_and(|body| body.has(place)) {
            return Err(BadSetting::new(
                "body",
                format!("must say where {{{place}}} goes, in the body or in the address"),
            ));
        }
    }
    Ok(gateway)
}

/// Places only stand in the query: what a message says never decides which server or page is asked.
fn address(raw: &str) -> Result<Template, BadSetting> {
    let before = raw.split_once('?').map_or(raw, |(before, _)| before);
    match web_link(raw) {
        Some(_) if before.contains(['{', '}']) => Err(BadSetting::new("url", "has {..} before its question mark")),
        Some(raw) if raw.contains('#') => {
            Err(BadSetting::new("url", "has a #, behind which no server is told anything: write %23"))
        }
        Some(raw) => Ok(Template::new(raw, Form::Percent)),
        _ => Err(BadSetting::new("url", "must begin with http:// or https://")),
    }
}

fn content_type(settings: &Settings) -> Result<(&'static str, Form), BadSetting> {
    match settings.get("contentType") {
        None | Some("form") => Ok(("application/x-www-form-urlencoded", Form::Percent)),
        Some("json") => Ok(("application/json", Form::Json)),
        Some("text") => Ok(("text/plain; charset=utf-8", Form::Plain)),
        Some(_) => Err(BadSetting::new("contentType", "must be form, json or text")),
    }
}

fn body(settings: &Settings, form: Form) -> Result<Option<Template>, BadSetting> {
    let Some(raw) = settings.get("body") else { return Ok(None) };
    if raw.len() > BODY_BYTES_MAX {
        return Err(BadSetting::new("body", format!("is longer than {BODY_BYTES_MAX} bytes")));
    }
    let template = Template::new(raw, form);
    let values =
        Values { to: "+4930123456", text: "\"Test\"", id: "notification-1", from: "Watchbell", secret: "\"secret\"" };
    let sample = template.fill(&values);
    match form == Form::Json && serde_json::from_str::<serde_json::Value>(&sample).is_err() {
        true => Err(BadSetting::new("body", "is no JSON: places stand in quotes, such as \"{to}\"")),
        false => Ok(Some(template)),
    }
}

fn headers(settings: &Settings) -> Result<Vec<(String, String)>, BadSetting> {
    let lines = settings.get("headers").unwrap_or_default().lines().map(str::trim).filter(|line| !line.is_empty());
    let headers: Vec<_> = lines.map(|line| header("headers", line)).collect::<Result<_, _>>()?;
    match headers.len() <= HEADERS_MAX {
        true => Ok(headers),
        false => Err(BadSetting::new("headers", format!("are more than {HEADERS_MAX}"))),
    }
}

fn auth_header(settings: &Settings) -> Result<Option<(String, SecretString)>, BadSetting> {
    let Some(secret) = settings.secret("authHeader") else { return Ok(None) };
    header("authHeader", secret.expose_secret().trim()).map(|(name, value)| Some((name, value.into())))
}

/// Errors never repeat the line: it may hold a secret.
fn header(field: &'static str, line: &str) -> Result<(String, String), BadSetting> {
    let Some((name, value)) = line.split_once(':') else {
        return Err(BadSetting::new(field, "must be written as Name: value"));
    };
    let (name, value) = (name.trim(), value.trim());
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let is_ours = ["host", "content-type", "content-length", "transfer-encoding", "connection"]
        .contains(&name.to_lowercase().as_str());
    match is_name && !is_ours && value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        true => Ok((name.to_owned(), value.to_owned())),
        false => Err(BadSetting::new(field, "has a header that cannot be sent, or that we set ourselves")),
    }
}

fn success(settings: &Settings) -> Result<Success, BadSetting> {
    let raw = settings.get("successStatus").unwrap_or("200-299");
    let (from, to) = raw.split_once('-').unwrap_or((raw, raw));
    let read = |text: &str| text.trim().parse::<u16>().ok().filter(|status| (100..=599).contains(status));
    match (read(from), read(to)) {
        (Some(from), Some(to)) if from <= to => Ok(Success {
            from,
            to,
            contains: settings.get("successContains").map(Into::into),
            lacks: settings.get("successLacks").map(Into::into),
        }),
        _ => Err(BadSetting::new("successStatus", "must be a status such as 200, or a range such as 200-299")),
    }
}

fn from(settings: &Settings) -> Result<Option<String>, BadSetting> {
    match settings.get("from") {
        None => Ok(None),
        Some(raw) if is_sender(raw) => Ok(Some(raw.to_owned())),
        Some(_) => {
            Err(BadSetting::new("from", "must be a number such as +4930123456, or a name of at most 11 letters"))
        }
    }
}

fn inbound_token(settings: &Settings) -> Result<Option<SecretString>, BadSetting> {
    match settings.secret("inboundToken") {
        Some(token) if token.expose_secret().trim().chars().count() < TOKEN_CHARS_MIN => {
            Err(BadSetting::new("inboundToken", format!("must have at least {TOKEN_CHARS_MIN} characters")))
        }
        token => Ok(token.map(|token| token.expose_secret().trim().into())),
    }
}
