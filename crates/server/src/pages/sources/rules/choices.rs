//! What the form offers, in the words of the page.

use super::fields::{FIELDS, ROUTE_FIELDS, field_word};
use crate::engine::autotask::TenantLists;
use serde::Serialize;
use serde::de::DeserializeOwned;
use watchbell_core::autotask::{Cell, NOTE_TYPE_ORDINARY, TicketField, Treatment};
use watchbell_core::condition::Op;
use watchbell_ui::components::Choice;
use watchbell_ui::pages::source_autotask::filters::FilterChoices;

/// The word of a value on the wire.
pub(super) fn word<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The value of a word.
pub(super) fn parse_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

const WITHOUT_ALERT: [(Cell, &str); 3] =
    [(Cell::Open, "Open an alert"), (Cell::OpenUnlessAssigned, "Open, unless assigned"), (Cell::Nothing, "Nothing")];
const WITH_ALERT: [(Cell, &str); 5] = [
    (Cell::Nothing, "Nothing"),
    (Cell::Accept, "Accept"),
    (Cell::NextLevel, "Call the next level"),
    (Cell::Resolve, "Resolve"),
    (Cell::TellResponder, "Tell the responder"),
];

const OPS: [(Op, &str); 9] = [
    (Op::Is, "is one of"),
    (Op::IsNot, "is none of"),
    (Op::Contains, "contains one of"),
    (Op::ContainsNot, "contains none of"),
    (Op::HasWord, "has the word"),
    (Op::StartsWith, "begins with"),
    (Op::EndsWith, "ends with"),
    (Op::IsSet, "is filled in"),
    (Op::IsNotSet, "is empty"),
];

fn listed<T: Serialize>(all: impl IntoIterator<Item = (T, &'static str)>) -> Vec<Choice> {
    all.into_iter().map(|(value, text)| Choice::new(word(&value), text)).collect()
}

/// All that the form offers.
#[derive(Debug)]
pub(in super::super) struct FilterOffers {
    /// What a status may do, per column.
    pub(in super::super) statuses: [Vec<Choice>; 4],
    /// What a priority may do.
    pub(in super::super) priorities: Vec<Choice>,
    /// What filter and routing offer.
    pub(in super::super) filter: FilterChoices,
    /// Who sees notes.
    pub(in super::super) publish: Vec<Choice>,
    /// Types of notes.
    pub(in super::super) note_types: Vec<Choice>,
}

/// The types of notes, also one that is chosen and could not be read.
fn note_types(lists: &TenantLists, chosen: i64) -> Vec<Choice> {
    let known = lists.note_types.iter().map(|kind| Choice::new(kind.id.to_string(), kind.label.clone()));
    let mut all: Vec<Choice> = known.collect();
    if lists.note_types.iter().all(|kind| kind.id != chosen) {
        let text = if chosen == NOTE_TYPE_ORDINARY { "Ordinary".to_owned() } else { format!("Type {chosen}") };
        all.push(Choice::new(chosen.to_string(), text));
    }
    all
}

/// What the form offers for a tenant; `note_type` is the one that is chosen.
pub(in super::super) fn offers(lists: &TenantLists, policies: Vec<Choice>, note_type: i64) -> FilterOffers {
    let accepted = WITH_ALERT.into_iter().filter(|(cell, _)| *cell != Cell::Accept);
    let own = lists
        .user_defined_fields
        .iter()
        .map(|name| Choice::new(field_word(&TicketField::Udf(name.clone())), format!("{name} (own field)")));
    let fields = FIELDS.iter().map(|(field, text, _)| Choice::new(field_word(field), *text)).chain(own).collect();
    FilterOffers {
        statuses: [listed(WITHOUT_ALERT), listed(WITHOUT_ALERT), listed(WITH_ALERT), listed(accepted)],
        priorities: listed([(Treatment::Page, "Pages"), (Treatment::Quiet, "Quiet"), (Treatment::NoAlert, "No alert")]),
        filter: FilterChoices {
            fields,
            ops: listed(OPS),
            route_fields: ROUTE_FIELDS.iter().map(|(field, text)| Choice::new(field_word(field), *text)).collect(),
            policies,
        },
        publish: Choice::list(&[
            ("2", "Internal users only"),
            ("4", "Internal users and co-managed"),
            ("1", "Everybody, the customer too"),
        ]),
        note_types: note_types(lists, note_type),
    }
}
