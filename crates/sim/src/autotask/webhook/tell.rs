//! Which webhooks hear of a change, and what of it they tell.

use serde_json::Value;

use super::super::person::{Actor, Person};
use super::super::row::{Row, int, text, udf};
use super::super::world::World;
use super::event::{Event, WebhookAction, event_time};
use super::read::UDF_FIRST;
use super::{Child, HookId, Watched, pascal};

/// What was done to a row.
#[derive(Clone, Copy, Debug)]
enum Change<'a> {
    Created(&'a Row),
    Edited { before: &'a Row, after: &'a Row },
    Deleted,
}

impl Change<'_> {
    fn action(self) -> WebhookAction {
        match self {
            Change::Created(_) => WebhookAction::Create,
            Change::Edited { .. } => WebhookAction::Update,
            Change::Deleted => WebhookAction::Delete,
        }
    }
}

impl World {
    /// Lets the webhooks know of a new row.
    pub fn tell_created(&mut self, actor: Actor, watched: Watched, id: i64) {
        let Some(row) = self.tables.get(watched.rows(), id).cloned() else { return };
        self.tell(actor, watched, id, Change::Created(&row));
    }

    /// Lets the webhooks know of a changed row.
    pub fn tell_edited(&mut self, actor: Actor, watched: Watched, id: i64, before: &Row) {
        let Some(after) = self.tables.get(watched.rows(), id).cloned() else { return };
        self.tell(actor, watched, id, Change::Edited { before, after: &after });
    }

    /// Lets the webhooks know of a deleted row.
    pub fn tell_deleted(&mut self, actor: Actor, watched: Watched, id: i64) {
        self.tell(actor, watched, id, Change::Deleted);
    }

    fn tell(&mut self, actor: Actor, watched: Watched, id: i64, change: Change<'_>) {
        let hears = |hook: &&Row| is_live(hook) && subscribes(hook, change.action());
        let hooks: Vec<Row> = self.tables.all(watched.hooks()).filter(hears).cloned().collect();
        for hook in &hooks {
            let hook_id = (watched, int(hook, "id").unwrap_or_default());
            if self.is_excluded(hook_id, actor) {
                continue;
            }
            if let Some(fields) = self.fields_told(hook_id, change) {
                let event = Event {
                    id: Some(id),
                    fields,
                    person_id: Some(person_id(actor)),
                    ..self.new_event(hook_id, hook, change.action())
                };
                self.send_event(hook_id, hook, &event);
            }
        }
    }

    /// Tells a webhook's deactivation URL that it was switched off. What it had still to tell is dropped.
    pub fn tell_deactivated(&mut self, hook_id: HookId, hook: &Row) {
        self.drop_waiting(hook_id);
        let event = self.new_event(hook_id, hook, WebhookAction::Deactivated);
        self.send_event(hook_id, hook, &event);
    }

    /// The next event of a webhook, about no row yet.
    fn new_event(&mut self, hook_id: HookId, hook: &Row, action: WebhookAction) -> Event {
        Event {
            action,
            guid: text(hook, "webhookGUID").unwrap_or_default().to_owned(),
            entity_type: hook_id.0.rows().name(),
            id: None,
            fields: Row::new(),
            event_time: event_time(self.clock.now()),
            sequence_number: self.next_sequence(hook_id),
            person_id: None,
        }
    }

    /// Whether a webhook does not tell what somebody does. Whether the service asks the API user that acts for another is not
    /// known; here it asks the person alone, so receivers must know their own writes by themselves.
    fn is_excluded(&self, (watched, hook): HookId, actor: Actor) -> bool {
        let resource = actor.resource_id();
        self.webhook_children(watched, hook, Child::ExcludedResources)
            .any(|row| resource.is_some() && int(row, "resourceID") == resource)
    }

    /// The fields of an event; none when nothing that is subscribed was changed.
    fn fields_told(&self, (watched, hook): HookId, change: Change<'_>) -> Option<Row> {
        let mut told = Row::new();
        let mut is_news = !matches!(change, Change::Edited { .. });
        for child in [Child::Fields, Child::UdfFields] {
            for field in self.webhook_children(watched, hook, child) {
                let number = int(field, child.key()).unwrap_or_default();
                let read = |row: &Row| self.read_field(watched, child, number, row);
                let (subscribed, always) = (field["isSubscribedField"] == true, field["isDisplayAlwaysField"] == true);
                let (value, changed) = match change {
                    Change::Created(row) => (read(row), true),
                    Change::Edited { before, after } => (read(after), read(before) != read(after)),
                    Change::Deleted => (None, false),
                };
                is_news |= subscribed && changed;
                told.extend(value.filter(|_| always || (subscribed && changed)));
            }
        }
        is_news.then_some(told)
    }

    /// A field of a row by the number that webhooks have for it: its name in events, and its value. How the service writes
    /// user-defined fields is not known; here they are among the others, under their names.
    fn read_field(&self, watched: Watched, child: Child, number: i64, row: &Row) -> Option<(String, Value)> {
        if child == Child::UdfFields {
            let field = self.udfs.get(usize::try_from(number - UDF_FIRST).ok()?)?;
            return Some((field.name.clone(), udf(row, &field.name).map_or(Value::Null, Value::from)));
        }
        let mut fields = watched.rows().fields().iter().filter(|field| field.name != "id");
        let field = fields.nth(usize::try_from(number - 1).ok()?)?;
        Some((pascal(field.name), row.get(field.name).cloned().unwrap_or(Value::Null)))
    }
}

/// Whether a webhook sends events at all.
pub fn is_live(hook: &Row) -> bool {
    hook["isActive"] == true && hook["isReady"] == true
}

fn subscribes(hook: &Row, action: WebhookAction) -> bool {
    match action {
        WebhookAction::Create => hook["isSubscribedToCreateEvents"] == true,
        WebhookAction::Update => hook["isSubscribedToUpdateEvents"] == true,
        WebhookAction::Delete => hook["isSubscribedToDeleteEvents"] == true,
        WebhookAction::Deactivated => true,
    }
}

fn person_id(actor: Actor) -> i64 {
    match actor.person {
        Person::Resource(id) | Person::Contact(id) => id,
    }
}
