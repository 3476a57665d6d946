//! A stand-in of Autotask PSA: a small tenant with its REST API, workflow rules and extension callouts, and a page on which a
//! person acts as technician, contact or robot. What is not known of the real service is a setting.

mod callout;
mod check;
mod coerce;
mod config;
mod control;
mod delivery;
mod desk;
mod entity;
mod faults;
mod fields;
mod handle;
mod http;
mod note;
mod person;
mod picklist;
mod query;
mod rest;
mod row;
mod rule;
pub mod seed;
mod server;
mod tables;
mod ticket;
mod udf;
mod web;
mod webhook;
mod workflow;
mod world;

pub use self::callout::{Callout, Format, Identity, Message, Method, Resend};
pub use self::config::{Config, Habits, Url};
pub use self::delivery::{Attempt, Delivery, Fate};
pub use self::entity::Entity;
pub use self::faults::Faults;
pub use self::handle::{Refused, TicketIn};
pub use self::http::client;
pub use self::person::{Actor, By, Person, ROBOT};
pub use self::picklist::{Language, PickValue};
pub use self::query::Query;
pub use self::row::Row;
pub use self::rule::{Condition, Event, On, Rule};
pub use self::server::{Autotask, run};
pub use self::udf::{Udf, UdfKind};
pub use self::webhook::{Watched, WebhookAction, WebhookDelivery};
pub use self::world::{Seen, World};
