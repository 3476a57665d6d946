//! Picklists: numbers on the wire, labels of the tenant, in English or German.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::entity::Entity;

/// The language of a tenant's labels and system notes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

/// A value of a picklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PickValue {
    /// The number that a row holds.
    pub value: i64,
    /// What the tenant calls it.
    pub label: String,
    /// The place in the list; for priorities the rank, 1 the most severe.
    pub sort_order: i64,
    /// The value of the parent field to which it belongs.
    pub parent: Option<i64>,
    /// Whether it can be chosen.
    pub is_active: bool,
    /// Whether the vendor made it.
    pub is_system: bool,
    /// Whether a new row gets it when none is given.
    pub is_default: bool,
}

/// The picklists of a tenant.
#[derive(Clone, Debug, Default)]
pub struct Picklists {
    lists: BTreeMap<(Entity, &'static str), Vec<PickValue>>,
}

/// (value, English, German)
type Labels = &'static [(i64, &'static str, &'static str)];

const STATUS: Labels = &[
    (1, "New", "Neu"),
    (8, "In Progress", "In Bearbeitung"),
    (7, "Waiting Customer", "Warten auf Kunde"),
    (9, "Waiting Materials", "Warten auf Material"),
    (10, "Scheduled", "Eingeplant"),
    (11, "Escalate", "Eskaliert"),
    (12, "Waiting Vendor", "Warten auf Lieferant"),
    (13, "Waiting Approval", "Warten auf Genehmigung"),
    (15, "Change Order", "Änderungsauftrag"),
    (16, "Work Complete", "Arbeit erledigt"),
    (17, "On Hold", "Zurückgestellt"),
    (19, "Customer Note Added", "Kundennotiz hinzugefügt"),
    (20, "RMM Resolved", "RMM behoben"),
    (21, "Waiting Dispatch", "Warten auf Disposition"),
    (22, "Approved", "Genehmigt"),
    (23, "Denied", "Abgelehnt"),
    (24, "Reopened", "Wiedereröffnet"),
    (25, "Duplicate", "Duplikat"),
    (26, "Spam", "Spam"),
    (27, "Cancelled", "Storniert"),
    (5, "Complete", "Abgeschlossen"),
];
const PRIORITY: Labels =
    &[(4, "Critical", "Kritisch"), (1, "High", "Hoch"), (2, "Medium", "Mittel"), (3, "Low", "Niedrig")];
const QUEUE: Labels = &[
    (5, "Client Portal", "Kundenportal"),
    (6, "Post Sale", "Nachverkauf"),
    (8, "Monitoring Alert", "Überwachungsalarm"),
    (29_682_833, "Level I Support", "Support Level I"),
    (29_683_487, "Level II Support", "Support Level II"),
];
const ISSUE: Labels = &[
    (10, "Computer", "Computer"),
    (11, "Network", "Netzwerk"),
    (12, "Server", "Server"),
    (13, "Security", "Sicherheit"),
];
/// Sub-issues: the hundreds are the issue they belong to.
const SUB_ISSUE: Labels = &[
    (1001, "Hardware", "Hardware"),
    (1002, "Software", "Software"),
    (1101, "Firewall", "Firewall"),
    (1102, "Internet Access", "Internetzugang"),
    (1201, "Disk Space", "Speicherplatz"),
    (1202, "Backup", "Datensicherung"),
    (1301, "Malware", "Schadsoftware"),
];
const SOURCE: Labels = &[
    (-1, "Client Portal", "Kundenportal"),
    (2, "Phone", "Telefon"),
    (4, "Email", "E-Mail"),
    (6, "In Person", "Persönlich"),
    (8, "Monitoring Alert", "Überwachungsalarm"),
    (11, "API", "API"),
];
const TICKET_TYPE: Labels = &[
    (1, "Service Request", "Serviceanfrage"),
    (2, "Incident", "Störung"),
    (3, "Problem", "Problem"),
    (4, "Change Request", "Änderungsanfrage"),
    (5, "Alert", "Alarm"),
];
const NOTE_TYPE: Labels = &[
    (1, "Task Summary", "Aufgabenübersicht"),
    (2, "Task Detail", "Aufgabendetail"),
    (3, "Task Notes", "Aufgabennotizen"),
    (13, "Workflow Rule Note", "Workflow-Regel-Notiz"),
    (18, "Client Portal Note", "Kundenportal-Notiz"),
];
const PUBLISH: Labels = &[
    (1, "All Autotask Users", "Alle Autotask-Benutzer"),
    (2, "Internal Users", "Interne Benutzer"),
    (4, "Internal & Co-managed", "Intern & gemeinsam verwaltet"),
];
const PERSON_TYPE: Labels = &[(1, "Resource", "Ressource"), (2, "Contact", "Kontakt")];
const COMPANY_TYPE: Labels =
    &[(1, "Customer", "Kunde"), (2, "Lead", "Interessent"), (3, "Prospect", "Potenzieller Kunde")];
const LICENSE_TYPE: Labels =
    &[(1, "Professional", "Professional"), (2, "Time & Attendance", "Zeiterfassung"), (7, "API User", "API-Benutzer")];
const USER_TYPE: Labels = &[
    (9, "API User (system)", "API-Benutzer (System)"),
    (10, "Service Desk User", "Service-Desk-Benutzer"),
    (11, "System Administrator", "Systemadministrator"),
];

impl Picklists {
    /// The picklists of a new tenant, in its language.
    pub fn new(language: Language) -> Self {
        let mut picklists = Self::default();
        let mut add = |entity, field, labels: Labels, system: &[i64], default: Option<i64>| {
            picklists.lists.insert((entity, field), list(language, labels, system, default));
        };
        add(Entity::Tickets, "status", STATUS, &[1, 5, 7], Some(1));
        add(Entity::Tickets, "priority", PRIORITY, &[], Some(2));
        add(Entity::Tickets, "queueID", QUEUE, &[5, 6, 8], None);
        add(Entity::Tickets, "issueType", ISSUE, &[], None);
        add(Entity::Tickets, "subIssueType", SUB_ISSUE, &[], None);
        add(Entity::Tickets, "source", SOURCE, &[-1], None);
        add(Entity::Tickets, "ticketType", TICKET_TYPE, &[1, 2, 3, 4, 5], Some(1));
        add(Entity::Tickets, "creatorType", PERSON_TYPE, &[1, 2], None);
        add(Entity::Tickets, "lastActivityPersonType", PERSON_TYPE, &[1, 2], None);
        add(Entity::TicketNotes, "noteType", NOTE_TYPE, &[2, 13, 18], None);
        add(Entity::TicketNotes, "publish", PUBLISH, &[1, 2, 4], None);
        add(Entity::Companies, "companyType", COMPANY_TYPE, &[1, 2, 3], Some(1));
        add(Entity::Resources, "licenseType", LICENSE_TYPE, &[1, 2, 7], None);
        add(Entity::Resources, "userType", USER_TYPE, &[9, 11], None);
        for value in picklists.lists.get_mut(&(Entity::Tickets, "subIssueType")).into_iter().flatten() {
            value.parent = Some(value.value / 100);
        }
        picklists
    }

    /// The values of a field, when it is a picklist.
    pub fn of(&self, entity: Entity, field: &str) -> Option<&[PickValue]> {
        self.lists.iter().find(|((of, name), _)| *of == entity && *name == field).map(|(_, list)| list.as_slice())
    }

    /// The value of a number.
    pub fn value(&self, entity: Entity, field: &str, value: i64) -> Option<&PickValue> {
        self.of(entity, field)?.iter().find(|pick| pick.value == value)
    }

    /// The label of a number; the number itself when it has none.
    pub fn label(&self, entity: Entity, field: &str, value: i64) -> String {
        self.value(entity, field, value).map_or_else(|| value.to_string(), |pick| pick.label.clone())
    }

    /// Adds a value of a ticket field, or changes the one with its number. False: the field is no picklist.
    pub fn put(&mut self, field: &str, pick: PickValue) -> bool {
        let found = self.lists.iter_mut().find(|((of, name), _)| *of == Entity::Tickets && *name == field);
        let Some((_, list)) = found else { return false };
        list.retain(|old| old.value != pick.value);
        list.push(pick);
        list.sort_by_key(|pick| pick.sort_order);
        true
    }

    /// Gives a value of a ticket field another label; adds the value when it is new.
    pub fn rename(&mut self, field: &str, value: i64, label: &str) -> bool {
        let known = self.value(Entity::Tickets, field, value).cloned();
        let last = self.of(Entity::Tickets, field).map_or(0, <[PickValue]>::len);
        let mut pick = known.unwrap_or_else(|| PickValue {
            value,
            label: String::new(),
            sort_order: i64::try_from(last).unwrap_or(0) + 1,
            parent: None,
            is_active: true,
            is_system: false,
            is_default: false,
        });
        label.clone_into(&mut pick.label);
        self.put(field, pick)
    }
}

impl PickValue {
    /// As `entityInformation/fields` answers it: the value is text there.
    pub fn wire(&self) -> Value {
        json!({
            "value": self.value.to_string(),
            "label": self.label,
            "isDefaultValue": self.is_default,
            "sortOrder": self.sort_order,
            "parentValue": self.parent.map_or_else(String::new, |parent| parent.to_string()),
            "isActive": self.is_active,
            "isSystem": self.is_system,
        })
    }
}

fn list(language: Language, labels: Labels, system: &[i64], default: Option<i64>) -> Vec<PickValue> {
    let to_pick = |(order, &(value, english, german)): (i64, &(i64, &str, &str))| PickValue {
        value,
        label: if language == Language::De { german } else { english }.to_owned(),
        sort_order: order,
        parent: None,
        is_active: true,
        is_system: system.contains(&value),
        is_default: default == Some(value),
    };
    (1..).zip(labels).map(to_pick).collect()
}
