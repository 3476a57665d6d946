//! Teams: who is in them and on call now, where it is what time for them, and whether a page would reach them; and the editor of one.

use crate::components::field::{Choice, Field, cell_select, form_error};
use crate::components::{Paging, button, empty, head, icon, pager, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::person::Person;
use crate::routes;
use crate::shell::{Section, Shell};
use crate::time::plural;
use maud::{Markup, html};
use watchbell_core::ids::TeamId;

/// One team of the list.
#[derive(Debug, Clone)]
pub struct TeamRow {
    /// Which.
    pub id: TeamId,
    /// Its name.
    pub name: String,
    /// Its members' names.
    pub members: Vec<String>,
    /// Those of them who are on call now.
    pub on_call: Vec<String>,
    /// Whether the viewer is in it.
    pub is_mine: bool,
}

/// One member.
#[derive(Debug, Clone)]
pub struct MemberRow {
    /// Who.
    pub person: Person,
    /// As what: the word of the role.
    pub role: String,
    /// Schedules that they are on call for now.
    pub on_call: Vec<String>,
    /// Whether a page would reach them.
    pub can_be_paged: bool,
    /// Their zone, and what time it is there ("Europe/Berlin", "09:00").
    pub zone: (String, String),
}

/// One team. The form posts `name`, and for each `member` its `role.<id>`; `member` repeated.
#[derive(Debug, Clone)]
pub struct TeamView {
    /// Which; `None` for a new one.
    pub id: Option<TeamId>,
    /// Its members as they are.
    pub members: Vec<MemberRow>,
    /// People to add: id and name.
    pub people: Vec<Choice>,
    /// Name, and what was refused.
    pub form: Form,
    /// Whether the viewer may change it.
    pub may_edit: bool,
}

/// The list.
pub fn teams(shell: &Shell, rows: &[TeamRow], paging: &Paging, may_edit: bool) -> Markup {
    let new = html! { @if may_edit { (button::link_primary(routes::TEAM_NEW, "plus", "New team")) } };
    layout::page(
        shell,
        Section::Teams,
        "Teams",
        Main::default(),
        html! {
            (head("Teams", new))
            section.panel aria-label="Teams" {
                @if rows.is_empty() {
                    (empty("users", "No team yet", "A team is people under one name: a level of an escalation policy pages all of them.", may_edit.then_some((routes::TEAM_NEW, "Make the first team"))))
                } @else { ul.list { @for row in rows { (team_row(row)) } } }
                (pager(paging))
            }
        },
    )
}

fn team_row(row: &TeamRow) -> Markup {
    html! {
        li {
            div.main {
                a.title href=(routes::team(row.id)) { (row.name) }
                div.sub {
                    @if row.members.is_empty() { span.bad { (icon("triangle-alert")) "Nobody is in it" } } @else { span { (row.members.join(", ")) } }
                    @if !row.on_call.is_empty() { span.ok { (icon("bell-ring")) "On call now: " (row.on_call.join(", ")) } }
                }
            }
            @if row.is_mine { span.when { "Mine" } }
            span.when.num { (plural(i64::try_from(row.members.len()).unwrap_or(0), "member", "members")) }
        }
    }
}

/// The page of a team, and of a new one.
pub fn team(shell: &Shell, view: &TeamView) -> Markup {
    let title = if view.id.is_some() { view.form.value("name") } else { "New team" };
    let action = view.id.map_or_else(|| routes::TEAM_NEW.to_owned(), routes::team);
    layout::page(
        shell,
        Section::Teams,
        title,
        Main::default(),
        html! {
            (sub_head((routes::TEAMS, "Teams"), title, html! {}))
            (form_error(&view.form))
            @if view.may_edit {
                form.stack method="post" action=(action) { (layout::csrf(shell)) (editor(view)) }
            } @else { (members(view, None)) }
            @if let (Some(id), true) = (view.id, view.may_edit) {
                (panel("removal", "Remove", html! {}, html! { div.inside {
                    (button::post_asking(shell, "confirm-delete", &routes::team_do(id, "delete"), "Delete the team", "Take it out of escalation policies first. Its people stay."))
                } }))
            }
        },
    )
}

fn editor(view: &TeamView) -> Markup {
    let form = &view.form;
    html! {
        (panel("team", "Team", html! {}, html! { div.inside { input type="hidden" name="seen" value=(form.value("seen")); (Field::new(form, "name", "Name").required().input()) } }))
        (members(view, Some(form)))
        @if !view.people.is_empty() {
            (panel("add", "Add somebody", html! {}, html! { div.inside { div.fields {
                (Field::new(form, "add", "Person").select(&with_none(&view.people)))
                (Field::new(form, "add_role", "As").help("Stakeholders are never paged.").select(&role_choices()))
            } } }))
        }
        div.actions { (button::submit("Save")) }
    }
}

fn with_none(people: &[Choice]) -> Vec<Choice> {
    std::iter::once(Choice::new("", "Nobody")).chain(people.iter().cloned()).collect()
}

fn role_choices() -> Vec<Choice> {
    Choice::list(&[
        ("RESPONDER", "Responder"),
        ("USER", "User"),
        ("ADMIN", "Admin"),
        ("STAKEHOLDER", "Stakeholder (not paged)"),
    ])
}

fn members(view: &TeamView, form: Option<&Form>) -> Markup {
    panel(
        "members",
        "Members",
        html! {},
        html! {
            @if view.members.is_empty() { div.inside { p.muted { "Nobody yet." } } }
            ul.list { @for member in &view.members { (member_row(member, form)) } }
        },
    )
}

/// With a form the row shows what is chosen in it: somebody who was unticked stays so when the form is refused.
fn member_row(member: &MemberRow, form: Option<&Form>) -> Markup {
    let id = member.person.id;
    html! {
        li {
            div.main {
                a.title href=(routes::user(id)) { (member.person.name) }
                div.sub {
                    @if !member.on_call.is_empty() { span.ok { (icon("bell-ring")) "On call now: " (member.on_call.join(", ")) } }
                    @if !member.can_be_paged { span.bad { (icon("triangle-alert")) "A page would not reach them" } }
                    span.num { (icon("clock")) (member.zone.1) " in " (member.zone.0) }
                }
            }
            @if let Some(form) = form {
                (cell_select(form, &format!("role.{id}"), &format!("Role of {}", member.person.name), &role_choices()))
                label.choice { input.tick type="checkbox" name="member" value=(id) checked[form.has("member", &id.to_string())]; span { "In the team" } }
            } @else { span.when { (role_word(&member.role)) } }
        }
    }
}

fn role_word(role: &str) -> String {
    role_choices().into_iter().find(|choice| choice.value == role).map_or_else(|| role.to_owned(), |choice| choice.text)
}
