//! Paging that is held back after a restore: why, what waits, and the question before it goes on.

use crate::components::field::form_error;
use crate::components::{button, empty, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use crate::time::plural;
use jiff::Timestamp;
use maud::{Markup, html};

/// What is held back.
#[derive(Debug, Clone)]
pub struct PagingView {
    /// Why and since when; `None`: pages go out.
    pub held: Option<(String, Timestamp)>,
    /// Alerts that nobody has.
    pub pending: i64,
    /// The question, where it was answered without the tick.
    pub form: Form,
}

/// The page. Form: POST [`routes::PAGING_RESUME`] with `confirmed=on`.
pub fn paging(shell: &Shell, view: &PagingView) -> Markup {
    layout::page(
        shell,
        Section::Settings,
        "Resume paging",
        Main::default(),
        html! {
            (sub_head((routes::SETTINGS, "Settings"), "Resume paging", html! {}))
            (form_error(&view.form))
            @match &view.held {
                Some((reason, since)) => (held(shell, view, (reason, *since))),
                None => section.panel aria-label="Paging" {
                    (empty("circle-check", "Paging works", "Nothing is held back: pages go out when they are due.", Some((routes::ALERTS, "To the alerts"))))
                },
            }
        },
    )
}

fn held(shell: &Shell, view: &PagingView, (reason, since): (&str, Timestamp)) -> Markup {
    let pending = format!("{}?state=PENDING", routes::ALERTS);
    panel(
        "held",
        "Before pages go out again",
        html! {},
        html! {
            div.inside {
                dl.facts {
                    dt { "Why" } dd { (reason) }
                    dt { "Since" } dd { (shell.when.at(since)) ", " (shell.when.zone_name()) }
                    dt { "Pending" } dd { a.link href=(pending) { (plural(view.pending, "alert", "alerts")) } " that nobody has" }
                }
                div.prose {
                    p { "Until then events are accepted and alerts open, but nobody is notified and no ticket is written to." }
                    p { "Look at the pending alerts and resolve what is over. What is still pending calls its people within a second, whatever the hour." }
                }
                form.stack.tight method="post" action=(routes::PAGING_RESUME) {
                    (layout::csrf(shell))
                    label.choice for="confirmed" { input.tick #confirmed type="checkbox" name="confirmed" value="on" required; span { "Yes: call people for what is pending" } }
                    div.actions { button.button.danger type="submit" { "Resume paging" } (button::link(&pending, "Look at the pending alerts")) }
                }
            }
        },
    )
}
