//! The parameters of a page's address.

use crate::app::App;
use crate::error::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;
use watchbell_core::limits;
use watchbell_store::Page;
use watchbell_ui::Form;

/// The query of an address; one that cannot be read counts as none, so that a cut link still opens its page.
#[derive(Debug, Clone, Default)]
pub(super) struct Query(pub(super) Form);

/// Pairs of a query that are looked at.
const PAIRS_MAX: usize = 50;

impl FromRequestParts<App> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        let pairs: Vec<(String, String)> =
            serde_html_form::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default();
        let clean = pairs.into_iter().take(PAIRS_MAX).map(|(name, value)| (name, value.replace('\0', "")));
        Ok(Self(Form::of(clean)))
    }
}

impl Query {
    /// A parameter, trimmed and cut.
    pub(super) fn text(&self, name: &str) -> String {
        watchbell_core::text::cut(self.0.value(name), limits::NAME_CHARS_MAX)
    }

    /// The number of the page, from 1.
    pub(super) fn page(&self) -> i64 {
        self.0.value("page").parse().unwrap_or(1).clamp(1, 1_000_000)
    }

    /// The rows of that page.
    pub(super) fn window(&self) -> Page {
        Page { start_index: (self.page() - 1) * limits::PAGE_ROWS, max_results: limits::PAGE_ROWS }
    }

    /// A parameter as a number.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.0.value(name).trim().parse().ok()
    }
}

/// The address of a page with some parameters; empty ones are left out.
pub(super) fn address(path: &str, parameters: &[(&str, &str)]) -> Result<String, ApiError> {
    let filled: Vec<&(&str, &str)> = parameters.iter().filter(|(_, value)| !value.is_empty()).collect();
    if filled.is_empty() {
        return Ok(path.to_owned());
    }
    let query = serde_html_form::to_string(&filled).map_err(ApiError::internal)?;
    Ok(format!("{path}?{query}"))
}
