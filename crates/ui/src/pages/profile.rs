//! The viewer's own page: the user page, their password, and the switch for single keys.

use super::this_browser::this_browser;
use super::user::{UserView, user_body};
use crate::components::field::Field;
use crate::components::{button, head, panel};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use maud::{Markup, html};

/// The page. The password form posts to `/users/{id}/password`: `current`, `new`.
pub fn profile(shell: &Shell, view: &UserView, password: &Form) -> Markup {
    layout::page(
        shell,
        Section::Profile,
        "Profile",
        Main::default(),
        html! {
            (head("Profile", html! {}))
            (user_body(shell, view))
            div.two {
                div.stack { (password_form(shell, view, password)) }
                (this_browser(view.has_numbers))
            }
        },
    )
}

fn password_form(shell: &Shell, view: &UserView, form: &Form) -> Markup {
    panel(
        "password",
        "Password",
        html! {},
        html! {
            form.inside method="post" action=(routes::user_do(view.person.id, "password")) {
                (layout::csrf(shell))
                input type="text" name="username" value=(view.form.value("email")) autocomplete="username" hidden;
                div.fields {
                    (Field::new(form, "current", "Current password").kind("password").autocomplete("current-password").required().input())
                    (Field::new(form, "new", "New password").kind("password").autocomplete("new-password").required().help("At least 10 characters. Other sessions end.").input())
                }
                div.actions { (button::submit("Change the password")) }
            }
        },
    )
}
