//! My on-call: am I on call, my shifts, take over, get cover, what others ask of me, my rules and my calendar feed.

mod cover;
mod shifts;
mod take_over;

pub use cover::{CoverDirection, CoverForm, CoverState, CoverView};
pub use shifts::MyShift;

use super::schedule::feed::{FeedView, feed};
use crate::components::field::{Choice, form_error};
use crate::components::{head, icon, panel};
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
    /// How the viewer is reached: channel, address, when.
    pub rules: Vec<String>,
    /// The viewer's calendar feed.
    pub feed: Option<FeedView>,
    /// Parts of other nouns: the hand-off note.
    pub more: Markup,
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
                    (view.more)
                    (rules(view))
                    @if let Some(view) = &view.feed { (feed(shell, view)) }
                }
            }
        },
    )
}

fn rules(view: &OnCallView) -> Markup {
    panel(
        "reached",
        "How I am reached",
        html! { a.button href=(routes::PROFILE) { "Change or test" } },
        html! {
            div.inside {
                @if !view.can_be_paged { p.bad { (icon("triangle-alert")) " A page would not reach you." } }
                ol.stack.tight { @for rule in &view.rules { li { (rule) } } }
            }
        },
    )
}
