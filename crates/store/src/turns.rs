//! Whose turn is next at levels that take turns. Held until the unit ends, so that two alerts never take the same one.

use crate::db::Tx;
use crate::error::StoreError;
use crate::reader::Reader;
use crate::value::Rows;
use std::collections::BTreeMap;
use watchbell_core::escalation::{Advance, Policy};
use watchbell_core::ids::{OrgId, PolicyId};

sql! {
    HOLD {
        sqlite: "INSERT INTO escalation_turn (org_id, policy_id, level, turn) SELECT value ->> 0, value ->> 1, value ->> 2, 0 FROM jsonb_each($1) WHERE true
            ON CONFLICT (org_id, policy_id, level) DO UPDATE SET turn = escalation_turn.turn RETURNING policy_id, level, turn",
        postgres: "INSERT INTO escalation_turn (org_id, policy_id, level, turn) SELECT org_id, policy_id, level, 0 FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[]) AS v (org_id, policy_id, level)
            ON CONFLICT (org_id, policy_id, level) DO UPDATE SET turn = escalation_turn.turn RETURNING policy_id, level, turn",
    }
    OF_POLICY { both: "SELECT level, turn FROM escalation_turn WHERE org_id = $1 AND policy_id = $2 ORDER BY level" }
    MOVE {
        sqlite: "UPDATE escalation_turn SET turn = v.turn FROM (SELECT value ->> 0 AS org_id, value ->> 1 AS policy_id, value ->> 2 AS level, value ->> 3 AS turn FROM jsonb_each($1)) AS v
            WHERE escalation_turn.org_id = v.org_id AND escalation_turn.policy_id = v.policy_id AND escalation_turn.level = v.level",
        postgres: "UPDATE escalation_turn SET turn = v.turn FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS v (org_id, policy_id, level, turn)
            WHERE escalation_turn.org_id = v.org_id AND escalation_turn.policy_id = v.policy_id AND escalation_turn.level = v.level",
    }
}

/// Policy and level.
type Place = (PolicyId, i64);

/// Holds the turns of the levels of policies that take turns. Asks nothing where none does.
pub(crate) async fn hold<'p>(
    tx: &mut Tx,
    org: OrgId,
    policies: impl Iterator<Item = &'p Policy>,
) -> Result<BTreeMap<Place, i64>, StoreError> {
    let mut places: Vec<Place> = policies.flat_map(places_of).collect();
    places.sort_unstable();
    places.dedup();
    let mut rows = Rows::default();
    places.into_iter().for_each(|(policy, level)| rows.push(crate::args![org, policy, level]));
    let held: Vec<(i64, i64, i64)> = tx.all_many(HOLD, rows).await?;
    Ok(held.into_iter().map(|(policy, level, turn)| ((PolicyId(policy), level), turn)).collect())
}

/// Whose turn is next at the levels of a policy, for a look ahead.
pub(crate) async fn of_policy(
    reader: &mut Reader<'_>,
    org: OrgId,
    policy: PolicyId,
) -> Result<BTreeMap<Place, i64>, StoreError> {
    let turns: Vec<(i64, i64)> = reader.all(OF_POLICY, crate::args![org, policy]).await?;
    Ok(turns.into_iter().map(|(level, turn)| ((policy, level), turn)).collect())
}

fn places_of(policy: &Policy) -> Vec<Place> {
    let numbered = (0..).zip(&policy.levels);
    numbered.filter(|(_, level)| level.round_robin).map(|(number, _)| (policy.id, number)).collect()
}

/// Keeps whose turn is next after these steps.
pub(crate) async fn keep(tx: &mut Tx, org: OrgId, advances: &[Advance]) -> Result<(), StoreError> {
    let moved: BTreeMap<Place, i64> = advances.iter().filter_map(|done| done.turn).collect();
    let mut rows = Rows::default();
    moved.into_iter().for_each(|((policy, level), turn)| rows.push(crate::args![org, policy, level, turn]));
    tx.exec_many(MOVE, rows).await.map(|_| ())
}
