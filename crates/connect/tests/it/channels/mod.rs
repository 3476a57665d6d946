//! The channels, each against its stand-in.

mod email;
mod email_faults;
mod email_tls;
mod messages;
mod ntfy;
mod providers;
mod sms_gateway;
mod twilio;
mod vonage;
mod webhook;
