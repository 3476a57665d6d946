//! The Autotask stand-in over real sockets.

mod auth;
mod callouts;
mod client;
mod desk;
mod faults;
mod metadata;
mod page;
mod query;
mod receiver;
mod support;
mod webhook_events;
mod webhook_faults;
mod webhooks;
mod workflow;
mod writes;
