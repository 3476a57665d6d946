//! Who is who in Autotask: by e-mail address, or chosen by hand.

use crate::components::field::form_error;
use crate::components::{Paging, banner, pager, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::person::Person;
use crate::routes;
use crate::shell::{Banner, Section, Shell, Tone};
use maud::{Markup, html};

/// The page. Fields of the form: `person.{user id}`, a name of [`PeopleView::staff`] or empty; hidden `page`.
#[derive(Debug, Clone)]
pub struct PeopleView {
    /// The account: id and name.
    pub account: (String, String),
    /// Users.
    pub rows: Vec<PeopleRow>,
    /// Where that list stands.
    pub paging: Paging,
    /// The people of the tenant, as they are typed; the error: why they cannot be read.
    pub staff: Result<Vec<String>, String>,
    /// Values and errors.
    pub form: Form,
}

/// One user.
#[derive(Debug, Clone)]
pub struct PeopleRow {
    /// Who.
    pub person: Person,
    /// Their address.
    pub email: String,
    /// Who they are now, in words; the error: that nobody is found.
    pub now: Result<String, String>,
}

/// The page.
pub fn account_people(shell: &Shell, view: &PeopleView) -> Markup {
    let (id, name) = &view.account;
    layout::page(
        shell,
        Section::Accounts,
        "Who is who",
        Main::default(),
        html! {
            (sub_head((&routes::account(id), name), "Who is who", html! {}))
            (form_error(&view.form))
            @if let Err(why) = &view.staff {
                (banner(&Banner { tone: Tone::Yellow, text: format!("The people of Autotask cannot be read: {why}"), link: None }))
            }
            (panel("people", "Users and their resources", html! {}, html! {
                p.inside.muted { "Whoever accepts has the ticket as the resource with their e-mail address. Where that is another person or nobody, choose the resource here. Empty: by e-mail address." }
                form #people-form method="post" action=(routes::account_do(id, "people")) {
                    (layout::csrf(shell))
                    input type="hidden" name="page" value=(view.form.value("page"));
                    ul.list { @for row in &view.rows { (people_row(row, view)) } }
                    @if let Ok(staff) = &view.staff { datalist #staff { @for name in staff { option value=(name) {} } } }
                }
                @if view.staff.is_ok() {
                    div.inside { div.actions { button.button.primary type="submit" form="people-form" { "Save" } } }
                }
                (pager(&view.paging))
            }))
        },
    )
}

fn people_row(row: &PeopleRow, view: &PeopleView) -> Markup {
    let field = format!("person.{}", row.person.id);
    let error = view.form.error_of(&field);
    let error_id = format!("{field}-error");
    html! {
        li {
            (row.person.avatar())
            div.main {
                b { (row.person.name) }
                div.sub { span { (row.email) } @match &row.now { Ok(who) => span { (who) }, Err(nobody) => span.wait { (nobody) } } }
                @if let Some(error) = error { p.bad #(error_id) { (error) } }
            }
            @if view.staff.is_ok() {
                input.input type="text" name=(field) value=(view.form.value(&field)) list="staff" autocomplete="off" placeholder="By e-mail address"
                    aria-label={ "Resource of " (row.person.name) } aria-invalid=[error.map(|_| "true")] aria-describedby=[error.map(|_| &error_id)];
            }
        }
    }
}
