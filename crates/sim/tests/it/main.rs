//! The stand-ins over real sockets.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod autotask;
mod phone;
mod push;
