//! The client against a small server over real sockets.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod connection;
mod faults;
mod paging;
mod requests;
mod server;
mod webhooks;
