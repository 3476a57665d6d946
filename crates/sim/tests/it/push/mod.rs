//! The stand-ins of push services over real sockets.

mod desk;
mod gotify;
mod pushover;
mod pushover_receipts;
mod sender;
mod support;
mod telegram;
mod telegram_updates;
mod web_push;
mod web_push_rules;
