//! What a person sets for the browser they sit at: messages to it, shortcuts, light or dark.

use crate::components::{button, panel};
use crate::routes;
use maud::{Markup, html};

/// The panel. The script `push.js` works the switch; without it nothing can be notified.
pub(super) fn this_browser(has_numbers: bool) -> Markup {
    panel(
        "this-browser",
        "This browser",
        html! {},
        html! {
            div.inside {
                (push())
                div.switch data-script hidden {
                    label.choice for="single-keys" {
                        input.tick #single-keys type="checkbox" data-keys checked;
                        span { b { "Keyboard shortcuts" } span.help { "Single keys such as j, k, a and r. Kept in this browser." } }
                    }
                }
                (button::theme())
                noscript { p.muted { "Messages to this browser, shortcuts and the choice of light or dark need script. Everything else works without it." } }
                @if has_numbers { p.small-text { a.link href=(routes::NUMBERS_CARD) { "Save our numbers on your phone" } ": a contact card with all numbers that call and write to you, so that the phone lets them through." } }
            }
        },
    )
}

fn push() -> Markup {
    html! {
        div.stack.tight data-push hidden {
            div.switch {
                label.choice for="push-here" {
                    input.tick #push-here type="checkbox" data-push-switch;
                    span { b { "Notify this browser" } span.help { "Messages appear here even while no page of Watchbell is open. The browser must run, and its sound decides whether it wakes anybody: test it." } }
                }
            }
            label.choice for="push-rule" data-push-rule hidden {
                input.tick #push-rule type="checkbox";
                span { "Page me here at once, beside my other rules" }
            }
            p.wait.small-text data-push-words role="status" {}
        }
    }
}
