//! A policy as a form, and back.

use super::super::reader::Reader;
use crate::api::policy_shapes::checked_routing_key;
use std::collections::BTreeSet;
use watchbell_core::escalation::{AfterAccept, Level, Target};
use watchbell_core::ids::{ScheduleId, TeamId, UserId};
use watchbell_core::limits::{
    AFTER_ACCEPT_MIN_MAX, LEVEL_TARGETS_MAX, LEVEL_TIMEOUT_MIN_MAX, POLICY_DELAY_MIN_MAX, POLICY_LEVELS_MAX,
    POLICY_PASSES_MAX,
};
use watchbell_store::policies::{EscalationPolicy, PolicyIn};
use watchbell_ui::Form;

/// The form of a policy that is kept.
pub(super) fn form_of(policy: &EscalationPolicy) -> Form {
    let minutes = |seconds: i64| (seconds / 60).to_string();
    let rules = policy.after_accept;
    let first = Form::of([
        ("name", policy.name.clone()),
        ("routing_key", policy.routing_key.clone().unwrap_or_default()),
        ("passes", policy.passes.to_string()),
        ("delay_min", minutes(policy.delay_s)),
        ("accept_timeout_min", minutes(rules.timeout_s)),
        ("ask_untouched_min", minutes(rules.ask_after_s)),
        ("page_untouched_min", minutes(rules.page_after_s)),
    ]);
    policy.levels.iter().enumerate().fold(first, |form, (at, level)| with_level(form, at, level))
}

fn with_level(form: Form, at: usize, level: &Level) -> Form {
    let form = form
        .with(format!("level.{at}.timeout_min"), (level.timeout_s / 60).to_string())
        .with(format!("level.{at}.accepts"), level.accepts_needed.to_string())
        .ticked(format!("level.{at}.turns"), level.round_robin);
    level.targets().into_iter().fold(form, |form, target| match target {
        Target::User(id) => form.with(format!("level.{at}.user"), id.to_string()),
        Target::Schedule(id) => form.with(format!("level.{at}.schedule"), id.to_string()),
        Target::Team(id) => form.with(format!("level.{at}.team"), id.to_string()),
    })
}

/// The policy that a form describes. `None`: it was refused, and the form says why.
pub(super) fn read(reader: &mut Reader) -> Option<PolicyIn> {
    let (name, passes) = (reader.name("name"), reader.number("passes", 1..=POLICY_PASSES_MAX));
    let delay_min = reader.number("delay_min", 0..=POLICY_DELAY_MIN_MAX);
    let after_accept = after_accept(reader);
    let levels: Vec<Level> = (0..POLICY_LEVELS_MAX).filter_map(|at| level(reader, at)).collect();
    if levels.is_empty() && !reader.form.is_refused() {
        reader.form.error("level.0", "Choose somebody.");
    }
    let routing_key = checked_routing_key("routing_key", reader.filled("routing_key"));
    let routing_key = reader.take("routing_key", routing_key);
    let (name, passes, delay_min, routing_key) = (name?, passes?, delay_min?, routing_key?);
    let (repeating, delay_s) = (passes > 1, delay_min * 60);
    let new = PolicyIn { name, routing_key, levels, passes, repeating, delay_s, after_accept: after_accept? };
    (!reader.form.is_refused()).then_some(new)
}

fn after_accept(reader: &mut Reader) -> Option<AfterAccept> {
    let mut seconds =
        |name| reader.optional_number(name, 0..=AFTER_ACCEPT_MIN_MAX).map(|minutes| minutes.unwrap_or(0) * 60);
    let (timeout_s, ask_after_s) = (seconds("accept_timeout_min"), seconds("ask_untouched_min"));
    let page_after_s = seconds("page_untouched_min");
    Some(AfterAccept { timeout_s: timeout_s?, ask_after_s: ask_after_s?, page_after_s: page_after_s? })
}

/// The ids that are ticked in a list of a row, each once.
fn ticked(reader: &Reader, at: usize, list: &str) -> Vec<i64> {
    let name = format!("level.{at}.{list}");
    let ids: BTreeSet<i64> = reader.form.all(&name).filter_map(|id| id.parse().ok()).collect();
    ids.into_iter().collect()
}

/// A row with somebody in it.
fn level(reader: &mut Reader, at: usize) -> Option<Level> {
    let row = format!("level.{at}");
    let ids = ["user", "schedule", "team"].map(|list| ticked(reader, at, list));
    let count = ids.iter().map(Vec::len).sum::<usize>();
    if count == 0 {
        return None;
    }
    if count > LEVEL_TARGETS_MAX {
        reader.form.error(row, format!("At most {LEVEL_TARGETS_MAX} people, schedules and teams."));
        return None;
    }
    let number = |field: &str| reader.form.value(&format!("level.{at}.{field}")).trim().to_owned();
    let (minutes, accepts) = (number("timeout_min").parse::<i64>().ok(), number("accepts"));
    let accepts_needed = if accepts.is_empty() { Some(1) } else { accepts.parse::<i64>().ok() };
    let minutes = minutes.filter(|minutes| (0..=LEVEL_TIMEOUT_MIN_MAX).contains(minutes));
    let most = i64::try_from(LEVEL_TARGETS_MAX).unwrap_or(i64::MAX);
    let round_robin = reader.form.is_on(&format!("level.{at}.turns"));
    match (minutes, accepts_needed.filter(|count| (1..=most).contains(count))) {
        (Some(minutes), Some(accepts_needed)) => {
            let [users, schedules, teams] = ids;
            let level = Level {
                timeout_s: minutes * 60,
                users: users.into_iter().map(UserId).collect(),
                schedules: schedules.into_iter().map(ScheduleId).collect(),
                teams: teams.into_iter().map(TeamId).collect(),
                accepts_needed,
                round_robin,
            };
            if level.needs_more_than_it_names() {
                reader.form.error(row, "More accepts than people.");
                return None;
            }
            Some(level)
        }
        (None, _) => {
            reader.form.error(row, "Say how many minutes they have to answer.");
            None
        }
        (_, None) => {
            reader.form.error(row, "Say how many have to accept, 1 or more.");
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
        let policy = read(&mut reader(&fields)).unwrap();
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
        assert!(read(&mut wrong).is_none());
        for field in ["passes", "delay_min", "level.0"] {
            assert!(wrong.form.error_of(field).is_some(), "{field}");
        }
        let mut nobody = reader(&[("name", "Night"), ("passes", "1"), ("delay_min", "0")]);
        assert!(read(&mut nobody).is_none() && nobody.form.error_of("level.0").is_some());
    }
}
