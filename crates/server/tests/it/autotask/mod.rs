//! Autotask: tickets of a real stand-in over real sockets, from the callout to the resolved alert.

mod accounts;
mod actions;
pub(crate) mod actions_desk;
mod callouts;
mod catching_up;
mod faults;
mod knobs;
mod main_job;
mod notes;
mod people;
mod polling;
mod presets;
mod random;
mod stories;
mod taking;
pub(crate) mod tenant;
mod texts;
mod touched;
mod webhooks;
mod webhooks_kept;
mod write_back;
