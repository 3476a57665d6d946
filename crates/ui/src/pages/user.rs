//! One user: who they are, where they are reached, and how. The profile is the same page for oneself.

use super::absences::{AbsencesView, absences};
use super::contact_forms::Offers;
use super::contacts::{ContactView, contacts, webhook_secret};
use super::rules::{RuleView, rules};
use super::silence::silence;
use super::users::role_choices;
use crate::components::field::{Choice, Field, form_error};
use crate::components::{banner, button, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::person::Person;
use crate::routes;
use crate::shell::{Banner, Section, Shell, Tone};
use maud::{Markup, html};
use watchbell_core::language::Language;

/// The user. Fields of the first form: `name`, `email`, `role`, `zone`, `language`, `phone_note`.
#[derive(Debug, Clone)]
pub struct UserView {
    /// The person.
    pub person: Person,
    /// Values and errors of all forms on the page.
    pub form: Form,
    /// Contacts.
    pub contacts: Vec<ContactView>,
    /// What can be added to them.
    pub offers: Offers,
    /// Whether there are numbers of ours to let through.
    pub has_numbers: bool,
    /// The secret of a webhook that was just made, shown once.
    pub made_secret: Option<String>,
    /// Rules.
    pub rules: Vec<RuleView>,
    /// Contacts to make rules of: id and words.
    pub contact_choices: Vec<Choice>,
    /// Zones to choose from.
    pub zones: Vec<Choice>,
    /// Their zone as it is kept.
    pub zone: String,
    /// When they are away.
    pub absences: AbsencesView,
    /// Teams that they are in: name and address.
    pub teams: Vec<(String, String)>,
    /// Policies that name them: name and address.
    pub policies: Vec<(String, String)>,
    /// Where they are in schedules, in words; whoever takes their place is named when they are deleted.
    pub rotas: Vec<String>,
    /// Who may take their place.
    pub replacements: Vec<Choice>,
    /// Whether a page would reach them.
    pub can_be_paged: bool,
    /// Whether contacts and rules are shown: they are their owner's and administrators' business.
    pub shows_contacts: bool,
    /// What the viewer may do.
    pub may: UserMay,
}

/// What the viewer may do with a user.
#[derive(Debug, Clone, Copy, Default)]
pub struct UserMay {
    /// Change name, contacts and rules.
    pub edit: bool,
    /// Change the role, delete.
    pub administer: bool,
}

/// The page.
pub fn user(shell: &Shell, view: &UserView) -> Markup {
    layout::page(
        shell,
        Section::Users,
        &view.person.name,
        Main::default(),
        html! {
            (sub_head((routes::USERS, "Users"), &view.person.name, html! {}))
            (user_body(shell, view))
        },
    )
}

/// What user page and profile share.
pub fn user_body(shell: &Shell, view: &UserView) -> Markup {
    let id = view.person.id;
    html! {
        (form_error(&view.form))
        @if !view.can_be_paged {
            (banner(&Banner { tone: Tone::Red, text: "A page would not reach this person: add a contact, verify it, and make a rule for alerts that page.".into(), link: None }))
        }
        div.two {
            @if view.shows_contacts { div.stack {
                @if let Some(secret) = &view.made_secret { (webhook_secret(secret)) }
                (contacts(shell, id, &view.contacts, &view.form, view.may.edit.then_some(&view.offers)))
                (rules(shell, id, &view.rules, &view.contact_choices, &view.form, view.may.edit))
                (silence(shell, id, &view.form, &view.zone, view.may.edit))
                (absences(shell, id, &view.absences, &view.form, &view.zone))
            } }
            div.stack {
                (person_form(shell, view))
                (called_by(view))
                (teams_of(view))
                @if view.may.administer { (removal(shell, view)) }
            }
        }
    }
}

fn person_form(shell: &Shell, view: &UserView) -> Markup {
    let form = &view.form;
    panel(
        "person",
        "Person",
        html! {},
        html! {
            form.inside method="post" action=(routes::user(view.person.id)) {
                (layout::csrf(shell))
                (Field::new(form, "name", "Name").required().autocomplete("name").input())
                (Field::new(form, "email", "E-mail for logging in").kind("email").required().autocomplete("email").input())
                @if view.may.administer { (Field::new(form, "role", "Role").select(&role_choices())) }
                (Field::new(form, "zone", "Time zone").help("Times are shown in it.").select(&view.zones))
                (Field::new(form, "language", "Language of messages").help("Of mails, pushes, text messages and calls. What sources and people write stays as it is.").select(&languages()))
                @if view.may.edit { div.actions { (button::submit("Save")) } }
            }
        },
    )
}

fn languages() -> Vec<Choice> {
    Language::ALL.iter().map(|language| Choice::new(language.as_str(), language.name())).collect()
}

fn teams_of(view: &UserView) -> Markup {
    html! {
        @if !view.teams.is_empty() {
            (panel("teams-of", "Teams", html! {}, html! { ul.inside { @for (name, href) in &view.teams { li { a.link href=(href) { (name) } } } } }))
        }
    }
}

fn called_by(view: &UserView) -> Markup {
    html! {
        @if !view.policies.is_empty() {
            (panel("called-by", "Called by", html! {}, html! { ul.inside { @for (name, href) in &view.policies { li { a.link href=(href) { (name) } } } } }))
        }
    }
}

fn removal(shell: &Shell, view: &UserView) -> Markup {
    panel(
        "removal",
        "Remove",
        html! {},
        html! {
            div.inside {
                @let question = "Alerts that they have page again. What they did stays in the timeline.";
                (button::post_asking_with(shell, "confirm-delete", &routes::user_do(view.person.id, "delete"), "Delete the user", question, replacement(view)))
            }
        },
    )
}

/// Nobody leaves a hole.
fn replacement(view: &UserView) -> Markup {
    let field = Field::new(&view.form, "replacement", "Who takes their place")
        .help("In schedules, escalation policies and teams, from now on; what was stays as it was.");
    let is_needed = !view.rotas.is_empty() || !view.policies.is_empty();
    html! {
        @if !view.rotas.is_empty() { p { "They have turns in " (view.rotas.join(", ")) "." } }
        @if is_needed { (field.required().select(&view.replacements)) } @else { (field.select(&view.replacements)) }
    }
}
