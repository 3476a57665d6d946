//! The outside world of Watchbell: sources, channels and actions. Never touches the store.

pub mod actions;
pub mod channels;
pub mod http;
pub mod ical;
pub mod phone;
pub mod sources;
