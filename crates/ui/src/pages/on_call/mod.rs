//! My on-call: am I on call, my shifts, take over, get cover, what others ask of me, my rules and my calendar feed.

mod cover;
mod shifts;
mod take_over;

pub use cover::{CoverDirection, CoverForm, CoverState, CoverView};
pub use shifts::MyShift;

use super::handoff::{HandoffView, handoff};
use super::rules::{RuleView, chain_of, tests};
use super::schedule::feed::{FeedView, feed};
use crate::components::field::{Choice, form_error};
use crate::components::{button, head, icon, panel};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Section, Shell};
use maud::{Markup, html};

/// The page.
#[derive(Debug, Clone)]
pub struct OnCallView {
    /// Shifts that run.
    pub now: Vec<MyShift>,
    /// Shifts of the next four weeks, those that run first.
    pub shifts: Vec<MyShift>,
    /// Whether a page would reach the viewer.
    pub can_be_paged: bool,
    /// Schedules that can be taken over, and asked about.
    pub schedules: Vec<Choice>,
    /// The form of a cover request; `None` where there is nobody to ask.
    pub cover: Option<CoverForm>,
    /// Open requests, and the viewer's own.
    pub requests: Vec<CoverView>,
    /// How the viewer is reached by alerts.
    pub rules: Vec<RuleView>,
    /// The viewer's calendar feed.
    pub feed: Option<FeedView>,
    /// Hand-off notes of the schedules by which the viewer is on call, or next.
    pub handoffs: Vec<HandoffView>,
    /// Whether the viewer may take shifts.
    pub may_take: bool,
    /// Values and errors of the forms.
    pub form: Form,
}

/// The page.
pub fn on_call(shell: &Shell, view: &OnCallView) -> Markup {
    layout::page(
        shell,
        Section::OnCall,
        "My on-call",
        Main::default(),
        html! {
            (head("My on-call", html! {}))
            (form_error(&view.form))
            (shifts::now(shell, view))
            (cover::asked(shell, view))
            div.two {
                div.stack {
                    (shifts::shifts(shell, view))
                    @if let Some(form) = view.cover.as_ref().filter(|_| view.may_take) { (cover::request(shell, view, form)) }
                }
                div.stack {
                    @if view.may_take && !view.schedules.is_empty() { (take_over::take_over(shell, view)) }
                    @for note in &view.handoffs { (handoff(shell, note, routes::ON_CALL)) }
                    (rules(shell, view))
                    @if let Some(view) = &view.feed { (feed(shell, view)) }
                }
            }
        },
    )
}

/// The rules, and the test of all of them; what became of it stands beside each.
fn rules(shell: &Shell, view: &OnCallView) -> Markup {
    panel(
        "rules",
        "How I am reached",
        html! {
            @if let Some(viewer) = shell.viewer.as_ref().filter(|_| !view.rules.is_empty()) {
                form method="post" action=(routes::user_do(viewer.person.id, "test-rules")) {
                    (layout::csrf(shell))
                    input type="hidden" name="back" value=(routes::ON_CALL);
                    (button::submit_quiet("send", "Test the whole chain"))
                }
            }
            a.button href=(routes::PROFILE) { "Change" }
        },
        html! {
            (tests(&view.rules, routes::ON_CALL))
            div.inside {
                @if !view.can_be_paged { p.bad { (icon("triangle-alert")) " A page would not reach you." } }
                @if let Some(viewer) = &shell.viewer { (chain_of(shell, viewer.person.id, &view.rules, routes::ON_CALL)) }
            }
        },
    )
}
