//! The rules of Watchbell, pure: no clock, no randomness, no input or output. `now` and ids are arguments.

pub mod alert;
pub mod autotask;
pub mod condition;
pub mod escalation;
pub mod event;
pub mod grouping;
pub mod ids;
pub mod limits;
pub mod notify;
pub mod schedule;
pub mod template;
pub mod text;
pub mod timeline;
pub mod user;
