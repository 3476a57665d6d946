//! Times as words. The clock is an argument; `app.js` keeps the same words ticking.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use watchbell_core::schedule::Span;

/// Now, and the zone that the viewer reads times in.
#[derive(Debug, Clone)]
pub struct When {
    /// Now.
    pub now: Timestamp,
    /// The viewer's zone.
    pub zone: TimeZone,
}

impl When {
    /// `Mon 23 Nov 14:05:09 UTC`: for a title, so that the exact time is one hover away.
    pub fn full(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%a %-d %b %Y %H:%M:%S %Z").to_string()
    }

    /// `14:05:09`
    pub fn clock(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%H:%M:%S").to_string()
    }

    /// `Monday 23 November`
    pub fn day(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%A %-d %B").to_string()
    }

    /// `23 Nov 14:05`, with the year where it is another one.
    pub fn short(&self, at: Timestamp) -> String {
        let (then, now) = (at.to_zoned(self.zone.clone()), self.now.to_zoned(self.zone.clone()));
        let format = if then.year() == now.year() { "%-d %b %H:%M" } else { "%-d %b %Y %H:%M" };
        then.strftime(format).to_string()
    }

    /// `Fri 4 Dec 18:00`, with the year where it is another one.
    pub fn day_time(&self, at: Timestamp) -> String {
        let (then, now) = (at.to_zoned(self.zone.clone()), self.now.to_zoned(self.zone.clone()));
        let format = if then.year() == now.year() { "%a %-d %b %H:%M" } else { "%a %-d %b %Y %H:%M" };
        then.strftime(format).to_string()
    }

    /// `Fri 4 Dec 18:00 to Sat 5 Dec 09:00`; the second day is left out where it is the first one.
    pub fn span(&self, span: Span) -> String {
        let (from, until) = (span.from.to_zoned(self.zone.clone()), span.until.to_zoned(self.zone.clone()));
        let end = match from.date() == until.date() {
            true => until.strftime("%H:%M").to_string(),
            false => self.day_time(span.until),
        };
        format!("{} to {end}", self.day_time(span.from))
    }

    /// `Mon 08:00` within the next days, else as [`Self::short`].
    pub fn border(&self, at: Timestamp) -> String {
        let ahead = at.as_second() - self.now.as_second();
        let format = if (-86_400..6 * 86_400).contains(&ahead) { "%a %H:%M" } else { return self.short(at) };
        at.to_zoned(self.zone.clone()).strftime(format).to_string()
    }

    /// Name of the viewer's zone, as `Europe/Berlin (CET)`.
    pub fn zone_name(&self) -> String {
        let short = self.now.to_zoned(self.zone.clone()).strftime("%Z").to_string();
        match self.zone.iana_name() {
            Some(name) if name != short => format!("{name} ({short})"),
            _ => short,
        }
    }

    /// How long ago, ticking: `4m`, `1h 10m`, `3d`.
    pub fn age(&self, at: Timestamp) -> Markup {
        let text = age(self.now.as_second() - at.as_second());
        html! { time.age datetime=(at) title=(self.full(at)) data-age { (text) } }
    }

    /// How long until, ticking: `in 4 min 05 s`.
    pub fn until(&self, at: Timestamp) -> Markup {
        html! { time.countdown datetime=(at) title=(self.full(at)) data-until { (until(at.as_second() - self.now.as_second())) } }
    }

    /// Date and time in the viewer's zone.
    pub fn at(&self, at: Timestamp) -> Markup {
        html! { time datetime=(at) title=(self.full(at)) { (self.short(at)) } }
    }
}

/// Seconds ago, in the shortest words.
pub fn age(seconds: i64) -> String {
    match seconds {
        ..60 => "now".into(),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h {:02}m", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// Seconds to go, to the second where it is near.
pub fn until(seconds: i64) -> String {
    match seconds {
        ..=0 => "now".into(),
        1..60 => format!("in {seconds} s"),
        60..600 => format!("in {} min {:02} s", seconds / 60, seconds % 60),
        600..7_200 => format!("in {} min", (seconds + 59) / 60),
        _ => format!("in {} h", seconds / 3_600),
    }
}

/// A length of time: `90 s`, `15 min`, `2 h`, `3 days`; whole units only, so that nothing is rounded away.
pub fn duration(seconds: i64) -> String {
    match seconds {
        0 => "at once".into(),
        s if s % 86_400 == 0 => plural(s / 86_400, "day", "days"),
        s if s % 3_600 == 0 => format!("{} h", s / 3_600),
        s if s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

/// How long a span lasts, in two units at most: `45 min`, `15 h`, `2 days 3 h`.
pub fn length(span: Span) -> String {
    let minutes = (span.until.as_second() - span.from.as_second()).max(0) / 60;
    let (days, hours, rest) = (minutes / 1_440, minutes % 1_440 / 60, minutes % 60);
    let parts = match (days, hours, rest) {
        (0, 0, rest) => [format!("{rest} min"), String::new()],
        (0, hours, 0) => [format!("{hours} h"), String::new()],
        (0, hours, rest) => [format!("{hours} h"), format!("{rest} min")],
        (days, 0, _) => [plural(days, "day", "days"), String::new()],
        (days, hours, _) => [plural(days, "day", "days"), format!("{hours} h")],
    };
    parts.join(" ").trim_end().to_owned()
}

/// `1 alert`, `2 alerts`.
pub fn plural(count: i64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn spans_name_their_days_and_lengths() {
        let span = |from: &str, until: &str| Span::new(from.parse().unwrap(), until.parse().unwrap());
        let when = When { now: "2026-11-23T09:00Z".parse().unwrap(), zone: TimeZone::UTC };
        let night = span("2026-12-04T18:00Z", "2026-12-05T09:00Z");
        assert_eq!((when.span(night), length(night)), ("Fri 4 Dec 18:00 to Sat 5 Dec 09:00".into(), "15 h".into()));
        assert_eq!(when.span(span("2026-12-04T09:00Z", "2026-12-04T17:00Z")), "Fri 4 Dec 09:00 to 17:00");
        assert_eq!(when.day_time("2027-01-01T00:00Z".parse().unwrap()), "Fri 1 Jan 2027 00:00");
        let lengths = [
            ("2026-12-04T09:00Z", "45 min"),
            ("2026-12-04T10:30Z", "2 h 15 min"),
            ("2026-12-05T08:15Z", "1 day"),
            ("2026-12-06T11:16Z", "2 days 3 h"),
        ];
        for (until, expected) in lengths {
            assert_eq!(length(span("2026-12-04T08:15Z", until)), expected, "{until}");
        }
    }

    #[test]
    fn words_at_the_borders() {
        assert_eq!(
            [age(-5), age(59), age(60), age(3_600), age(86_399), age(86_400)],
            ["now", "now", "1m", "1h 00m", "23h 59m", "1d"]
        );
        assert_eq!(
            [until(0), until(59), until(65), until(600), until(7_200)],
            ["now", "in 59 s", "in 1 min 05 s", "in 10 min", "in 2 h"]
        );
        assert_eq!(
            [duration(0), duration(90), duration(900), duration(7_200), duration(86_400)],
            ["at once", "90 s", "15 min", "2 h", "1 day"]
        );
    }
}
