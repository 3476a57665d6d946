//! Forms as Pushover takes and sends them (`application/x-www-form-urlencoded`).

use crate::http::Url;

/// Fields a form of theirs may have; further ones are not looked at.
const FIELDS_MAX: usize = 50;

/// A form of names and values.
pub(super) fn write(pairs: &[(&str, String)]) -> Vec<u8> {
    let Ok(mut url) = Url::parse("form:/") else { return Vec::new() };
    url.query_pairs_mut().extend_pairs(pairs);
    url.query().unwrap_or_default().as_bytes().to_vec()
}

/// The value of a field.
pub(super) fn read(body: &[u8], name: &str) -> Option<String> {
    let mut url = Url::parse("form:/").ok()?;
    url.set_query(Some(std::str::from_utf8(body).ok()?));
    let mut pairs = url.query_pairs().take(FIELDS_MAX);
    pairs.find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_form_is_read_as_it_was_written() {
        for value in ["plain", "a&b=c", "ä 100 %+", "line\r\nline", "#?/", ""] {
            let body = write(&[("first", "1".into()), ("it", value.into())]);
            assert_eq!(read(&body, "it").as_deref(), Some(value));
            assert!(body.is_ascii());
        }
        assert_eq!(read(b"receipt=x%20y&acknowledged=1", "receipt").as_deref(), Some("x y"));
        assert_eq!(read(b"receipt=1", "other"), None);
        assert_eq!(read(&[0xff], "receipt"), None);
    }
}
