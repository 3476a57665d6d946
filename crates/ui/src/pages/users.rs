//! The list of users: who can be reached, and who cannot.

use super::delivery::{channel_icon, channel_name};
use crate::components::badge::tag;
use crate::components::field::{Field, form_error};
use crate::components::{Choice, Paging, button, head, icon, pager, sub_head};
use crate::form::Form;
use crate::layout::{self, Main, role_name};
use crate::person::Person;
use crate::routes;
use crate::shell::{Section, Shell};
use maud::{Markup, html};
use watchbell_core::user::{Channel, Role};

/// One user.
#[derive(Debug, Clone)]
pub struct UserRow {
    /// The person.
    pub person: Person,
    /// Log-in address.
    pub email: String,
    /// Role.
    pub role: Role,
    /// Channels with a usable contact.
    pub channels: Vec<Channel>,
    /// Whether a page would reach them: a usable contact with a rule for pages.
    pub can_be_paged: bool,
}

/// The page.
pub fn users(shell: &Shell, rows: &[UserRow], paging: &Paging, may_edit: bool) -> Markup {
    let new = html! { @if may_edit { (button::link_primary(routes::USER_NEW, "user-plus", "New user")) } };
    layout::page(
        shell,
        Section::Users,
        "Users",
        Main::default(),
        html! {
            (head("Users", new))
            section.panel aria-label="Users" {
                ul.list { @for row in rows { (user_row(row)) } }
                (pager(paging))
            }
        },
    )
}

fn user_row(row: &UserRow) -> Markup {
    html! {
        li {
            (row.person.avatar())
            div.main {
                a.title href=(routes::user(row.person.id)) { (row.person.name) }
                div.sub {
                    span { (row.email) }
                    @for channel in &row.channels { span { (icon(channel_icon(*channel))) (channel_name(*channel)) } }
                }
            }
            @if !row.can_be_paged { (tag("tone-red", "bell-off", "Cannot be paged")) }
            span.when { (role_name(row.role)) }
        }
    }
}

/// The roles to choose from.
pub fn role_choices() -> Vec<Choice> {
    Role::ALL.iter().rev().map(|role| Choice::new(role.as_str(), role_name(*role))).collect()
}

/// The form of a new user: `name`, `email`, `role`, `password`.
pub fn user_new(shell: &Shell, form: &Form) -> Markup {
    layout::page(
        shell,
        Section::Users,
        "New user",
        Main::default(),
        html! {
            (sub_head((routes::USERS, "Users"), "New user", html! {}))
            (form_error(form))
            form.form method="post" action=(routes::USER_NEW) {
                (layout::csrf(shell))
                (Field::new(form, "name", "Name").required().input())
                (Field::new(form, "email", "E-mail").kind("email").required().help("For logging in, and the first contact.").input())
                (Field::new(form, "role", "Role").select(&role_choices()))
                (Field::new(form, "password", "Password").kind("password").autocomplete("new-password").required().help("At least 10 characters. The user can change it.").input())
                div.actions { (button::submit("Make the user")) (button::link(routes::USERS, "Cancel")) }
            }
        },
    )
}
