//! Reminders of shifts: decided when they are due, kept so that each is sent once, sent as notices.

use crate::args;
use crate::db::Tx;
use crate::error::StoreError;
use crate::jobs::{self, JobKind, NewJob};
use crate::news::{self, Addressee, News};
use crate::recipients::usable;
use crate::schedules;
use crate::scope::Scope;
use crate::value::{Rows, timestamp};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use watchbell_core::ids::{ContactId, OrgId, ScheduleId, UserId};
use watchbell_core::limits::REMIND_BEFORE_MIN_MAX;
use watchbell_core::remind::{self, DutyRule, Reminder};
use watchbell_core::schedule::{Shift, Span, shifts};

sql! {
    RULES {
        sqlite: concat!("SELECT p.user_id, p.contact_id, p.method AS channel, c.target, p.delay_s FROM notification_preference p \
            JOIN contact c ON c.org_id = p.org_id AND c.id = p.contact_id AND ", usable!("p.method"), " AND p.method <> 'VOICE' \
            WHERE p.org_id = $1 AND p.user_id IN (SELECT value FROM json_each($2)) AND p.collection = 'DUTIES' ORDER BY p.user_id, p.id"),
        postgres: concat!("SELECT p.user_id, p.contact_id, p.method AS channel, c.target, p.delay_s FROM notification_preference p \
            JOIN contact c ON c.org_id = p.org_id AND c.id = p.contact_id AND ", usable!("p.method"), " AND p.method <> 'VOICE' \
            WHERE p.org_id = $1 AND p.user_id = ANY($2) AND p.collection = 'DUTIES' ORDER BY p.user_id, p.id"),
    }
    TOLD { both: "SELECT shift_from, user_id, contact_id, before_s FROM shift_reminder WHERE org_id = $1 AND schedule_id = $2 AND shift_from > $3" }
    KEEP {
        sqlite: "INSERT INTO shift_reminder (org_id, user_id, schedule_id, shift_from, before_s, contact_id, told_at) \
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each($1) WHERE true ON CONFLICT DO NOTHING",
        postgres: "INSERT INTO shift_reminder (org_id, user_id, schedule_id, shift_from, before_s, contact_id, told_at) \
            SELECT * FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::BIGINT[], $6::BIGINT[], $7::BIGINT[]) ON CONFLICT DO NOTHING",
    }
    FORGET { both: "DELETE FROM shift_reminder WHERE org_id = $1 AND schedule_id = $2 AND shift_from <= $3" }
    /// Schedules that nothing would remind of.
    WITHOUT_JOB {
        both: "SELECT s.id FROM schedule s WHERE s.org_id = $1 AND s.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM job j \
            WHERE j.org_id = s.org_id AND j.kind = 'remind_shifts' AND j.subject_id = s.id AND j.gave_up_at IS NULL) ORDER BY s.id LIMIT $2"
    }
}

/// How far ahead shifts are looked at, to know their ends.
const SEEN_AHEAD: SignedDuration = SignedDuration::from_hours(24 * 35);
/// How far back, to know what runs already.
const SEEN_BACK: SignedDuration = SignedDuration::from_mins(30);
/// Planned anew at the latest after this time.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// Schedules whose jobs are set up at once.
const SCHEDULES_MAX: i64 = 500;

#[derive(sqlx::FromRow)]
struct RuleRow {
    user_id: i64,
    contact_id: i64,
    channel: String,
    target: String,
    delay_s: i64,
}

impl RuleRow {
    fn rule(&self) -> DutyRule {
        DutyRule { user: UserId(self.user_id), contact: ContactId(self.contact_id), before_s: self.delay_s }
    }

    fn addressee(&self) -> Addressee {
        let (user_id, contact_id) = (self.user_id, self.contact_id);
        Addressee { user_id, contact_id, channel: self.channel.clone(), target: self.target.clone() }
    }
}

/// Asks for the reminders of a schedule to be planned anew: in the unit that changes it.
pub async fn replan(tx: &mut Tx, org: OrgId, schedule: ScheduleId, now: Timestamp) -> Result<(), StoreError> {
    jobs::ask(tx, vec![job(org, schedule, now)]).await
}

fn job(org: OrgId, schedule: ScheduleId, at: Timestamp) -> NewJob {
    NewJob::new(org, JobKind::RemindShifts, schedule.0, at).once(format!("remind:{schedule}"))
}

/// Asks for the jobs of schedules that have none.
pub async fn ask_missing(tx: &mut Tx, scope: &Scope, now: Timestamp) -> Result<(), StoreError> {
    let without: Vec<(i64,)> = tx.all(WITHOUT_JOB, args![scope.org, SCHEDULES_MAX]).await?;
    jobs::ask(tx, without.into_iter().map(|(id,)| job(scope.org, ScheduleId(id), now)).collect()).await
}

/// Sends the reminders of a schedule that are due; when to look again. `None`: the schedule is gone.
pub async fn remind(
    tx: &mut Tx,
    scope: &Scope,
    schedule: ScheduleId,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    if !schedules::ids(&mut *tx, scope).await?.contains(&schedule) {
        return Ok(None);
    }
    let again = now + AGAIN;
    let shifts = upcoming(tx, scope, schedule, now).await?;
    let rows = rules(tx, scope.org, &shifts).await?;
    if rows.is_empty() {
        return Ok(Some(again));
    }
    let told = told(tx, scope.org, schedule, now).await?;
    let rules: Vec<DutyRule> = rows.iter().map(RuleRow::rule).collect();
    let due = remind::due(&shifts, &rules, &told, now);
    for reminder in &due.send {
        let to = rows.iter().find(|row| row.rule() == reminder.rule).map(RuleRow::addressee);
        let news = News::Shift { schedule: schedule.0, from: reminder.from, until: reminder.until };
        news::tell_over(tx, scope.org, to.into_iter().collect(), &news, now).await?;
    }
    keep(tx, scope.org, schedule, due.send.iter().chain(&due.passed), now).await?;
    Ok(Some(due.next.map_or(again, |next| next.min(again))))
}

async fn upcoming(tx: &mut Tx, scope: &Scope, schedule: ScheduleId, now: Timestamp) -> Result<Vec<Shift>, StoreError> {
    let span = Span::new(now - SEEN_BACK, now + SEEN_AHEAD);
    let prepared = schedules::prepared(&mut *tx, scope, &[schedule], span).await?;
    Ok(prepared.get(&schedule).map(|prepared| shifts(prepared, span)).unwrap_or_default())
}

async fn rules(tx: &mut Tx, org: OrgId, shifts: &[Shift]) -> Result<Vec<RuleRow>, StoreError> {
    let people: BTreeSet<i64> = shifts.iter().filter_map(|shift| shift.duty.user()).map(|user| user.0).collect();
    let rows: Vec<RuleRow> = tx.all(RULES, args![org, people.into_iter().collect::<Vec<i64>>()]).await?;
    // Two rules of one contact that say the same are one.
    let mut seen = BTreeMap::new();
    Ok(rows.into_iter().filter(|row| seen.insert(row.rule(), ()).is_none()).collect())
}

async fn told(
    tx: &mut Tx,
    org: OrgId,
    schedule: ScheduleId,
    now: Timestamp,
) -> Result<BTreeSet<(Timestamp, DutyRule)>, StoreError> {
    let since = now - SignedDuration::from_mins(REMIND_BEFORE_MIN_MAX);
    tx.exec(FORGET, args![org, schedule, since]).await?;
    let rows: Vec<(i64, i64, i64, i64)> = tx.all(TOLD, args![org, schedule, since]).await?;
    let rule = |user, contact, before_s| DutyRule { user: UserId(user), contact: ContactId(contact), before_s };
    Ok(rows.into_iter().map(|(from, user, contact, before)| (timestamp(from), rule(user, contact, before))).collect())
}

async fn keep(
    tx: &mut Tx,
    org: OrgId,
    schedule: ScheduleId,
    sent: impl Iterator<Item = &Reminder>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut rows = Rows::default();
    for Reminder { from, rule, .. } in sent {
        rows.push(args![org, rule.user, schedule, *from, rule.before_s, rule.contact, now]);
    }
    tx.exec_many(KEEP, rows).await.map(|_| ())
}
