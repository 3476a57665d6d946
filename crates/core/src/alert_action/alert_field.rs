//! What the conditions of an alert action look at.

use crate::alert::Alert;
use crate::condition::{Condition, Found};
use serde::{Deserialize, Serialize};

/// A field of an alert. On the wire: `"summary"`, or `{"label": "environment"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertField {
    /// Its first line.
    Summary,
    /// The lines below.
    Details,
    /// Both.
    SummaryOrDetails,
    /// `HIGH` or `LOW`.
    Priority,
    /// The key that its source gave it.
    AlertKey,
    /// The number of its escalation policy.
    EscalationPolicy,
    /// The client company, where its source says one.
    Customer,
    /// One of its labels, by name.
    Label(String),
}

/// Whether an action acts upon an alert.
pub fn holds(conditions: Option<&Condition<AlertField>>, alert: &Alert) -> bool {
    conditions.is_none_or(|conditions| conditions.holds(&|field| look_up(alert, field)))
}

fn look_up<'a>(alert: &'a Alert, field: &AlertField) -> Vec<Found<'a>> {
    let text = |text: Option<&'a str>| text.into_iter().map(Found::Text).collect();
    match field {
        AlertField::Summary => text(Some(&alert.summary)),
        AlertField::Details => text(Some(&alert.details)),
        AlertField::SummaryOrDetails => vec![Found::Text(&alert.summary), Found::Text(&alert.details)],
        AlertField::Priority => text(Some(alert.priority.as_str())),
        AlertField::AlertKey => text(alert.key.as_deref()),
        AlertField::EscalationPolicy => vec![Found::Number(alert.escalation.policy.0)],
        AlertField::Customer => text(alert.content.customer.as_deref()),
        AlertField::Label(name) => text(alert.content.labels.get(name).map(String::as_str)),
    }
}
