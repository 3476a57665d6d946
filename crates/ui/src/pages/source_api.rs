//! The form of an API source, new or edited.

use crate::components::field::{Choice, Field, checkbox, form_error, radios};
use crate::components::{banner, button, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Banner, Section, Shell, Tone};
use maud::{Markup, html};
use watchbell_core::ids::SourceId;

/// The form. Fields: `name`, `policy`, those of [`loudness`], `grouping`
/// (words of `core::grouping::Grouping`), `auto_resolve_min` (minutes, empty for never).
#[derive(Debug, Clone)]
pub struct ApiSourceView {
    /// Which source is edited; `None` for a new one.
    pub id: Option<SourceId>,
    /// Values and errors.
    pub form: Form,
    /// Policies.
    pub policies: Vec<Choice>,
    /// Support hours to choose from.
    pub hours: Vec<Choice>,
    /// Ways of grouping, in words.
    pub groupings: Vec<Choice>,
}

/// Without a policy no source can be saved: better said before the form is filled in.
pub(super) fn needs_policy(policies: &[Choice]) -> Markup {
    let text = "There is no escalation policy yet, and a source needs one: it says who is called.".to_owned();
    let link = Some((routes::POLICY_NEW.into(), "Make the first policy".into()));
    html! {
        @if policies.iter().all(|policy| policy.value.is_empty()) { (banner(&Banner { tone: Tone::Yellow, text, link })) }
    }
}

/// How loud the alerts of a source open. Fields: `priority` (words of `core::priority_rule::PriorityRule`), `support_hours` (id or
/// empty), `auto_raise`.
pub(super) fn loudness(form: &Form, hours: &[Choice]) -> Markup {
    html! {
        (radios(form, "priority", "How loud are its alerts?", &[
            ("HIGH", "Pages", "Escalates level by level until somebody accepts."),
            ("LOW", "Quiet", "Tells the first level only."),
            ("HIGH_DURING_SUPPORT_HOURS", "Pages during support hours", "Quiet outside them."),
            ("LOW_DURING_SUPPORT_HOURS", "Pages outside support hours", "Quiet during them: somebody watches the board."),
            ("SILENT_OUTSIDE_SUPPORT_HOURS", "Silent outside support hours", "Nobody is paged outside them; what is still open pages when they begin."),
        ]))
        (Field::new(form, "support_hours", "Support hours").help("For the rules that name them.").select(hours))
        (checkbox(form, "auto_raise", "Raise quiet alerts that nobody has where the hours would make them loud", ""))
    }
}

/// The page.
pub fn source_api(shell: &Shell, view: &ApiSourceView) -> Markup {
    let (title, action, back) = match view.id {
        None => ("New API source", routes::SOURCE_NEW_API.to_owned(), routes::SOURCE_NEW.to_owned()),
        Some(id) => ("Settings of the source", routes::source_do(id, "settings"), routes::source(id)),
    };
    let form = &view.form;
    layout::page(
        shell,
        Section::Sources,
        title,
        Main::default(),
        html! {
            (sub_head((&back, "Back"), title, html! {}))
            (form_error(form))
            (needs_policy(&view.policies))
            form.form method="post" action=(action) {
                (layout::csrf(shell))
                (Field::new(form, "name", "Name").required().example("Monitoring").input())
                (Field::new(form, "policy", "Escalation policy").required().help("Who is called, and who next when nobody answers.").select(&view.policies))
                (loudness(form, &view.hours))
                (Field::new(form, "grouping", "When is an event a new alert?").select(&view.groupings))
                (Field::new(form, "auto_resolve_min", "Resolve by itself after so many minutes without an event").kind("number").help("Leave empty for never.").input())
                div.actions { (button::submit("Save")) (button::link(&back, "Cancel")) }
            }
        },
    )
}
