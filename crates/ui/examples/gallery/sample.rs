//! A small MSP on a bad afternoon: the data that the gallery and the tests of the pages show.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::alert::{Priority, Status};
use watchbell_core::event::{Caller, EventType, Link, TicketRef};
use watchbell_core::ids::{AlertId, ContactId, NotificationId, PolicyId, RuleId, SourceId, UserId};
use watchbell_core::notify::{NotificationState, Purpose};
use watchbell_core::timeline::{Actor, Entry};
use watchbell_core::user::{Channel, ContactStatus, Role};
use watchbell_ui::components::badge::SourceLabel;
use watchbell_ui::components::{Choice, Paging, Tab};
use watchbell_ui::pages::alert::{AlertView, May};
use watchbell_ui::pages::alert_row::{AlertRow, Step};
use watchbell_ui::pages::alerts::AlertsView;
use watchbell_ui::pages::confirm::{ConfirmView, LinkState, LinkVerb};
use watchbell_ui::pages::contact_forms::Offers;
use watchbell_ui::pages::contacts::{ContactView, TestView};
use watchbell_ui::pages::delivery::Delivery;
use watchbell_ui::pages::escalation::{EscalationView, GroupView, LevelState, LevelView};
use watchbell_ui::pages::rules::{RuleFor, RuleView};
use watchbell_ui::pages::timeline::{Names, TimelineItem, What};
use watchbell_ui::pages::user::{UserMay, UserView};
use watchbell_ui::shell::{Section, Viewer, public_url_banner};
use watchbell_ui::time::When;
use watchbell_ui::{Form, Person, Shell};

/// A moment so many seconds before `now`; after it where negative.
pub fn ago(now: Timestamp, seconds: i64) -> Timestamp {
    now.saturating_sub(SignedDuration::from_secs(seconds)).unwrap_or(now)
}

pub fn people() -> [Person; 4] {
    [(1, "Ann Lee"), (2, "Bob Ray"), (3, "Chioma Obi"), (4, "Dieter Groß")]
        .map(|(id, name)| Person::new(UserId(id), name))
}

pub fn shell(now: Timestamp) -> Shell {
    let [ann, ..] = people();
    Shell {
        when: When { now, zone: TimeZone::UTC },
        viewer: Some(Viewer { person: ann, role: Role::Admin, sections: Section::LISTED.to_vec() }),
        csrf: "sample-token".into(),
        banners: public_url_banner("http://127.0.0.1:8080").into_iter().collect(),
        on_call: super::rota::on_call_now(now),
        flash: None,
        pending: 3,
    }
}

pub fn bare_shell(now: Timestamp) -> Shell {
    Shell { viewer: None, banners: Vec::new(), on_call: Vec::new(), ..shell(now) }
}

pub fn delivery(
    now: Timestamp,
    person: usize,
    channel: Channel,
    state: NotificationState,
    reason: Option<&str>,
) -> Delivery {
    let address = match channel {
        Channel::Email => "ann@sunset.example",
        _ => "https://ntfy.sh/ann-8f3k2",
    };
    Delivery {
        person: people()[person].clone(),
        channel,
        address: address.into(),
        purpose: Purpose::Page,
        state,
        reason: reason.map(Into::into),
        due_at: ago(now, -120),
        tries: if state == NotificationState::Failed { 3 } else { 1 },
    }
}

pub fn row(now: Timestamp, id: i64, summary: &str, age: i64) -> AlertRow {
    AlertRow {
        id: AlertId(id),
        status: Status::Pending,
        priority: Priority::High,
        label: Some(SourceLabel { text: "Critical".into(), rank: 1 }),
        summary: summary.into(),
        customer: Some("Harbour Dental".into()),
        source: "Autotask".into(),
        events: 1,
        person: Some(people()[0].clone()),
        others: 0,
        step: Step::Level { level: 1, levels: 3, next_at: Some(ago(now, -245)) },
        delivery: Some(delivery(now, 0, Channel::Ntfy, NotificationState::Delivered, None)),
        nobody_notified: None,
        accepted_partly: None,
        opened_at: ago(now, age),
    }
}

pub fn rows(now: Timestamp) -> Vec<AlertRow> {
    let label = |text: &str, rank| Some(SourceLabel { text: text.into(), rank });
    let failed = delivery(now, 1, Channel::Email, NotificationState::Failed, Some("mailbox full"));
    vec![
        AlertRow {
            events: 14,
            others: 1,
            ..row(now, 4711, "Harbour Dental: practice server does not answer [T20261123.0042]", 70)
        },
        AlertRow {
            customer: Some("Nordwind Logistik GmbH".into()),
            step: Step::Level { level: 2, levels: 3, next_at: Some(ago(now, -540)) },
            person: Some(people()[1].clone()),
            accepted_partly: Some("accepted by Chioma Obi (1 of 2)".into()),
            delivery: Some(failed),
            ..row(now, 4710, "Nordwind Logistik GmbH: postgres-primary replication lag 94 s", 380)
        },
        AlertRow {
            label: label("High", 2),
            person: None,
            step: Step::Ended,
            delivery: None,
            nobody_notified: Some("no level has anyone who can be paged".into()),
            ..row(now, 4709, "Mill Street School: internet down at both sites", 4_200)
        },
        AlertRow {
            status: Status::Accepted,
            label: label("High", 2),
            person: Some(people()[2].clone()),
            step: Step::Accepted { at: ago(now, 1_200) },
            events: 41,
            ..row(now, 4708, "Queue depth on mailer above 10,000", 2_900)
        },
        AlertRow {
            priority: Priority::Low,
            label: label("Medium", 3),
            customer: None,
            source: "Monitoring".into(),
            step: Step::Level { level: 1, levels: 1, next_at: None },
            ..row(now, 4707, "Disk 87% full on build-runner-07", 30_000)
        },
        AlertRow {
            status: Status::Resolved,
            label: label("Low", 4),
            step: Step::Resolved {
                at: ago(now, 60),
                by: Some("Bob Ray".into()),
                reason: Some("ticket completed".into()),
            },
            delivery: None,
            person: None,
            ..row(now, 4706, "Backup of FS01 failed", 90_000)
        },
        AlertRow {
            status: Status::Accepted,
            label: label("Medium", 3),
            person: Some(people()[2].clone()),
            step: Step::Snoozed { until: ago(now, -3_600), pages: true },
            ..row(now, 4705, "Printer on floor 2 out of toner", 50_000)
        },
    ]
}

pub fn alerts(now: Timestamp) -> AlertsView {
    let tab = |word: &str, count, hot, current| Tab {
        word: word.into(),
        href: format!("/alerts?state={}", word.to_lowercase()),
        count: Some(count),
        hot,
        current,
    };
    AlertsView {
        tabs: vec![
            tab("Open", 5, false, true),
            tab("Pending", 3, true, false),
            tab("Accepted", 1, false, false),
            tab("Resolved", 128, false, false),
        ],
        filter: Form::default(),
        sources: Choice::list(&[("1", "Autotask"), ("2", "Monitoring")]),
        filtered: false,
        maintenance: vec![("Patch night".into(), "/maintenance/1".into(), ago(now, -7_200))],
        rows: rows(now),
        paging: Paging::of(1, 133, |page| format!("/alerts?page={page}")),
        here: "/alerts".into(),
        stream: "/alerts/stream".into(),
        may_respond: true,
        has_source: true,
    }
}

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

pub fn test_view(delivery: Delivery) -> TestView {
    TestView { asks: delivery.state == NotificationState::Sent, delivery }
}

pub fn user(now: Timestamp) -> UserView {
    let contact = |id, channel, address: &str, verified: bool, test| ContactView {
        id: ContactId(id),
        channel,
        address: address.into(),
        label: None,
        ways: vec![channel],
        subscribe: None,
        lock_reason: None,
        stopped_at: None,
        status: ContactStatus::Ok,
        verified_at: verified.then(|| ago(now, 864_000)),
        rang_at: (id == 1).then(|| ago(now, 864_000)),
        tests: Option::into_iter(test).map(test_view).collect(),
    };
    let rule = |id, what, channel, delay_s| RuleView {
        id: RuleId(id),
        what,
        channel,
        address: "ann@sunset.example".into(),
        delay_s,
        usable: true,
        last_test: (id == 1).then(|| test_view(delivery(now, 0, Channel::Ntfy, NotificationState::Sent, None))),
        contact: ContactId(id),
    };
    UserView {
        person: people()[0].clone(),
        form: Form::of([
            ("name", "Ann Lee"),
            ("email", "ann@sunset.example"),
            ("role", "ADMIN"),
            ("zone", "Europe/London"),
        ]),
        contacts: vec![
            contact(1, Channel::Email, "ann@sunset.example", true, None),
            contact(
                2,
                Channel::Ntfy,
                "https://ntfy.sh/ann-8f3k2",
                true,
                Some(delivery(now, 0, Channel::Ntfy, NotificationState::Sent, None)),
            ),
            ContactView {
                label: Some("call me first".into()),
                ways: vec![Channel::Sms, Channel::Voice],
                stopped_at: Some(ago(now, 7_200)),
                ..contact(4, Channel::Sms, "+4915123456789", true, None)
            },
            ContactView {
                status: ContactStatus::Blacklisted,
                lock_reason: Some("The push service answered 410: the subscription is gone.".into()),
                label: Some("Firefox on Android".into()),
                ..contact(5, Channel::WebPush, "updates.push.example", true, None)
            },
            ContactView {
                subscribe: Some("ntfy://ntfy.sh/watchbell-k3m9x2w7q5r8t4zb".into()),
                ..contact(6, Channel::Ntfy, "https://ntfy.sh/watchbell-k3m9x2w7q5r8t4zb", false, None)
            },
            contact(
                3,
                Channel::Webhook,
                "https://hooks.example/ann",
                false,
                Some(delivery(now, 0, Channel::Webhook, NotificationState::Failed, Some("404 Not Found"))),
            ),
        ],
        rules: vec![
            rule(1, RuleFor::Pages, Channel::Ntfy, 0),
            rule(2, RuleFor::Pages, Channel::Email, 120),
            rule(3, RuleFor::Quiet, Channel::Email, 0),
            rule(4, RuleFor::Shifts, Channel::Email, 3_600),
            rule(5, RuleFor::Resolved, Channel::Email, 0),
        ],
        contact_choices: Choice::list(&[("1", "E-mail ann@sunset.example"), ("2", "ntfy ann-8f3k2")]),
        offers: Offers {
            usable: vec![Channel::Email, Channel::Ntfy, Channel::Sms, Channel::Voice],
            region: "DE".into(),
            is_own: true,
            connects: true,
        },
        has_numbers: true,
        absences: super::away::absences(now),
        made_secret: None,
        zones: Choice::list(&[("Europe/London", "Europe/London"), ("UTC", "UTC")]),
        zone: "Europe/London".into(),
        teams: vec![("Network".into(), "/teams/1".into())],
        policies: vec![("After hours".into(), "/policies/1".into())],
        rotas: vec!["\"Service desk\" (layer Nights, one override)".into()],
        replacements: vec![Choice::new("", "Choose somebody"), Choice::new("2", "Bob Ray")],
        can_be_paged: true,
        shows_contacts: true,
        may: UserMay { edit: true, administer: true },
    }
}
