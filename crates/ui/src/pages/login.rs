//! The log-in page.

use crate::components::button;
use crate::components::field::{Field, form_error};
use crate::form::Form;
use crate::layout;
use crate::routes;
use crate::shell::Shell;
use maud::{Markup, html};

/// The page. Fields: `email`, `password`, `next` (path to go to afterwards; the server takes paths of its own only).
/// A refused or throttled attempt comes back with an error of the whole form.
pub fn login(shell: &Shell, form: &Form) -> Markup {
    layout::bare_page(
        shell,
        "Log in",
        false,
        html! {
            h1 { "Log in" }
            (form_error(form))
            form.form.panel method="post" action=(routes::LOGIN) {
                div.inside.stack {
                    (layout::csrf(shell))
                    input type="hidden" name="next" value=(form.value("next"));
                    (Field::new(form, "email", "E-mail").kind("email").autocomplete("username").required().input())
                    (Field::new(form, "password", "Password").kind("password").autocomplete("current-password").required().input())
                    div.actions { (button::submit("Log in")) }
                }
            }
        },
    )
}
