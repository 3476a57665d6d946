//! Samples of teams, health and a hand-off note.

use crate::sample::{ago, people};
use jiff::Timestamp;
use maud::Markup;
use watchbell_core::ids::{ScheduleId, TeamId};
use watchbell_ui::Form;
use watchbell_ui::components::Choice;
use watchbell_ui::pages::handoff::{HandoffView, NoteView, handoff_page};
use watchbell_ui::pages::health::HealthView;
use watchbell_ui::pages::teams::{MemberRow, TeamRow, TeamView};
use watchbell_ui::shell::Shell;

pub fn teams() -> Vec<TeamRow> {
    let row = |id, name: &str, members: &[&str], is_mine| TeamRow {
        id: TeamId(id),
        name: name.into(),
        members: members.iter().map(|name| (*name).to_owned()).collect(),
        on_call: members.iter().take(1).map(|name| (*name).to_owned()).collect(),
        is_mine,
    };
    vec![row(1, "Network", &["Ann Lee", "Bob Ray"], true), row(2, "Servers", &[], false)]
}

pub fn team() -> TeamView {
    let member = |nth: usize, on_call: &[&str], can_be_paged| MemberRow {
        person: people()[nth].clone(),
        role: "RESPONDER".into(),
        on_call: on_call.iter().map(|name| (*name).to_owned()).collect(),
        can_be_paged,
        zone: ("Europe/London".into(), "08:00".into()),
    };
    TeamView {
        id: Some(TeamId(1)),
        members: vec![member(0, &["Service desk"], true), member(1, &[], false)],
        people: vec![Choice::new("3", "Cem Aydin")],
        form: Form::of([("name", "Network")]),
        may_edit: true,
    }
}

pub fn health(now: Timestamp) -> HealthView {
    let found = "1 open alerts (such as 4711) had nothing to wake their next step; it was set up anew.".to_owned();
    HealthView {
        accounts: Vec::new(),
        is_well: false,
        ran_at: Some(ago(now, 20)),
        findings: Vec::new(),
        last: Some((ago(now, 80), vec![found])),
        pinged_at: Some(ago(now, 140)),
        ping_error: Some("It answered 500.".into()),
        waiting: vec![("Ask for changed tickets".into(), 2, ago(now, 5))],
        policies: vec![Choice::new("", "None: tell the administrators"), Choice::new("1", "After hours")],
        form: Form::of([("ping_url", "https://hc.example/1"), ("ping_method", "GET"), ("ping_every_s", "60")]),
    }
}

fn note(text: &str, now: Timestamp, confirmed: bool) -> NoteView {
    NoteView {
        id: 1,
        text: text.into(),
        author: "Bob Ray".into(),
        written_at: ago(now, 3_600),
        confirmed: confirmed.then(|| ("Cleo Park".to_owned(), ago(now, 600))),
    }
}

pub fn handoff_view(now: Timestamp) -> HandoffView {
    HandoffView {
        schedule: ScheduleId(1),
        name: "Service desk".into(),
        note: Some(note("The VPN of Contoso flaps.", now, false)),
        may_confirm: true,
        may_leave: true,
        form: Form::default(),
    }
}

pub fn handoff_notes(shell: &Shell, now: Timestamp) -> Markup {
    let mut refused = HandoffView { note: None, form: Form::of([("text", "")]), ..handoff_view(now) };
    refused.form.error("text", "Must not be empty.");
    handoff_page(shell, &refused, &[note("The VPN of Contoso flaps.", now, true)])
}
