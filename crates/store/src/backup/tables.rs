//! The tables of a backup, in an order in which each comes after those that it refers to.

/// One table, with its statements for each way to and from a backup.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// SQLite: empties it.
    pub(super) delete: &'static str,
    /// SQLite: fills it from the attached backup, whose tables have the same columns in the same order.
    pub(super) copy: &'static str,
    /// PostgreSQL: its rows as JSON.
    pub(super) read: &'static str,
    /// PostgreSQL: rows from a JSON array.
    pub(super) fill: &'static str,
    /// PostgreSQL: lets its identity go on after the highest row; none where it has no identity.
    pub(super) number: Option<&'static str>,
}

macro_rules! tables {
    (@number $name:ident) => { None };
    (@number $name:ident numbered) => {
        Some(concat!(
            "SELECT setval(pg_get_serial_sequence('", stringify!($name), "', 'id'), GREATEST((SELECT max(id) FROM ", stringify!($name), "), 0) + $1)"
        ))
    };
    ($($name:ident $($numbered:ident)?),* $(,)?) => {
        /// Every table of a backup.
        pub const TABLES: &[Table] = &[$(Table {
            name: stringify!($name),
            delete: concat!("DELETE FROM main.", stringify!($name)),
            copy: concat!("INSERT INTO main.", stringify!($name), " SELECT * FROM old.", stringify!($name)),
            read: concat!("SELECT row_to_json(t)::text FROM ", stringify!($name), " AS t"),
            fill: concat!("INSERT INTO ", stringify!($name), " SELECT * FROM json_populate_recordset(NULL::", stringify!($name), ", $1::json)"),
            number: tables!(@number $name $($numbered)?),
        }),*];
        /// PostgreSQL: empties all of them at once, and those that are left out.
        pub(super) const EMPTY_ALL: &str = concat!("TRUNCATE session, login_attempt" $(, ", ", stringify!($name))*);
    };
}

tables! {
    organization,
    setting,
    seal_canary,
    user_account numbered,
    contact numbered,
    notification_preference numbered,
    api_key numbered,
    escalation_policy numbered,
    escalation_policy_version,
    escalation_turn,
    connector,
    connector_person,
    support_hours numbered,
    maintenance_window numbered,
    alert_source numbered,
    alert_action,
    alert_action_source,
    source_webhook numbered,
    alert numbered,
    action_ticket,
    alert_responder,
    event numbered,
    alert_log numbered,
    notification numbered,
    job numbered,
    ticket,
    connector_cache,
    team numbered,
    team_member,
    holiday_calendar numbered,
    holiday,
    schedule numbered,
    schedule_version,
    schedule_owner,
    schedule_team,
    schedule_override numbered,
    temporary_schedule numbered,
    absence numbered,
    absence_feed,
    gap_told,
    support_hours numbered,
    calendar_feed numbered,
    cover_request numbered,
    cover_decline,
    audit numbered,
    shift_reminder,
    handoff_note numbered,
    auditor,
    provider,
    pace,
    heard_text,
    stopped_number,
}

/// Tables that are in no backup: what they hold should not come back.
pub const LEFT_OUT: [&str; 2] = ["session", "login_attempt"];

/// The tables whose numbers people and links remember.
pub(super) const REMEMBERED: [&str; 2] = ["alert", "notification"];
