//! The escalation of an alert as a picture: levels, who they call, and where it stands.

use super::super::levels::Behind;
use super::around::Around;
use crate::app::App;
use watchbell_core::alert::{Alert, Priority, Status};
use watchbell_core::escalation::Level;
use watchbell_core::timeline::Entry;
use watchbell_store::scope::Scope;
use watchbell_store::timeline::LogEntry;
use watchbell_store::{StoreError, policies};
use watchbell_ui::pages::escalation::{EscalationView, LevelState};
use watchbell_ui::routes;

/// The picture of an alert. `log`: its latest entries.
pub(super) async fn picture(
    app: &App,
    scope: &Scope,
    (alert, around, log): (&Alert, &Around, &[LogEntry]),
) -> Result<EscalationView, StoreError> {
    let escalation = &alert.escalation;
    let version = around.policies.get(&(escalation.policy, escalation.version));
    let name = policies::get_many(&app.db, scope, &[escalation.policy]).await?.pop().map(|policy| policy.name);
    let levels: Vec<&Level> = version.iter().flat_map(|policy| &policy.levels).collect();
    let behind = Behind::load(app, scope, &levels).await?;
    let levels = levels.into_iter().enumerate().map(|(at, level)| {
        behind.view(level, alert.priority, state(alert, log, i64::try_from(at).unwrap_or(i64::MAX)))
    });
    let passes = version.map_or(1, |policy| policy.passes);
    Ok(EscalationView {
        policy: (name.unwrap_or_else(|| "a deleted policy".into()), routes::policy(escalation.policy)),
        levels: levels.collect(),
        pass: (escalation.pass - escalation.first_pass + 1).clamp(1, passes.max(1)),
        passes,
        next_at: escalation.next_step_at.filter(|_| alert.status == Status::Pending),
        note: note(alert, around),
    })
}

fn state(alert: &Alert, log: &[LogEntry], level: i64) -> LevelState {
    let escalation = &alert.escalation;
    // Where nobody was there, the next pass waits to begin: the picture shows the one that failed.
    let looks_again = alert.nobody_notified_at.is_some() && escalation.level < 0;
    let is_shown = |pass: i64| match looks_again {
        true => pass < escalation.pass && pass + 2 >= escalation.pass,
        false => pass == escalation.pass,
    };
    let failed = log.iter().any(|entry| match &entry.entry {
        Entry::LevelEmpty { pass, level: l, .. } | Entry::LevelUnreachable { pass, level: l } => {
            is_shown(*pass) && *l == level
        }
        _ => false,
    });
    let runs =
        alert.status == Status::Pending && (escalation.next_step_at.is_some() || alert.priority == Priority::Low);
    match level.cmp(&escalation.level) {
        _ if failed => LevelState::Unreachable,
        std::cmp::Ordering::Less => LevelState::Past,
        std::cmp::Ordering::Equal if runs => LevelState::Here,
        std::cmp::Ordering::Equal => LevelState::Past,
        std::cmp::Ordering::Greater => LevelState::Ahead,
    }
}

/// What holds it, in words.
fn note(alert: &Alert, around: &Around) -> String {
    let escalation = &alert.escalation;
    match alert.status {
        Status::Pending | Status::Accepted if alert.snoozed_until.is_some() => {
            "Snoozed: nobody is called until it is over.".into()
        }
        Status::Accepted => {
            format!("Stopped: {} has it.", around.accepted_by(alert))
        }
        Status::Resolved => "Over: the alert is resolved.".into(),
        Status::Pending if escalation.direct.is_some() => {
            "Given to a person first; the policy begins if they stay silent.".into()
        }
        Status::Pending if alert.priority == Priority::Low => "Quiet: only the first level is told.".into(),
        Status::Pending if alert.nobody_notified_at.is_some() && escalation.level < 0 => {
            "Nobody could be called: it is tried again until somebody can.".into()
        }
        Status::Pending if escalation.next_step_at.is_none() => "All levels were called, nobody accepted.".into(),
        Status::Pending if escalation.level < 0 => "The first level has not been called yet.".into(),
        Status::Pending => String::new(),
    }
}
