//! While tests are under way, what shows them is fetched again each second. Nothing else is touched: what somebody types beside it stays.

use crate::routes;
use crate::shell::Shell;
use maud::{Markup, html};
use watchbell_core::ids::UserId;

/// An element `id` that asks the page at `href` for the elements `parts`, and for itself: it ends once no test is under way. `parts`: ids.
pub(super) fn look_again(id: &str, href: &str, parts: &[String]) -> Markup {
    let chosen = parts.iter().map(|part| format!("#{part}")).collect::<Vec<_>>().join(",");
    html! {
        @if parts.is_empty() { div id=(id) hidden {} }
        @else {
            div id=(id) hidden hx-get=(href) hx-trigger="load delay:1s" hx-target="this" hx-select={ "#" (id) } hx-select-oob=(chosen) hx-swap="outerHTML" {}
        }
    }
}

/// The page about somebody: a form that was refused is shown at an address that cannot be fetched again.
pub(super) fn page_about(shell: &Shell, user: UserId) -> String {
    let is_viewer = shell.viewer.as_ref().is_some_and(|viewer| viewer.person.id == user);
    if is_viewer { routes::PROFILE.to_owned() } else { routes::user(user) }
}
