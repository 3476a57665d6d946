//! Reading webhooks and what hangs on them.

use super::super::entity::Entity;
use super::super::picklist::PickValue;
use super::super::row::{Row, int, set};
use super::super::world::World;
use super::{Child, Watched, pascal};

/// The number of the first user-defined field: those of a tenant are large.
pub(super) const UDF_FIRST: i64 = 29_682_770;

impl World {
    /// A row that hangs on a webhook.
    pub fn webhook_child(&self, entity: Entity, webhook: i64, id: i64) -> Option<&Row> {
        self.tables.get(entity, id).filter(|row| int(row, "webhookID") == Some(webhook))
    }

    /// What hangs on a webhook.
    pub fn webhook_children(&self, watched: Watched, webhook: i64, child: Child) -> impl Iterator<Item = &Row> {
        let rows = watched.child(child).into_iter().flat_map(|entity| self.tables.all(entity));
        rows.filter(move |row| int(row, "webhookID") == Some(webhook))
    }

    /// The names of a webhook's fields, and whether they are subscribed or only sent along.
    pub fn webhook_field_names(&self, watched: Watched, webhook: i64) -> Vec<(String, bool)> {
        let mut names = Vec::new();
        for child in [Child::Fields, Child::UdfFields] {
            let known = self.watchable(watched, child).unwrap_or_default();
            for row in self.webhook_children(watched, webhook, child) {
                let pick = known.iter().find(|pick| Some(pick.value) == int(row, child.key()));
                names.extend(pick.map(|pick| (pick.label.clone(), row["isSubscribedField"] == true)));
            }
        }
        names
    }

    /// The fields that webhooks can watch, by their numbers; none for what has no such children.
    pub fn watchable(&self, watched: Watched, child: Child) -> Option<Vec<PickValue>> {
        let fields = || watched.rows().fields().iter().filter(|field| field.name != "id");
        match child {
            Child::Fields => Some((1..).zip(fields()).map(|(at, field)| pick(at, pascal(field.name))).collect()),
            Child::UdfFields => {
                Some((UDF_FIRST..).zip(&self.udfs).map(|(at, udf)| pick(at, udf.name.clone())).collect())
            }
            Child::ExcludedResources => None,
        }
    }

    /// The webhooks without their secrets, with the names of their fields and the resources that they are silent about: as
    /// tests and scripts see them.
    pub fn webhooks_shown(&self) -> Vec<Row> {
        let rows = |watched: Watched| self.tables.all(watched.hooks()).map(move |row| (watched, row));
        Watched::ALL.into_iter().flat_map(rows).map(|(watched, row)| self.webhook_shown(watched, row.clone())).collect()
    }

    fn webhook_shown(&self, watched: Watched, mut row: Row) -> Row {
        let id = int(&row, "id").unwrap_or_default();
        let (subscribed, along): (Vec<_>, Vec<_>) =
            self.webhook_field_names(watched, id).into_iter().partition(|(_, is_subscribed)| *is_subscribed);
        let names = |fields: Vec<(String, bool)>| fields.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        let silent = self.webhook_children(watched, id, Child::ExcludedResources);
        let silent: Vec<i64> = silent.filter_map(|row| int(row, "resourceID")).collect();
        row.remove("secretKey");
        set(&mut row, "entityType", watched.rows().name());
        set(&mut row, "subscribedFields", names(subscribed));
        set(&mut row, "displayAlwaysFields", names(along));
        set(&mut row, "excludedResources", silent);
        row
    }
}

fn pick(value: i64, label: String) -> PickValue {
    PickValue { value, label, sort_order: value, parent: None, is_active: true, is_system: true, is_default: false }
}
