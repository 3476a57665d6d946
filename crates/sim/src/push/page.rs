//! The page of all four services.

use maud::{Markup, html};

use super::Shown;
use crate::look;

pub(super) fn page(shown: &Shown) -> Markup {
    let sections = html! {
        section { h2 { "Telegram" } (crate::telegram::cards(&shown.telegram)) }
        section { h2 { "Pushover" } (crate::pushover::cards(&shown.pushover)) }
        section { h2 { "Web Push and UnifiedPush" } (crate::web_push::cards(&shown.web_push)) }
        section { h2 { "Gotify" } (crate::gotify::cards(&shown.gotify)) }
    };
    look::page(
        "Push",
        "Four push services, the newest message first. The buttons do what they would do on a phone.",
        &sections,
    )
}
