//! What of schedules is shown: `span`, `from` and `zone` of the address.

use super::super::choices;
use super::super::query::Query;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use watchbell_core::schedule::{Span, Zone};
use watchbell_ui::pages::schedule::{Controls, Reach};
use watchbell_ui::time::When;

/// Years that are shown.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2199;

/// The part that is shown.
#[derive(Debug, Clone)]
pub(super) struct Window {
    /// From the start of a day on.
    pub(super) span: Span,
    /// Now, and the zone of its days.
    pub(super) when: When,
    /// The links to the other parts.
    pub(super) controls: Controls,
}

impl Window {
    /// Of a page's address. `schedule_zone` is empty where there are several schedules.
    pub(super) fn of(query: &Query, path: String, viewer: &When, schedule_zone: &str) -> Self {
        let own = viewer.zone.iana_name().unwrap_or("UTC").to_owned();
        let zone = Zone::named(&query.text("zone")).map_or_else(|| viewer.zone.clone(), |zone| zone.inner().clone());
        let when = When { now: viewer.now, zone };
        let reach = Reach::parse(&query.text("span")).unwrap_or(Reach::TwoWeeks);
        let asked: Option<Date> = query.text("from").parse().ok().filter(|date: &Date| YEARS.contains(&date.year()));
        let first = asked.unwrap_or_else(|| when.now.to_zoned(when.zone.clone()).date());
        let after = |days: i64| first.saturating_add(days.days());
        Self {
            span: Span::new(start_of(first, &when.zone, when.now), start_of(after(reach.days()), &when.zone, when.now)),
            controls: Controls {
                path,
                reach,
                from: asked.map(|date| date.to_string()).unwrap_or_default(),
                neighbours: (after(-reach.days()).to_string(), after(reach.days()).to_string()),
                zone: when.zone.iana_name().unwrap_or("UTC").to_owned(),
                own_zone: own,
                schedule_zone: schedule_zone.to_owned(),
                zones: choices::zones(),
            },
            when,
        }
    }

    /// What is still to come of it; empty where all of it is over.
    pub(super) fn ahead(&self) -> Span {
        Span::new(self.span.from.max(self.when.now), self.span.until.max(self.when.now))
    }
}

/// The first instant of a day.
pub(super) fn start_of(date: Date, zone: &TimeZone, otherwise: Timestamp) -> Timestamp {
    date.to_zoned(zone.clone()).map_or(otherwise, |day| day.timestamp())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use watchbell_ui::Form;

    fn window(pairs: &[(&str, &str)]) -> Window {
        let when = When { now: "2026-10-24T12:00Z".parse().unwrap(), zone: TimeZone::UTC };
        Window::of(&Query(Form::of(pairs.iter().copied())), "/schedules/1".into(), &when, "Europe/Berlin")
    }

    #[test]
    fn a_window_is_whole_days_of_the_zone_that_is_shown() {
        let berlin = window(&[("zone", "Europe/Berlin"), ("span", "1w"), ("from", "2026-10-24")]);
        assert_eq!(berlin.span.from.to_string(), "2026-10-23T22:00:00Z");
        assert_eq!(berlin.span.until.to_string(), "2026-10-30T23:00:00Z");
        assert_eq!(berlin.controls.neighbours, ("2026-10-17".into(), "2026-10-31".into()));
    }

    #[test]
    fn what_cannot_be_read_is_today_in_the_own_zone() {
        let plain = window(&[("zone", "Mars/Base"), ("span", "9y"), ("from", "9999-99-99")]);
        assert_eq!(plain.span.from.to_string(), "2026-10-24T00:00:00Z");
        assert_eq!((plain.controls.reach, plain.controls.zone.as_str()), (Reach::TwoWeeks, "UTC"));
        assert!(window(&[("from", "-009999-01-01")]).controls.from.is_empty());
    }
}
