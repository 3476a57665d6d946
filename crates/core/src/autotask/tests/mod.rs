//! Tests of what a change of a ticket means: both presets cell by cell, the stories of the night, and properties.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod changes;
mod facts;
mod labels;
mod presets;
mod priorities;
mod properties;
mod replay;
mod rules;
mod stories;
mod unreadable;
mod watched_fields;
mod webhook;
mod world;
mod write_back;
