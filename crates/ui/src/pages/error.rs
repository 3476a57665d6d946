//! What went wrong, and what to do next.

use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use maud::{Markup, html};

/// A page that cannot be shown.
#[derive(Debug, Clone)]
pub struct ErrorView {
    /// HTTP status.
    pub status: u16,
    /// What happened ("There is no alert 4711").
    pub title: String,
    /// What to do.
    pub text: String,
    /// Number of the request, for the log.
    pub request: Option<String>,
}

/// The page, with navigation where somebody is logged in.
pub fn error(shell: &Shell, view: &ErrorView) -> Markup {
    let content = html! {
        div.panel {
            div.inside {
                p.big-number aria-hidden="true" { (view.status) }
                h1 { (view.title) }
                p { (view.text) }
                @if let Some(request) = &view.request { p.muted.small-text { "Request " span.mono { (request) } " in the log." } }
                div.actions { a.button.primary href=(routes::ALERTS) { "To the alerts" } }
            }
        }
    };
    match shell.viewer {
        Some(_) => layout::page(shell, Section::Profile, &view.title, Main::default(), content),
        None => layout::bare_page(shell, &view.title, false, content),
    }
}
