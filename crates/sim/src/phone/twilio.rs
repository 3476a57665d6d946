//! The API of Twilio: <https://www.twilio.com/docs/usage/api>. Messages, calls, TwiML, signed webhooks.

mod call;
mod call_door;
mod door;
mod form;
mod inbound;
mod message_door;
mod refusal;
mod report;
mod signature;
mod twiml;

pub(super) use call::Plan;
pub(super) use door::routes;
pub(super) use inbound::{inbound, opt_out_word, reply};
pub(super) use report::message_report;
pub use signature::twilio_signature;
pub(super) use twiml::read_script;

/// The version in every address and webhook.
const API_VERSION: &str = "2010-04-01";
