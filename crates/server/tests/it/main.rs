//! Behaviour of the server, over HTTP, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod api;
mod api_alerts;
mod api_alerts_history;
mod api_bad_input;
mod auditor;
mod autotask;
mod bundling;
mod channels;
mod cover;
mod escalation;
mod escalation_accepts;
mod escalation_rotas;
mod events;
mod feeds;
mod leaving;
mod mail_in;
mod maintenance;
mod news;
mod openapi_schemas;
mod order;
mod outages;
mod pages;
mod paging_grouping;
mod paging_nobody;
mod paging_nodes;
mod paging_stop;
mod reliability;
mod reminders;
mod rotas;
mod several_nodes;
mod silence;
mod support_hours;
mod texts;
