//! What a webhook watches.

/// What a webhook watches. Autotask has webhooks of companies, contacts and configuration items as well; they are not needed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WebhookKind {
    /// Tickets.
    Ticket,
    /// Notes of tickets.
    TicketNote,
}

impl WebhookKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ticket, Self::TicketNote];

    /// The segment of the path, such as `TicketWebhooks`; also the name by which requests are counted.
    pub fn path(self) -> &'static str {
        match self {
            Self::Ticket => "TicketWebhooks",
            Self::TicketNote => "TicketNoteWebhooks",
        }
    }

    /// The endpoint that describes the fields of a webhook.
    pub(crate) fn fields_path(self) -> &'static str {
        match self {
            Self::Ticket => "TicketWebhookFields",
            Self::TicketNote => "TicketNoteWebhookFields",
        }
    }

    /// The endpoint that describes the user-defined fields of a webhook; webhooks of notes have none.
    pub(crate) fn udf_fields_path(self) -> Option<&'static str> {
        match self {
            Self::Ticket => Some("TicketWebhookUdfFields"),
            Self::TicketNote => None,
        }
    }

    /// How events name what they are about (`EntityType`).
    pub fn entity_type(self) -> &'static str {
        match self {
            Self::Ticket => "Ticket",
            Self::TicketNote => "TicketNote",
        }
    }

    /// The kind of an `EntityType`, in any case; `None` for one that is not known here.
    pub fn of_entity_type(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.entity_type().eq_ignore_ascii_case(name.trim()))
    }
}
