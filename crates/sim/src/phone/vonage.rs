//! The APIs of Vonage: messages (v1) and voice (v1) of one application, NCCO, signed webhooks.
//!
//! <https://developer.vonage.com/en/api/messages>, <https://developer.vonage.com/en/api/voice>

mod call;
mod call_door;
mod door;
mod jwt;
mod lookup_door;
mod message_door;
mod ncco;
mod problem;
mod report;
mod stand_in_key;

pub(super) use call::Plan;
pub(super) use door::{application_login, routes};
pub(super) use jwt::ApplicationKey;
pub(super) use ncco::read_script;
pub(super) use report::{inbound, message_report};
pub(super) use stand_in_key::PRIVATE_KEY_PEM as STAND_IN_KEY;
