//! Sample data of one alert: its levels, its timeline, its link.

use super::sample::{ago, delivery, people, rows};
use jiff::Timestamp;
use watchbell_core::alert::{Priority, Status};
use watchbell_core::event::{Caller, EventType, Link, TicketRef};
use watchbell_core::ids::{AlertId, NotificationId, PolicyId, SourceId, UserId};
use watchbell_core::notify::NotificationState;
use watchbell_core::timeline::{Actor, Entry};
use watchbell_core::user::Channel;
use watchbell_ui::components::Choice;
use watchbell_ui::components::badge::SourceLabel;
use watchbell_ui::pages::alert::{AlertView, May};
use watchbell_ui::pages::confirm::{ConfirmView, LinkState, LinkVerb};
use watchbell_ui::pages::escalation::{EscalationView, GroupView, LevelState, LevelView};
use watchbell_ui::pages::timeline::{Names, TimelineItem, What};
use watchbell_ui::{Form, Person};

pub fn names() -> Names {
    Names {
        users: people().into_iter().map(|person| (person.id, person.name)).collect(),
        policies: [(PolicyId(1), "After hours".to_owned())].into(),
        sources: [(SourceId(1), "Autotask".to_owned())].into(),
    }
}

pub fn timeline(now: Timestamp) -> Vec<TimelineItem> {
    let at = |seconds| ago(now, seconds);
    let entry = |seconds, entry, by| TimelineItem { at: at(seconds), what: What::Entry { entry, by, delivery: None } };
    let sent = |seconds, delivery| TimelineItem { at: at(seconds), what: What::Delivery(delivery) };
    let [ann, bob, ..] = people().map(|person| person.id);
    let source = Actor::Source { id: SourceId(1) };
    let mail_failed = delivery(now, 1, Channel::Email, NotificationState::Failed, Some("550 mailbox full"));
    vec![
        entry(
            20,
            Entry::Comment { text: "On my way.\nThe switch in the cellar is dark.".into(), author: None },
            Actor::User { id: ann },
        ),
        entry(
            30,
            Entry::WriteBackFailed {
                what: "status In Progress".into(),
                error: "Data violation: the status is not allowed for this category.".into(),
            },
            Actor::System,
        ),
        entry(31, Entry::WrittenBack { what: "note \"Ann Lee has accepted the alert\"".into() }, Actor::System),
        entry(32, Entry::Accepted, Actor::User { id: ann }),
        entry(100, Entry::Told { text: "The customer wrote: it is getting worse.".into() }, source.clone()),
        sent(200, delivery(now, 0, Channel::Ntfy, NotificationState::Delivered, None)),
        entry(210, Entry::LevelStarted { pass: 2, level: 0, users: vec![ann], unreachable: vec![] }, Actor::System),
        entry(
            500,
            Entry::LevelEmpty { pass: 1, level: 2, unreachable: vec![UserId(4)], gaps: Vec::new() },
            Actor::System,
        ),
        entry(510, Entry::LevelUnreachable { pass: 1, level: 1 }, Actor::System),
        sent(511, mail_failed.clone()),
        TimelineItem {
            at: at(515),
            what: What::Entry {
                entry: Entry::DeliveryFailed {
                    notification: NotificationId(5),
                    attempt: 2,
                    error: "421 try later".into(),
                    again: true,
                    via: None,
                },
                by: Actor::System,
                delivery: Some(mail_failed),
            },
        },
        entry(520, Entry::LevelStarted { pass: 1, level: 1, users: vec![bob], unreachable: vec![] }, Actor::System),
        sent(590, delivery(now, 0, Channel::Email, NotificationState::Suppressed, Some("in the summary of 4 alerts"))),
        entry(600, Entry::LevelStarted { pass: 1, level: 0, users: vec![ann], unreachable: vec![] }, Actor::System),
        entry(605, Entry::Raised, Actor::Outside { name: "Maria Hill".into() }),
        entry(700, Entry::NobodyNotified, Actor::System),
        entry(710, Entry::Opened { priority: Priority::Low, policy: PolicyId(1) }, source),
        TimelineItem {
            at: at(711),
            what: What::Event { kind: EventType::Alert, summary: "T20261123.0042 first seen, status New".into() },
        },
    ]
}

pub fn levels() -> Vec<LevelView> {
    let [ann, bob, chioma, dieter] = people();
    let bob_again = bob.clone();
    let level = |people: Vec<Person>, unreachable, state| LevelView::of_people(people, unreachable, 900, state);
    let group = |name: &str, is_schedule, people: Vec<Person>, attended: Option<&str>| GroupView {
        name: name.into(),
        is_schedule,
        people,
        attended: attended.map(Into::into),
    };
    vec![
        level(vec![ann], vec![], LevelState::Past),
        level(vec![bob], vec![], LevelState::Unreachable),
        level(vec![chioma, dieter.clone()], vec![dieter], LevelState::Here),
        level(vec![], vec![], LevelState::Ahead),
        LevelView {
            groups: vec![
                group("Night rota", true, vec![bob_again], None),
                group("Weekend rota", true, vec![], None),
                group("Working hours", true, vec![], Some("the dispatchers watch the board")),
                group("Network team", false, vec![], None),
            ],
            accepts_needed: 2,
            takes_turns: true,
            ..level(vec![], vec![], LevelState::Ahead)
        },
    ]
}

pub fn alert(now: Timestamp) -> AlertView {
    let ticket = TicketRef {
        id: 7865,
        number: "T20261123.0042".into(),
        url: Some(
            "https://ww14.autotask.net/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID=7865"
                .into(),
        ),
        queue: Some("Service desk".into()),
        status: Some("New".into()),
        due: Some(ago(now, -3_600)),
        first_response_due: Some(ago(now, 600)),
        action: None,
    };
    AlertView {
        row: rows(now).remove(0),
        details:
            "The practice cannot open patient files since 13:50.\nTried: restart of the server. No answer to ping."
                .into(),
        source_href: Some("/sources/1".into()),
        key: Some("autotask:7865".into()),
        ticket: Some(ticket),
        caller: Some(Caller {
            name: "Maria Hill".into(),
            phone: Some("+44 20 7946 0958".into()),
            email: Some("maria@harbour.example".into()),
        }),
        links: vec![
            Link { href: "https://wiki.example/harbour".into(), text: "Runbook".into() },
            Link { href: "javascript:alert(1)".into(), text: "Not a link".into() },
        ],
        images: vec![],
        labels: vec![("site".into(), "Main practice".into())],
        warnings: vec![
            "The summary template failed: undefined value ticket.foo in line 1. The default was used.".into(),
        ],
        responders: vec![people()[0].clone()],
        escalation: EscalationView {
            policy: ("After hours".into(), "/policies/1".into()),
            levels: levels(),
            pass: 1,
            passes: 3,
            next_at: Some(ago(now, -245)),
            note: String::new(),
        },
        why: vec![
            "Ticket T20261123.0042 was first seen with status New, which opens an alert.".into(),
            "Its priority Critical pages.".into(),
            "Routing: no rule matched, so the source's policy After hours applies.".into(),
            "Level 1 is Ann Lee; your rule says ntfy at once.".into(),
        ],
        timeline: timeline(now),
        timeline_older: Some("/alerts/4711?page=2".into()),
        names: names(),
        payload: Some("id=7865&number=T20261123.0042&status=New".into()),
        may: May { respond: true, complete_ticket: true },
        actions: Choice::list(&[("a", "Tickets for monitoring")]),
        assignees: Choice::list(&[("user:1", "Ann Lee"), ("user:2", "Bob Ray"), ("policy:1", "Policy After hours")]),
        stream: "/alerts/stream".into(),
        form: Form::default(),
    }
}

pub fn confirm(now: Timestamp, state: LinkState) -> ConfirmView {
    ConfirmView {
        verb: LinkVerb::Accept,
        state,
        person: "Ann Lee".into(),
        id: AlertId(4711),
        status: Status::Pending,
        priority: Priority::High,
        label: Some(SourceLabel { text: "Critical".into(), rank: 1 }),
        summary: "Harbour Dental: practice server does not answer [T20261123.0042]".into(),
        details: "The practice cannot open patient files since 13:50.".into(),
        customer: Some("Harbour Dental".into()),
        caller: Some(Caller { name: "Maria Hill".into(), phone: Some("+44 20 7946 0958".into()), email: None }),
        ticket: Some("T20261123.0042".into()),
        source: "Autotask".into(),
        events: 14,
        opened_at: ago(now, 70),
        action: "/l/sample-link".into(),
    }
}
