//! The HTTP client of callouts; the tests of the stand-in use it as well.

/// The client of callouts. It follows no redirects, as the real sender was not seen to.
#[expect(clippy::disallowed_methods, reason = "a stand-in is an outside service and has its own client")]
pub fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()
}
