//! The pages of Watchbell as functions: a view model in, HTML out. No input or output, no clock, no decisions.
//!
//! A fragment is the same function whether it is part of a page, the answer to a form, or a live row. Every mutation is a
//! plain POST form that works without script and is answered with 303; on an error the same page is shown again (422) with
//! the [`form::Form`] that was posted, so that nothing typed is lost. Field names are documented at each page.

pub mod assets;
pub mod components;
mod contrast;
pub mod form;
pub mod layout;
pub mod on_call_strip;
pub mod pages;
pub mod person;
pub mod routes;
pub mod shell;
pub mod time;

pub use assets::{Asset, asset, asset_url};
pub use form::Form;
pub use maud::{Markup, PreEscaped};
pub use person::Person;
pub use shell::Shell;
