//! The store on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod access;
mod backup;
mod configuration;
mod deliveries;
mod fixtures;
mod migrations;
mod migrations_database;
mod people;
mod plans;
mod proofs;
mod schedules;
mod schema;
mod sources;
