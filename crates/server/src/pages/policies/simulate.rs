//! The simulator of a policy's page: what paging would do, as lines.

use super::super::local_time;
use super::super::query::Query;
use super::super::shell::full_name;
use crate::app::App;
use crate::error::ApiError;
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};
use watchbell_core::alert::Priority;
use watchbell_core::escalation::{Page, SimulatedStep};
use watchbell_core::ids::UserId;
use watchbell_core::timeline::Entry;
use watchbell_store::policies::EscalationPolicy;
use watchbell_store::scope::Scope;
use watchbell_store::{simulations, users};
use watchbell_ui::Form;
use watchbell_ui::pages::delivery::channel_name;
use watchbell_ui::pages::policy::SimulationView;
use watchbell_ui::time::{When, duration};

type Names = HashMap<UserId, String>;

/// How a policy would go, for what the address asks.
pub(super) async fn simulation(
    app: &App,
    scope: &Scope,
    policy: &EscalationPolicy,
    query: &Query,
    when: &When,
) -> Result<SimulationView, ApiError> {
    let (typed, priority) = (query.text("sim_at"), query.text("sim_priority"));
    let mut form = Form::of([("sim_at", typed.clone()), ("sim_priority", priority.clone())]);
    let at = match typed.is_empty() {
        true => Some(when.now),
        false => local_time::parse(&typed, &when.zone),
    };
    let Some(at) = at else {
        form.error("sim_at", "Must be a date and a time.");
        return Ok(SimulationView { lines: Vec::new(), goes_on: false, form });
    };
    let priority = Priority::parse(&priority).unwrap_or(Priority::High);
    let done = simulations::simulate(&app.db, scope, &policy.to_core(), priority, at).await?;
    let ids: BTreeSet<UserId> = done.steps.iter().flat_map(|step| &step.entries).flat_map(people_of).collect();
    let found = users::get_many(&app.db, scope, &ids.into_iter().collect::<Vec<_>>()).await?;
    let names: Names = found.iter().map(|user| (user.id, full_name(user))).collect();
    Ok(SimulationView {
        lines: done.steps.iter().flat_map(|step| lines(step, &names)).collect(),
        goes_on: done.goes_on,
        form,
    })
}

fn people_of(entry: &Entry) -> Vec<UserId> {
    match entry {
        Entry::LevelStarted { users, .. } | Entry::HandedOver { users, .. } => users.clone(),
        Entry::LevelEmpty { unreachable, .. } => unreachable.clone(),
        _ => Vec::new(),
    }
}

fn lines(step: &SimulatedStep, names: &Names) -> Vec<(Timestamp, String, bool)> {
    let name = |id: &UserId| names.get(id).cloned().unwrap_or_else(|| format!("user {id}"));
    let all = |ids: &[UserId]| ids.iter().map(name).collect::<Vec<_>>().join(", ");
    let line = |entry: &Entry| match entry {
        Entry::LevelStarted { pass, level, unreachable, .. } => {
            let without =
                if unreachable.is_empty() { String::new() } else { format!("; cannot be paged: {}", all(unreachable)) };
            let pass = if *pass > 1 { format!(", pass {pass}") } else { String::new() };
            Some((
                format!("Level {}{pass} is called: {}{without}", level + 1, pages(&step.pages, step.at, &name)),
                false,
            ))
        }
        Entry::HandedOver { .. } => {
            Some((format!("Hand-over, called as well: {}", pages(&step.pages, step.at, &name)), false))
        }
        Entry::LevelEmpty { level, .. } => Some((format!("Level {} has nobody who can be paged", level + 1), true)),
        Entry::NotPagedByRule { level, reason, .. } => {
            Some((format!("Level {} is not paged by rule: {reason}", level + 1), false))
        }
        Entry::EscalationEnded => Some(("All levels were called".into(), false)),
        Entry::NobodyNotified => {
            Some(("Nobody is notified: the fallback contacts are told, and it is tried again each minute".into(), true))
        }
        _ => None,
    };
    step.entries.iter().filter_map(line).map(|(text, is_fault)| (step.at, text, is_fault)).collect()
}

/// "Ann Lee over e-mail at once, over push after 5 min".
fn pages(pages: &[Page], at: Timestamp, name: &impl Fn(&UserId) -> String) -> String {
    let said = pages.iter().map(|page| {
        let delay = match page.planned.due_at.as_second() - at.as_second() {
            ..=0 => "at once".to_owned(),
            later => format!("after {}", duration(later)),
        };
        format!("{} over {} {delay}", name(&page.planned.user), channel_name(page.planned.channel))
    });
    said.collect::<Vec<_>>().join(", ")
}
