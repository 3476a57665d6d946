//! One alert: what it is, the big buttons, where escalation stands, and everything that happened.

use super::alert_row::{AlertRow, nobody_notified, step};
use super::alerts::lamp;
use super::escalation::{EscalationView, escalation};
use super::timeline::{Names, TimelineItem, timeline};
use crate::components::badge::{snoozed, status_class};
use crate::components::field::{Choice, Field, checkbox, form_error};
use crate::components::{copy_field, icon, panel, priority_badges, state, sub_head};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::alert::Status;
use watchbell_core::event::{Caller, Image, Link, TicketRef};

/// Everything about one alert.
#[derive(Debug, Clone)]
pub struct AlertView {
    /// As the list shows it.
    pub row: AlertRow,
    /// More lines.
    pub details: String,
    /// Address of the source, where the viewer may open it.
    pub source_href: Option<String>,
    /// What ties its events together.
    pub key: Option<String>,
    /// The ticket.
    pub ticket: Option<TicketRef>,
    /// Who asked for help.
    pub caller: Option<Caller>,
    /// Links; only those with http or https are made clickable.
    pub links: Vec<Link>,
    /// Pictures, shown as links.
    pub images: Vec<Image>,
    /// Labels, name and value.
    pub labels: Vec<(String, String)>,
    /// What went wrong while it was made (a broken template).
    pub warnings: Vec<String>,
    /// Who accepted it, and responders, in words.
    pub responders: Vec<crate::Person>,
    /// Escalation.
    pub escalation: EscalationView,
    /// "Why was I paged": one sentence per decision, first to last.
    pub why: Vec<String>,
    /// Timeline, newest first.
    pub timeline: Vec<TimelineItem>,
    /// Address of older lines.
    pub timeline_older: Option<String>,
    /// Names for it.
    pub names: Names,
    /// The last payload as text, cut to its limit.
    pub payload: Option<String>,
    /// What the viewer may do.
    pub may: May,
    /// Alert actions that may be let act upon it: id and name.
    pub actions: Vec<Choice>,
    /// Users and policies it can be given to (`user:7`, `policy:3`).
    pub assignees: Vec<Choice>,
    /// Address of the live stream.
    pub stream: String,
    /// The comment being written (`text`), and the reassign form (`to`).
    pub form: Form,
}

/// What the viewer may do with the alert.
#[derive(Debug, Clone, Copy, Default)]
pub struct May {
    /// Accept, resolve, escalate, reassign, comment.
    pub respond: bool,
    /// Resolve and complete the ticket as well.
    pub complete_ticket: bool,
}

/// The page. Forms: POST `accept`, `resolve` (`complete=on` completes the ticket), `escalate`, `reassign` (`to`), `comment` (`text`),
/// `snooze` (`for` or `until`, `pages`), `action` (`action`).
pub fn alert(shell: &Shell, view: &AlertView) -> Markup {
    let title = format!("#{} {}", view.row.id, view.row.summary);
    let main = Main { stream: Some(view.stream.clone()), refetch: false };
    layout::page(
        shell,
        Section::Alerts,
        &title,
        main,
        html! {
            (sub_head((routes::ALERTS, "Alerts"), &format!("Alert {}", view.row.id), lamp()))
            (form_error(&view.form))
            (alert_head(shell, view, false))
            div.two.three {
                (escalation(&view.escalation, &shell.when, false))
                div.stack {
                    (about(view, shell))
                    (timeline(&view.timeline, &view.names, &shell.when, view.timeline_older.as_deref(), false))
                    (payload(view))
                }
                div.stack {
                    @if view.may.respond && !view.actions.is_empty() { (actions_panel(shell, view)) }
                    @if view.may.respond { (comment_panel(shell, view)) }
                    @if view.may.respond && view.may.complete_ticket && view.row.status != Status::Resolved { (complete_panel(shell, view)) }
                    @if view.may.respond && view.row.status != Status::Resolved { (snooze_panel(shell, view)) }
                    @if view.may.respond && view.row.status != Status::Resolved { (reassign_panel(shell, view)) }
                    (why(view))
                }
            }
        },
    )
}

/// State, summary, what comes next, and the big buttons; also a live fragment.
pub fn alert_head(shell: &Shell, view: &AlertView, live: bool) -> Markup {
    let row = &view.row;
    html! {
        div.alert-head.(status_class(row.status)) #alert-head hx-swap-oob=[live.then_some("true")] {
            div.row { (state(row.status)) @if row.is_snoozed() { (snoozed()) } (priority_badges(row.priority, row.label.as_ref())) span.muted.small-text { "opened " (shell.when.at(row.opened_at)) } }
            h2 { (row.summary) }
            @if let Some(reason) = &row.nobody_notified { (nobody_notified(reason, true)) }
            p { @if let Some(person) = &row.person { (person.avatar_small()) " " } (step(row, &shell.when)) }
            @if let Some(delivery) = &row.delivery { p { (delivery.line(&shell.when)) } }
            @for warning in &view.warnings { p.wait { (icon("triangle-alert")) " " (warning) } }
            @if view.may.respond { (big_buttons(shell, view)) }
        }
    }
}

fn big_buttons(shell: &Shell, view: &AlertView) -> Markup {
    let id = view.row.id;
    html! {
        form.actions method="post" action=(routes::alert_do(id, "accept")) {
            (layout::csrf(shell))
            @if view.row.status == Status::Pending {
                button.button.primary.big type="submit" #accept formaction=(routes::alert_do(id, "accept")) data-act="accept" { (icon("eye")) "Accept" }
            }
            @if view.row.status != Status::Resolved {
                button.button.big type="submit" #resolve formaction=(routes::alert_do(id, "resolve")) data-act="resolve" { (icon("check")) "Resolve" }
                @if view.may.complete_ticket {
                    button.button.big.wide type="submit" name="complete" value="on" formaction=(routes::alert_do(id, "resolve")) { (icon("ticket")) "Resolve and complete the ticket" }
                }
                button.button.big type="submit" formaction=(routes::alert_do(id, "escalate")) data-act="escalate" { (icon("chevrons-up")) "Escalate" }
                a.button.big href="#snooze" { (icon("moon")) "Snooze" }
                a.button.big href="#reassign" { (icon("user-plus")) "Reassign" }
            }
            a.button.big href="#comment" { (icon("message-square")) "Comment" }
        }
    }
}

fn about(view: &AlertView, shell: &Shell) -> Markup {
    let row = &view.row;
    let source =
        html! { @match &view.source_href { Some(href) => a.link href=(href) { (row.source) }, None => (row.source) } };
    panel(
        "about",
        "What it is about",
        html! {},
        html! {
            div.inside {
                dl.facts {
                    @if let Some(customer) = &row.customer { dt { "Customer" } dd { b { (customer) } } }
                    @if let Some(caller) = &view.caller { dt { "Contact" } dd { (caller_line(caller)) } }
                    @if let Some(ticket) = &view.ticket { (ticket_facts(ticket, shell)) }
                    dt { "Source" } dd { (source) }
                    dt { "Events" } dd.num { (row.events) }
                    @if let Some(key) = &view.key { dt { "Alert key" } dd.mono { (key) } }
                    @if !view.responders.is_empty() { dt { "Responders" } dd.row { @for person in &view.responders { (person.inline()) } } }
                    @for (name, value) in &view.labels { dt { (name) } dd { (value) } }
                }
                @if !view.details.is_empty() { pre { (view.details) } }
                @if !view.links.is_empty() || !view.images.is_empty() { (links(view)) }
            }
        },
    )
}

fn caller_line(caller: &Caller) -> Markup {
    html! {
        (caller.name)
        @if let Some(phone) = &caller.phone { " " a.link href={ "tel:" (dialable(phone)) } { (phone) } }
        @if let Some(email) = &caller.email { " " a.link href={ "mailto:" (email) } { (email) } }
    }
}

/// The digits a phone dials, with the leading plus.
fn dialable(phone: &str) -> String {
    phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

fn ticket_facts(ticket: &TicketRef, shell: &Shell) -> Markup {
    let due = |word: &str, at: Option<Timestamp>| {
        html! { @if let Some(at) = at { dt { (word) } dd.bad[at < shell.when.now] { (shell.when.at(at)) @if at < shell.when.now { " (overdue)" } } } }
    };
    html! {
        dt { "Ticket" }
        dd { @match web_link(ticket.url.as_deref()) { Some(url) => (outside(url, &ticket.number)), None => (ticket.number) } }
        @if let Some(queue) = &ticket.queue { dt { "Queue" } dd { (queue) } }
        @if let Some(status) = &ticket.status { dt { "Ticket status" } dd { (status) } }
        (due("First response due", ticket.first_response_due))
        (due("Due", ticket.due))
    }
}

fn links(view: &AlertView) -> Markup {
    let links = view
        .links
        .iter()
        .map(|link| (link.href.as_str(), if link.text.is_empty() { link.href.as_str() } else { link.text.as_str() }));
    let images = view
        .images
        .iter()
        .map(|image| (image.href.as_deref().unwrap_or(&image.src), image.alt.as_deref().unwrap_or("Picture")));
    html! {
        ul.stack.tight {
            @for (href, text) in links.chain(images) { li { @match web_link(Some(href)) { Some(url) => (outside(url, text)), None => { (text) " " span.muted.mono { (href) } } } } }
        }
    }
}

/// An address that may be made clickable: http or https only, so that no outside text becomes script.
fn web_link(url: Option<&str>) -> Option<&str> {
    url.filter(|url| {
        ["http://", "https://"]
            .iter()
            .any(|scheme| url.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme)))
    })
}

fn outside(href: &str, text: &str) -> Markup {
    html! { a.link href=(href) target="_blank" rel="noopener noreferrer" { (text) span.sr { " (opens in a new tab)" } " " (icon("external-link")) } }
}

/// Tickets that a person may have made. Posts `action`, the id of an alert action.
fn actions_panel(shell: &Shell, view: &AlertView) -> Markup {
    panel(
        "actions",
        "Make a ticket",
        html! {},
        html! {
            form.inside method="post" action=(routes::alert_do(view.row.id, "action")) {
                (layout::csrf(shell))
                div.actions {
                    @for action in &view.actions { button.button type="submit" name="action" value=(action.value) { (icon("ticket")) (action.text) } }
                }
            }
        },
    )
}

fn comment_panel(shell: &Shell, view: &AlertView) -> Markup {
    panel(
        "comment",
        "Comment",
        html! {},
        html! {
            form.inside method="post" action=(routes::alert_do(view.row.id, "comment")) {
                (layout::csrf(shell))
                (Field::new(&view.form, "text", "What should the others know?").required().area(false))
                div.actions { button.button type="submit" { "Add the comment" } }
            }
        },
    )
}

/// Resolving with what solved it. Posts `resolution` and `complete`.
fn complete_panel(shell: &Shell, view: &AlertView) -> Markup {
    panel(
        "complete",
        "Resolve and complete the ticket",
        html! {},
        html! {
            form.inside method="post" action=(routes::alert_do(view.row.id, "resolve")) {
                (layout::csrf(shell))
                input type="hidden" name="complete" value="on";
                (Field::new(&view.form, "resolution", "What solved it?").help("Becomes the ticket's resolution, where it has none, and a comment here.").area(false))
                div.actions { button.button type="submit" { "Resolve and complete" } }
            }
        },
    )
}

/// Snoozing: buttons for the usual spans, and a time. Posts `for` (minutes, or `morning`) or `until`, and `pages`.
fn snooze_panel(shell: &Shell, view: &AlertView) -> Markup {
    panel(
        "snooze",
        "Snooze",
        html! {},
        html! {
            form.inside method="post" action=(routes::alert_do(view.row.id, "snooze")) {
                (layout::csrf(shell))
                @if view.row.status == Status::Pending { p.muted { "Nobody is disturbed until then; it pages again at the end." } }
                @else { (checkbox(&view.form, "pages", "Page again at the end", "Otherwise the responder is told that it is over.")) }
                div.actions {
                    @for (value, word) in [("15", "15 min"), ("60", "1 h"), ("morning", "Until 8:00")] { button.button type="submit" name="for" value=(value) { (word) } }
                }
                (Field::new(&view.form, "until", "Or until").kind("datetime-local").input())
                div.actions { button.button type="submit" { "Snooze until then" } }
            }
        },
    )
}

fn reassign_panel(shell: &Shell, view: &AlertView) -> Markup {
    let choices: Vec<Choice> = [Choice::new("", "Choose")].into_iter().chain(view.assignees.iter().cloned()).collect();
    panel(
        "reassign",
        "Reassign",
        html! {},
        html! {
            form.inside method="post" action=(routes::alert_do(view.row.id, "reassign")) {
                (layout::csrf(shell))
                (Field::new(&view.form, "to", "Give it to").required().help("A person is paged at once; a policy starts at its first level.").select(&choices))
                div.actions { button.button type="submit" { "Reassign" } }
            }
        },
    )
}

fn why(view: &AlertView) -> Markup {
    html! {
        @if !view.why.is_empty() {
            (panel("why", "Why was I paged?", html! {}, html! {
                div.inside { ol.prose.stack.tight { @for sentence in &view.why { li { (sentence) } } } }
            }))
        }
    }
}

fn payload(view: &AlertView) -> Markup {
    html! {
        section.panel aria-label="Payload" {
            @if let Some(payload) = &view.payload {
                details { summary { "Last payload as it came" } div.inside { pre tabindex="0" { (payload) } } }
            }
            @if let Some(ticket) = &view.ticket { div.inside { (copy_field("ticket-number", "Ticket number", &ticket.number)) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        for fine in ["https://x.example", "HTTP://x.example"] {
            assert_eq!(web_link(Some(fine)), Some(fine));
        }
        for text in ["javascript:alert(1)", " https://x", "data:text/html,x", "//x", "", "httpé"] {
            assert_eq!(web_link(Some(text)), None, "{text}");
        }
        assert_eq!(dialable("+49 (0)221 / 55-12"), "+4902215512");
    }
}
