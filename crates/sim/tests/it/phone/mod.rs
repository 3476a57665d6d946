//! The telephone exchange over real sockets.

mod behaviour;
mod faults;
mod gateway;
mod page;
mod support;
mod twilio_calls;
mod twilio_texts;
mod vonage_calls;
mod vonage_texts;
