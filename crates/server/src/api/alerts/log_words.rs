//! ilert's words for what stands in the log of an alert: the type of each entry, and the filters that let it through.

use watchbell_core::timeline::{Actor, Entry};
use watchbell_store::alert_history::{Happened, HistoryFilter};

/// What a log can be narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFilter {
    /// Messages to people.
    Notifications,
    /// What the source sent.
    AlertSourceEvents,
    /// Phone calls: none yet.
    CallRouting,
    /// What people and the escalation did.
    AlertUpdates,
    /// What was written to outside tools.
    Connectors,
    /// Incidents: none yet.
    IncidentCommunications,
}

impl LogFilter {
    /// All, by their words.
    pub const WORDS: [(&'static str, LogFilter); 6] = [
        ("NOTIFICATIONS", LogFilter::Notifications),
        ("ALERT_SOURCE_EVENTS", LogFilter::AlertSourceEvents),
        ("CALL_ROUTING_EVENTS", LogFilter::CallRouting),
        ("ALERT_UPDATES", LogFilter::AlertUpdates),
        ("CONNECTOR_EVENTS", LogFilter::Connectors),
        ("INCIDENT_COMMUNICATIONS", LogFilter::IncidentCommunications),
    ];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(_, filter)| *filter == self).map_or("", |(word, _)| word)
    }
}

/// The tags of log entries by filter.
const KINDS: [(LogFilter, &[&str]); 4] = [
    (
        LogFilter::Notifications,
        &[
            "delivery_failed",
            "reported",
            "possibly_twice",
            "level_unreachable",
            "nobody_notified",
            "fallback_told",
            "text_failed",
            "asked_responder",
        ],
    ),
    (LogFilter::AlertSourceEvents, &["told"]),
    (
        LogFilter::AlertUpdates,
        &[
            "opened",
            "accepted",
            "accepted_partly",
            "answered",
            "snoozed",
            "woken",
            "not_paged_by_rule",
            "handed_over",
            "unaccepted",
            "left_to",
            "ticket_made",
            "ticket_touched",
            "resolved",
            "too_late",
            "reassigned_to_user",
            "reassigned_to_policy",
            "escalated_now",
            "raised",
            "level_started",
            "level_empty",
            "held",
            "escalation_ended",
            "responder_added",
            "responder_removed",
            "comment",
        ],
    ),
    (LogFilter::Connectors, &["written_back", "write_back_failed"]),
];

/// What the store is asked for; no filter at all means everything.
pub fn to_history(filters: &[LogFilter]) -> HistoryFilter {
    let is_asked = |filter: LogFilter| filters.is_empty() || filters.contains(&filter);
    let kinds = KINDS
        .iter()
        .filter(|(filter, _)| is_asked(*filter))
        .flat_map(|(_, kinds)| *kinds)
        .map(|kind| (*kind).to_owned());
    HistoryFilter {
        events: is_asked(LogFilter::AlertSourceEvents),
        notifications: is_asked(LogFilter::Notifications),
        kinds: (!filters.is_empty()).then(|| kinds.collect()),
    }
}

/// The tag of an entry.
pub fn kind_of(entry: &Entry) -> String {
    let json = serde_json::to_value(entry).unwrap_or_default();
    json["kind"].as_str().unwrap_or_default().to_owned()
}

/// The filter that lets a line through.
pub fn filter_of(what: &Happened) -> LogFilter {
    match what {
        Happened::Event(_) => LogFilter::AlertSourceEvents,
        Happened::Notification(_) => LogFilter::Notifications,
        Happened::Log(entry) => {
            let kind = kind_of(&entry.entry);
            KINDS
                .iter()
                .find(|(_, kinds)| kinds.contains(&kind.as_str()))
                .map_or(LogFilter::AlertUpdates, |(filter, _)| *filter)
        }
    }
}

/// ilert's type of a line.
pub fn type_of(what: &Happened) -> &'static str {
    match what {
        Happened::Event(event) if event.kind == "ALERT" || event.verdict == "OPENED" => "AlertReceivedLogEntry",
        Happened::Event(_) => "AlertSourceResponseLogEntry",
        Happened::Notification(_) => "NotificationLogEntry",
        Happened::Log(line) => type_of_entry(&line.entry, &line.actor),
    }
}

fn type_of_entry(entry: &Entry, actor: &Actor) -> &'static str {
    let is_user = actor.user().is_some();
    let answered = if is_user { "UserResponseLogEntry" } else { "AlertSourceResponseLogEntry" };
    match entry {
        Entry::Opened { .. } if is_user => "AlertCreatedByUserLogEntry",
        Entry::Opened { .. } => "AlertReceivedLogEntry",
        Entry::Resolved { .. } if matches!(actor, Actor::System) => "AlertAutoResolvedLogEntry",
        Entry::Accepted
        | Entry::AcceptedPartly { .. }
        | Entry::Snoozed { .. }
        | Entry::Unaccepted { .. }
        | Entry::Resolved { .. }
        | Entry::TicketTouched
        | Entry::Answered { .. }
        | Entry::TooLate { .. } => answered,
        Entry::ReassignedToUser { .. } if is_user => "AlertAssignedByUserLogEntry",
        Entry::ReassignedToUser { .. } | Entry::LeftTo { .. } | Entry::EscalationEnded => {
            "AlertAssignedBySystemLogEntry"
        }
        Entry::ReassignedToPolicy { .. } => "AlertAssignedToPolicyLogEntry",
        Entry::EscalatedNow => "AlertEscalatedToLevelLogEntry",
        Entry::Held { .. } => "NotificationLogEntry",
        Entry::LevelStarted { level, .. } if *level > 0 => "AlertEscalatedToLevelLogEntry",
        Entry::LevelStarted { .. } => "AlertAssignedBySystemLogEntry",
        Entry::Raised if is_user => "AlertRaisedByUserLogEntry",
        Entry::Raised => "AlertRaisedBySystemLogEntry",
        Entry::LevelEmpty { .. } | Entry::NobodyNotified => "NobodyOnCallLogEntry",
        Entry::NotPagedByRule { .. } | Entry::HandedOver { .. } | Entry::Woken { .. } => {
            "AlertAssignedBySystemLogEntry"
        }
        Entry::LevelUnreachable { .. }
        | Entry::DeliveryFailed { .. }
        | Entry::Reported { .. }
        | Entry::PossiblyTwice { .. }
        | Entry::FallbackTold { .. }
        | Entry::TextFailed { .. }
        | Entry::AskedResponder { .. } => "NotificationLogEntry",
        Entry::ResponderAdded { .. } if is_user => "StakeholderAddedLogEntry",
        Entry::ResponderAdded { .. } => "StakeholderAddedBySystemLogEntry",
        Entry::ResponderRemoved { .. } => "StakeholderRemovedLogEntry",
        Entry::Comment { .. } if is_user => "AlertCommentAddedLogEntry",
        Entry::Comment { .. } | Entry::Told { .. } => "AlertCommentAddedBySystemLogEntry",
        Entry::TicketMade { .. } | Entry::WrittenBack { .. } | Entry::LeftAsItIs { .. } => {
            "ConnectorAutomaticResultLogEntry"
        }
        Entry::WriteBackFailed { .. } => "ConnectorAutomaticResultErrorLogEntry",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::alerts::log_text::samples;

    #[test]
    fn every_entry_is_let_through_by_exactly_one_filter() {
        let mut seen = std::collections::BTreeSet::new();
        for entry in samples() {
            let kind = kind_of(&entry);
            let filters = KINDS.iter().filter(|(_, kinds)| kinds.contains(&kind.as_str())).count();
            assert_eq!(filters, 1, "{kind}");
            seen.insert(kind);
        }
        let all: usize = KINDS.iter().map(|(_, kinds)| kinds.len()).sum();
        assert_eq!(seen.len(), all, "a tag that no entry has, or an entry without a sample");
    }
}
