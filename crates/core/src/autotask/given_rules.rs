//! The settings of an Autotask source as somebody gives them: what is left out depends on the preset that is given.

use super::filter::Filter;
use super::priority_table::PriorityTable;
use super::routing::RoutingTable;
use super::source_rules::{AcceptCountsFor, LeavingFilter, Preset, SourceRules, Templates, Which};
use super::status_table::StatusTable;
use super::write_back::WriteBackRules;
use serde::{Deserialize, Deserializer};

/// [`SourceRules`] with gaps.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GivenRules {
    preset: Preset,
    which: Which,
    watch_only: bool,
    #[serde(deserialize_with = "given")]
    poll_interval_s: Option<Option<u32>>,
    statuses: Option<StatusTable>,
    priorities: Option<PriorityTable>,
    filter: Filter,
    accept_counts_for: AcceptCountsFor,
    leaving_filter: LeavingFilter,
    unreadable_after_s: Option<u32>,
    write_back: Option<WriteBackRules>,
    routing: RoutingTable,
    templates: Templates,
}

/// A null says something (no poll); nothing at all does not.
fn given<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Option<u32>>, D::Error> {
    Option::deserialize(json).map(Some)
}

impl From<GivenRules> for SourceRules {
    fn from(given: GivenRules) -> Self {
        let usual = SourceRules::usual(given.preset);
        Self {
            preset: given.preset,
            which: given.which,
            watch_only: given.watch_only,
            poll_interval_s: given.poll_interval_s.unwrap_or(usual.poll_interval_s),
            statuses: given.statuses.unwrap_or(usual.statuses),
            priorities: given.priorities.unwrap_or(usual.priorities),
            filter: given.filter,
            accept_counts_for: given.accept_counts_for,
            leaving_filter: given.leaving_filter,
            unreadable_after_s: given.unreadable_after_s.unwrap_or(usual.unreadable_after_s),
            write_back: given.write_back.unwrap_or(usual.write_back),
            routing: given.routing,
            templates: given.templates,
        }
    }
}
