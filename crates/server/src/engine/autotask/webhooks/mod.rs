//! The webhooks that Autotask has for a source: made when a person asks, watched, and removed when they are let go. One job for all of
//! a source brings what is in Autotask to what is wished. Repeated safely: it looks at what is there before it makes anything, by the
//! address that no other webhook has.

mod fields;
mod make;
mod place;
mod remove;
mod run;
mod watch;
mod wish;

pub use wish::{create_webhooks, remove_webhooks};

pub(in crate::engine) use run::keep;
