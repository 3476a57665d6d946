//! Where a message stands, with what decides whether it is still wanted.

use crate::bundles::Candidate;
use crate::db::Tx;
use crate::error::StoreError;
use crate::jobs::Job;
use crate::value::Rows;
use std::collections::BTreeMap;
use watchbell_core::alert::Priority;
use watchbell_core::escalation;
use watchbell_core::ids::{AlertId, JobId, NotificationId, OrgId};
use watchbell_core::notify::{self, Purpose};

macro_rules! standing {
    ($asked:literal) => {
        concat!(
            "SELECT v.job_id, n.id, n.alert_id, n.source_id, n.contact_id, n.user_id, n.pass, n.level, n.purpose, n.channel, n.state, n.tries, n.planned_at, n.due_at, n.failed_with,
            a.status AS alert_status, a.pass AS alert_pass, a.first_pass AS alert_first_pass, a.accepted_at AS alert_accepted_at, a.priority AS alert_priority,
            EXISTS (SELECT 1 FROM alert_responder r WHERE r.org_id = n.org_id AND r.alert_id = n.alert_id AND r.user_id = n.user_id AND r.status = 'PENDING') AS is_called,
            EXISTS (SELECT 1 FROM job j WHERE j.id = v.job_id AND j.generation = v.generation) AS is_held
            FROM ", $asked, " JOIN notification n ON n.org_id = v.org_id AND n.id = v.id LEFT JOIN alert a ON a.org_id = n.org_id AND a.id = n.alert_id ORDER BY n.id"
        )
    };
    (sqlite) => {
        standing!("(SELECT value ->> 0 AS org_id, value ->> 1 AS id, value ->> 2 AS job_id, value ->> 3 AS generation FROM jsonb_each($1)) AS v")
    };
    (postgres) => {
        standing!("UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS v (org_id, id, job_id, generation)")
    };
}

sql! {
    STANDING { sqlite: standing!(sqlite), postgres: concat!(standing!(postgres), " FOR UPDATE OF n") }
    /// Only of those that nobody else is changing.
    STANDING_FREE { sqlite: standing!(sqlite), postgres: concat!(standing!(postgres), " FOR UPDATE OF n SKIP LOCKED") }
}

/// Where a notification stands, with what of its alert decides whether it is wanted.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Standing {
    pub(super) job_id: i64,
    pub(super) id: i64,
    pub(super) alert_id: Option<i64>,
    pub(super) source_id: Option<i64>,
    pub(super) contact_id: Option<i64>,
    pub(super) user_id: i64,
    pub(super) pass: i64,
    pub(super) level: i64,
    pub(super) purpose: String,
    pub(super) channel: String,
    pub(super) state: String,
    pub(super) tries: i64,
    /// The accounts that failed with it, as a JSON list.
    pub(super) failed_with: Option<String>,
    pub(super) planned_at: i64,
    pub(super) due_at: i64,
    pub(super) alert_status: Option<String>,
    pub(super) alert_pass: Option<i64>,
    pub(super) alert_first_pass: Option<i64>,
    pub(super) alert_accepted_at: Option<i64>,
    pub(super) alert_priority: Option<String>,
    /// Whether the user was asked to respond and has not accepted yet.
    pub(super) is_called: bool,
    /// Whether the job's lease still holds.
    pub(super) is_held: bool,
}

impl Standing {
    /// The accounts that failed with it, each as often as it did.
    pub(super) fn failed_with(&self) -> Vec<&str> {
        // A list that cannot be read is empty: then an account is tried once more.
        self.failed_with.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
    }

    /// Whether a page is still for the one who has it now: not when the alert was accepted, or given to somebody else since.
    /// Who has accepted it may call others; their pages were planned later than that.
    pub(super) fn is_wanted(&self) -> bool {
        if self.purpose != Purpose::Page.as_str() {
            return true;
        }
        match self.alert_status.as_deref() {
            Some("PENDING") => self
                .alert_first_pass
                .zip(self.alert_pass)
                .is_some_and(|(first, running)| escalation::goes_out(self.pass, first, running)),
            Some("ACCEPTED") => self.level < 0 && self.is_called && Some(self.planned_at) >= self.alert_accepted_at,
            _ => false,
        }
    }

    /// What decides whether a summary stands for it; `None` where it is of no source or contact, and is never held back.
    pub(super) fn candidate(&self) -> Option<Candidate> {
        Some(Candidate::new((self.source_id?, self.contact_id?), &self.channel, self.alert_id.map(AlertId)))
    }

    /// What goes first where it is sent once more, since it reached nobody.
    pub(super) fn rank(&self) -> i64 {
        let purpose = Purpose::parse(&self.purpose).unwrap_or(Purpose::Page);
        let priority = self.alert_priority.as_deref().and_then(Priority::parse).unwrap_or(Priority::High);
        notify::rank(purpose, priority, self.alert_first_pass.is_none_or(|first| self.pass <= first))
    }

    /// A page that may be held back for a summary. One for an accepted alert is a call for help: it never is.
    pub(super) fn may_be_bundled(&self) -> bool {
        self.purpose == Purpose::Page.as_str() && self.tries == 0 && self.alert_status.as_deref() == Some("PENDING")
    }
}

/// Where the message of a job stands, held for this transaction.
pub(super) async fn standing(tx: &mut Tx, job: &Job) -> Result<Option<Standing>, StoreError> {
    Ok(tx.all_many::<Standing>(STANDING, asked([job])).await?.pop())
}

/// Where a message stands that no job is under way for, held for this transaction.
pub(super) async fn standing_of(tx: &mut Tx, org: OrgId, id: NotificationId) -> Result<Option<Standing>, StoreError> {
    let mut rows = Rows::default();
    rows.push(crate::args![org, id, 0_i64, 0_i64]);
    Ok(tx.all_many::<Standing>(STANDING, rows).await?.pop())
}

/// Where the messages of these jobs stand, held for this transaction, by job; without those that somebody else is changing.
pub(super) async fn free_standings(tx: &mut Tx, jobs: &[Job]) -> Result<BTreeMap<JobId, Standing>, StoreError> {
    let rows: Vec<Standing> = tx.all_many(STANDING_FREE, asked(jobs)).await?;
    Ok(rows.into_iter().map(|standing| (JobId(standing.job_id), standing)).collect())
}

fn asked<'j>(jobs: impl IntoIterator<Item = &'j Job>) -> Rows {
    let mut rows = Rows::default();
    jobs.into_iter().for_each(|job| rows.push(crate::args![job.org, job.subject, job.id, job.generation]));
    rows
}
