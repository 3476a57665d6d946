//! Sources: the bytes that a tool sends, parsed to events. Pure.

pub mod api;
pub mod autotask;
mod fields;

pub use fields::FieldError;
