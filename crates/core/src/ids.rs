//! Ids of the things of Watchbell: numbers on the wire (int64), types in the code, so that one cannot stand for another.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.trim().parse().map($name)
            }
        }
    )*};
}

ids! {
    /// The organization: one per installation for now.
    OrgId
    /// A person with an account.
    UserId
    /// One address of a user: a mailbox, a push topic, a webhook.
    ContactId
    /// One line of a user's notification preferences.
    RuleId
    /// An escalation policy; its versions are numbered beside it.
    PolicyId
    /// An alert source.
    SourceId
    /// A webhook that an outside tool has for a source.
    SourceWebhookId
    /// An alert; people say this number on the phone, so it is never given twice.
    AlertId
    /// One event as a source sent it.
    EventId
    /// One message to one contact.
    NotificationId
    /// One piece of work that is due at some time.
    JobId
    /// An API key (not its secret).
    ApiKeyId
    /// A group of people.
    TeamId
    /// A rota.
    ScheduleId
    /// An exception to a schedule: a person, or nobody, for a span.
    OverrideId
    /// Shifts that replace a schedule's own for a span.
    TemporaryScheduleId
    /// A calendar of public holidays.
    CalendarId
    /// Days on which a person is away.
    AbsenceId
    /// An iCal feed (not its secret).
    FeedId
    /// A request to take somebody's shift.
    CoverRequestId
    /// Hours in which a priority counts.
    SupportHoursId
    /// A span in which nobody is paged.
    MaintenanceWindowId
}

/// A connector: the credentials of an outside account. Text on the wire (ilert uses uuids).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectorId(pub String);

impl std::fmt::Display for ConnectorId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// An alert action. Text on the wire (ilert uses uuids).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActionId(pub String);

impl std::fmt::Display for ActionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
