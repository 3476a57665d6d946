//! Choice of a type for a new source.

use crate::components::{icon, sub_head};
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use maud::{Markup, html};

/// The page.
pub fn source_new(shell: &Shell) -> Markup {
    layout::page(
        shell,
        Section::Sources,
        "New alert source",
        Main::default(),
        html! {
            (sub_head((routes::SOURCES, "Alert sources"), "New alert source", html! {}))
            div.cards {
                a.card href=(routes::SOURCE_NEW_AUTOTASK) {
                    (icon("ticket")) h2 { "Autotask PSA" }
                    p { "A ticket wakes the person on call, and its completion ends the alert." }
                    p.muted.small-text { "Needs the user name, secret and tracking identifier of an API user. A public address makes it faster, but is not needed." }
                }
                a.card href=(routes::SOURCE_NEW_API) {
                    (icon("webhook")) h2 { "API" }
                    p { "Any tool that can send a web request opens, accepts and resolves alerts." }
                    p.muted.small-text { "Speaks ilert's events API, so that its integrations work unchanged." }
                }
            }
        },
    )
}
