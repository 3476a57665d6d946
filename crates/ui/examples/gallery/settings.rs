//! Sample data of people, keys, the audit and settings.

use super::sample::{ago, delivery, people, test_view};
use jiff::Timestamp;
use watchbell_core::ids::ApiKeyId;
use watchbell_core::language::Language;
use watchbell_core::notify::NotificationState;
use watchbell_core::user::{Channel, Role};
use watchbell_ui::Form;
use watchbell_ui::components::{Choice, Paging};
use watchbell_ui::pages::api_keys::{ApiKeyRow, ApiKeysView};
use watchbell_ui::pages::audit::{AuditRow, AuditView};
use watchbell_ui::pages::paging::PagingView;
use watchbell_ui::pages::settings::SettingsView;
use watchbell_ui::pages::setup::SetupStep;
use watchbell_ui::pages::texts::{TextsPreview, TextsView};
use watchbell_ui::pages::users::UserRow;

pub fn users() -> Vec<UserRow> {
    let roles = [Role::Admin, Role::User, Role::Responder, Role::Stakeholder];
    let row = |(i, person): (usize, watchbell_ui::Person)| UserRow {
        email: format!("{}@sunset.example", person.name.split(' ').next().unwrap_or_default().to_lowercase()),
        role: roles[i],
        channels: if i == 3 { vec![] } else { vec![Channel::Email, Channel::Ntfy] },
        can_be_paged: i != 3,
        person,
    };
    people().into_iter().enumerate().map(row).collect()
}

pub fn api_keys(now: Timestamp) -> ApiKeysView {
    let row = |id, name: &str, used: Option<i64>| ApiKeyRow {
        id: ApiKeyId(id),
        name: name.into(),
        owner: people()[0].clone(),
        created_at: ago(now, 9_000_000),
        last_used_at: used.map(|s| ago(now, s)),
    };
    ApiKeysView {
        rows: vec![row(1, "Grafana", Some(30)), row(2, "Old script", None)],
        paging: Paging::of(1, 2, |page| format!("?page={page}")),
        made: Some("wb_sample_key_shown_once_0123456789".into()),
        users: Choice::list(&[("1", "Ann Lee"), ("2", "Bob Ray")]),
        form: Form::default(),
    }
}

pub fn audit(now: Timestamp) -> AuditView {
    let row = |seconds, actor: &str, verb: &str, noun: &str, subject: &str| AuditRow {
        at: ago(now, seconds),
        actor: actor.into(),
        verb: verb.into(),
        noun: noun.into(),
        subject: subject.into(),
        before: Some("{\"name\": \"After hours\"}".into()),
        after: Some("{\"name\": \"Nights\"}".into()),
    };
    AuditView {
        rows: vec![
            row(100, "Ann Lee", "changed", "escalation policy", "Nights"),
            row(900, "API key Grafana", "created", "alert source", "Grafana"),
            row(90_000, "Command line", "created", "user", "Ann Lee"),
        ],
        paging: Paging::of(2, 120, |page| format!("/audit?page={page}")),
        filter: Form::default(),
        nouns: Choice::list(&[("user", "Users"), ("policy", "Escalation policies")]),
    }
}

pub fn settings() -> SettingsView {
    SettingsView {
        email: Form::of([("smtp_host", "smtp.office365.com"), ("smtp_port", "587"), ("smtp_security", "starttls"), ("smtp_user", "alerts@sunset.example"), ("mail_from", "Watchbell <alerts@sunset.example>"), ("test_to", "ann@sunset.example")]),
        email_test: Some(Err("smtp.office365.com answered 535 5.7.139: authentication unsuccessful. Allow authenticated SMTP for this mailbox.".into())),
        address: Form::of([("public_url", "http://127.0.0.1:8080")]),
        fallback: Form::of([("user", "1"), ("mails", "noc@sunset.example")]),
        users: people().iter().map(|person| Choice::new(person.id.to_string(), person.name.clone())).collect(),
        retention: Form::of([("alerts_days", "548"), ("events_days", "30"), ("audit_days", "2192")]).ticked("private_networks", true),
        fixed_by: vec!["WATCHBELL_LISTEN".into()],
    }
}

pub fn texts() -> TextsView {
    let mut form = Form::of([
        ("title", "{{ customer }}: {{ problem }}"),
        ("body", "{{ details }}\n{{ caler.name }}"),
        ("spoken", "{% if customer %}{{ customer }}. {% endif %}{{ problem }}"),
    ]);
    form.error("body", "Line 2: there is no such name or filter (undefined value: caler.name).");
    TextsView {
        language: Language::German,
        form,
        has_own: true,
        preview: Some(TextsPreview {
            of: "With a sample".into(),
            ways: vec![
                ("Mail".into(), "[Weckt] Contoso: Platte voll".into(), "Contoso: Platte voll\n\n> Frei: 1 %".into()),
                ("Call".into(), String::new(), "Contoso. Platte voll.".into()),
            ],
            problems: vec!["The text does not work with this alert: line 2: nothing is called caler.name".into()],
        }),
    }
}

pub fn setup_steps(now: Timestamp) -> Vec<(&'static str, SetupStep)> {
    let mut refused = Form::of([("token", "wrong"), ("name", "Ann Lee")]);
    refused.error("token", "This is not the token of the last start. Look into the log again.");
    vec![
        ("account", SetupStep::Account(refused)),
        (
            "email",
            SetupStep::Email {
                form: settings().email,
                stored: true,
                test: Some(Ok("Sent. Look into the mailbox of ann@sunset.example.".into())),
            },
        ),
        ("contact", SetupStep::Contact { form: Form::default(), contact: None, test: None, rang: None }),
        (
            "contact-test",
            SetupStep::Contact {
                form: Form::default(),
                contact: Some((watchbell_core::ids::ContactId(3), "ntfy https://ntfy.sh/ann-8f3k2".into())),
                test: Some(test_view(delivery(now, 0, Channel::Ntfy, NotificationState::Sent, None))),
                rang: Some(false),
            },
        ),
        ("done", SetupStep::Done { rang: true }),
    ]
}

pub fn paging(now: Timestamp) -> PagingView {
    PagingView { held: Some(("restored from monday.backup".into(), ago(now, 600))), pending: 3, form: Form::default() }
}
