//! Statements are constants: one text where both databases can read it, two where they differ.

/// One statement, in the words of both databases.
#[derive(Debug, Clone, Copy)]
pub struct Sql {
    /// For SQLite.
    pub sqlite: &'static str,
    /// For PostgreSQL.
    pub postgres: &'static str,
}

/// Makes constants of statements, and `STATEMENTS`, the list of a file's texts, which a test prepares on both databases.
macro_rules! sql {
    (@text both: $both:expr) => { $crate::Sql { sqlite: $both, postgres: $both } };
    (@text sqlite: $sqlite:expr, postgres: $postgres:expr $(,)?) => { $crate::Sql { sqlite: $sqlite, postgres: $postgres } };
    ($($(#[$meta:meta])* $name:ident { $($text:tt)* })*) => {
        $($(#[$meta])* const $name: $crate::Sql = sql!(@text $($text)*);)*
        /// Every statement of this file, by name.
        pub(crate) const STATEMENTS: &[(&str, $crate::Sql)] = &[$((stringify!($name), $name)),*];
    };
}

/// Every statement of the store, by file and name: for the test that prepares them all.
pub fn statements() -> Vec<(&'static str, &'static str, Sql)> {
    let files: &[(&'static str, &'static [(&'static str, Sql)])] = &[
        ("absence_feeds", crate::absence_feeds::STATEMENTS),
        ("absences", crate::absences::STATEMENTS),
        ("alert_history", crate::alert_history::STATEMENTS),
        ("alert_list", crate::alert_list::STATEMENTS),
        ("alert_search", crate::alert_search::STATEMENTS),
        ("alerts", crate::alerts::STATEMENTS),
        ("api_keys", crate::api_keys::STATEMENTS),
        ("audit", crate::audit::STATEMENTS),
        ("audit_search", crate::audit_search::STATEMENTS),
        ("auditor", crate::auditor::STATEMENTS),
        ("bundles", crate::bundles::STATEMENTS),
        ("canary", crate::canary::STATEMENTS),
        ("changes", crate::changes::STATEMENTS),
        ("connector_cache", crate::connector_cache::STATEMENTS),
        ("connector_people", crate::connector_people::STATEMENTS),
        ("connectors", crate::connectors::STATEMENTS),
        ("contact_tests", crate::contact_tests::STATEMENTS),
        ("contacts", crate::contacts::STATEMENTS),
        ("contacts::changes", crate::contacts::changes::STATEMENTS),
        ("contacts::stopping", crate::contacts::stopping::STATEMENTS),
        ("contacts::verifying", crate::contacts::verifying::STATEMENTS),
        ("cover_requests", crate::cover_requests::STATEMENTS),
        ("cover_requests::answering", crate::cover_requests::answering::STATEMENTS),
        ("cover_requests::asking", crate::cover_requests::asking::STATEMENTS),
        ("cover_requests::tell", crate::cover_requests::tell::STATEMENTS),
        ("deliveries", crate::deliveries::STATEMENTS),
        ("deliveries::beginning", crate::deliveries::beginning::STATEMENTS),
        ("deliveries::catching_up", crate::deliveries::catching_up::STATEMENTS),
        ("deliveries::finishing", crate::deliveries::finishing::STATEMENTS),
        ("deliveries::plain", crate::deliveries::plain::STATEMENTS),
        ("deliveries::reports", crate::deliveries::reports::STATEMENTS),
        ("deliveries::standing", crate::deliveries::standing::STATEMENTS),
        ("deliveries::turn", crate::deliveries::turn::STATEMENTS),
        ("deliveries::waiting", crate::deliveries::waiting::STATEMENTS),
        ("doors", crate::doors::STATEMENTS),
        ("escalations", crate::escalations::STATEMENTS),
        ("event_search", crate::event_search::STATEMENTS),
        ("events", crate::events::STATEMENTS),
        ("feeds", crate::feeds::STATEMENTS),
        ("first_user", crate::first_user::STATEMENTS),
        ("gaps", crate::gaps::STATEMENTS),
        ("hand_overs", crate::hand_overs::STATEMENTS),
        ("heard", crate::heard::STATEMENTS),
        ("unsubscribing", crate::unsubscribing::STATEMENTS),
        ("holidays", crate::holidays::STATEMENTS),
        ("handoff", crate::handoff::STATEMENTS),
        ("holds", crate::holds::STATEMENTS),
        ("ingest", crate::ingest::STATEMENTS),
        ("job_changes", crate::job_changes::STATEMENTS),
        ("jobs::asking", crate::jobs::asking::STATEMENTS),
        ("jobs::claiming", crate::jobs::claiming::STATEMENTS),
        ("jobs::finishing", crate::jobs::finishing::STATEMENTS),
        ("jobs::shown", crate::jobs::shown::STATEMENTS),
        ("leaving", crate::leaving::STATEMENTS),
        ("login_attempts", crate::login_attempts::STATEMENTS),
        ("maintenance", crate::maintenance::STATEMENTS),
        ("notifications", crate::notifications::STATEMENTS),
        ("nudge", crate::nudge::STATEMENTS),
        ("outlooks", crate::outlooks::STATEMENTS),
        ("overview", crate::overview::STATEMENTS),
        ("providers", crate::providers::STATEMENTS),
        ("reach", crate::reach::STATEMENTS),
        ("reminders", crate::reminders::STATEMENTS),
        ("responders", crate::responders::STATEMENTS),
        ("retention", crate::retention::STATEMENTS),
        ("timeline", crate::timeline::STATEMENTS),
        ("reconcile", crate::reconcile::STATEMENTS),
        ("ping", crate::ping::STATEMENTS),
        ("news", crate::news::STATEMENTS),
        ("notices", crate::notices::STATEMENTS),
        ("policies", crate::policies::STATEMENTS),
        ("policies/targets", crate::policies::targets::STATEMENTS),
        ("preferences", crate::preferences::STATEMENTS),
        ("recipients", crate::recipients::STATEMENTS),
        ("schedules", crate::schedules::STATEMENTS),
        ("schedules::exceptions::overrides", crate::schedules::exceptions::overrides::STATEMENTS),
        ("schedules::parts", crate::schedules::parts::STATEMENTS),
        ("schedules::people", crate::schedules::people::STATEMENTS),
        ("schedules::exceptions::temporaries", crate::schedules::exceptions::temporaries::STATEMENTS),
        ("schedules::versions", crate::schedules::versions::STATEMENTS),
        ("sessions", crate::sessions::STATEMENTS),
        ("set_back", crate::set_back::STATEMENTS),
        ("settings", crate::settings::STATEMENTS),
        ("source_status", crate::source_status::STATEMENTS),
        ("source_webhooks", crate::source_webhooks::STATEMENTS),
        ("standing", crate::standing::STATEMENTS),
        ("sources", crate::sources::STATEMENTS),
        ("sources::changes", crate::sources::changes::STATEMENTS),
        ("teams", crate::teams::STATEMENTS),
        ("support_hours", crate::support_hours::STATEMENTS),
        ("action_tickets", crate::action_tickets::STATEMENTS),
        ("alert_actions", crate::alert_actions::STATEMENTS),
        ("tickets", crate::tickets::STATEMENTS),
        ("turns", crate::turns::STATEMENTS),
        ("users", crate::users::STATEMENTS),
        ("users::changes", crate::users::changes::STATEMENTS),
    ];
    files.iter().flat_map(|(file, list)| list.iter().map(move |(name, sql)| (*file, *name, *sql))).collect()
}
