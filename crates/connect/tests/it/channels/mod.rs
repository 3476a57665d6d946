//! The channels, each against its stand-in.

mod email;
mod email_faults;
mod email_tls;
mod languages;
mod messages;
mod ntfy;
mod webhook;
