//! Making, changing and deleting webhooks and what hangs on them. The texts of refusals are not known from a tenant, except
//! those that all entities share.

use super::super::coerce::read_body;
use super::super::entity::Entity;
use super::super::person::Actor;
use super::super::row::{Row, int, set, text};
use super::super::tables::blank;
use super::super::ticket::NOT_FOUND;
use super::super::world::World;
use super::{Child, HookId, Watched};
use crate::ids::Seed;

/// The shortest secret key, in characters.
const SECRET_CHARS_MIN: usize = 10;
const DENIED: &str = "The logged in Resource does not have the adequate permissions to create or change webhooks.";
const TWIN: &str = "A webhook with this webhookUrl and these events exists already for this entity.";

const EVENTS: [&str; 3] = ["isSubscribedToCreateEvents", "isSubscribedToUpdateEvents", "isSubscribedToDeleteEvents"];

impl World {
    /// Creates a webhook. Errors: the texts of the service.
    pub fn create_webhook(&mut self, actor: Actor, watched: Watched, body: &Row) -> Result<i64, Vec<String>> {
        let (entity, now) = (watched.hooks(), self.clock.now());
        let mut row = blank(entity);
        set(&mut row, "ownerResourceID", actor.resource_id());
        for field in EVENTS.into_iter().chain(["isReady", "sendThresholdExceededNotification"]) {
            set(&mut row, field, false);
        }
        row.extend(read_body(entity, body)?.into_iter().filter(|(_, value)| !value.is_null()));
        self.check_webhook(watched, None, &row)?;
        let number = u64::try_from(self.next_number()).unwrap_or_default();
        set(&mut row, "webhookGUID", Seed { now, number }.guid());
        let id = self.tables.add(entity, row);
        self.hide_new(entity, id, now);
        self.set_ready(watched, id);
        Ok(id)
    }

    /// Changes a webhook; `whole` empties what the body does not name. Errors: the texts of the service.
    pub fn edit_webhook(&mut self, watched: Watched, id: i64, body: &Row, whole: bool) -> Result<(), Vec<String>> {
        let entity = watched.hooks();
        let before = self.tables.get(entity, id).cloned().ok_or_else(|| vec![NOT_FOUND.to_owned()])?;
        let mut row = if whole { blank(entity) } else { before.clone() };
        row.extend(before.iter().filter(|(name, _)| entity.is_read_only(name)).map(|(n, v)| (n.clone(), v.clone())));
        row.extend(read_body(entity, body)?);
        self.check_webhook(watched, Some(id), &row)?;
        let (was_active, is_active) = (before["isActive"] == true, row["isActive"] == true);
        self.tables.insert(entity, id, row.clone());
        self.set_ready(watched, id);
        match (was_active, is_active) {
            (true, false) => self.tell_deactivated((watched, id), &row),
            (false, true) => self.forget_failures((watched, id)),
            _ => (),
        }
        Ok(())
    }

    /// Switches a webhook off, and tells its deactivation URL.
    pub fn deactivate_webhook(&mut self, (watched, id): HookId) {
        let Some(row) = self.tables.get_mut(watched.hooks(), id).filter(|row| row["isActive"] == true) else { return };
        set(row, "isActive", false);
        let row = row.clone();
        self.tell_deactivated((watched, id), &row);
    }

    /// Switches all webhooks off at once, as the service does to those of a deactivated user.
    pub fn deactivate_webhooks(&mut self) {
        for watched in Watched::ALL {
            let ids: Vec<i64> = self.tables.all(watched.hooks()).filter_map(|row| int(row, "id")).collect();
            ids.into_iter().for_each(|id| self.deactivate_webhook((watched, id)));
        }
    }

    /// Deletes a webhook with what hangs on it; an active one tells its deactivation URL. Errors: the texts of the service.
    pub fn delete_webhook(&mut self, watched: Watched, id: i64) -> Result<(), Vec<String>> {
        let row = self.tables.remove(watched.hooks(), id).ok_or_else(|| vec![NOT_FOUND.to_owned()])?;
        if row["isActive"] == true {
            self.tell_deactivated((watched, id), &row);
        }
        for entity in Child::ALL.into_iter().filter_map(|child| watched.child(child)) {
            self.tables.remove_where(entity, |row| int(row, "webhookID") == Some(id));
        }
        Ok(())
    }

    /// Hangs a field or resource on a webhook, or (with `old`) changes one. Errors: the texts of the service.
    pub fn put_webhook_child(
        &mut self,
        (watched, webhook): (Watched, i64),
        child: Child,
        old: Option<i64>,
        body: &Row,
    ) -> Result<i64, Vec<String>> {
        let not_found = || vec![NOT_FOUND.to_owned()];
        let entity = watched.child(child).ok_or_else(not_found)?;
        self.tables.get(watched.hooks(), webhook).ok_or_else(not_found)?;
        let mut row = match old {
            Some(id) => self.webhook_child(entity, webhook, id).cloned().ok_or_else(not_found)?,
            None => new_child(entity),
        };
        row.extend(read_body(entity, body)?.into_iter().filter(|(_, value)| !value.is_null()));
        set(&mut row, "webhookID", webhook);
        self.check_webhook_child(watched, child, entity, &row)?;
        let id = match old {
            Some(id) => {
                self.tables.insert(entity, id, row);
                id
            }
            None => self.tables.add(entity, row),
        };
        self.set_ready(watched, webhook);
        Ok(id)
    }

    /// Takes a field or resource from a webhook. Errors: the texts of the service.
    pub fn delete_webhook_child(
        &mut self,
        (watched, webhook): (Watched, i64),
        child: Child,
        id: i64,
    ) -> Result<(), Vec<String>> {
        let found = watched.child(child).filter(|entity| self.webhook_child(*entity, webhook, id).is_some());
        self.tables.remove(found.ok_or_else(|| vec![NOT_FOUND.to_owned()])?, id);
        self.set_ready(watched, webhook);
        Ok(())
    }

    fn check_webhook(&self, watched: Watched, id: Option<i64>, row: &Row) -> Result<(), Vec<String>> {
        if self.faults.deny_webhooks {
            return Err(vec![DENIED.to_owned()]);
        }
        let mut errors = self.check_row(watched.hooks(), row);
        for field in ["webhookUrl", "deactivationUrl"] {
            let bad = text(row, field).is_some_and(|url| !is_address(url));
            errors.extend(bad.then(|| format!("{field} is not a valid URL.")));
        }
        if text(row, "secretKey").is_some_and(|secret| secret.chars().count() < SECRET_CHARS_MIN) {
            errors.push(format!("secretKey must be greater than or equal to {SECRET_CHARS_MIN} characters"));
        }
        let is_twin = |other: &Row| {
            int(other, "id") != id && EVENTS.into_iter().chain(["webhookUrl"]).all(|field| other[field] == row[field])
        };
        errors.extend(self.tables.all(watched.hooks()).any(is_twin).then(|| TWIN.to_owned()));
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn check_webhook_child(
        &self,
        watched: Watched,
        child: Child,
        entity: Entity,
        row: &Row,
    ) -> Result<(), Vec<String>> {
        if self.faults.deny_webhooks {
            return Err(vec![DENIED.to_owned()]);
        }
        let (mut errors, key) = (self.check_row(entity, row), child.key());
        let picks = self.watchable(watched, child);
        let unknown = |value| picks.is_some_and(|picks| picks.iter().all(|pick| pick.value != value));
        if int(row, key).is_some_and(unknown) {
            errors.push(format!("Value does not reference an existing entity for {key} . "));
        }
        let is_twin = |other: &Row| {
            ["webhookID", key].iter().all(|field| other[*field] == row[*field]) && int(other, "id") != int(row, "id")
        };
        errors
            .extend(self.tables.all(entity).any(is_twin).then(|| format!("{key} is a part of this webhook already.")));
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// A webhook is ready from its first subscribed field on; one that tells only of deletions needs none.
    fn set_ready(&mut self, watched: Watched, id: i64) {
        let fields = [Child::Fields, Child::UdfFields].into_iter();
        let subscribes = fields
            .flat_map(|child| self.webhook_children(watched, id, child))
            .any(|row| row["isSubscribedField"] == true);
        if let Some(row) = self.tables.get_mut(watched.hooks(), id) {
            let only_deletions = EVENTS.map(|field| row[field] == true) == [false, false, true];
            set(row, "isReady", subscribes || only_deletions);
        }
    }
}

fn new_child(entity: Entity) -> Row {
    let mut row = blank(entity);
    for field in ["isSubscribedField", "isDisplayAlwaysField"] {
        if row.contains_key(field) {
            set(&mut row, field, false);
        }
    }
    row
}

/// The service takes https alone; receivers of tests have no certificate.
fn is_address(url: &str) -> bool {
    reqwest::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http"))
}
