//! Surfaces: headings, panels, banners, dialogs, copy fields.

use super::icon;
use crate::shell::{Banner, Tone};
use maud::{Markup, html};

/// Heading of a page with what stands right of it.
pub fn head(title: &str, right: Markup) -> Markup {
    html! { div.head { h1 { (title) } span.grow {} (right) } }
}

/// Heading of a page below a list, with the way back.
pub fn sub_head(back: (&str, &str), title: &str, right: Markup) -> Markup {
    html! {
        div.head {
            nav.crumbs aria-label="Way back" { a href=(back.0) { (icon("chevron-left")) (back.1) } }
            h1 { (title) }
            span.grow {}
            (right)
        }
    }
}

/// A panel with a heading; `id` names the heading and lets a stream replace the panel.
pub fn panel(id: &str, title: &str, right: Markup, content: Markup) -> Markup {
    html! {
        section.panel #(id) aria-labelledby={ (id) "-title" } {
            header { h2 #{ (id) "-title" } { (title) } span.grow {} (right) }
            (content)
        }
    }
}

/// Class of a tone.
pub const fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Alarm => "tone-alarm",
        Tone::Red => "tone-red",
        Tone::Yellow => "tone-yellow",
        Tone::Green => "tone-green",
        Tone::Blue => "tone-blue",
    }
}

/// A banner: what happened, and where it is mended.
pub fn banner(banner: &Banner) -> Markup {
    let symbol = match banner.tone {
        Tone::Alarm => "bell-off",
        Tone::Red | Tone::Yellow => "triangle-alert",
        Tone::Green => "circle-check",
        Tone::Blue => "info",
    };
    html! {
        div.banner.(tone_class(banner.tone)) {
            (icon(symbol))
            p { (banner.text) @if let Some((href, word)) = &banner.link { " " a href=(href) { (word) } } }
        }
    }
}

/// A dialog that `data-dialog=<id>` opens.
pub fn dialog(id: &str, title: &str, content: Markup) -> Markup {
    html! {
        dialog #(id) aria-labelledby={ (id) "-title" } {
            div.stack { h2 #{ (id) "-title" } { (title) } (content) }
        }
    }
}

/// A value to copy: a read-only field, so that it can be selected without script, and a button with it.
pub fn copy_field(id: &str, label: &str, value: &str) -> Markup {
    html! {
        div.field {
            label for=(id) { (label) }
            div.copy {
                input.input #(id) type="text" readonly value=(value);
                button.button type="button" data-copy=(id) data-script hidden aria-label={ "Copy: " (label) } { (icon("copy")) "Copy" }
            }
        }
    }
}
