//! The escalation of an alert as a picture: levels, who they call, and where it stands.

use super::around::Around;
use crate::app::App;
use watchbell_core::alert::{Alert, Priority, Status};
use watchbell_core::ids::UserId;
use watchbell_core::timeline::Entry;
use watchbell_store::reach;
use watchbell_store::scope::Scope;
use watchbell_store::timeline::LogEntry;
use watchbell_store::{StoreError, policies};
use watchbell_ui::pages::escalation::{EscalationView, LevelState, LevelView};
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
    let everybody: Vec<UserId> =
        version.iter().flat_map(|policy| policy.levels.iter().flat_map(|level| level.users.iter().copied())).collect();
    let reach = reach::of_users(&app.db, scope, &everybody).await?;
    let can_be_paged = |user: &UserId| reach.get(user).is_some_and(|reach| reach.is_reached_by(alert.priority));
    let levels = version.iter().flat_map(|policy| policy.levels.iter()).enumerate().map(|(at, level)| LevelView {
        people: level.users.iter().map(|user| around.person(*user)).collect(),
        unreachable: level.users.iter().filter(|user| !can_be_paged(user)).map(|user| around.person(*user)).collect(),
        timeout_s: level.timeout_s,
        state: state(alert, log, i64::try_from(at).unwrap_or(i64::MAX)),
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
    let failed = log.iter().any(|entry| match &entry.entry {
        Entry::LevelEmpty { pass, level: l, .. } | Entry::LevelUnreachable { pass, level: l } => {
            (*pass, *l) == (escalation.pass, level)
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
        Status::Accepted => {
            format!("Stopped: {} has it.", around.accepted_by(alert))
        }
        Status::Resolved => "Over: the alert is resolved.".into(),
        Status::Pending if escalation.direct.is_some() => {
            "Given to a person first; the policy begins if they stay silent.".into()
        }
        Status::Pending if alert.priority == Priority::Low => "Quiet: only the first level is told.".into(),
        Status::Pending if escalation.next_step_at.is_none() => "All levels were called, nobody accepted.".into(),
        Status::Pending if escalation.level < 0 => "The first level has not been called yet.".into(),
        Status::Pending => String::new(),
    }
}
