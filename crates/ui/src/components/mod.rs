//! The parts that pages are made of; one file per noun.

pub mod badge;
pub mod button;
pub mod field;
pub mod list;
pub mod panel;
pub mod qr;

pub use badge::{count, priority_badges, state};
pub use field::{Choice, Field};
pub use list::{Paging, Tab, empty, pager, tabs};
pub use panel::{banner, copy_field, dialog, head, panel, sub_head};
pub use qr::qr;

use crate::assets::asset_url;
use maud::{Markup, html};

/// An icon of the sprite; decoration, words stand beside it.
pub fn icon(name: &str) -> Markup {
    html! { svg.icon aria-hidden="true" { use href={ (asset_url("icons.svg")) "#" (name) } {} } }
}
