//! Calendar feeds: secret addresses that calendar programs subscribe to. An address is shown once, when it is made.

use crate::components::{copy_field, icon, panel};
use crate::layout;
use crate::shell::Shell;
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::ids::FeedId;

/// One feed that was made.
#[derive(Debug, Clone)]
pub struct FeedRow {
    /// Which.
    pub id: FeedId,
    /// Where it is used.
    pub name: String,
    /// When it was last read.
    pub used_at: Option<Timestamp>,
}

/// The feeds of a schedule, or of a person's own shifts, that the viewer has made.
#[derive(Debug, Clone)]
pub struct FeedView {
    /// Where its forms go: POST `feed_name` makes one, POST `{id}/revoke` below it ends one.
    pub action: String,
    /// What is in it.
    pub about: &'static str,
    /// The address that was just made.
    pub made: Option<String>,
    /// Those that exist.
    pub feeds: Vec<FeedRow>,
}

/// The panel.
pub fn feed(shell: &Shell, view: &FeedView) -> Markup {
    panel(
        "feed",
        "Calendar feed",
        html! {},
        html! {
            div.inside {
                p.muted { (view.about) " Whoever has the address can read it, until it is revoked." }
                @if let Some(url) = &view.made {
                    (copy_field("feed-url", "Secret address (iCal), shown once", url))
                    p.wait.small-text { "Subscribe to it in your calendar now: it is not shown again." }
                }
            }
            ul.list { @for one in &view.feeds { (row(shell, view, one)) } }
            form.inside method="post" action=(view.action) {
                (layout::csrf(shell))
                div.field {
                    label for="feed_name" { "Where it will be used" }
                    input.input #feed_name type="text" name="feed_name" placeholder="Outlook" autocomplete="off" maxlength="255";
                }
                div.actions { button.button type="submit" { "Make an address" } }
            }
        },
    )
}

fn row(shell: &Shell, view: &FeedView, one: &FeedRow) -> Markup {
    html! {
        li {
            div.main {
                b { (one.name) }
                p.sub { @match one.used_at { Some(at) => { span { "last read " (shell.when.at(at)) } }, None => span { "not read yet" } } }
            }
            form method="post" action={ (view.action) "/" (one.id) "/revoke" } {
                (layout::csrf(shell))
                button.button.quiet type="submit" aria-label={ "Revoke the address for " (one.name) } { (icon("ban")) "Revoke" }
            }
        }
    }
}
