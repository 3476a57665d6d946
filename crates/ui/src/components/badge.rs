//! Badges: where an alert stands, whether it pages, the source's own word, counts.

use super::icon;
use maud::{Markup, html};
use watchbell_core::alert::{Priority, Status};

/// Class of a status: sets the three colours of its state.
pub const fn status_class(status: Status) -> &'static str {
    match status {
        Status::Pending => "st-pending",
        Status::Accepted => "st-accepted",
        Status::Resolved => "st-resolved",
    }
}

/// A status as a word.
pub const fn status_word(status: Status) -> &'static str {
    match status {
        Status::Pending => "Pending",
        Status::Accepted => "Accepted",
        Status::Resolved => "Resolved",
    }
}

/// State badge: colour, shape and word.
pub fn state(status: Status) -> Markup {
    let symbol = match status {
        Status::Pending => "bell",
        Status::Accepted => "eye",
        Status::Resolved => "check",
    };
    html! { span.state.(status_class(status)) { (icon(symbol)) (status_word(status)) } }
}

/// The badge of an alert that disturbs nobody for a while.
pub fn snoozed() -> Markup {
    html! { span.state.st-snoozed { (icon("moon")) "Snoozed" } }
}

/// The source's own word for the urgency, and its rank: 1 is the most severe, anything beyond 5 counts as 5.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLabel {
    /// The word ("Critical").
    pub text: String,
    /// Its rank.
    pub rank: u8,
}

/// "Pages" or "Quiet", and the source's own label beside it.
pub fn priority_badges(priority: Priority, label: Option<&SourceLabel>) -> Markup {
    html! {
        @if let Some(label) = label { span.rank.{ "p" (label.rank.clamp(1, 5)) } title=(label.text) { (label.text) } " " }
        @match priority {
            Priority::High => span.mode.pages title="Escalates level by level" { "Pages" },
            Priority::Low => span.mode title="Tells the first level only" { "Quiet" },
        }
    }
}

/// A number in a pill; hot is red.
pub fn count(number: i64, hot: bool) -> Markup {
    html! { span.count.hot[hot && number > 0] { (number) } }
}

/// A plain tag with the colours of a tone class (`tone-red`, `tone-green`, ...), an icon and a word.
pub fn tag(tone: &str, symbol: &str, word: &str) -> Markup {
    html! { span.state.(tone) { (icon(symbol)) (word) } }
}
