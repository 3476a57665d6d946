//! Which reminders of shifts are due: each once, by the rules of whoever is on call then. What was given away meanwhile reminds nobody,
//! because this is asked when the reminder is due.

use crate::ids::{ContactId, UserId};
use crate::schedule::{Duty, Shift};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// How long after its beginning a shift is still worth a reminder: a node may have been away.
const LATE_MAX: SignedDuration = SignedDuration::from_mins(10);

/// "Remind me so": over a contact, so long before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DutyRule {
    /// Whose.
    pub user: UserId,
    /// Over what.
    pub contact: ContactId,
    /// Seconds before the shift.
    pub before_s: i64,
}

/// A reminder: its identity, so that each is sent once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reminder {
    /// When the shift begins.
    pub from: Timestamp,
    /// When it ends; `None`: it was not seen to end.
    pub until: Option<Timestamp>,
    /// By which rule.
    pub rule: DutyRule,
}

/// What is to be sent now, what counts as sent with it, and when to look again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// To be sent.
    pub send: Vec<Reminder>,
    /// Those whose time passed too: a shift that was taken over late is told of once per contact.
    pub passed: Vec<Reminder>,
    /// When the next one is due.
    pub next: Option<Timestamp>,
}

/// The reminders of a schedule. `shifts` tile a span that began before `now`; `told` are those that were sent: shift, user, contact, seconds.
pub fn due(shifts: &[Shift], rules: &[DutyRule], told: &BTreeSet<(Timestamp, DutyRule)>, now: Timestamp) -> Due {
    let mut due = Due::default();
    for (user, from, until) in beginnings(shifts) {
        if from + LATE_MAX < now {
            continue;
        }
        let mut ready: Vec<Reminder> = Vec::new();
        for rule in rules.iter().filter(|rule| rule.user == user && !told.contains(&(from, **rule))) {
            let at = from - SignedDuration::from_secs(rule.before_s);
            match at <= now {
                true => ready.push(Reminder { from, until, rule: *rule }),
                false => due.next = Some(due.next.map_or(at, |next| next.min(at))),
            }
        }
        // The latest rule of each contact speaks for those whose time passed before.
        ready.sort_by_key(|reminder| (reminder.rule.contact, reminder.rule.before_s));
        for (nth, reminder) in ready.iter().enumerate() {
            let is_first = nth == 0 || ready[nth - 1].rule.contact != reminder.rule.contact;
            if is_first { due.send.push(*reminder) } else { due.passed.push(*reminder) }
        }
    }
    due
}

/// Where somebody begins to be on call who was not just before: a hand-over to oneself is none.
fn beginnings(shifts: &[Shift]) -> Vec<(UserId, Timestamp, Option<Timestamp>)> {
    let mut turns: Vec<(Duty, Timestamp, Timestamp)> = Vec::new();
    for shift in shifts {
        match turns.last_mut() {
            Some((duty, _, until)) if *duty == shift.duty && *until == shift.span.from => *until = shift.span.until,
            _ => turns.push((shift.duty, shift.span.from, shift.span.until)),
        }
    }
    let end = turns.last().map(|(_, _, until)| *until);
    // The first one began before the span.
    let turns = turns.into_iter().skip(1);
    turns
        .filter_map(|(duty, from, until)| Some((duty.user()?, from, Some(until).filter(|at| Some(*at) != end))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{Because, Span};

    fn at(min: i64) -> Timestamp {
        Timestamp::from_second(min * 60).unwrap()
    }

    fn shifts(list: &[(i64, i64, i64)]) -> Vec<Shift> {
        let duty = |user| if user == 0 { Duty::Nobody } else { Duty::User(UserId(user)) };
        let shift = |(from, until, user): &(i64, i64, i64)| Shift {
            span: Span::new(at(*from), at(*until)),
            duty: duty(*user),
            because: Because::Gap,
        };
        list.iter().map(shift).collect()
    }

    fn rule(user: i64, contact: i64, min: i64) -> DutyRule {
        DutyRule { user: UserId(user), contact: ContactId(contact), before_s: min * 60 }
    }

    #[test]
    fn a_reminder_is_due_at_its_time_and_the_next_one_is_known() {
        let plan = shifts(&[(0, 1_000, 0), (1_000, 2_000, 1), (2_000, 3_000, 2)]);
        let rules = [rule(1, 7, 60), rule(1, 7, 15), rule(2, 8, 0)];
        assert_eq!(due(&plan, &rules, &BTreeSet::new(), at(900)), Due { next: Some(at(940)), ..Due::default() });
        let now = due(&plan, &rules, &BTreeSet::new(), at(940));
        assert_eq!(now.send, [Reminder { from: at(1_000), until: Some(at(2_000)), rule: rules[0] }]);
        assert_eq!(now.next, Some(at(985)));
        let told = BTreeSet::from([(at(1_000), rules[0])]);
        assert_eq!(due(&plan, &rules, &told, at(985)).send[0].rule, rules[1]);
        let told = BTreeSet::from([(at(1_000), rules[0]), (at(1_000), rules[1])]);
        assert_eq!(due(&plan, &rules, &told, at(985)), Due { next: Some(at(2_000)), ..Due::default() });
    }

    #[test]
    fn who_takes_over_late_is_told_once_and_the_last_shift_has_no_end_in_sight() {
        let plan = shifts(&[(0, 1_000, 2), (1_000, 2_000, 1)]);
        let rules = [rule(1, 7, 60), rule(1, 7, 1_440), rule(1, 9, 720)];
        let now = due(&plan, &rules, &BTreeSet::new(), at(990));
        assert_eq!(
            now.send.iter().map(|r| (r.rule, r.until)).collect::<Vec<_>>(),
            [(rules[0], None), (rules[2], None)]
        );
        assert_eq!(now.passed.iter().map(|r| r.rule).collect::<Vec<_>>(), [rules[1]]);
        assert!(due(&plan, &rules, &BTreeSet::new(), at(1_011)).send.is_empty(), "too late to help");
    }

    #[test]
    fn a_hand_over_to_oneself_and_the_shift_that_runs_remind_nobody() {
        let plan = shifts(&[(0, 1_000, 1), (1_000, 2_000, 1), (2_000, 3_000, 0), (3_000, 4_000, 1)]);
        let now = due(&plan, &[rule(1, 7, 1_440)], &BTreeSet::new(), at(1_600));
        assert_eq!(now.send.iter().map(|r| r.from).collect::<Vec<_>>(), [at(3_000)]);
    }
}
