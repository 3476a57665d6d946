//! What of a schedule is shown: the span with its neighbours, and the zone. Links and one small form, so that a view has an address.

use crate::components::field::Choice;
use crate::components::icon;
use crate::time::When;
use maud::{Markup, html};

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// A day.
    Day,
    /// A week.
    Week,
    /// Two weeks.
    TwoWeeks,
    /// Four weeks.
    FourWeeks,
}

impl Reach {
    /// All, by length.
    pub const ALL: [Reach; 4] = [Reach::Day, Reach::Week, Reach::TwoWeeks, Reach::FourWeeks];

    /// Its word in an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Reach::Day => "1d",
            Reach::Week => "1w",
            Reach::TwoWeeks => "2w",
            Reach::FourWeeks => "4w",
        }
    }

    /// The one of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reach| reach.as_str() == word)
    }

    /// How many days.
    pub const fn days(self) -> i64 {
        match self {
            Reach::Day => 1,
            Reach::Week => 7,
            Reach::TwoWeeks => 14,
            Reach::FourWeeks => 28,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Reach::Day => "Day",
            Reach::Week => "Week",
            Reach::TwoWeeks => "2 weeks",
            Reach::FourWeeks => "4 weeks",
        }
    }
}

/// What is shown, and where the rest is.
#[derive(Debug, Clone)]
pub struct Controls {
    /// Path of the page.
    pub path: String,
    /// How much.
    pub reach: Reach,
    /// The first day, as in the address; empty for today.
    pub from: String,
    /// The first day of what comes before and after.
    pub neighbours: (String, String),
    /// IANA name of the zone that is shown.
    pub zone: String,
    /// IANA name of the viewer's.
    pub own_zone: String,
    /// IANA name of the schedule's; empty where there are several schedules.
    pub schedule_zone: String,
    /// All zones.
    pub zones: Vec<Choice>,
}

impl Controls {
    fn href(&self, reach: Reach, from: &str, zone: &str) -> String {
        let from = if from.is_empty() { String::new() } else { format!("&from={from}") };
        let zone = if zone == self.own_zone { String::new() } else { format!("&zone={zone}") };
        format!("{}?span={}{from}{zone}", self.path, reach.as_str())
    }
}

/// The span with its neighbours, and the zone.
pub fn controls(controls: &Controls, when: &When) -> Markup {
    let (reach, zone) = (controls.reach, controls.zone.as_str());
    html! {
        nav.tabs aria-label="How much is shown" {
            @for each in Reach::ALL { a href=(controls.href(each, &controls.from, zone)) aria-current=[(each == reach).then_some("true")] { (each.word()) } }
        }
        nav.row.steps-nav aria-label="Earlier and later" {
            a.button.quiet href=(controls.href(reach, &controls.neighbours.0, zone)) aria-label="Earlier" { (icon("chevron-left")) }
            a.button.quiet href=(controls.href(reach, "", zone)) { "Today" }
            a.button.quiet href=(controls.href(reach, &controls.neighbours.1, zone)) aria-label="Later" { (icon("chevron-right")) }
        }
        (zone_switch(controls, when))
    }
}

fn zone_switch(controls: &Controls, when: &When) -> Markup {
    let (reach, from) = (controls.reach, controls.from.as_str());
    html! {
        details.zone-switch {
            summary { (icon("clock")) span.sr { "Time zone: " } (when.zone_name()) }
            div.floating.stack.tight {
                a.link href=(controls.href(reach, from, &controls.own_zone)) { "My zone: " (controls.own_zone) }
                @if !controls.schedule_zone.is_empty() && controls.schedule_zone != controls.own_zone {
                    a.link href=(controls.href(reach, from, &controls.schedule_zone)) { "The schedule's: " (controls.schedule_zone) }
                }
                form.stack.tight method="get" action=(controls.path) {
                    input type="hidden" name="span" value=(reach.as_str());
                    @if !from.is_empty() { input type="hidden" name="from" value=(from); }
                    label for="shown-zone" { "Another zone" }
                    input.input #shown-zone name="zone" list="zones" value=(controls.zone) autocomplete="off";
                    (zone_list("zones", &controls.zones))
                    div.actions { button.button type="submit" { "Show" } }
                }
            }
        }
    }
}

/// Zones that a field offers while one types.
pub fn zone_list(id: &str, zones: &[Choice]) -> Markup {
    html! { datalist #(id) { @for zone in zones { option value=(zone.value) {} } } }
}
