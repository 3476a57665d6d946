//! Who is told that an alert changed: those whom it woke or who respond to it, and who asked for it; never who did it.

use crate::alerts;
use crate::db::Tx;
use crate::error::StoreError;
use crate::jobs::{self, NewJob};
use crate::notifications::{self, NewNotification};
use crate::recipients;
use crate::recipients::usable;
use crate::scope::Scope;
use jiff::Timestamp;
use watchbell_core::alert::{Alert, Priority, Update};
use watchbell_core::ids::{AlertId, NotificationId};
use watchbell_core::notify::{self, NotificationState, Purpose};
use watchbell_core::timeline::Actor;
use watchbell_core::user::Recipient;

sql! {
    WHO_ASKED {
        both: concat!("SELECT DISTINCT p.user_id, p.contact_id, p.method AS channel, c.target FROM notification_preference p
            JOIN contact c ON c.org_id = p.org_id AND c.id = p.contact_id AND ", usable!("p.method"), " AND p.method <> 'VOICE'
            WHERE p.org_id = $1 AND p.collection = 'UPDATES' AND p.kind = $3 AND p.user_id <> $4 AND (
                EXISTS (SELECT 1 FROM alert_responder r WHERE r.org_id = p.org_id AND r.alert_id = $2 AND r.user_id = p.user_id)
                OR EXISTS (SELECT 1 FROM notification n WHERE n.org_id = p.org_id AND n.alert_id = $2 AND n.user_id = p.user_id AND (n.state IN ('SENT', 'DELIVERED') OR n.summary_id IS NOT NULL)))
            ORDER BY p.user_id, p.contact_id")
    }
    /// Those whom it paged, over the contacts that did; who said how they want to be told is told so instead. Not those of a summary: a
    /// storm that ends would tell of each alert.
    WHO_WAS_PAGED {
        both: concat!("SELECT DISTINCT n.user_id, n.contact_id, n.channel, c.target FROM notification n
            JOIN user_account u ON u.org_id = n.org_id AND u.id = n.user_id AND u.told_of_answers
            JOIN contact c ON c.org_id = n.org_id AND c.id = n.contact_id AND ", usable!("n.channel"), " AND n.channel <> 'VOICE'
            WHERE n.org_id = $1 AND n.alert_id = $2 AND n.purpose = 'PAGE' AND n.state IN ('SENT', 'DELIVERED') AND n.user_id <> $4
            AND NOT EXISTS (SELECT 1 FROM notification_preference p WHERE p.org_id = n.org_id AND p.user_id = n.user_id AND p.collection = 'UPDATES' AND p.kind = $3)
            ORDER BY n.user_id, n.contact_id")
    }
    /// The responders' contacts that would page them at once.
    RESPONDERS {
        both: concat!("SELECT DISTINCT p.user_id, p.contact_id, p.method AS channel, c.target FROM alert_responder r
            JOIN notification_preference p ON p.org_id = r.org_id AND p.user_id = r.user_id AND p.collection = 'ALERTS' AND p.kind = $3 AND p.delay_s = 0
            JOIN contact c ON c.org_id = p.org_id AND c.id = p.contact_id AND ", usable!("p.method"), " AND p.method <> 'VOICE'
            WHERE r.org_id = $1 AND r.alert_id = $2 AND r.status = 'ACCEPTED' AND r.user_id <> $4 ORDER BY p.user_id, p.contact_id")
    }
}

#[derive(sqlx::FromRow)]
struct Addressee {
    user_id: i64,
    contact_id: i64,
    channel: String,
    target: String,
}

/// Plans the notices of a change, with their jobs.
pub async fn plan(
    tx: &mut Tx,
    scope: &Scope,
    alert: AlertId,
    update: Update,
    by: &Actor,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some((alert, _)) = alerts::lock(tx, scope.org, vec![alert.0]).await?.pop() else { return Ok(()) };
    let actor = by.user().map_or(0, |user| user.0);
    let mut addressees: Vec<Addressee> = match update {
        Update::Told | Update::Untouched | Update::Woken => {
            let priority = format!("{}_PRIORITY", alert.priority);
            tx.all(RESPONDERS, crate::args![scope.org, alert.id, priority, actor]).await?
        }
        Update::Accepted | Update::Resolved | Update::Escalated => {
            tx.all(WHO_ASKED, crate::args![scope.org, alert.id, update.as_str(), actor]).await?
        }
    };
    if matches!(update, Update::Accepted | Update::Resolved) {
        let args = crate::args![scope.org, alert.id, update.as_str(), actor];
        addressees.extend(tx.all::<Addressee>(WHO_WAS_PAGED, args).await?);
    }
    let ids = notifications::next_ids(tx, addressees.len()).await?;
    let quiet = quiet_hours(tx, scope, &alert, &addressees).await?;
    let due_at = |user: i64| quiet.iter().find(|of| of.user.0 == user).map_or(now, |of| of.silence.quiet_due(now));
    let notices = addressees
        .into_iter()
        .zip(ids)
        .map(|(to, id)| NewNotification { due_at: due_at(to.user_id), ..notice(&alert, update, to, id, now) });
    let notices: Vec<NewNotification> = notices.collect();
    notifications::insert(tx, scope.org, &notices).await?;
    // News never stand in the way of pages: closing a thousand alerts holds nobody's page back.
    let send = |notice: &NewNotification| {
        NewJob::send(
            scope.org,
            notice.id.0,
            &notice.channel,
            notify::rank(Purpose::Update, notice.priority, true),
            notice.due_at,
        )
    };
    jobs::ask(tx, notices.iter().map(send).collect()).await
}

/// News of a quiet alert wait like its messages do; those of others never.
async fn quiet_hours(
    tx: &mut Tx,
    scope: &Scope,
    alert: &Alert,
    to: &[Addressee],
) -> Result<Vec<Recipient>, StoreError> {
    match alert.priority {
        Priority::High => Ok(Vec::new()),
        Priority::Low => {
            let users = to.iter().map(|to| to.user_id).collect();
            recipients::recipients(&mut tx.into(), scope.org, users).await
        }
    }
}

fn notice(alert: &Alert, update: Update, to: Addressee, id: i64, now: Timestamp) -> NewNotification {
    NewNotification {
        id: NotificationId(id),
        alert: Some(alert.id),
        source: alert.source,
        pass: alert.escalation.pass,
        level: alert.escalation.level,
        user: to.user_id,
        preference: None,
        contact: to.contact_id,
        channel: to.channel,
        target: Some(to.target),
        purpose: Purpose::Update,
        priority: alert.priority,
        about: Some(update.as_str()),
        state: NotificationState::Planned,
        reason: None,
        in_summary: false,
        due_at: now,
        planned_at: now,
    }
}
