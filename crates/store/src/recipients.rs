//! Who can be paged how: users with their usable rules, and the versions of policies that name them.

use crate::db::Tx;
use crate::error::StoreError;
use crate::reader::Reader;
use crate::stored;
use crate::value::timestamp;
use std::collections::BTreeMap;
use watchbell_core::alert::{Alert, Priority};
use watchbell_core::escalation::{Level, Policy};
use watchbell_core::ids::{ContactId, OrgId, PolicyId, RuleId, UserId};
use watchbell_core::schedule::Zone;
use watchbell_core::silence::{QuietHours, Silence};
use watchbell_core::user::{Channel, Recipient, Rule};

/// The condition that contact `c` may be used over the channel of this expression: verified, not locked, not stopped by its owner,
/// and somebody carries it.
macro_rules! usable {
    ($method:literal) => {
        concat!(
            "c.status = 'OK' AND c.verified_at IS NOT NULL AND (c.stopped_at IS NULL OR ",
            $method,
            " NOT IN ('SMS', 'WHATSAPP'))
            AND (",
            $method,
            " NOT IN ('SMS', 'VOICE', 'WHATSAPP', 'TELEGRAM', 'PUSHOVER')
                OR EXISTS (SELECT 1 FROM provider w WHERE w.org_id = c.org_id AND w.channel = ",
            $method,
            "))"
        )
    };
}
pub(crate) use usable;

sql! {
    POLICIES {
        sqlite: "SELECT policy_id, version, levels, passes, delay_s, after_accept FROM escalation_policy_version
            WHERE org_id = $1 AND (policy_id, version) IN (SELECT value ->> 0, value ->> 1 FROM json_each($2))",
        postgres: "SELECT policy_id, version, levels, passes, delay_s, after_accept FROM escalation_policy_version
            WHERE org_id = $1 AND (policy_id, version) IN (SELECT CAST(split_part(v, ',', 1) AS BIGINT), CAST(split_part(v, ',', 2) AS BIGINT) FROM UNNEST($2::text[]) AS v)",
    }
    RULES {
        sqlite: concat!("SELECT u.id AS user_id, u.timezone, u.muted_from, u.muted_until, u.quiet_from_min, u.quiet_until_min, p.id AS rule_id, p.contact_id, p.kind, p.delay_s, CASE WHEN c.id IS NOT NULL THEN p.method END AS channel FROM user_account u
            LEFT JOIN notification_preference p ON p.org_id = u.org_id AND p.user_id = u.id AND p.collection = 'ALERTS'
            LEFT JOIN contact c ON c.org_id = p.org_id AND c.id = p.contact_id AND ", usable!("p.method"), "
            WHERE u.org_id = $1 AND u.id IN (SELECT value FROM json_each($2)) ORDER BY u.id, p.id"),
        postgres: concat!("SELECT u.id AS user_id, u.timezone, u.muted_from, u.muted_until, u.quiet_from_min, u.quiet_until_min, p.id AS rule_id, p.contact_id, p.kind, p.delay_s, CASE WHEN c.id IS NOT NULL THEN p.method END AS channel FROM user_account u
            LEFT JOIN notification_preference p ON p.org_id = u.org_id AND p.user_id = u.id AND p.collection = 'ALERTS'
            LEFT JOIN contact c ON c.org_id = p.org_id AND c.id = p.contact_id AND ", usable!("p.method"), "
            WHERE u.org_id = $1 AND u.id = ANY($2) ORDER BY u.id, p.id"),
    }
}

#[derive(sqlx::FromRow)]
struct PolicyRow {
    policy_id: i64,
    version: i64,
    levels: String,
    passes: i64,
    delay_s: i64,
    after_accept: String,
}

#[derive(sqlx::FromRow)]
struct RuleRow {
    user_id: i64,
    timezone: String,
    muted_from: Option<i64>,
    muted_until: Option<i64>,
    quiet_from_min: Option<i64>,
    quiet_until_min: Option<i64>,
    rule_id: Option<i64>,
    contact_id: Option<i64>,
    kind: Option<String>,
    delay_s: Option<i64>,
    channel: Option<String>,
}

/// The policy versions that alerts run on, by (policy, version).
pub(crate) async fn policies(
    tx: &mut Tx,
    org: OrgId,
    alerts: &[&Alert],
) -> Result<BTreeMap<(PolicyId, i64), Policy>, StoreError> {
    let mut wanted: Vec<(i64, i64)> = alerts.iter().map(|a| (a.escalation.policy.0, a.escalation.version)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let sqlite = serde_json::to_string(&wanted).unwrap_or_default();
    let postgres: Vec<String> = wanted.iter().map(|(policy, version)| format!("{policy},{version}")).collect();
    let wanted = match tx {
        Tx::Sqlite(_) => crate::args![org, sqlite],
        Tx::Postgres(_) => crate::args![org, postgres],
    };
    let rows: Vec<PolicyRow> = tx.all(POLICIES, wanted).await?;
    rows.into_iter().map(|row| policy(row).map(|policy| ((policy.id, policy.version), policy))).collect()
}

fn policy(row: PolicyRow) -> Result<Policy, StoreError> {
    let levels: Vec<Level> =
        serde_json::from_str(&row.levels).map_err(|error| StoreError::unreadable("escalation policy", error))?;
    let after_accept = stored::json("escalation policy", &row.after_accept)?;
    let (id, version, passes, delay_s) = (PolicyId(row.policy_id), row.version, row.passes, row.delay_s);
    Ok(Policy { id, version, levels, passes, delay_s, after_accept })
}

/// Users with the rules that can be used: the contact is verified and not locked.
pub(crate) async fn recipients(
    reader: &mut Reader<'_>,
    org: OrgId,
    users: Vec<i64>,
) -> Result<Vec<Recipient>, StoreError> {
    let rows: Vec<RuleRow> = reader.all(RULES, crate::args![org, users]).await?;
    let mut recipients: Vec<Recipient> = Vec::new();
    for row in rows {
        if recipients.last().is_none_or(|last| last.user.0 != row.user_id) {
            recipients.push(Recipient { user: UserId(row.user_id), rules: Vec::new(), silence: silence(&row) });
        }
        let rule = rule(&row);
        recipients.last_mut().into_iter().for_each(|last| last.rules.extend(rule.clone()));
    }
    Ok(recipients)
}

fn silence(row: &RuleRow) -> Silence {
    let hours = row.quiet_from_min.zip(row.quiet_until_min).filter(|(from, until)| from != until);
    let quiet = hours.and_then(|(from_min, until_min)| {
        // A zone that is not known has no night: then nothing waits.
        Zone::named(&row.timezone).map(|zone| QuietHours { from_min, until_min, zone })
    });
    Silence { muted_from: row.muted_from.map(timestamp), muted_until: row.muted_until.map(timestamp), quiet }
}

fn rule(row: &RuleRow) -> Option<Rule> {
    let priority = match row.kind.as_deref()? {
        "HIGH_PRIORITY" => Priority::High,
        "LOW_PRIORITY" => Priority::Low,
        _ => return None,
    };
    let channel = Channel::parse(row.channel.as_deref()?)?;
    Some(Rule {
        id: RuleId(row.rule_id?),
        contact: ContactId(row.contact_id?),
        channel,
        delay_s: row.delay_s?,
        priority,
    })
}
