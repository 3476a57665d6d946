//! Twilio's signature: <https://www.twilio.com/docs/usage/webhooks/webhooks-security>.

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::hmac;

use crate::http::Url;

/// Whether a signature is the one of these parameters: HMAC-SHA1 of the address and the parameters sorted by name, compared in
/// constant time.
///
/// The port that belongs to the scheme may be written in the address or not, on either side: some proxies add or take it.
/// There is no time in it: whoever has heard a request can send it once more. The server therefore takes each report and each text
/// once, by the id that the provider gave it.
pub(super) fn is_signed(token: &str, signature: &str, url: &str, params: &[(String, String)]) -> bool {
    let Ok(signature) = STANDARD.decode(signature.trim()) else { return false };
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
    let mut params: Vec<_> = params.iter().collect();
    params.sort();
    params.dedup();
    let tail: String = params.into_iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect();
    addresses(url).iter().any(|url| hmac::verify(&key, format!("{url}{tail}").as_bytes(), &signature).is_ok())
}

/// The address as it is, with its default port, and without it.
fn addresses(url: &str) -> Vec<String> {
    let mut addresses = vec![url.to_owned()];
    let Ok(parsed) = Url::parse(url) else { return addresses };
    let Some((scheme, rest)) = url.split_once("://") else { return addresses };
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    // The parser drops a port that belongs to the scheme.
    if let (None, Some(port)) = (parsed.port(), parsed.port_or_known_default()) {
        let bare = authority.strip_suffix(&format!(":{port}")).unwrap_or(authority);
        addresses.push(format!("{scheme}://{bare}:{port}{path}"));
        addresses.push(format!("{scheme}://{bare}{path}"));
    }
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";

    fn params() -> Vec<(String, String)> {
        [
            ("Digits", "1234"),
            ("To", "+18005551212"),
            ("From", "+14158675310"),
            ("Caller", "+14158675310"),
            ("CallSid", "CA1234567890ABCDE"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// The case SIG-01, with the values of Twilio's documentation.
    #[test]
    fn the_signature_of_the_documentation_is_accepted_and_no_other() {
        let signature = "GvWf1cFY/Q7PnoempGyD5oXAezc=";
        assert!(is_signed("12345", signature, URL, &params()));
        let reversed: Vec<_> = params().into_iter().rev().collect();
        assert!(is_signed("12345", signature, URL, &reversed), "their order does not matter");
        let mut other = params();
        other[0].1 = "4321".into();
        for (token, signature, url, params) in [
            ("12346", signature, URL, params()),
            ("12345", "GvWf1cFY/Q7PnoempGyD5oXAezd=", URL, params()),
            ("12345", "", URL, params()),
            ("12345", "no base64!", URL, params()),
            ("12345", signature, "https://mycompany.com/myapp.php?foo=1&bar=3", params()),
            ("12345", signature, "https://mycompany.com:8443/myapp.php?foo=1&bar=2", params()),
            ("12345", signature, URL, other),
        ] {
            assert!(!is_signed(token, signature, url, &params), "{token} {signature} {url}");
        }
    }

    #[test]
    fn the_port_of_the_scheme_may_be_written() {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"t");
        let sign = |url: &str| STANDARD.encode(hmac::sign(&key, url.as_bytes()));
        for (signed, asked) in [
            ("https://a.example:443/x?y=1", "https://a.example/x?y=1"),
            ("https://a.example/x?y=1", "https://a.example:443/x?y=1"),
            ("http://a.example:80/x", "http://a.example/x"),
            ("https://a.example:8443/x", "https://a.example:8443/x"),
        ] {
            assert!(is_signed("t", &sign(signed), asked, &[]), "{signed} {asked}");
        }
        assert!(!is_signed("t", &sign("https://a.example:80/x"), "https://a.example/x", &[]));
    }
}
