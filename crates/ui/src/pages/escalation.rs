//! The escalation of an alert as a picture: every level, who it calls, where it stands, when the next one is called.

use crate::components::icon;
use crate::person::Person;
use crate::time::{When, duration};
use jiff::Timestamp;
use maud::{Markup, html};

/// Where a level stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LevelState {
    /// Was called before.
    Past,
    /// Was called, and nobody of it could be reached.
    Unreachable,
    /// Runs now.
    Here,
    /// Comes later.
    Ahead,
}

/// A schedule or a team that a level names, and who is behind it right now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupView {
    /// Its name.
    pub name: String,
    /// Whether it is a schedule; a team otherwise.
    pub is_schedule: bool,
    /// Who is behind it now.
    pub people: Vec<Person>,
    /// Why nobody is paged by rule.
    pub attended: Option<String>,
}

/// One level.
#[derive(Debug, Clone)]
pub struct LevelView {
    /// Whom it names.
    pub people: Vec<Person>,
    /// The schedules and teams that it names.
    pub groups: Vec<GroupView>,
    /// Who of all of them cannot be paged (no usable contact).
    pub unreachable: Vec<Person>,
    /// How long it may stay silent, in seconds.
    pub timeout_s: i64,
    /// How many have to accept.
    pub accepts_needed: i64,
    /// Whether one target takes the page, the next one at the next alert.
    pub takes_turns: bool,
    /// Where it stands.
    pub state: LevelState,
}

impl LevelView {
    /// A level of people, one of whom has to accept.
    pub fn of_people(people: Vec<Person>, unreachable: Vec<Person>, timeout_s: i64, state: LevelState) -> Self {
        Self { people, groups: Vec::new(), unreachable, timeout_s, accepts_needed: 1, takes_turns: false, state }
    }
}

/// The whole chain.
#[derive(Debug, Clone)]
pub struct EscalationView {
    /// Name and address of the policy.
    pub policy: (String, String),
    /// Its levels.
    pub levels: Vec<LevelView>,
    /// Which pass, from 1.
    pub pass: i64,
    /// Of how many.
    pub passes: i64,
    /// When the next step is; `None` when it stopped or is over.
    pub next_at: Option<Timestamp>,
    /// What holds it, in words ("Stopped: Ann Lee has it."); empty while it runs.
    pub note: String,
}

/// The picture; also a live fragment.
pub fn escalation(view: &EscalationView, when: &When, live: bool) -> Markup {
    html! {
        section.panel #escalation aria-labelledby="escalation-title" hx-swap-oob=[live.then_some("true")] {
            header {
                h2 #escalation-title { "Escalation" }
                span.grow {}
                a.link.small-text href=(view.policy.1) { (view.policy.0) }
            }
            div.inside {
                @if !view.note.is_empty() { p.muted { (view.note) } }
                @if let Some(at) = view.next_at { p { "Next step " (when.until(at)) @if view.passes > 1 { span.muted { ", pass " (view.pass) " of " (view.passes) } } } }
                (chain(&view.levels))
            }
        }
    }
}

/// The levels as a list with dots and lines.
pub fn chain(levels: &[LevelView]) -> Markup {
    html! {
        ol.chain {
            @for (i, level) in levels.iter().enumerate() {
                li.(state_class(level.state)) {
                    span.dot aria-hidden="true" { (i + 1) }
                    div {
                        @if level.state == LevelState::Here { p.here-mark { (icon("bell-ring")) "You are here" } }
                        (people(level, i + 1))
                        p.wait-line {
                            @match level.state {
                                LevelState::Unreachable => "Nobody could be reached: the next level was called at once",
                                LevelState::Past => { "Called, waited " (duration(level.timeout_s)) }
                                LevelState::Here | LevelState::Ahead => { "Waits " (duration(level.timeout_s)) " for an answer" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn people(level: &LevelView, number: usize) -> Markup {
    html! {
        p.people {
            span.sr { "Level " (number) ": " }
            @if level.people.is_empty() && level.groups.is_empty() { span.bad { "Nobody: falls through at once" } }
            @for person in &level.people { (one(level, person)) }
        }
        @for group in &level.groups { (group_line(level, group)) }
        @if level.accepts_needed > 1 { p.wait-line { (level.accepts_needed) " of them have to accept" } }
        @if level.takes_turns { p.wait-line { "They take turns: one is called, the next one at the next alert" } }
    }
}

fn one(level: &LevelView, person: &Person) -> Markup {
    html! {
        @if level.unreachable.contains(person) {
            span.person.bad { (person.avatar_small()) (person.name) " cannot be paged: no contact" }
        } @else { (person.inline()) }
    }
}

/// Who is behind a schedule or a team right now.
fn group_line(level: &LevelView, group: &GroupView) -> Markup {
    html! {
        p.people {
            span { (icon(if group.is_schedule { "clock" } else { "users" })) " " (group.name) ":" }
            @for person in &group.people { (one(level, person)) }
            @match &group.attended {
                Some(reason) => span.muted { "not paged by rule: " (reason) },
                None if group.people.is_empty() && group.is_schedule => span.bad { "nobody is on call now" },
                None if group.people.is_empty() => span.bad { "nobody is in it" },
                None => {}
            }
        }
    }
}

const fn state_class(state: LevelState) -> &'static str {
    match state {
        LevelState::Past => "past",
        LevelState::Unreachable => "failed",
        LevelState::Here => "here",
        LevelState::Ahead => "ahead",
    }
}
