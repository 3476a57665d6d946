//! Stand-ins of outside services: real servers over real sockets.

pub mod autotask;
pub mod clock;
pub mod hook;
mod listening;
mod look;
pub mod ntfy;
pub mod phone;
mod shelf;
pub mod smtp;

pub use shelf::Missing;
