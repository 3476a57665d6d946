//! Buttons. Each says in words what it does; an icon is decoration.

use super::icon;
use maud::{Markup, html};

/// The one button of a form that it is about.
pub fn submit(word: &str) -> Markup {
    html! { button.button.primary type="submit" { (word) } }
}

/// A submit button with an icon, beside the main one.
pub fn submit_quiet(symbol: &str, word: &str) -> Markup {
    html! { button.button.quiet type="submit" { (icon(symbol)) (word) } }
}

/// A submit button that sends `name=value` with the form.
pub fn submit_as(name: &str, value: &str, word: &str) -> Markup {
    html! { button.button type="submit" name=(name) value=(value) { (word) } }
}

/// A link that looks like a button.
pub fn link(href: &str, word: &str) -> Markup {
    html! { a.button href=(href) { (word) } }
}

/// The main link of a page, usually "New ...".
pub fn link_primary(href: &str, symbol: &str, word: &str) -> Markup {
    html! { a.button.primary href=(href) { (icon(symbol)) (word) } }
}

/// Switches between light and dark; shown by the script, which it needs.
pub fn theme() -> Markup {
    html! { button.button.quiet type="button" data-theme-toggle data-script hidden { (icon("sun-moon")) "Light or dark" } }
}

/// A form with one button: a POST without fields, for actions such as "Try again". Works without script.
pub fn post(shell: &crate::Shell, action: &str, class: &str, symbol: &str, word: &str) -> Markup {
    html! {
        form method="post" action=(action) {
            (crate::layout::csrf(shell))
            button.button.(class) type="submit" { (icon(symbol)) (word) }
        }
    }
}

/// A POST that asks first: with script in a dialog, without it by ticking a box that the form requires.
pub fn post_asking(shell: &crate::Shell, id: &str, action: &str, word: &str, question: &str) -> Markup {
    post_asking_with(shell, id, action, word, question, html! {})
}

/// [`post_asking`] with fields of its own.
pub fn post_asking_with(
    shell: &crate::Shell,
    id: &str,
    action: &str,
    word: &str,
    question: &str,
    fields: Markup,
) -> Markup {
    html! {
        details {
            summary { (word) }
            form.stack.tight method="post" action=(action) {
                (crate::layout::csrf(shell))
                p.muted { (question) }
                (fields)
                label.choice for=(id) { input.tick #(id) type="checkbox" name="confirmed" value="on" required; span { "Yes, I am sure" } }
                div.actions { button.button.danger type="submit" { (word) } }
            }
        }
    }
}
