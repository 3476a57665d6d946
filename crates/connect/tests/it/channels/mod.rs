//! The channels, each against its stand-in.

mod email;
mod email_faults;
mod email_tls;
mod gotify;
mod languages;
mod messages;
mod ntfy;
mod pushover;
mod telegram;
mod unified_push;
mod web_push;
mod webhook;
