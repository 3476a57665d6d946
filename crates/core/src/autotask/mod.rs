//! What a change of an Autotask ticket means. Pure: its own plain [`Ticket`], the settings of a source ([`SourceRules`]), and
//! one function, [`decide`], that turns what was seen into effects for the engine to carry out.

mod actor;
mod alert_happening;
mod assignment;
mod change;
mod decide;
mod effect;
mod facts;
mod filter;
mod follow;
mod given_rules;
mod gone;
mod history;
mod label;
mod merge;
mod opening;
mod past;
mod picklist;
mod priority_table;
mod replay;
mod routing;
mod sighting;
mod source_rules;
mod status_class;
mod status_guess;
mod status_table;
mod ticket;
mod ticket_note;
mod ticket_number;
mod unreadable;
mod verdict;
mod watched_fields;
mod webhook;
mod write_back;

pub use actor::{Actor, SYSTEM_RESOURCE};
pub use alert_happening::{AlertHappening, Happened};
pub use assignment::{Assignment, QueueRole, choose_role, wants_assignment};
pub use decide::{Decision, decide};
pub use effect::{Effect, Manner, Opening, Trigger};
pub use facts::TicketFacts;
pub use filter::{Filter, FilterMiss, TicketField, guess_change_request_types};
pub use gone::{GONE_RETRY_S, Gone, decide_gone};
pub use history::{HistoryEntry, status_set_by};
pub use merge::{SystemNote, merge_destination};
pub use past::PastChange;
pub use picklist::PicklistValue;
pub use priority_table::{PriorityClass, PriorityRow, PriorityTable, Treatment, guess_priority, preset_treatment};
pub use replay::{Replay, Replayed, ReplayedAlert};
pub use routing::{RoutingRow, RoutingTable};
pub use sighting::{AlertView, OwnEdit, Sighting, Way};
pub use source_rules::{
    AcceptCountsFor, DEFAULT_DETAILS, DEFAULT_SUMMARY, LeavingFilter, POLL_INTERVAL_S, Preset, Problem, SourceRules,
    Templates, UNREADABLE_AFTER_S, Which,
};
pub use status_class::StatusClass;
pub use status_guess::guess_class;
pub use status_table::{Cell, Cells, StatusRow, StatusTable, preset_cells};
pub use ticket::{Snapshot, Ticket};
pub use ticket_note::{NoteOut, marker};
pub use ticket_number::{find_ticket_numbers, is_recurring_instance, is_ticket_number};
pub use unreadable::{KnownTicket, Unread, UnreadCallout, decide_unread, shared_alert_key, shared_alert_summary};
pub use verdict::{Reason, ResolveReason, Verdict};
pub use watched_fields::{NEEDED_FIELD, NOTE_TICKET, OfferedField, Watched, is_same};
pub use webhook::{Arrival, MISSING_MAX, REARM_ONCE_IN, Sequence, WebhookArrivals, WebhookKind, WebhookStanding};
pub use write_back::{
    Left, NOTE_TYPE_ORDINARY, PUBLISH_INTERNAL, RESOLUTION_CHARS_MAX, TicketFields, WriteBackRules, Writing,
    plan_write_back,
};

#[cfg(test)]
mod tests;
