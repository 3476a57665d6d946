//! Stand-ins of outside services: real servers over real sockets.

pub mod autotask;
pub mod clock;
pub mod gotify;
pub mod hook;
mod http;
mod ids;
mod listening;
mod look;
pub mod ntfy;
pub mod phone;
pub mod push;
pub mod pushover;
mod shelf;
pub mod smtp;
pub mod telegram;
pub mod web_push;

pub use shelf::Missing;
