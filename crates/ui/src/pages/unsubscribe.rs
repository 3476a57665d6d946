//! No more news of a kind: asked first, because programs open every link of a mail.

use crate::components::icon;
use crate::layout;
use crate::shell::Shell;
use maud::{Markup, html};
use watchbell_core::alert::Update;

const fn words(update: Update) -> &'static str {
    match update {
        Update::Accepted => "alerts being accepted or resolved by others",
        Update::Resolved => "alerts being resolved or accepted by others",
        Update::Escalated => "alerts being escalated",
        Update::Told | Update::Untouched | Update::Woken => "alerts that you respond to",
    }
}

/// The page that asks; `action` is where its button posts to.
pub fn asked(shell: &Shell, update: Update, action: &str) -> Markup {
    layout::bare_page(
        shell,
        "No more of these mails?",
        false,
        html! {
            h1 { "No more of these mails?" }
            p { "You get no more news of " (words(update)) ". Pages still reach you: who is on call is called." }
            form method="post" action=(action) { button.button.primary.big type="submit" { "Stop these mails" } }
        },
    )
}

/// The page after that.
pub fn done(shell: &Shell, update: Update) -> Markup {
    layout::bare_page(
        shell,
        "Stopped",
        false,
        html! {
            h1 { "Stopped" }
            div.banner.tone-green role="status" {
                (icon("circle-check"))
                p { "You get no more news of " (words(update)) ". Pages still reach you." }
            }
            p { "You can switch them on again in your profile." }
        },
    )
}
