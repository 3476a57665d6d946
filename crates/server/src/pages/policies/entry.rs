//! A policy as a form, and back.

use super::super::reader::Reader;
use watchbell_core::escalation::{AfterAccept, Level};
use watchbell_core::ids::UserId;
use watchbell_core::limits::{
    LEVEL_TARGETS_MAX, LEVEL_TIMEOUT_MIN_MAX, POLICY_DELAY_MIN_MAX, POLICY_LEVELS_MAX, POLICY_PASSES_MAX,
};
use watchbell_store::policies::{EscalationPolicy, PolicyIn};
use watchbell_ui::Form;

/// The form of a policy that is kept.
pub(super) fn form_of(policy: &EscalationPolicy) -> Form {
    let first = Form::of([
        ("name", policy.name.clone()),
        ("passes", policy.passes.to_string()),
        ("delay_min", (policy.delay_s / 60).to_string()),
    ]);
    policy.levels.iter().enumerate().fold(first, |form, (at, level)| {
        let form = form.with(format!("level.{at}.timeout_min"), (level.timeout_s / 60).to_string());
        level.users.iter().fold(form, |form, user| form.with(format!("level.{at}.user"), user.to_string()))
    })
}

/// The policy that a form describes. `None`: it was refused, and the form says why. The routing key is set over the API.
pub(super) fn read(reader: &mut Reader, routing_key: Option<String>) -> Option<PolicyIn> {
    let (name, passes) = (reader.name("name"), reader.number("passes", 1..=POLICY_PASSES_MAX));
    let delay_min = reader.number("delay_min", 0..=POLICY_DELAY_MIN_MAX);
    let levels: Vec<Level> = (0..POLICY_LEVELS_MAX).filter_map(|at| level(reader, at)).collect();
    if levels.is_empty() && !reader.form.is_refused() {
        reader.form.error("level.0", "Choose at least one person.");
    }
    let (name, passes, delay_min) = (name?, passes?, delay_min?);
    let new = PolicyIn {
        name,
        routing_key,
        levels,
        passes,
        repeating: passes > 1,
        delay_s: delay_min * 60,
        after_accept: AfterAccept::OFF,
    };
    (!reader.form.is_refused()).then_some(new)
}

/// A row with somebody in it.
fn level(reader: &mut Reader, at: usize) -> Option<Level> {
    let (row, people) = (format!("level.{at}"), format!("level.{at}.user"));
    let mut users: Vec<UserId> = reader.form.all(&people).filter_map(|id| id.parse().ok()).collect();
    users.sort();
    users.dedup();
    if users.is_empty() {
        return None;
    }
    if users.len() > LEVEL_TARGETS_MAX {
        reader.form.error(row, format!("At most {LEVEL_TARGETS_MAX} people."));
        return None;
    }
    let minutes: Option<i64> = reader.form.value(&format!("level.{at}.timeout_min")).trim().parse().ok();
    match minutes.filter(|minutes| (0..=LEVEL_TIMEOUT_MIN_MAX).contains(minutes)) {
        Some(minutes) => Some(Level::of_users(users, minutes * 60)),
        None => {
            reader.form.error(row, "Say how many minutes they have to answer.");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn reader(pairs: &[(&str, &str)]) -> Reader {
        Reader { form: Form::of(pairs.iter().copied()) }
    }

    #[test]
    fn levels_without_anybody_are_left_out_and_the_rest_keeps_its_order() {
        let fields = [
            ("name", "Night"),
            ("passes", "2"),
            ("delay_min", "0"),
            ("level.0.user", "7"),
            ("level.0.user", "3"),
            ("level.0.timeout_min", "5"),
            ("level.1.timeout_min", "9"),
            ("level.2.user", "4"),
            ("level.2.timeout_min", "15"),
        ];
        let policy = read(&mut reader(&fields), None).unwrap();
        assert_eq!(
            policy.levels.iter().map(|l| (l.timeout_s, l.users.len())).collect::<Vec<_>>(),
            [(300, 2), (900, 1)]
        );
        assert!(policy.repeating);
    }

    #[test]
    fn what_is_wrong_is_said_at_its_row() {
        let mut wrong = reader(&[
            ("name", "Night"),
            ("passes", "10"),
            ("delay_min", "61"),
            ("level.0.user", "7"),
            ("level.0.timeout_min", "soon"),
        ]);
        assert!(read(&mut wrong, None).is_none());
        for field in ["passes", "delay_min", "level.0"] {
            assert!(wrong.form.error_of(field).is_some(), "{field}");
        }
        let mut nobody = reader(&[("name", "Night"), ("passes", "1"), ("delay_min", "0")]);
        assert!(read(&mut nobody, None).is_none() && nobody.form.error_of("level.0").is_some());
    }
}
