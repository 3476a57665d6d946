//! Which fields of a ticket a webhook watches: those that tables, filter, routing and templates of the source look at.

use super::filter::TicketField;
use super::source_rules::SourceRules;
use super::webhook::WebhookKind;
use crate::condition::Condition;
use crate::text::fold;
use std::collections::BTreeSet;

/// What every source looks at: the change of which acts, and what each alert shows.
const ALWAYS: [&str; 7] =
    ["Status", "Priority", "QueueID", "AssignedResourceID", "Title", "CompanyID", "CompletedDate"];
/// What is told of notes. Their ticket is sent with each event.
const OF_NOTES: [&str; 3] = [NOTE_TICKET, "Title", "Description"];
/// The field of a note with its ticket.
pub const NOTE_TICKET: &str = "TicketID";
/// Without this one no change of a ticket would be told that matters.
pub const NEEDED_FIELD: &str = "Status";

/// A field that Autotask offers to webhooks: its number and its name there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedField {
    /// The number that webhooks have for it.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// What a webhook should watch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watched {
    /// Fields.
    pub fields: Vec<OfferedField>,
    /// The tenant's own fields.
    pub udfs: Vec<OfferedField>,
    /// The names of what is wanted and not offered.
    pub missing: Vec<String>,
}

impl Watched {
    /// The names of all that is wanted, in order.
    pub fn names(&self) -> Vec<String> {
        let offered = self.fields.iter().chain(&self.udfs).map(|field| field.name.clone());
        offered.chain(self.missing.iter().cloned()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Chooses among what is offered.
    pub fn choose(kind: WebhookKind, rules: &SourceRules, offered: &[OfferedField], udfs: &[OfferedField]) -> Self {
        let (wanted, own) = match kind {
            WebhookKind::TicketNote => (OF_NOTES.map(str::to_owned).into(), BTreeSet::new()),
            WebhookKind::Ticket => wanted(rules, offered, udfs),
        };
        let mut watched = Self::default();
        for name in wanted {
            match offered.iter().find(|field| is_same(&field.name, &name)) {
                Some(field) => watched.fields.push(field.clone()),
                None => watched.missing.push(name),
            }
        }
        for name in own {
            match udfs.iter().find(|field| fold(&field.name) == fold(&name)) {
                Some(field) => watched.udfs.push(field.clone()),
                None => watched.missing.push(name),
            }
        }
        watched
    }
}

/// The names of fields and of the tenant's own fields.
fn wanted(
    rules: &SourceRules,
    offered: &[OfferedField],
    udfs: &[OfferedField],
) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut fields: BTreeSet<String> = ALWAYS.map(str::to_owned).into();
    let mut own = BTreeSet::new();
    if let Some(condition) = &rules.filter.condition {
        collect(condition, &mut fields, &mut own);
    }
    if rules.routing.0.iter().any(|row| row.issue_type.is_some()) {
        fields.insert("IssueType".to_owned());
    }
    let templates = [&rules.templates.summary, &rules.templates.details];
    let texts: Vec<String> = templates.into_iter().flatten().map(|text| fold(text)).collect();
    let names = |needle: &str| texts.iter().any(|text| text.contains(&fold(needle)));
    let in_templates = |field: &&OfferedField| names(&format!("ticket.{}", field.name));
    let known: Vec<String> = offered.iter().filter(in_templates).map(|field| field.name.clone()).collect();
    fields.extend(known.into_iter().filter(|name| !ALWAYS.iter().any(|always| is_same(always, name))));
    let speaks_of_own = names("udf");
    own.extend(udfs.iter().filter(|field| speaks_of_own && names(&field.name)).map(|field| field.name.clone()));
    (fields, own)
}

fn collect(condition: &Condition<TicketField>, fields: &mut BTreeSet<String>, own: &mut BTreeSet<String>) {
    match condition {
        Condition::All(members) | Condition::Any(members) | Condition::None(members) => {
            members.iter().for_each(|member| collect(member, fields, own));
        }
        Condition::Test(test) => match names_of(&test.field) {
            Ok(names) => fields.extend(names.iter().map(|name| (*name).to_owned())),
            Err(name) => drop(own.insert(name.to_owned())),
        },
    }
}

/// The names of a field in Autotask; the error is that of one of the tenant's own.
fn names_of(field: &TicketField) -> Result<&'static [&'static str], &str> {
    Ok(match field {
        TicketField::Queue => &["QueueID"],
        TicketField::Company => &["CompanyID"],
        TicketField::Priority => &["Priority"],
        TicketField::Status => &["Status"],
        TicketField::IssueType => &["IssueType"],
        TicketField::SubIssueType => &["SubIssueType"],
        TicketField::Category => &["TicketCategory"],
        TicketField::TicketType => &["TicketType"],
        TicketField::Source => &["Source"],
        TicketField::Assigned => &["AssignedResourceID"],
        TicketField::Title => &["Title"],
        TicketField::Description => &["Description"],
        TicketField::TitleOrDescription => &["Title", "Description"],
        TicketField::Udf(name) => return Err(name),
    })
}

/// Whether two names mean one field: without case and blanks, and with or without the "ID" at the end, since tenants show both.
pub fn is_same(one: &str, other: &str) -> bool {
    let plain = |name: &str| {
        let letters: String = fold(name).chars().filter(|c| c.is_alphanumeric()).collect();
        letters.strip_suffix("id").map_or(letters.clone(), str::to_owned)
    };
    plain(one) == plain(other)
}
