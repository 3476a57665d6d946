//! The REST API over HTTP.

mod access;
mod contacts;
mod document;
mod edges;
mod parity;
mod people;
mod on_calls;
mod overrides;
mod policies;
mod schedules;
mod sources;
mod teams;
