//! What the lists of the editor offer.

use crate::components::field::Choice;

/// A window on each day.
pub const EACH_DAY: &str = "";
/// A window on each day from Monday to Friday.
pub const WEEKDAYS: &str = "WEEKDAYS";
/// A window on Saturday and on Sunday.
pub const WEEKEND: &str = "WEEKEND";
/// A window that ends on the day it begins, or on the next where the time says so.
pub const SAME_DAY: &str = "";

const DAYS: [(&str, &str); 7] = [
    ("MONDAY", "Monday"),
    ("TUESDAY", "Tuesday"),
    ("WEDNESDAY", "Wednesday"),
    ("THURSDAY", "Thursday"),
    ("FRIDAY", "Friday"),
    ("SATURDAY", "Saturday"),
    ("SUNDAY", "Sunday"),
];

/// On which days a window begins.
pub(super) fn first_days() -> Vec<Choice> {
    let groups = [(EACH_DAY, "Each day"), (WEEKDAYS, "Monday to Friday, each"), (WEEKEND, "Saturday and Sunday, each")];
    Choice::list(&groups).into_iter().chain(Choice::list(&DAYS)).collect()
}

/// On which days it ends.
pub(super) fn last_days() -> Vec<Choice> {
    Choice::list(&[(SAME_DAY, "the same day, or the next")]).into_iter().chain(Choice::list(&DAYS)).collect()
}

/// What a rotation counts in.
pub(super) fn units() -> Vec<Choice> {
    Choice::list(&[("HOURS", "hours"), ("DAYS", "days"), ("WEEKS", "weeks"), ("MONTHS", "months")])
}

/// What holidays do to a layer.
pub(super) fn holiday_rules() -> Vec<Choice> {
    Choice::list(&[("ANY", "Counts on holidays too"), ("NEVER", "Never on holidays"), ("ONLY", "Only on holidays")])
}

/// Calendars, and none.
pub(super) fn calendars(all: &[Choice]) -> Vec<Choice> {
    std::iter::once(Choice::new("", "None")).chain(all.iter().cloned()).collect()
}
