//! Autotask: tickets of a real stand-in over real sockets, from the callout to the resolved alert.

mod accounts;
mod callouts;
mod catching_up;
mod faults;
mod knobs;
mod main_job;
mod notes;
mod polling;
mod presets;
mod random;
mod stories;
mod taking;
pub(crate) mod tenant;
mod texts;
mod touched;
mod write_back;
