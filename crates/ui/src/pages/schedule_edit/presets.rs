//! Where a new schedule starts: rotas that many have, each with the next step filled in.

use crate::components::{icon, sub_head};
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use maud::{Markup, html};

/// A starting point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// A week each.
    Weekly,
    /// Weekdays and weekends, Friday 17:00.
    WeekdaysWeekend,
    /// Three offices around the world.
    FollowTheSun,
    /// The dispatchers by day, somebody by night.
    AfterHours,
    /// One person, always.
    OnePerson,
    /// Shifts by hand.
    ByHand,
}

impl Preset {
    /// All, most common first.
    pub const ALL: [Preset; 6] = [
        Preset::Weekly,
        Preset::WeekdaysWeekend,
        Preset::AfterHours,
        Preset::FollowTheSun,
        Preset::OnePerson,
        Preset::ByHand,
    ];

    /// Its word in an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Preset::Weekly => "weekly",
            Preset::WeekdaysWeekend => "weekdays-weekend",
            Preset::FollowTheSun => "follow-the-sun",
            Preset::AfterHours => "after-hours",
            Preset::OnePerson => "one-person",
            Preset::ByHand => "by-hand",
        }
    }

    /// The one of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == word)
    }

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Preset::Weekly => {
                ("refresh-cw", "Weekly rotation", "One person a week, day and night; hand-over on Monday at 09:00.")
            }
            Preset::WeekdaysWeekend => (
                "calendar",
                "Weekdays and weekends",
                "One rotation for the week, another for the weekend; hand-over on Friday at 17:00 and on Monday at 08:00.",
            ),
            Preset::FollowTheSun => (
                "sun-moon",
                "Follow the sun",
                "Three offices share the day, eight hours each: Sydney, Berlin, New York. Covered at every hour, also when their clocks change on different days.",
            ),
            Preset::AfterHours => (
                "eye",
                "After hours",
                "On working days the dispatchers watch the board and nobody is paged; somebody is on call for the rest.",
            ),
            Preset::OnePerson => ("user", "One person", "Always the same person. For a start, or for a team of one."),
            Preset::ByHand => {
                ("pencil", "Shifts by hand", "Who has which shift is planned elsewhere and entered here.")
            }
        }
    }
}

/// The page that asks.
pub fn presets(shell: &Shell) -> Markup {
    layout::page(
        shell,
        Section::Schedules,
        "New schedule",
        Main::default(),
        html! {
            (sub_head((routes::SCHEDULES, "Schedules"), "New schedule", html! { p.sub { "What comes closest? Everything can be changed afterwards." } }))
            div.cards {
                @for preset in Preset::ALL {
                    @let (symbol, title, text) = preset.words();
                    a.card href={ (routes::SCHEDULE_NEW) "?preset=" (preset.as_str()) } { (icon(symbol)) h2 { (title) } p.muted { (text) } }
                }
            }
        },
    )
}
