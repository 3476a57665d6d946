//! The pages over HTTP, as a browser uses them.

mod access;
mod alert_actions;
mod alerts;
mod autotask;
mod autotask_events;
mod autotask_people;
mod autotask_watching;
mod away;
pub mod browser;
mod contacts;
pub mod editor_form;
mod frame;
mod hours;
mod links;
mod live;
mod login;
mod paging;
mod people;
mod policies;
mod providers;
mod schedule_editor;
mod schedules;
mod settings;
mod setup;
mod sources;
mod teams;
