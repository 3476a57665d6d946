//! The settings of an Autotask source as a form, and back.

mod choices;
mod fields;
mod filter;
mod read;
mod routing;
mod show;

pub(super) use choices::offers;
pub(super) use read::{read, templates};
pub(super) use show::{form_of, priority_rows, status_rows};
