//! A ticket that Autotask does not know: made a moment ago and not yet everywhere, or deleted.

use super::act::{apply_from_ticket, event_verdict};
use super::fetch::Run;
use super::order::FetchOrder;
use super::remembered::Remembered;
use super::shared;
use super::sight::view_of;
use super::source::TicketSource;
use super::words;
use crate::app::App;
use crate::engine::run::JobError;
use autotask::TicketRef;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use watchbell_core::alert::Happening;
use watchbell_core::autotask::{Effect, GONE_RETRY_S, decide_gone};
use watchbell_core::ids::AlertId;
use watchbell_core::timeline::Actor;
use watchbell_store::db::Tx;
use watchbell_store::{StoreError, events, job_changes, jobs, tickets};

/// Notes that there is no such ticket: asks again at first, and believes it in the end.
pub(super) async fn note(app: &App, source: &Arc<TicketSource>, run: &Run) -> Result<(), JobError> {
    let now = app.clock.now();
    if let Some(again_s) = GONE_RETRY_S.get(run.order.gone) {
        let at = now + SignedDuration::from_secs(*again_s);
        let (job, order) = (run.job.clone(), FetchOrder { gone: run.order.gone + 1, ..run.order.clone() });
        let retry = app.db.write(move |tx| {
            Box::pin(
                async move { job_changes::retry_with(tx, &job, at, "Autotask has no such ticket", &order, now).await },
            )
        });
        return retry.await.map(|_| ()).map_err(JobError::from);
    }
    let ticket = match &run.ticket {
        TicketRef::Id(id) => Some(*id),
        TicketRef::Number(number) => {
            let known = tickets::find_by_number(&app.db, &source.scope, source.id(), number.as_str()).await?;
            known.map(|known| known.ticket_id)
        }
    };
    let (source, job, subject) = (source.clone(), run.job.clone(), run.subject.clone());
    let (org, began) = (source.scope.org, run.began);
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if !jobs::is_held(tx, &job).await? {
                return Ok(Vec::new());
            }
            let changed = believe(tx, &source, ticket, Some((&subject, began)), now).await?;
            match jobs::finish(tx, &job, now).await? {
                true => Ok(changed),
                false => Err(StoreError::Conflict("job")),
            }
        })
    });
    write.await?.into_iter().for_each(|alert: AlertId| app.bus.changed(org, alert.0));
    Ok(())
}

/// The ticket is gone: its open alert resolves with the reason, its callouts are settled. The alerts that changed.
pub(super) async fn believe(
    tx: &mut Tx,
    source: &TicketSource,
    ticket: Option<i64>,
    waiting: Option<(&str, Timestamp)>,
    now: Timestamp,
) -> Result<Vec<AlertId>, StoreError> {
    let (row, alert) = match ticket {
        Some(id) => tickets::lock_with_alert(tx, &source.scope, source.id(), id).await?,
        None => (None, None),
    };
    let known = row.as_ref().map(Remembered::read).transpose()?;
    let stood_in = shared::standing_for(tx, source, waiting.map(|(subject, _)| subject), alert.as_ref()).await?;
    let gone = decide_gone(alert.as_ref().map(|alert| view_of(alert, known.as_ref())));
    let mut changed = Vec::new();
    for effect in &gone.effects {
        if let (Effect::Resolve { reason }, Some(alert)) = (effect, &alert) {
            let reason = Some(words::say_resolve_reason(reason, &source.rules));
            let by = Actor::Outside { name: "Autotask".into() };
            apply_from_ticket(tx, source, alert.id, Happening::Resolved { reason }, by, now).await?;
            changed.push(alert.id);
        }
    }
    if let Some((subject, until)) = waiting {
        let reason = words::say_verdict(&gone.verdict, &source.rules);
        let settled = (event_verdict(&gone.verdict, false), Some(reason.as_str()), changed.first().copied());
        events::settle(tx, &source.scope, source.id(), subject, settled, until).await?;
    }
    if let Some(stood_in) = stood_in {
        changed.push(stood_in.id);
        shared::give_back(tx, source, &stood_in, now).await?;
    }
    if let Some(mut known) = known {
        known.snapshot.verdict = gone.verdict.clone();
        tickets::put(tx, &source.scope, source.id(), known.to_row(&gone.verdict, now)?).await?;
    }
    Ok(changed)
}
