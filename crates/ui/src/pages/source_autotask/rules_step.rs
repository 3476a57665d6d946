//! Second step, and the settings of the source: which tickets page, what a change means, what is written back.

use super::super::source_api::{loudness, needs_policy};
use super::account_step::steps;
use super::filters::{FilterChoices, filter_editor, routing_editor};
use super::tables::{PicklistRow, priority_table, status_table};
use crate::components::field::{Choice, Field, checkbox, form_error, radios};
use crate::components::{Tab, banner, button, icon, panel, sub_head, tabs};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Banner, Section, Shell, Tone};
use maud::{Markup, html};
use watchbell_core::ids::SourceId;

/// The form. Fields: `name`, `policy`, `watch_only` (ticked), `reach` (`every`, `rule`), `poll_interval_s`, the tables of [`super::tables`], the editors of
/// [`super::filters`], `recurring`, `change_requests` (ticked: these may open as well), `leaves_filter` (`keep`, `resolve`),
/// `accept_by_anyone`, `unreadable_after_s`, `summary_template`, `details_template`, `accept_note`, `accept_assign`, `accept_status` (id or empty),
/// `resolve_note`, `comment_note`, `reassign_note`, `escalate_note`, `unanswered_note`, `resolve_completes`, `write_as_person`, `complete_status` (id),
/// `resolution_template`, `note_type` (id), `note_publish` (id), `note_title_template`, `note_text_template`; hidden `preset`; shown only: `filter_kept`, `route_kept`. `do=preview` asks for the preview.
#[derive(Debug, Clone)]
pub struct RulesStepView {
    /// Which source is edited; `None` for a new one.
    pub id: Option<SourceId>,
    /// The account: id and name.
    pub account: (String, String),
    /// Values and errors.
    pub form: Form,
    /// Presets as links that fill the tables; the current one marked.
    pub presets: Vec<Tab>,
    /// Policies.
    pub policies: Vec<Choice>,
    /// Support hours.
    pub hours: Vec<Choice>,
    /// Statuses of the tenant, in its order.
    pub statuses: Vec<PicklistRow>,
    /// Priorities of the tenant, most severe first.
    pub priorities: Vec<PicklistRow>,
    /// What a status may do, per column.
    pub status_choices: [Vec<Choice>; 4],
    /// What a priority may do.
    pub priority_choices: Vec<Choice>,
    /// What filter and routing offer.
    pub filter_choices: FilterChoices,
    /// Who sees notes, as the tenant names them.
    pub publish_choices: Vec<Choice>,
    /// Types of notes, as the tenant names them.
    pub note_type_choices: Vec<Choice>,
    /// The templates on the last real ticket.
    pub preview: Option<Preview>,
    /// Why the picklists could not be read: the tables then show the statuses that every tenant has.
    pub picklists_missing: Option<String>,
}

/// What the templates make of the last real ticket.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Number of that ticket.
    pub ticket: String,
    /// The summary, or what is wrong with the template.
    pub summary: Result<String, String>,
    /// The details, or what is wrong.
    pub details: Result<String, String>,
}

/// The page.
pub fn rules_step(shell: &Shell, view: &RulesStepView) -> Markup {
    let (title, action, back) = match view.id {
        None => (
            "New Autotask source",
            routes::SOURCE_NEW_AUTOTASK_RULES.to_owned(),
            routes::SOURCE_NEW_AUTOTASK.to_owned(),
        ),
        Some(id) => ("Settings of the source", routes::source_do(id, "settings"), routes::source(id)),
    };
    layout::page(
        shell,
        Section::Sources,
        title,
        Main::default(),
        html! {
            (sub_head((&back, "Back"), title, html! {}))
            @if view.id.is_none() { (steps(2)) }
            (form_error(&view.form))
            (needs_policy(&view.policies))
            @if let Some(why) = &view.picklists_missing {
                (banner(&Banner { tone: Tone::Yellow, text: format!("The lists of statuses and priorities could not be read: {why}. The tables show what every tenant has; save, mend the account, and come back."), link: None }))
            }
            form.form.full method="post" action=(action) {
                (layout::csrf(shell))
                input type="hidden" name="account" value=(view.account.0);
                input type="hidden" name="preset" value=(view.form.value("preset"));
                (basics(view))
                (meaning(view))
                (selection(view))
                (wording(view))
                (write_back(view))
                div.actions { (button::submit(if view.id.is_none() { "Make the source" } else { "Save" })) (button::link(&back, "Cancel")) }
            }
        },
    )
}

fn basics(view: &RulesStepView) -> Markup {
    let form = &view.form;
    panel(
        "basics",
        "The source",
        html! { span.muted.small-text { "Account " (view.account.1) } },
        html! {
            div.inside {
                div.fields {
                    (Field::new(form, "name", "Name").required().example("Autotask after hours").input())
                    (Field::new(form, "policy", "Escalation policy").required().help("For every ticket that the routing below does not send elsewhere.").select(&view.policies))
                }
                (loudness(form, &view.hours))
                p.muted.small-text { "A priority below that pages is as loud as this says; one that is quiet stays so." }
                div.choices { (checkbox(form, "watch_only", "Watch only: open nothing yet", "Tickets are read, and the page of the source says who would have been paged. Going live is one click there.")) }
                (radios(form, "reach", "Which tickets reach us?", &[
                    ("every", "Every ticket, filtered here", "Watchbell asks Autotask by itself; a callout makes it faster. Works without a public address."),
                    ("rule", "Those my workflow rule picks", "Only a callout opens an alert. Asking Autotask only follows open alerts, and counts what it saw without a callout."),
                ]))
                (Field::new(form, "poll_interval_s", "Ask Autotask every so many seconds").kind("number").help("30 to 3600. Each time is one request of the 10,000 that all vendors together have in an hour.").input())
            }
        },
    )
}

fn meaning(view: &RulesStepView) -> Markup {
    let form = &view.form;
    panel(
        "meaning",
        "What a change means",
        tabs("presets", "Presets", &view.presets, false),
        html! {
            div.inside {
                p.muted.prose { "A ticket acts when it is first seen or when its status changes, never because it was edited otherwise. Choose a preset above, then change what differs with you." }
                (status_table(form, &view.statuses, &view.status_choices))
                (checkbox(form, "accept_by_anyone", "A robot may accept", "Otherwise only a person's change of the status or the assignee accepts an alert: a workflow rule silences nothing."))
                h3 { "Priorities" }
                (priority_table(form, &view.priorities, &view.priority_choices))
                p.muted.small-text { "Raising the priority of a ticket raises its open alert. Lowering it never stops a page in progress." }
            }
        },
    )
}

fn selection(view: &RulesStepView) -> Markup {
    let form = &view.form;
    panel(
        "selection",
        "Which tickets open an alert",
        html! {},
        html! {
            div.inside {
                p.muted.prose { "This decides opening only: an open alert follows its ticket wherever it goes. Without a condition every ticket may open. Several values are separated by semicolons; write labels as Autotask prints them." }
                @if form.is_on("filter_kept") { p.wait { "A condition that was made over the API is kept as long as no row stands here." } }
                (filter_editor(form, &view.filter_choices))
                div.choices {
                    (checkbox(form, "recurring", "Instances of recurring tickets as well", "Autotask creates them at midnight in numbers."))
                    (checkbox(form, "change_requests", "Change requests as well", ""))
                }
                (radios(form, "leaves_filter", "When the ticket of an open alert leaves this selection", &[
                    ("keep", "Keep the alert", "It ends with its ticket."),
                    ("resolve", "Resolve the alert", "The reason is written down."),
                ]))
                (Field::new(form, "unreadable_after_s", "When Autotask cannot be read, page after so many seconds").kind("number").help("With what is known of the ticket. Unknown tickets share one alert.").input())
                h3 { "Routing" }
                p.muted.small-text { "The first rule that matches sends the ticket to its policy." }
                @if form.is_on("route_kept") { p.wait { "Rules that were made over the API and ask about several fields are kept, and come first." } }
                (routing_editor(form, &view.filter_choices))
            }
        },
    )
}

fn wording(view: &RulesStepView) -> Markup {
    let form = &view.form;
    let preview_path =
        view.id.map_or_else(|| routes::SOURCE_NEW_AUTOTASK_RULES.to_owned(), |id| routes::source_do(id, "settings"));
    panel(
        "wording",
        "What the alert says",
        html! {},
        html! {
            div.inside {
                (Field::new(form, "summary_template", "Summary").help("Every field of ticket, company, contact, resource and the user-defined ones: {{ ticket.title }}, {{ company.companyName }}, {{ contact.phone }}, {{ ticket.udf[\"Site\"] }}.").area(true))
                (Field::new(form, "details_template", "Details").area(true))
                div.actions {
                    button.button type="submit" name="do" value="preview" formnovalidate hx-post=(preview_path) hx-target="#template-preview" hx-select="#template-preview" hx-swap="outerHTML" { (icon("eye")) "Preview on the last ticket" }
                }
                (template_preview(view.preview.as_ref()))
            }
        },
    )
}

/// The preview; also what the preview button gets.
pub fn template_preview(preview: Option<&Preview>) -> Markup {
    html! {
        div.stack.tight #template-preview {
            @if let Some(preview) = preview {
                p.muted.small-text { "On ticket " (preview.ticket) ":" }
                @match &preview.summary { Ok(text) => p { b { (text) } }, Err(why) => p.bad { "Summary: " (why) } }
                @match &preview.details { Ok(text) => { @if !text.is_empty() { pre tabindex="0" { (text) } } }, Err(why) => p.bad { "Details: " (why) } }
            }
        }
    }
}

fn write_back(view: &RulesStepView) -> Markup {
    let form = &view.form;
    let statuses: Vec<Choice> =
        view.statuses.iter().map(|row| Choice::new(row.id.to_string(), row.label.clone())).collect();
    let or_leave: Vec<Choice> =
        [Choice::new("", "Leave it as it is")].into_iter().chain(statuses.iter().cloned()).collect();
    let is_wrong = |field: &str| form.error_of(field).is_some();
    panel(
        "write-back",
        "What is written to the ticket",
        html! {},
        html! {
            div.inside {
                div.choices {
                    (checkbox(form, "accept_note", "On accept: a note that says who has it", "With who was called before, and what became of it."))
                    (checkbox(form, "accept_assign", "On accept: give the ticket to whoever accepts, where nobody has it", "To the active resource with their e-mail address, in a role for a queue of the service desk."))
                    (checkbox(form, "unanswered_note", "When everybody was called and nobody has accepted: a note", "With who was called."))
                    (checkbox(form, "comment_note", "On comment: a note with it", ""))
                    (checkbox(form, "reassign_note", "On reassign: a note that says to whom", ""))
                    (checkbox(form, "escalate_note", "When a person calls the next level: a note", ""))
                    (checkbox(form, "resolve_note", "On resolve: a note that says who resolved it", ""))
                    (checkbox(form, "resolve_completes", "On resolve: complete the ticket", "Otherwise \"Resolve and complete the ticket\" on the alert does it where wanted."))
                }
                div.fields {
                    (Field::new(form, "accept_status", "On accept, set the status to").help("Only from a status that counts as open. As Autotask is delivered, every status but New, Waiting Customer and Complete stamps the first response of the SLA: choose another, or leave it as it is, if that clock must not stop.").select(&or_leave))
                    (Field::new(form, "complete_status", "Completing sets the status to").select(&statuses))
                    (Field::new(form, "note_type", "Notes are of the type").select(&view.note_type_choices))
                    (Field::new(form, "note_publish", "Who sees the notes").select(&view.publish_choices))
                }
                div.choices { (checkbox(form, "write_as_person", "Write as the person who acted", "Notes and changes then stand under their name. The security levels of the API user and of the person must both allow it (impersonation); where they do not, the API user writes.")) }
                (Field::new(form, "resolution_template", "Completing writes the resolution").help("Only where the ticket has none. Empty: what the person wrote, if anything. {{ resolution }} is that text, {{ by }} the person.").area(true))
                details open[is_wrong("note_title_template") || is_wrong("note_text_template")] {
                    summary { "Notes in your own words" }
                    div.stack {
                        (Field::new(form, "note_title_template", "Title").help("Empty: Watchbell's. {{ title }} is that; {{ by }}, {{ what }} (accepted, resolved, commented, reassigned, escalated, unanswered), {{ to }}, {{ alert }}, {{ at }}.").input())
                        (Field::new(form, "note_text_template", "Text").help("Empty: Watchbell's. {{ text }} is that, with who was called; {{ comment }}, {{ resolution }}, {{ calls }} (a list), and those of the title. A first line that tells Watchbell its own note is always there.").area(true))
                    }
                }
            }
        },
    )
}
