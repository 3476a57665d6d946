//! The signature of webhooks: <https://www.twilio.com/docs/usage/security#validating-requests>.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::super::http::Outgoing;

/// The value of `X-Twilio-Signature`: HMAC-SHA1 over the whole address and, for a form, its sorted names and values.
pub fn twilio_signature(auth_token: &str, url: &str, form: &[(String, String)]) -> String {
    let mut pairs: Vec<_> = form.iter().collect();
    pairs.sort();
    pairs.dedup();
    let text = pairs.into_iter().fold(url.to_owned(), |text, (name, value)| text + name + value);
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(auth_token.as_bytes()) else { return String::new() };
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// A signed webhook: a form in the body of a POST, or in the query of a GET.
pub(super) fn sign(auth_token: &str, url: &str, post: bool, form: &[(String, String)]) -> Outgoing {
    let encoded = serde_html_form::to_string(form).unwrap_or_default();
    if post {
        let headers = vec![
            ("Content-Type".to_owned(), "application/x-www-form-urlencoded; charset=UTF-8".to_owned()),
            ("X-Twilio-Signature".to_owned(), twilio_signature(auth_token, url, form)),
        ];
        return Outgoing { post, url: url.to_owned(), headers, body: encoded };
    }
    let url = format!("{url}{}{encoded}", if url.contains('?') { '&' } else { '?' });
    let headers = vec![("X-Twilio-Signature".to_owned(), twilio_signature(auth_token, &url, &[]))];
    Outgoing { post, url, headers, body: String::new() }
}
