//! The channels, each against its stand-in.

mod email;
mod email_faults;
mod email_tls;
mod gotify;
mod languages;
mod messages;
mod ntfy;
mod providers;
mod pushover;
mod sms_gateway;
mod telegram;
mod twilio;
mod unified_push;
mod vonage;
mod web_push;
mod webhook;
