//! The rows of all entities, in memory.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::Value;

use super::entity::Entity;
use super::row::{Row, set};

/// The rows by entity and id. Ids are never used twice.
#[derive(Debug, Default)]
pub struct Tables {
    rows: BTreeMap<Entity, BTreeMap<i64, Row>>,
    last_id: BTreeMap<Entity, i64>,
    readable_from: HashMap<(Entity, i64), Timestamp>,
}

impl Tables {
    /// A row.
    pub fn get(&self, entity: Entity, id: i64) -> Option<&Row> {
        self.rows.get(&entity)?.get(&id)
    }

    /// A row, to be changed.
    pub fn get_mut(&mut self, entity: Entity, id: i64) -> Option<&mut Row> {
        self.rows.get_mut(&entity)?.get_mut(&id)
    }

    /// The rows of an entity, by id.
    pub fn all(&self, entity: Entity) -> impl DoubleEndedIterator<Item = &Row> {
        self.rows.get(&entity).into_iter().flat_map(BTreeMap::values)
    }

    /// The rows of an entity after an id, with their ids.
    pub fn after(&self, entity: Entity, id: i64) -> impl Iterator<Item = (i64, &Row)> {
        let rows = self.rows.get(&entity).into_iter();
        rows.flat_map(move |rows| rows.range(id.saturating_add(1)..)).map(|(id, row)| (*id, row))
    }

    /// Stores a row under an id.
    pub fn insert(&mut self, entity: Entity, id: i64, mut row: Row) {
        set(&mut row, "id", id);
        self.rows.entry(entity).or_default().insert(id, row);
        let last = self.last_id.entry(entity).or_insert(id);
        *last = (*last).max(id);
    }

    /// Stores a row under a new id.
    pub fn add(&mut self, entity: Entity, row: Row) -> i64 {
        let id = self.last_id.get(&entity).copied().unwrap_or(first_id(entity) - 1) + 1;
        self.insert(entity, id, row);
        id
    }

    /// Takes a row out.
    pub fn remove(&mut self, entity: Entity, id: i64) -> Option<Row> {
        self.rows.get_mut(&entity)?.remove(&id)
    }

    /// Takes out the rows that a test picks.
    pub fn remove_where(&mut self, entity: Entity, picked: impl Fn(&Row) -> bool) {
        if let Some(rows) = self.rows.get_mut(&entity) {
            rows.retain(|_, row| !picked(row));
        }
    }

    /// Hides a row from REST readers until a time: the replication of the real service.
    pub fn hide_until(&mut self, entity: Entity, id: i64, until: Timestamp) {
        self.readable_from.insert((entity, id), until);
    }

    /// Whether REST readers see a row.
    pub fn is_readable(&self, entity: Entity, id: i64, now: Timestamp) -> bool {
        self.readable_from.get(&(entity, id)).is_none_or(|&from| now >= from)
    }
}

/// Objects that a tenant makes have eight digits; tickets and history fewer.
fn first_id(entity: Entity) -> i64 {
    match entity {
        Entity::Tickets => 10_001,
        Entity::TicketHistory | Entity::DeletedTicketLogs => 1,
        _ => 30_690_001,
    }
}

/// A row with every field of its entity, all null.
pub fn blank(entity: Entity) -> Row {
    let mut row: Row = entity.fields().iter().map(|field| (field.name.to_owned(), Value::Null)).collect();
    set(&mut row, "userDefinedFields", Value::Array(Vec::new()));
    row
}
