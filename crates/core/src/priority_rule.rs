//! How loud the alerts of a source open: always the same, or by support hours.

use crate::alert::Priority;
use crate::limits;
use crate::support_hours::Hours;
use crate::user::words;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

words! {
    /// What decides how loud an alert opens whose event does not say so itself.
    PriorityRule {
        /// Pages.
        High = "HIGH",
        /// Quiet.
        Low = "LOW",
        /// Pages during support hours, quiet outside.
        HighDuringSupportHours = "HIGH_DURING_SUPPORT_HOURS",
        /// Quiet during support hours, pages outside.
        LowDuringSupportHours = "LOW_DURING_SUPPORT_HOURS",
        /// Pages during support hours; outside nobody is paged until they begin.
        SilentOutsideSupportHours = "SILENT_OUTSIDE_SUPPORT_HOURS",
    }
}

impl PriorityRule {
    /// Whether it means nothing without support hours.
    pub fn needs_hours(self) -> bool {
        !matches!(self, PriorityRule::High | PriorityRule::Low)
    }
}

impl From<Priority> for PriorityRule {
    fn from(priority: Priority) -> Self {
        match priority {
            Priority::High => PriorityRule::High,
            Priority::Low => PriorityRule::Low,
        }
    }
}

/// The rule of a source with its support hours.
#[derive(Debug, Clone)]
pub struct Loudness {
    /// The rule.
    pub rule: PriorityRule,
    /// Its hours; without them a rule that needs them pages.
    pub hours: Option<Arc<Hours>>,
    /// Whether quiet alerts that nobody has are raised where the hours would make them loud.
    pub auto_raise: bool,
}

impl From<Priority> for Loudness {
    fn from(priority: Priority) -> Self {
        Self { rule: priority.into(), hours: None, auto_raise: false }
    }
}

impl Loudness {
    /// The priority of an alert that opens now.
    pub fn at(&self, now: Timestamp) -> Priority {
        let during = self.hours.as_ref().map(|hours| hours.is_during(now));
        match (self.rule, during) {
            (PriorityRule::Low, _)
            | (PriorityRule::HighDuringSupportHours, Some(false))
            | (PriorityRule::LowDuringSupportHours, Some(true)) => Priority::Low,
            _ => Priority::High,
        }
    }

    /// When an alert that this rule makes quiet now is to be raised; `None`: never, or it is not quiet.
    pub fn raised_at(&self, now: Timestamp) -> Option<Timestamp> {
        let hours = self.hours.as_ref().filter(|_| self.auto_raise && self.rule.needs_hours())?;
        (self.at(now) == Priority::Low).then(|| hours.next_border(now)).flatten()
    }

    /// Until when nobody is paged. Hours that do not begin within [`limits::HOLD_DAYS_MAX`] silence nothing: better a page too many.
    pub fn silent_until(&self, now: Timestamp) -> Option<Timestamp> {
        let hours = self.hours.as_ref().filter(|_| self.rule == PriorityRule::SilentOutsideSupportHours)?;
        let begin = (!hours.is_during(now)).then(|| hours.next_border(now)).flatten()?;
        (begin.duration_since(now) <= SignedDuration::from_hours(24 * limits::HOLD_DAYS_MAX)).then_some(begin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Holidays;
    use crate::support_hours::{DaySpan, Exception, SupportHours, SupportStatus};
    use jiff::civil::{date, time};

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn loudness(rule: PriorityRule, closed_days: i8) -> Loudness {
        let days = std::array::from_fn(|_| vec![DaySpan { from: time(8, 0, 0, 0), until: time(18, 0, 0, 0) }]);
        let first = date(2026, 3, 2);
        let end = first.saturating_add(jiff::Span::new().days(i64::from(closed_days) - 1));
        let closed = Exception { name: "Closed".into(), start: first, end, status: SupportStatus::Outside };
        let exceptions = if closed_days > 0 { vec![closed] } else { Vec::new() };
        let body = SupportHours { zone: "UTC".into(), days, exceptions, calendar: None };
        let hours = Hours::new(&body, Holidays::new()).expect("a zone");
        Loudness { rule, hours: Some(Arc::new(hours)), auto_raise: true }
    }

    #[test]
    fn the_rules_at_a_border() {
        use PriorityRule::{High, HighDuringSupportHours, Low, LowDuringSupportHours, SilentOutsideSupportHours};
        let (before, start) = (at("2026-03-01T07:59:59Z"), at("2026-03-01T08:00Z"));
        for (rule, outside, during) in [
            (High, Priority::High, Priority::High),
            (Low, Priority::Low, Priority::Low),
            (HighDuringSupportHours, Priority::Low, Priority::High),
            (LowDuringSupportHours, Priority::High, Priority::Low),
            (SilentOutsideSupportHours, Priority::High, Priority::High),
        ] {
            let loudness = loudness(rule, 0);
            assert_eq!((loudness.at(before), loudness.at(start)), (outside, during), "{rule}");
        }
        assert_eq!(loudness(HighDuringSupportHours, 0).raised_at(before), Some(start));
        assert_eq!(loudness(HighDuringSupportHours, 0).raised_at(start), None);
        assert_eq!(loudness(LowDuringSupportHours, 0).raised_at(start), Some(at("2026-03-01T18:00Z")));
        assert_eq!(loudness(Low, 0).raised_at(before), None);
        assert_eq!(loudness(SilentOutsideSupportHours, 0).silent_until(before), Some(start));
        assert_eq!(loudness(SilentOutsideSupportHours, 0).silent_until(start), None);
    }

    #[test]
    fn hours_that_begin_too_late_silence_nothing_and_missing_ones_page() {
        let evening = at("2026-03-01T20:00Z");
        assert_eq!(
            loudness(PriorityRule::SilentOutsideSupportHours, 30).silent_until(evening),
            Some(at("2026-04-01T08:00Z"))
        );
        assert_eq!(loudness(PriorityRule::SilentOutsideSupportHours, 31).silent_until(evening), None);
        for rule in PriorityRule::ALL.iter().filter(|rule| rule.needs_hours()) {
            let lost = Loudness { rule: *rule, hours: None, auto_raise: true };
            assert_eq!((lost.at(evening), lost.silent_until(evening)), (Priority::High, None), "{rule}");
        }
    }
}
