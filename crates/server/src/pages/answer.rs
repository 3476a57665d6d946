//! Answers of pages: a page, the same page refused, or the way to another one with a word about what was done.

use crate::error::ApiError;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use watchbell_core::text;
use watchbell_ui::Markup;

/// What a handler of a page answers; errors become pages in [`super::frame`].
pub(super) type Answer = Result<Response, ApiError>;

/// The cookie that carries a word about what was done to the next page.
const FLASH_COOKIE: &str = "watchbell_flash";
/// Longest such word, in characters.
const FLASH_CHARS_MAX: usize = 300;
/// How long it may wait for the next page, in seconds.
const FLASH_S: u32 = 30;

/// A page.
pub(super) fn page(markup: Markup) -> Answer {
    Ok(markup.into_response())
}

/// The page of a form that was refused.
pub(super) fn refused(markup: Markup) -> Answer {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, markup).into_response())
}

/// To another page.
pub(super) fn to(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// To another page, which says once what was done.
pub(super) fn done(path: &str, words: &str) -> Answer {
    let mut response = to(path);
    let value = URL_SAFE_NO_PAD.encode(text::cut(words, FLASH_CHARS_MAX));
    set_cookie(&mut response, &format!("{FLASH_COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={FLASH_S}"));
    Ok(response)
}

/// Adds a cookie to an answer; one that is no header value is left out.
pub(super) fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// The word that the last form left.
pub(super) fn flash(headers: &HeaderMap) -> Option<String> {
    let jar = axum_extra::extract::CookieJar::from_headers(headers);
    let bytes = URL_SAFE_NO_PAD.decode(jar.get(FLASH_COOKIE)?.value()).ok()?;
    String::from_utf8(bytes).ok().map(|words| text::cut(&words, FLASH_CHARS_MAX)).filter(|words| !words.is_empty())
}

/// Takes the word away: it was said.
pub(super) fn clear_flash(response: &mut Response) {
    set_cookie(response, &format!("{FLASH_COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"));
}

/// Where a form wants to go back to: a path of this server, or `otherwise`. Never another host.
pub(super) fn local_path(wanted: &str, otherwise: &str) -> String {
    let is_local =
        wanted.starts_with('/') && !wanted.starts_with("//") && !wanted.contains(['\\', '\0', '\r', '\n', '\t']);
    let is_header = wanted.bytes().all(|byte| (0x21..=0x7e).contains(&byte)) && wanted.len() <= 2_000;
    if is_local && is_header { wanted.to_owned() } else { otherwise.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_goes_back_to_this_server_only() {
        for local in ["/alerts", "/alerts?q=a%20b&page=2", "/"] {
            assert_eq!(local_path(local, "/x"), local);
        }
        let long = format!("/{}", "a".repeat(2_000));
        for foreign in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x",
            "/ä",
            &long,
        ] {
            assert_eq!(local_path(foreign, "/x"), "/x", "{foreign:?}");
        }
    }
}
