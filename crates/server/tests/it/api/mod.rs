//! The REST API over HTTP.

mod access;
mod contacts;
mod document;
mod edges;
mod parity;
mod people;
mod policies;
mod sources;
mod teams;
