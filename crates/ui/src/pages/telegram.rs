//! How a chat with the bot becomes a contact: its owner opens the bot by a link that is theirs.

use crate::components::{head, icon, panel, qr};
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use maud::{Markup, html};

/// The page. `link`: the bot with the viewer's word, or why there is none.
pub fn telegram(shell: &Shell, link: &Result<String, String>) -> Markup {
    layout::page(
        shell,
        Section::Profile,
        "Telegram",
        Main::default(),
        html! {
            (head("Telegram", html! {}))
            (panel("telegram", "Connect Telegram", html! {}, html! {
                div.inside.stack {
                    @match link {
                        Ok(link) => {
                            p { "Open the bot on the phone, and press Start there: the chat becomes a contact of yours by itself." }
                            p { a.button.primary href=(link) rel="noopener noreferrer" { (icon("send")) "Open the bot" } }
                            (qr(link, "Opens the bot in Telegram"))
                            p.muted.small-text { "The link is yours alone, and counts for 15 minutes: whoever opens it gets your alerts. Afterwards make a rule that uses the chat, and test it." }
                        }
                        Err(why) => p.bad { (icon("circle-x")) " " (why) },
                    }
                    p { a.link href={ (routes::PROFILE) "#contacts" } { "Back to the contacts" } }
                }
            }))
        },
    )
}
