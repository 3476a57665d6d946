//! The REST API over HTTP.

mod access;
mod contacts;
mod document;
mod edges;
mod on_calls;
mod overrides;
mod parity;
mod people;
mod policies;
mod schedules;
mod sources;
mod teams;
