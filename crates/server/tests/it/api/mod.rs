//! The REST API over HTTP.

mod absences;
mod access;
mod alert_actions;
mod contacts;
mod contacts_push;
mod coverage;
mod document;
mod edges;
mod holiday_calendars;
mod on_calls;
mod overrides;
mod parity;
mod people;
mod policies;
mod providers;
mod schedules;
mod sources;
mod teams;
