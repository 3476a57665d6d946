//! All SQL of Watchbell: one file per noun, on SQLite and on PostgreSQL. Every function takes a [`Scope`], but those of [`doors`].

#[macro_use]
mod sql;

mod changes;
mod reader;
mod recipients;

pub mod alert_history;
pub mod alert_list;
pub mod alert_search;
pub mod alerts;
pub mod api_keys;
pub mod audit;
pub mod audit_search;
pub mod backup;
pub mod bundles;
pub mod canary;
pub mod connector_cache;
pub mod connectors;
pub mod contact_tests;
pub mod contacts;
pub mod db;
pub mod deliveries;
pub mod doors;
pub mod error;
pub mod escalations;
pub mod event_search;
pub mod events;
pub mod filters;
pub mod first_user;
pub mod hold;
pub mod ingest;
pub mod job_changes;
pub mod jobs;
pub mod login_attempts;
pub mod manual_alerts;
pub mod notices;
pub mod notifications;
pub mod nudge;
pub mod overview;
pub mod page;
pub mod ping;
pub mod policies;
pub mod preferences;
pub mod reach;
pub mod reconcile;
pub mod responders;
pub mod retention;
pub mod room;
pub mod schedules;
pub mod schema;
pub mod scope;
pub mod seal;
pub mod sessions;
pub mod set_back;
pub mod settings;
pub mod source_status;
pub mod sources;
pub mod teams;
pub mod tickets;
pub mod timeline;
pub mod users;
pub mod value;

mod migrate;
mod postgres;
mod sqlite;
mod stored;

pub use db::{Db, Tx};
pub use error::StoreError;
pub use page::Page;
pub use reader::Reader;
pub use scope::Scope;
pub use sql::{Sql, statements};
