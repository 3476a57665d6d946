//! The rules of Watchbell, pure: no clock, no randomness, no input or output. `now` and ids are arguments.

pub mod alert;
pub mod auditor;
pub mod autotask;
pub mod condition;
pub mod cover;
pub mod escalation;
pub mod event;
pub mod grouping;
pub mod hold;
pub mod ids;
pub mod language;
pub mod leaving;
pub mod limits;
pub mod maintenance;
pub mod notify;
pub mod priority_rule;
pub mod provider;
pub mod remind;
pub mod reply;
pub mod schedule;
pub mod silence;
pub mod support_hours;
pub mod template;
pub mod text;
pub mod timeline;
pub mod user;
