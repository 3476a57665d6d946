//! A small MSP on a bad afternoon: the data that the gallery and the tests of the pages show.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::alert::{Priority, Status};
use watchbell_core::ids::{AlertId, UserId};
use watchbell_core::notify::{NotificationState, Purpose};
use watchbell_core::user::{Channel, Role};
use watchbell_ui::components::badge::SourceLabel;
use watchbell_ui::components::{Choice, Paging, Tab};
use watchbell_ui::pages::alert_row::{AlertRow, Step};
use watchbell_ui::pages::alerts::AlertsView;
use watchbell_ui::pages::contacts::TestView;
use watchbell_ui::pages::delivery::Delivery;
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

pub fn test_view(delivery: Delivery) -> TestView {
    TestView { asks: delivery.state == NotificationState::Sent, delivery }
}
