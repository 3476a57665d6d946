//! Notification rules of a user: over which contact, how long after a level started, for pages and for quiet alerts.

use super::delivery::{channel_icon, channel_name};
use crate::components::field::{Choice, Field};
use crate::components::{icon, panel};
use crate::form::Form;
use crate::layout;
use crate::routes;
use crate::shell::Shell;
use crate::time::duration;
use maud::{Markup, html};
use watchbell_core::alert::Priority;
use watchbell_core::ids::{RuleId, UserId};
use watchbell_core::user::Channel;

/// One rule.
#[derive(Debug, Clone)]
pub struct RuleView {
    /// Which.
    pub id: RuleId,
    /// For alerts of this priority.
    pub priority: Priority,
    /// Over what.
    pub channel: Channel,
    /// Where to.
    pub address: String,
    /// Seconds after the level started.
    pub delay_s: i64,
    /// Whether its contact may be used.
    pub usable: bool,
}

/// The panel. The add form posts to `/users/{id}/rules`: `priority`, `contact`, `delay_min`.
pub fn rules(
    shell: &Shell,
    user: UserId,
    rules: &[RuleView],
    contacts: &[Choice],
    form: &Form,
    may_edit: bool,
) -> Markup {
    let of = |priority: Priority| rules.iter().filter(move |rule| rule.priority == priority).collect::<Vec<_>>();
    panel(
        "rules",
        "How they are reached",
        html! {},
        html! {
            div.inside {
                (chain(shell, user, "Alerts that page", &of(Priority::High), may_edit))
                (chain(shell, user, "Quiet alerts", &of(Priority::Low), may_edit))
            }
            @if may_edit && !contacts.is_empty() { (add(shell, user, contacts, form)) }
        },
    )
}

fn chain(shell: &Shell, user: UserId, title: &str, rules: &[&RuleView], may_edit: bool) -> Markup {
    html! {
        div.stack.tight {
            h3 { (title) }
            @if rules.is_empty() { p.bad { "No rule: nothing is sent." } }
            ul.list.panel[!rules.is_empty()] {
                @for rule in rules {
                    li {
                        (icon(channel_icon(rule.channel)))
                        div.main { (channel_name(rule.channel)) " " span.mono { (rule.address) } @if !rule.usable { " " span.bad { "cannot be used" } } }
                        span.when { @if rule.delay_s == 0 { "at once" } @else { "after " (duration(rule.delay_s)) } }
                        @if may_edit {
                            form method="post" action=(routes::rule_delete(user, rule.id)) {
                                (layout::csrf(shell))
                                button.button.quiet type="submit" aria-label={ "Remove the rule " (channel_name(rule.channel)) " " (duration(rule.delay_s)) ", " (title) } { (icon("trash-2")) "Remove" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn add(shell: &Shell, user: UserId, contacts: &[Choice], form: &Form) -> Markup {
    html! {
        details open[form.error_of("delay_min").is_some()] {
            summary { "Add a rule" }
            form.inside method="post" action=(routes::user_do(user, "rules")) {
                (layout::csrf(shell))
                div.fields {
                    (Field::new(form, "priority", "For").select(&Choice::list(&[("HIGH", "Alerts that page"), ("LOW", "Quiet alerts")])))
                    (Field::new(form, "contact", "Over").select(contacts))
                    (Field::new(form, "delay_min", "Minutes after the level started").kind("number").help("0 is at once. Stops as soon as somebody accepts.").input())
                }
                div.actions { button.button type="submit" { "Add the rule" } }
            }
        }
    }
}
