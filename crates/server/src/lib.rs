//! The server of Watchbell: API, webhooks, pages and the engine.

pub mod accounts;
pub mod answers;
pub mod api;
pub mod app;
pub mod auth;
pub mod bus;
pub mod clock;
pub mod config;
pub mod contact_proof;
pub mod engine;
pub mod error;
pub mod feeds;
mod handoff;
pub mod health;
pub mod hooks;
pub mod ids;
pub mod links;
pub mod mail_in;
pub mod mail_settings;
pub mod pages;
pub mod providers;
pub mod proxies;
pub mod router;
pub mod setup;
pub mod start;
pub mod stored_settings;
pub mod texts;
