//! The REST API over HTTP.

mod access;
mod document;
mod parity;
mod people;
mod policies;
mod sources;
