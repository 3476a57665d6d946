//! What contacts are made of, read the same way on pages and over the API: numbers, topics, keys, subscriptions.

use crate::api::parse;
use crate::app::App;
use crate::engine::send::SubscriptionKeys;
use crate::error::ApiError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use watchbell_connect::channels::ntfy::topic_name;
use watchbell_connect::channels::pushover;
use watchbell_connect::phone::PhoneNumber;
use watchbell_core::user::Channel;
use watchbell_store::contacts::{ContactIn, SEALED};

/// Longest address of a push service.
const ENDPOINT_CHARS_MAX: usize = 1_000;
/// Length of a subscriber's public key and of the secret beside it (RFC 8291).
const P256DH_BYTES: usize = 65;
const AUTH_BYTES: usize = 16;

/// A contact of nothing but its target, which nobody vouches for.
pub fn plain(channel: Channel, target: String) -> ContactIn {
    ContactIn { channel, target, region: None, primary: false, label: None, sealed: None, vouched: false }
}

/// A token or secret as contacts keep it.
pub fn seal(app: &App, secret: &str) -> Result<Vec<u8>, ApiError> {
    Ok(app.sealer.seal(SEALED, secret.as_bytes(), &app.ids.fresh())?)
}

/// A phone number as it is written in a region, or with its country code: in E.164, and the region that it belongs to.
pub fn phone(field: &str, text: &str, region: &str) -> Result<(String, Option<String>), ApiError> {
    let number = PhoneNumber::parse(text, region).map_err(|why| ApiError::field(field, why))?;
    Ok((number.e164().to_owned(), number.region().map(str::to_owned)))
}

/// The address of an ntfy topic.
pub fn topic(field: &str, text: &str) -> Result<String, ApiError> {
    let url = parse::url(field, text.trim().trim_end_matches('/'))?;
    let topic = url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, topic)| topic);
    match topic.is_some_and(|topic| !topic.is_empty() && !topic.contains(['?', '#'])) {
        true => Ok(url),
        false => Err(ApiError::field(field, "must be the address of a topic such as https://ntfy.sh/my-secret-topic")),
    }
}

/// A topic of one's own on a server, with a name that nobody can guess.
pub fn fresh_topic(field: &str, server: &str) -> Result<String, ApiError> {
    let server = parse::url(field, server.trim().trim_end_matches('/'))?;
    let mut random = [0; 10];
    crate::ids::fill(&mut random);
    topic(field, &format!("{server}/{}", topic_name(random)))
}

/// A Pushover user key, or `key/device`; with the device as what tells it from others.
pub fn pushover_key(field: &str, text: &str) -> Result<(String, Option<String>), ApiError> {
    let text = text.trim();
    match pushover::is_address(text) {
        true => Ok((text.to_owned(), text.split_once('/').map(|(_, device)| device.to_owned()))),
        false => {
            Err(ApiError::field(field, "must be the 30 letters and digits that pushover.net shows, or key/device"))
        }
    }
}

/// The address of a Gotify server.
pub fn server(field: &str, text: &str) -> Result<String, ApiError> {
    parse::url(field, text.trim().trim_end_matches('/'))
}

/// The address that a push service gave a subscriber.
pub fn endpoint(field: &str, text: &str) -> Result<String, ApiError> {
    let url = parse::url(field, text.trim())?;
    match url.chars().count() <= ENDPOINT_CHARS_MAX {
        true => Ok(url),
        false => Err(ApiError::field(field, format!("may have at most {ENDPOINT_CHARS_MAX} characters"))),
    }
}

/// The keys of a subscription as they are sealed; `None` where both are left out.
pub fn keys(p256dh: Option<&str>, auth: Option<&str>) -> Result<Option<String>, ApiError> {
    let filled = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let (p256dh, auth) = match (filled(p256dh), filled(auth)) {
        (None, None) => return Ok(None),
        (p256dh, auth) => (p256dh.unwrap_or_default(), auth.unwrap_or_default()),
    };
    check_key("p256dh", &p256dh, P256DH_BYTES)?;
    check_key("auth", &auth, AUTH_BYTES)?;
    serde_json::to_string(&SubscriptionKeys { p256dh, auth }).map(Some).map_err(ApiError::internal)
}

fn check_key(field: &str, text: &str, bytes: usize) -> Result<(), ApiError> {
    let found = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map(|key| key.len());
    match found == Ok(bytes) {
        true => Ok(()),
        false => Err(ApiError::field(field, format!("must be {bytes} bytes in base64url, as the subscription has it"))),
    }
}

/// A device as its owner would call it, by how its browser names itself.
pub fn device_name(user_agent: &str) -> String {
    // The first that fits: many name the others as well.
    let browsers = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let systems = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ];
    let first =
        |all: &[(&str, &'static str)]| all.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name);
    match (first(&browsers), first(&systems)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "A browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_number_is_kept_as_it_is_called() {
        assert_eq!(phone("target", "0151 23456789", "DE").unwrap(), ("+4915123456789".into(), Some("DE".into())));
        assert_eq!(phone("target", "+41 79 123 45 67", "").unwrap(), ("+41791234567".into(), Some("CH".into())));
        assert_eq!(
            phone("target", "0151 23456789", "").unwrap_err().message(),
            "target: begin with the country code, such as +49 30 123456"
        );
    }

    #[test]
    fn keys_come_together_and_in_their_length() {
        let (p256dh, auth) = (URL_SAFE_NO_PAD.encode([4; 65]), URL_SAFE_NO_PAD.encode([7; 16]));
        assert!(keys(Some(&p256dh), Some(&auth)).unwrap().is_some());
        assert!(keys(Some(""), None).unwrap().is_none());
        for (p256dh, auth, field) in [
            (p256dh.as_str(), "", "auth"),
            ("", auth.as_str(), "p256dh"),
            (&p256dh[1..], &auth, "p256dh"),
            ("!", "!", "p256dh"),
        ] {
            assert!(keys(Some(p256dh), Some(auth)).unwrap_err().message().starts_with(field), "{p256dh} {auth}");
        }
    }

    #[test]
    fn a_topic_of_ones_own_is_hard_to_guess() {
        let made = fresh_topic("server", "https://ntfy.sh/").unwrap();
        assert!(made.starts_with("https://ntfy.sh/watchbell-") && made.len() == 42, "{made}");
        assert_ne!(made, fresh_topic("server", "https://ntfy.sh").unwrap());
        assert!(fresh_topic("server", "ntfy.sh").is_err() && topic("address", "https://ntfy.sh").is_err());
    }

    #[test]
    fn a_device_is_named_as_people_name_it() {
        for (agent, name) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
                "Chrome on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            ("Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox on Android"),
            ("curl/8", "A browser"),
        ] {
            assert_eq!(device_name(agent), name);
        }
    }
}
