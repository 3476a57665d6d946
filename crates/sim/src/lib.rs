//! Stand-ins of outside services: real servers over real sockets.

pub mod autotask;
pub mod clock;
pub mod hook;
mod ids;
mod listening;
mod look;
pub mod ntfy;
mod shelf;
pub mod smtp;
pub mod web_push;

pub use shelf::Missing;
