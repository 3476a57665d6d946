//! What `connect` does to the outside world, over real sockets to the stand-ins.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod channels;
mod outbound;
