//! What keeps an alert from being paged at first: silent hours of its source, or a maintenance window that covers it. It stands
//! before the first level only: an escalation that runs goes on, and whoever asks for pages (raises, escalates, gives it to
//! somebody) gets them.

use crate::alert::{Alert, Status};
use crate::escalation::Advance;
use crate::ids::{MaintenanceWindowId, SourceId, SupportHoursId};
use crate::maintenance::{Occurrences, Window};
use crate::priority_rule::Loudness;
use crate::timeline::Entry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What holds an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", content = "id", rename_all = "snake_case")]
pub enum Because {
    /// It is outside these hours, and its source is silent then.
    SupportHours(SupportHoursId),
    /// This window covers it.
    Maintenance(MaintenanceWindowId),
}

/// Why nobody is paged, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// What holds it.
    #[serde(flatten)]
    pub because: Because,
    /// The name of that.
    pub name: String,
    /// The border.
    pub until: Timestamp,
    /// Whether it pages then, if it is still open.
    pub pages_then: bool,
}

/// A window that is not over, by its id and name.
#[derive(Debug, Clone)]
pub struct KnownWindow {
    /// Which.
    pub id: MaintenanceWindowId,
    /// Its name.
    pub name: String,
    /// The rest.
    pub window: Window,
}

/// The rule of a source that is silent outside its hours.
#[derive(Debug, Clone)]
pub struct Silence {
    /// Which hours.
    pub id: SupportHoursId,
    /// Their name.
    pub name: String,
    /// The rule.
    pub loudness: Loudness,
}

/// All that may hold alerts back.
#[derive(Debug, Clone, Default)]
pub struct Holds {
    /// By source.
    pub silences: BTreeMap<SourceId, Silence>,
    /// Windows that are open now, with the end of the time that runs.
    pub windows: Vec<(KnownWindow, Timestamp)>,
}

impl Holds {
    /// Whether a step of this alert asks them at all.
    pub fn concern(alert: &Alert, now: Timestamp) -> bool {
        let escalation = &alert.escalation;
        alert.status == Status::Pending
            && escalation.next_step_at.is_some_and(|at| at <= now)
            && (escalation.pass, escalation.first_pass, escalation.level) == (1, 1, -1)
            && escalation.direct.is_none()
    }

    /// What holds an alert now; of several, what holds it longest.
    pub fn of(&self, alert: &Alert, now: Timestamp) -> Option<Hold> {
        let silence = self.silences.get(&alert.source).and_then(|silence| {
            let until = silence.loudness.silent_until(now)?;
            let because = Because::SupportHours(silence.id);
            Some(Hold { because, name: silence.name.clone(), until, pages_then: true })
        });
        let covering = self.windows.iter().filter(|(known, _)| known.window.covers.hold(alert));
        let windows = covering.map(|(known, until)| Hold {
            because: Because::Maintenance(known.id),
            name: known.name.clone(),
            until: *until,
            pages_then: known.window.pages_at_end,
        });
        let mut all: Vec<Hold> = silence.into_iter().chain(windows).collect();
        all.sort_by_key(|hold| hold.until);
        // Where one of them wants a page, another that ends later does not swallow it.
        let pages_then = all.iter().chain(&alert.held).any(|hold| hold.pages_then);
        all.pop().map(|longest| Hold { pages_then, ..longest })
    }

    /// The step of an alert that is held: nobody is paged. `None`: nothing holds it, and the escalation goes on.
    pub fn step(&self, alert: &Alert, now: Timestamp) -> Option<Advance> {
        if !Self::concern(alert, now) {
            return None;
        }
        match (self.of(alert, now), &alert.held) {
            (Some(hold), _) => Some(stand(alert, hold)),
            (None, Some(before)) if !before.pages_then && !self.is_open(before.because) => {
                Some(stand(alert, before.clone()))
            }
            (None, _) => None,
        }
    }

    /// Whether what held an alert still stands for others: then it covers this one no more.
    fn is_open(&self, because: Because) -> bool {
        match because {
            Because::SupportHours(_) => true,
            Because::Maintenance(id) => self.windows.iter().any(|(known, _)| known.id == id),
        }
    }
}

impl KnownWindow {
    /// Until when it is open, if it is.
    pub fn open_at(&self, now: Timestamp) -> Option<Timestamp> {
        Occurrences::of(&self.window).ok()?.open_at(now).map(|span| span.until)
    }
}

/// Holds it, or goes on holding it; the timeline says what is new.
fn stand(alert: &Alert, hold: Hold) -> Advance {
    let mut after = alert.clone();
    after.version += 1;
    after.escalation.next_step_at = hold.pages_then.then_some(hold.until);
    let is_news = alert.held.as_ref() != Some(&hold);
    let entries = if is_news { vec![Entry::Held { hold: hold.clone() }] } else { Vec::new() };
    after.held = Some(hold);
    Advance { entries, ..Advance::of(&after) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::Priority;
    use crate::alert::tests::{alert, at};
    use crate::maintenance::Covers;
    use crate::schedule::Span;

    fn known(id: i64, from: i64, until: i64, pages_at_end: bool) -> KnownWindow {
        let covers = Covers { sources: vec![SourceId(1)], ..Covers::default() };
        let first = Span::new(at(from), at(until));
        let window = Window { zone: "UTC".into(), first, repeat: None, covers, pages_at_end, ended_at: None };
        KnownWindow { id: MaintenanceWindowId(id), name: format!("Window {id}"), window }
    }

    /// Those of them that are open, as the store loads them.
    fn holds(windows: &[KnownWindow], now: i64) -> Holds {
        let open = |known: &KnownWindow| Some((known.clone(), known.open_at(at(now))?));
        Holds { windows: windows.iter().filter_map(open).collect(), ..Holds::default() }
    }

    fn step(windows: &[KnownWindow], alert: &Alert, now: i64) -> Option<Advance> {
        holds(windows, now).step(alert, at(now))
    }

    fn pending() -> Alert {
        alert(Status::Pending, Priority::High)
    }

    #[test]
    fn the_window_that_ends_last_is_the_reason_and_its_end_is_the_next_step() {
        let windows = [known(1, 0, 300, true), known(2, 0, 900, true), known(3, 400, 9_000, true)];
        let done = step(&windows, &pending(), 10).expect("it is held");
        let hold = done.alert.held.clone().expect("the reason");
        assert_eq!((hold.because, hold.until), (Because::Maintenance(MaintenanceWindowId(2)), at(900)));
        assert_eq!(done.alert.escalation.next_step_at, Some(at(900)));
        assert!(done.pages.is_empty() && matches!(done.entries[..], [Entry::Held { .. }]));
        // At that end the third one is open; when that is over, nothing is left.
        let then = step(&windows, &done.alert, 900).expect("it is held again");
        assert_eq!(then.alert.escalation.next_step_at, Some(at(9_000)));
        assert!(step(&windows, &then.alert, 9_000).is_none());
    }

    #[test]
    fn borders_are_half_open() {
        let windows = [known(1, 100, 200, true)];
        let seen = [99, 100, 199, 200].map(|now| step(&windows, &pending(), now).is_some());
        assert_eq!(seen, [false, true, true, false]);
    }

    #[test]
    fn a_window_that_does_not_page_at_its_end_stays_silent_unless_another_pages() {
        let silent = [known(1, 0, 100, false)];
        let held = step(&silent, &pending(), 0).expect("it is held").alert;
        assert_eq!(held.escalation.next_step_at, None);
        let woken = |alert: &Alert, now| {
            let mut woken = alert.clone();
            woken.escalation.next_step_at = Some(at(now));
            woken
        };
        for over in [100, 5_000] {
            let still = step(&silent, &woken(&held, over), over).expect("nobody is paged");
            assert!(still.entries.is_empty() && still.alert.escalation.next_step_at.is_none());
        }
        // Deleted: its choice stands. Open but no longer about this alert: it pages.
        assert!(step(&[], &woken(&held, 50), 50).is_some());
        let mut elsewhere = known(1, 0, 100, false);
        elsewhere.window.covers.sources = vec![SourceId(9)];
        assert!(step(&[elsewhere], &woken(&held, 50), 50).is_none());
        let both = [known(1, 0, 100, false), known(2, 0, 50, true)];
        let held = step(&both, &pending(), 0).expect("it is held").alert;
        assert_eq!(held.escalation.next_step_at, Some(at(100)));
        assert!(step(&both, &held, 100).is_none(), "one of the two wanted a page");
    }

    #[test]
    fn what_runs_or_was_asked_for_by_a_person_is_not_held() {
        let windows = [known(1, 0, 100, true)];
        let mut running = pending();
        running.escalation.level = 0;
        let mut asked = pending();
        asked.escalation.first_pass = 2;
        let mut given = pending();
        given.escalation.direct = Some(crate::ids::UserId(1));
        let accepted = alert(Status::Accepted, Priority::High);
        for alert in [running, asked, given, accepted] {
            assert!(step(&windows, &alert, 10).is_none(), "{alert:?}");
        }
    }
}
