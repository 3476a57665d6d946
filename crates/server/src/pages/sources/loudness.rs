//! How loud the alerts of a source open: the fields that all kinds of sources share.

use super::super::reader::Reader;
use watchbell_core::ids::SupportHoursId;
use watchbell_core::priority_rule::PriorityRule;
use watchbell_store::sources::Source;
use watchbell_ui::Form;

/// What the fields say.
#[derive(Debug, Clone, Copy)]
pub(super) struct LoudnessFields {
    pub(super) rule: PriorityRule,
    pub(super) hours: Option<SupportHoursId>,
    pub(super) auto_raise: bool,
}

/// Reads them; `usual` is the rule where none was sent. `None`: they were refused, and the form says why.
pub(super) fn read(reader: &mut Reader, usual: Option<PriorityRule>) -> Option<LoudnessFields> {
    let rule = match reader.filled("priority") {
        Some(word) => PriorityRule::parse(&word),
        None => usual,
    };
    let hours = reader.filled("support_hours").and_then(|id| id.parse().ok()).map(SupportHoursId);
    let Some(rule) = rule else {
        reader.form.error("priority", "Choose one.");
        return None;
    };
    if rule.needs_hours() && hours.is_none() {
        reader.form.error("support_hours", "Choose the support hours that the rule asks.");
        return None;
    }
    Some(LoudnessFields { rule, hours, auto_raise: reader.form.is_on("auto_raise") })
}

/// Fills them in.
pub(super) fn fill(form: Form, source: &Source) -> Form {
    let hours = source.support_hours.map(|hours| hours.to_string()).unwrap_or_default();
    form.with("priority", source.priority_rule.as_str())
        .with("support_hours", hours)
        .ticked("auto_raise", source.auto_raise)
}
