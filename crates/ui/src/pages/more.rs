//! The rest of the navigation, for phones.

use crate::components::{button, head, icon};
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use maud::{Markup, html};

/// The page.
pub fn more(shell: &Shell) -> Markup {
    let sections = shell.viewer.as_ref().map(|viewer| viewer.sections.clone()).unwrap_or_default();
    layout::page(
        shell,
        Section::Profile,
        "More",
        Main::default(),
        html! {
            (head("More", html! {}))
            nav.panel aria-label="All sections" {
                ul.list {
                    @for section in sections.into_iter().chain([Section::Profile]) {
                        @let (name, _, symbol, href) = section.entry();
                        li { (icon(symbol)) a.title.grow href=(href) { (name) } (icon("chevron-right")) }
                    }
                    li { (button::theme()) (layout::logout(shell)) }
                }
            }
            @if shell.viewer.is_none() { a.button.primary href=(routes::LOGIN) { "Log in" } }
        },
    )
}
