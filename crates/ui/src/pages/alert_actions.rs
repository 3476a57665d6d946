//! Alert actions: the list, and the form of one, filled from the tenant's own lists.

mod ticket;

use crate::components::field::{Choice, Field, checkbox, form_error, radios};
use crate::components::{Paging, button, empty, head, icon, pager, panel, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use crate::time::plural;
use maud::{Markup, html};
use ticket::{pick, ticket_panel};
use watchbell_core::alert_action::Trigger;

/// What an action acts upon, as the form asks for it.
const TRIGGERS: [(Trigger, &str); 9] = [
    (Trigger::Created, "It opens"),
    (Trigger::Acknowledged, "Somebody accepts it"),
    (Trigger::CommentAdded, "Somebody comments"),
    (Trigger::Assigned, "It is given to somebody"),
    (Trigger::Escalated, "Somebody calls the next level"),
    (Trigger::EscalationEnded, "Everybody was called, nobody accepted"),
    (Trigger::Raised, "It is raised from quiet to paging"),
    (Trigger::Resolved, "It is resolved"),
    (Trigger::AutoResolved, "It is resolved by time"),
];

/// One line of the list.
#[derive(Debug, Clone)]
pub struct ActionRow {
    /// Which.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its account, by name.
    pub account: String,
    /// Its sources, by name.
    pub sources: Vec<String>,
    /// Whether it acts by itself.
    pub is_automatic: bool,
}

/// The tenant's lists for the fields of a ticket: value is the id. An empty list: the id is typed.
#[derive(Debug, Clone, Default)]
pub struct TicketLists {
    /// Queues.
    pub queues: Vec<Choice>,
    /// Priorities.
    pub priorities: Vec<Choice>,
    /// Statuses.
    pub statuses: Vec<Choice>,
    /// Categories.
    pub categories: Vec<Choice>,
    /// Ticket types.
    pub ticket_types: Vec<Choice>,
    /// Issue types.
    pub issue_types: Vec<Choice>,
    /// Sub-issue types.
    pub sub_issue_types: Vec<Choice>,
    /// Sources.
    pub sources: Vec<Choice>,
    /// Types of notes.
    pub note_types: Vec<Choice>,
    /// Names of user-defined fields.
    pub user_fields: Vec<String>,
}

/// An action with its form. Fields: `name`, `source` (ids, repeated), `mode`, `trigger` (words, repeated), `conditions` (JSON), `company`,
/// `company_search`, `queue`, `priority`, `status`, `category`, `ticket_type`, `issue_type`, `sub_issue_type`, `ticket_source`, `work_type`,
/// `due_in`, `title`, `description`, `note_type`, `publish`, `repeat`, `in_progress`, `assign`, `complete`, rows `rule.<n>.by` and
/// `.value`, `udf.<n>.name` and `.value`. `do=search` looks for companies.
#[derive(Debug, Clone)]
pub struct ActionView {
    /// Which; `None` for a new one.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// The account: id and name.
    pub account: (String, String),
    /// Sources to choose from.
    pub sources: Vec<Choice>,
    /// The tenant's lists.
    pub lists: TicketLists,
    /// Why they could not be read.
    pub lists_problem: Option<String>,
    /// Companies to choose from: those that were found, and the one that is set.
    pub companies: Vec<Choice>,
    /// What a test did: step, what it said, whether it went well.
    pub tested: Vec<(String, String, bool)>,
    /// Values and errors.
    pub form: Form,
    /// Whether the viewer may change it.
    pub may_edit: bool,
}

/// The list.
pub fn alert_actions(shell: &Shell, rows: &[ActionRow], paging: &Paging, may_edit: bool) -> Markup {
    let new = html! { @if may_edit { (button::link_primary(routes::ALERT_ACTION_NEW, "plus", "New alert action")) } };
    let about =
        "An alert action makes a ticket of an alert from any monitoring tool. Then alert and ticket follow each other.";
    layout::page(
        shell,
        Section::Sources,
        "Alert actions",
        Main::default(),
        html! {
            (sub_head((routes::SOURCES, "Alert sources"), "Alert actions", new))
            section.panel aria-label="Alert actions" {
                @if rows.is_empty() {
                    (empty("ticket", "No alert action yet", about, may_edit.then_some((routes::ALERT_ACTION_NEW, "Make the first one"))))
                } @else { ul.list { @for row in rows { (action_row(row)) } } }
                (pager(paging))
            }
        },
    )
}

fn action_row(row: &ActionRow) -> Markup {
    let count = i64::try_from(row.sources.len()).unwrap_or(i64::MAX);
    html! {
        li {
            div.main {
                a.title href=(routes::alert_action(&row.id)) { (row.name) }
                div.sub {
                    span { "Autotask, " (row.account) }
                    @for name in row.sources.iter().take(3) { span { (name) } }
                    @if count > 3 { span { (plural(count - 3, "more source", "more sources")) } }
                }
            }
            span.when { @if row.is_automatic { "Automatic" } @else { "By hand" } }
        }
    }
}

/// Which account a new action uses, where there are several or none. `accounts`: id and name.
pub fn choose_account(shell: &Shell, accounts: &[(String, String)]) -> Markup {
    layout::page(
        shell,
        Section::Sources,
        "New alert action",
        Main::default(),
        html! {
            (head("New alert action", html! {}))
            section.panel aria-label="Accounts" {
                @if accounts.is_empty() {
                    (empty("shield-check", "No Autotask account yet", "The action makes tickets as an API user of Autotask.", Some((routes::ACCOUNT_NEW, "Connect an account"))))
                } @else {
                    ul.list { @for (id, name) in accounts { li { div.main { a.title href={ (routes::ALERT_ACTION_NEW) "?connector=" (id) } { (name) } } } } }
                }
            }
        },
    )
}

/// One of them.
pub fn alert_action(shell: &Shell, view: &ActionView) -> Markup {
    let action = match &view.id {
        Some(id) => routes::alert_action(id),
        None => format!("{}?connector={}", routes::ALERT_ACTION_NEW, view.account.0),
    };
    let title = if view.id.is_some() { view.name.as_str() } else { "New alert action" };
    layout::page(
        shell,
        Section::Sources,
        title,
        Main::default(),
        html! {
            (sub_head((routes::ALERT_ACTIONS, "Alert actions"), title, html! {}))
            (form_error(&view.form))
            @if let Some(problem) = &view.lists_problem {
                div.banner.tone-yellow role="status" { (icon("triangle-alert")) span { "The lists of the tenant cannot be read, so ids are typed. " (problem) } }
            }
            div.stack {
                @if !view.tested.is_empty() { (steps(view)) }
                @if view.may_edit { (editor(shell, view, &action)) } @else { (summary(view)) }
                @if view.may_edit && let Some(id) = &view.id { (danger(shell, id)) }
            }
        },
    )
}

fn steps(view: &ActionView) -> Markup {
    panel(
        "tested",
        "What the test did",
        html! {},
        html! {
            ul.list {
                @for (what, said, is_fine) in &view.tested {
                    li { div.main { span.good[*is_fine].bad[!is_fine] { (icon(if *is_fine { "check" } else { "circle-x" })) " " (what) } div.sub { span { (said) } } } }
                }
            }
        },
    )
}

fn summary(view: &ActionView) -> Markup {
    let chosen: Vec<&str> = view
        .sources
        .iter()
        .filter(|choice| view.form.has("source", &choice.value))
        .map(|choice| choice.text.as_str())
        .collect();
    panel(
        "summary",
        "What it does",
        html! {},
        html! {
            div.inside { dl.facts {
                dt { "Account" } dd { (view.account.1) }
                dt { "Alerts of" } dd { (chosen.join(", ")) }
                dt { "Queue" } dd { (view.form.value("queue")) }
            } }
        },
    )
}

fn danger(shell: &Shell, id: &str) -> Markup {
    panel(
        "test",
        "Try it, or end it",
        html! {},
        html! {
            div.inside.stack {
                form method="post" action=(routes::alert_action_do(id, "test")) {
                    (layout::csrf(shell))
                    p.muted { "Makes a ticket with the saved settings, for the default company or your own, and completes it. Nobody is paged for it." }
                    div.actions { button.button type="submit" { "Test this connection" } }
                }
                (button::post_asking(shell, "confirm-delete", &routes::alert_action_do(id, "delete"), "Delete the alert action", "Tickets that it made stay. What becomes of them is not followed any more."))
            }
        },
    )
}

fn editor(shell: &Shell, view: &ActionView, action: &str) -> Markup {
    html! {
        form.stack method="post" action=(action) {
            (layout::csrf(shell))
            (when_panel(view))
            (ticket_panel(view))
            (after_panel(view))
            div.actions { (button::submit("Save")) (button::link(routes::ALERT_ACTIONS, "Cancel")) }
        }
    }
}

fn ticks(form: &Form, name: &str, legend: &str, choices: &[(String, &str)]) -> Markup {
    html! {
        fieldset.choices {
            legend { (legend) }
            @for (value, label) in choices {
                @let id = format!("{name}-{value}");
                label.choice for=(id) { input.tick #(id) type="checkbox" name=(name) value=(value) checked[form.has(name, value)]; span { b { (label) } } }
            }
            @if let Some(text) = form.error_of(name) { p.error.bad { (text) } }
        }
    }
}

fn when_panel(view: &ActionView) -> Markup {
    let form = &view.form;
    let sources: Vec<(String, &str)> =
        view.sources.iter().map(|choice| (choice.value.clone(), choice.text.as_str())).collect();
    let triggers = TRIGGERS.map(|(trigger, label)| (trigger.as_str().to_owned(), label));
    panel(
        "when",
        "Which alerts, and when",
        html! {},
        html! {
            div.inside.stack {
                div.fields {
                    (Field::new(form, "name", "Name").required().example("Tickets for monitoring").input())
                    div.field { span.label { "Account" } p { (view.account.1) } }
                }
                @if sources.is_empty() { p.bad { "There is no alert source but those of Autotask, whose alerts have tickets already." } }
                @else { (ticks(form, "source", "Alerts of", &sources)) }
                (radios(form, "mode", "Who lets it act?", &[("AUTOMATIC", "It acts by itself", "Upon every alert that the conditions let in."), ("MANUAL", "A person, alert by alert", "A button on the alert.")]))
                (ticks(form, "trigger", "The first of these makes the ticket, the others are told to it", &triggers))
                (Field::new(form, "conditions", "Conditions").help("Empty: every alert. JSON, as docs/alert-actions.md has it: {\"test\": {\"field\": \"priority\", \"op\": \"is\", \"value\": \"HIGH\"}}").area(true))
            }
        },
    )
}

fn after_panel(view: &ActionView) -> Markup {
    let form = &view.form;
    let who = Choice::list(&[("2", "Internal"), ("4", "Internal and co-managed"), ("1", "Everybody, customers too")]);
    panel(
        "after",
        "From then on",
        html! {},
        html! {
            div.inside.stack {
                p.muted { "The completed ticket resolves the alert, and a person who takes the ticket accepts it." }
                (checkbox(form, "in_progress", "Set the status In Progress when somebody accepts", ""))
                (checkbox(form, "assign", "Assign the ticket to whoever accepts", "Where nobody has it, as the resource with their e-mail address."))
                (checkbox(form, "complete", "Complete the ticket when the alert is resolved", "Also when its source says that all is well again."))
                (checkbox(form, "repeat", "Note further events", "One note for those of ten minutes."))
                div.fields {
                    (pick(form, ("note_type", "Type of notes"), &view.lists.note_types, "Ordinary"))
                    (Field::new(form, "publish", "Who sees the notes").select(&who))
                }
            }
        },
    )
}
