//! Notification rules of a user: over which contact and when, for alerts, shifts and news; and a test of the whole chain.

use super::contacts::{TestView, rang};
use super::delivery::{channel_icon, channel_name};
use super::look_again::{look_again, page_about};
use crate::components::field::{Choice, Field};
use crate::components::{button, icon, panel};
use crate::form::Form;
use crate::layout;
use crate::routes;
use crate::shell::Shell;
use crate::time::duration;
use maud::{Markup, html};
use watchbell_core::ids::{ContactId, RuleId, UserId};
use watchbell_core::user::Channel;

/// What a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleFor {
    /// Alerts that page.
    Pages,
    /// Quiet alerts.
    Quiet,
    /// Shifts of theirs that begin.
    Shifts,
    /// News: somebody has the alert.
    Accepted,
    /// News: it is over.
    Resolved,
    /// News: the next level is asked.
    Escalated,
}

impl RuleFor {
    /// All, with the word in forms and the heading.
    const ALL: [(RuleFor, &'static str, &'static str); 6] = [
        (RuleFor::Pages, "HIGH", "Alerts that page"),
        (RuleFor::Quiet, "LOW", "Quiet alerts"),
        (RuleFor::Shifts, "ON_CALL", "Before my shifts"),
        (RuleFor::Accepted, "ALERT_ACCEPTED", "News: an alert was accepted"),
        (RuleFor::Resolved, "ALERT_RESOLVED", "News: an alert is over"),
        (RuleFor::Escalated, "ALERT_ESCALATED", "News: an alert went to the next level"),
    ];

    /// That of a form's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == word).map(|(what, ..)| *what)
    }
}

/// One rule.
#[derive(Debug, Clone)]
pub struct RuleView {
    /// Which.
    pub id: RuleId,
    /// What it is for.
    pub what: RuleFor,
    /// Where to.
    pub contact: ContactId,
    /// Over what.
    pub channel: Channel,
    /// Where to.
    pub address: String,
    /// Seconds after the level started; for shifts, before they begin.
    pub delay_s: i64,
    /// Whether its contact may be used.
    pub usable: bool,
    /// The last test over its contact, on its way.
    pub last_test: Option<TestView>,
}

/// The panel. The add form posts to `/users/{id}/rules`: `for`, `contact`, `delay_min`; the test to `/users/{id}/test-rules`.
pub fn rules(
    shell: &Shell,
    user: UserId,
    rules: &[RuleView],
    contacts: &[Choice],
    form: &Form,
    may_edit: bool,
) -> Markup {
    let of = |what: RuleFor| rules.iter().filter(move |rule| rule.what == what).collect::<Vec<_>>();
    panel(
        "rules",
        "How they are reached",
        html! { @if may_edit && !rules.is_empty() { (button::post(shell, &routes::user_do(user, "test-rules"), "", "send", "Test the whole chain")) } },
        html! {
            (tests(rules, &page_about(shell, user)))
            div.inside {
                @for (what, _, title) in RuleFor::ALL {
                    @let found = of(what);
                    @if !found.is_empty() || matches!(what, RuleFor::Pages | RuleFor::Quiet) { (chain(shell, title, &found, if may_edit { Beside::Remove(user) } else { Beside::Nothing })) }
                }
            }
            @if may_edit && !contacts.is_empty() { (add(shell, user, contacts, form)) }
        },
    )
}

/// Follows the tests that are under way, on the page at `href`.
pub(super) fn tests(rules: &[RuleView], href: &str) -> Markup {
    let tested = rules.iter().filter(|rule| rule.last_test.as_ref().is_some_and(TestView::is_under_way));
    let parts = tested.flat_map(|rule| ["test", "do"].map(|part| format!("rule-{}-{part}", rule.id)));
    look_again("rule-tests", href, &parts.collect::<Vec<_>>())
}

/// What may be done with a rule where it stands.
#[derive(Clone, Copy)]
enum Beside<'p> {
    /// It is looked at.
    Nothing,
    /// It is removed. Whether its test rang is said at its contact, on the same page.
    Remove(UserId),
    /// Its owner says whether its test rang, and comes back to this page.
    Answer(UserId, &'p str),
}

/// The rules for alerts of a user, who says of each whether its test rang and comes back to `back`.
pub(super) fn chain_of(shell: &Shell, user: UserId, rules: &[RuleView], back: &str) -> Markup {
    html! {
        @for (what, _, title) in RuleFor::ALL.into_iter().take(2) {
            @let found: Vec<&RuleView> = rules.iter().filter(|rule| rule.what == what).collect();
            (chain(shell, title, &found, Beside::Answer(user, back)))
        }
    }
}

fn chain(shell: &Shell, title: &str, rules: &[&RuleView], beside: Beside<'_>) -> Markup {
    html! {
        div.stack.tight {
            h3 { (title) }
            @if rules.is_empty() { p.bad { "No rule: nothing is sent." } }
            ul.list.panel[!rules.is_empty()] {
                @for rule in rules {
                    li {
                        (icon(channel_icon(rule.channel)))
                        div.main { (channel_name(rule.channel)) " " span.mono { (rule.address) } @if !rule.usable { " " span.bad { "cannot be used" } }
                            @if let Some(test) = &rule.last_test { div.sub id={ "rule-" (rule.id) "-test" } { (test.delivery.line(&shell.when)) } }
                        }
                        span.when { (moment(rule)) }
                        div id={ "rule-" (rule.id) "-do" } { (doing(shell, title, rule, beside)) }
                    }
                }
            }
        }
    }
}

fn doing(shell: &Shell, title: &str, rule: &RuleView, beside: Beside<'_>) -> Markup {
    match beside {
        Beside::Remove(user) => remove(shell, user, title, rule),
        Beside::Answer(user, back) if rule.last_test.as_ref().is_some_and(|test| test.asks) => {
            rang(shell, &routes::contact_do(user, rule.contact, "rang"), rule.channel, Some(back))
        }
        Beside::Answer(..) | Beside::Nothing => html! {},
    }
}

fn remove(shell: &Shell, user: UserId, title: &str, rule: &RuleView) -> Markup {
    let label = format!("Remove the rule {} {}, {title}", channel_name(rule.channel), duration(rule.delay_s));
    html! {
        form method="post" action=(routes::rule_delete(user, rule.id)) {
            (layout::csrf(shell))
            button.button.quiet type="submit" aria-label=(label) { (icon("trash-2")) "Remove" }
        }
    }
}

fn moment(rule: &RuleView) -> String {
    match (rule.what, rule.delay_s) {
        (RuleFor::Shifts, 0) => "when it begins".into(),
        (RuleFor::Shifts, before_s) => format!("{} before", duration(before_s)),
        (_, 0) => "at once".into(),
        (_, after_s) => format!("after {}", duration(after_s)),
    }
}

fn add(shell: &Shell, user: UserId, contacts: &[Choice], form: &Form) -> Markup {
    html! {
        details open[form.error_of("delay_min").is_some()] {
            summary { "Add a rule" }
            form.inside method="post" action=(routes::user_do(user, "rules")) {
                (layout::csrf(shell))
                div.fields {
                    (Field::new(form, "for", "For").select(&RuleFor::ALL.map(|(_, word, title)| Choice::new(word, title))))
                    (Field::new(form, "contact", "Over").select(contacts))
                    (Field::new(form, "delay_min", "Minutes").kind("number").help("Alerts: after the level started, 0 is at once; stops as soon as somebody accepts. Shifts: before they begin. News: at once.").input())
                }
                div.actions { button.button type="submit" { "Add the rule" } }
            }
        }
    }
}
