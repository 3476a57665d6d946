//! Sample data of the pages that configure: sources, accounts, policies, settings.

use super::sample::{ago, delivery, levels, people, test_view};
use jiff::Timestamp;
use watchbell_core::ids::{AlertId, ApiKeyId, PolicyId, SourceId};
use watchbell_core::language::Language;
use watchbell_core::notify::NotificationState;
use watchbell_core::user::{Channel, Role};
use watchbell_ui::Form;
use watchbell_ui::components::{Choice, Paging, Tab};
use watchbell_ui::pages::account::AccountView;
use watchbell_ui::pages::accounts::{AccountRow, AccountState};
use watchbell_ui::pages::api_keys::{ApiKeyRow, ApiKeysView};
use watchbell_ui::pages::audit::{AuditRow, AuditView};
use watchbell_ui::pages::escalation::{LevelState, LevelView};
use watchbell_ui::pages::paging::PagingView;
use watchbell_ui::pages::policies::PolicyRow;
use watchbell_ui::pages::policy::{PolicyView, SimulationView};
use watchbell_ui::pages::settings::SettingsView;
use watchbell_ui::pages::setup::SetupStep;
use watchbell_ui::pages::source::{AutotaskStatus, SourceKind, SourceView};
use watchbell_ui::pages::source_api::ApiSourceView;
use watchbell_ui::pages::source_autotask::filters::FilterChoices;
use watchbell_ui::pages::source_autotask::rules_step::Preview;
use watchbell_ui::pages::source_autotask::tables::PicklistRow;
use watchbell_ui::pages::source_autotask::{AccountStepView, RulesStepView};
use watchbell_ui::pages::source_events::{EventRow, Fate};
use watchbell_ui::pages::sources::{SourceRow, SourceState};
use watchbell_ui::pages::texts::{TextsPreview, TextsView};
use watchbell_ui::pages::users::UserRow;

const REFUSED: &str = "User name, secret, integration code or zone refused";

pub fn sources(now: Timestamp) -> Vec<SourceRow> {
    let row = |id, name: &str, kind: &str, state, open_alerts| SourceRow {
        id: SourceId(id),
        name: name.into(),
        kind: kind.into(),
        policy: "After hours".into(),
        state,
        open_alerts,
        last_event_at: (id != 3).then(|| ago(now, 90 * id)),
    };
    vec![
        row(1, "Autotask after hours", "Autotask", SourceState::Fine, 4),
        row(2, "Monitoring", "API", SourceState::Fine, 1),
        row(3, "Autotask Nordwind", "Autotask", SourceState::Waiting, 0),
        row(4, "Old Autotask", "Autotask", SourceState::Broken(REFUSED.into()), 0),
        row(5, "Grafana", "API", SourceState::Paused, 0),
    ]
}

fn events(now: Timestamp) -> Vec<EventRow> {
    let row = |seconds, way: &str, subject: &str, fate, body: Option<&str>| EventRow {
        at: ago(now, seconds),
        way: way.into(),
        subject: subject.into(),
        fate,
        body: body.map(Into::into),
    };
    vec![
        row(
            40,
            "callout",
            "T20261123.0042 Practice server does not answer",
            Fate::Opened(AlertId(4711)),
            Some("id=7865&number=T20261123.0042&status=New"),
        ),
        row(
            300,
            "poll",
            "T20261123.0040 Queue depth on mailer",
            Fate::Added(AlertId(4708), "accepted for Chioma Obi: In Progress".into()),
            None,
        ),
        row(
            400,
            "callout",
            "T20261123.0039 New laptop for the front desk",
            Fate::NotPaged("queue is Projects".into()),
            None,
        ),
        row(
            500,
            "callout",
            "Body without a ticket",
            Fate::Rejected("neither id nor number is in it".into()),
            Some("hello"),
        ),
        row(510, "callout", "T20261123.0044", Fate::Waiting("the ticket is being fetched".into()), None),
    ]
}

fn source_view(
    now: Timestamp,
    id: i64,
    name: &str,
    state: SourceState,
    kind: SourceKind,
    events: Vec<EventRow>,
) -> SourceView {
    SourceView {
        id: SourceId(id),
        name: name.into(),
        policy: ("After hours".into(), "/policies/1".into()),
        state,
        kind,
        open_alerts: 4,
        events_paging: Paging::of(1, i64::try_from(events.len()).unwrap_or(0) * 20, |page| {
            format!("/sources/{id}?page={page}")
        }),
        events,
        search: Form::default(),
        may_edit: now > Timestamp::MIN,
    }
}

fn autotask(now: Timestamp, connected: bool) -> SourceKind {
    SourceKind::Autotask(Box::new(AutotaskStatus {
        webhook_url: "https://watchbell.example.com/api/v1/events/autotask/il1api-sample-key".into(),
        account: ("Autotask".into(), "/accounts/1".into()),
        by_rule_only: false,
        first_callout_at: connected.then(|| ago(now, 86_400)),
        last_callout_at: connected.then(|| ago(now, 40)),
        polled_at: Some(ago(now, 20)),
        next_poll_at: Some(ago(now, -40)),
        poll_interval_s: 60,
        poll_error: None,
        missed_callouts: if connected { 2 } else { 0 },
    }))
}

pub fn source_autotask(now: Timestamp) -> SourceView {
    source_view(now, 1, "Autotask after hours", SourceState::Fine, autotask(now, true), events(now))
}

pub fn source_waiting(now: Timestamp) -> SourceView {
    source_view(now, 3, "Autotask Nordwind", SourceState::Waiting, autotask(now, false), Vec::new())
}

pub fn source_api(now: Timestamp) -> SourceView {
    let kind = SourceKind::Api {
        key: "il1api-sample-key".into(),
        events_url: "https://watchbell.example.com/api/events".into(),
    };
    source_view(now, 2, "Monitoring", SourceState::Waiting, kind, Vec::new())
}

fn hours_choices() -> Vec<Choice> {
    Choice::list(&[("", "None"), ("1", "Contoso, weekdays")])
}

pub fn api_form() -> ApiSourceView {
    let mut form = Form::of([("policy", "1"), ("priority", "HIGH"), ("auto_resolve_min", "-4")]);
    form.error("name", "A source needs a name.");
    form.error("auto_resolve_min", "Must be 1 to 525600, or empty.");
    ApiSourceView {
        id: None,
        form,
        policies: policies_choices(),
        hours: hours_choices(),
        groupings: Choice::list(&[
            ("ONE_ALERT_PER_EMAIL", "Every event"),
            ("ONE_OPEN_ALERT_ALLOWED", "When none with its alert key is open"),
        ]),
    }
}

fn policies_choices() -> Vec<Choice> {
    Choice::list(&[("1", "After hours"), ("2", "Office hours")])
}

pub fn account_step() -> AccountStepView {
    let mut form = Form::of([("name", "Autotask"), ("zone", "14"), ("user_name", "abc123@SUNSET.EXAMPLE")]);
    form.error("zone", "This user is in another zone: America West 2 [15].");
    form.error("save_anyway", "");
    AccountStepView { accounts: Choice::list(&[("1", "Autotask, America East 2 [14]")]), form }
}

pub fn rules_step() -> RulesStepView {
    let tab = |word: &str, current| Tab {
        word: word.into(),
        href: "/sources/new/autotask/rules?account=1".into(),
        count: None,
        hot: false,
        current,
    };
    let statuses = [
        (1, "New"),
        (8, "In Progress"),
        (7, "Waiting Customer"),
        (13, "Warten auf Freigabe"),
        (11, "Escalate"),
        (5, "Complete"),
    ];
    let priorities = [(4, "Critical"), (1, "High"), (2, "Medium"), (3, "Low")];
    let row = |(id, label): &(i64, &str)| PicklistRow {
        id: *id,
        label: (*label).into(),
        active: true,
        guess: (*id == 13).then(|| "read as Waiting Approval".into()),
    };
    let opens = Choice::list(&[
        ("nothing", "Nothing"),
        ("open", "Open an alert"),
        ("open_unless_assigned", "Open unless assigned"),
    ]);
    let running = Choice::list(&[
        ("nothing", "Nothing"),
        ("accept", "Accept"),
        ("next_level", "Next level"),
        ("resolve", "Resolve"),
        ("tell", "Tell the responder"),
    ]);
    let form = Form::of([
        ("name", "Autotask after hours"),
        ("policy", "1"),
        ("reach", "every"),
        ("poll_interval_s", "60"),
        ("leaves_filter", "keep"),
        ("unreadable_after_s", "60"),
        ("status.1.first_seen", "open"),
        ("status.1.no_alert", "open"),
        ("status.8.first_seen", "open_unless_assigned"),
        ("status.8.pending", "accept"),
        ("status.5.pending", "resolve"),
        ("status.5.accepted", "resolve"),
        ("priority.4", "page"),
        ("priority.1", "page"),
        ("priority.2", "quiet"),
        ("priority.3", "none"),
        ("priority.other", "page"),
        ("filter.0.group", "none"),
        ("filter.0.field", "queue"),
        ("filter.0.op", "is"),
        ("filter.0.value", "Projects; Post Sale"),
        ("route.0.field", "queue"),
        ("route.0.value", "Security"),
        ("route.0.policy", "2"),
        ("summary_template", "{{ company.companyName }}: {{ ticket.title }} [{{ ticket.ticketNumber }}]"),
        ("accept_status", "8"),
        ("complete_status", "5"),
        ("note_publish", "2"),
    ])
    .ticked("accept_note", true)
    .ticked("resolve_note", true);
    RulesStepView {
        id: None,
        account: ("1".into(), "Autotask".into()),
        form,
        presets: vec![tab("After-hours MSP", true), tab("Like ilert", false)],
        policies: policies_choices(),
        hours: hours_choices(),
        statuses: statuses.iter().map(row).collect(),
        priorities: priorities.iter().map(row).collect(),
        status_choices: [opens.clone(), opens, running.clone(), running],
        priority_choices: Choice::list(&[("page", "Page"), ("quiet", "Quiet"), ("none", "No alert")]),
        filter_choices: FilterChoices {
            fields: Choice::list(&[
                ("queue", "Queue"),
                ("company", "Company"),
                ("priority", "Priority"),
                ("title", "Title or description"),
                ("udf:Site", "Site (user-defined)"),
            ]),
            ops: Choice::list(&[
                ("is", "is one of"),
                ("is_not", "is none of"),
                ("contains", "contains"),
                ("has_word", "has the word"),
                ("is_set", "is filled in"),
            ]),
            route_fields: Choice::list(&[
                ("queue", "Queue"),
                ("company", "Company"),
                ("issue_type", "Issue type"),
                ("priority", "Priority"),
            ]),
            policies: policies_choices(),
        },
        publish_choices: Choice::list(&[("2", "Internal Project Team"), ("1", "All Autotask Users")]),
        preview: Some(Preview {
            ticket: "T20261123.0042".into(),
            summary: Ok("Harbour Dental: Practice server does not answer [T20261123.0042]".into()),
            details: Err("undefined value: ticket.foo (line 1)".into()),
        }),
        picklists_missing: None,
    }
}

pub fn accounts(now: Timestamp) -> Vec<AccountRow> {
    let row = |id: &str, state| AccountRow {
        id: id.into(),
        name: format!("Autotask {id}"),
        kind: "Autotask".into(),
        place: "America East 2 [14]".into(),
        state,
        sources: 2,
        since: Some(ago(now, 7_200)),
    };
    vec![
        row("1", AccountState::Green),
        row("2", AccountState::Yellow("limit of the tenant reached, by all vendors together".into())),
        row("3", AccountState::Red(REFUSED.into())),
        row("4", AccountState::Untested),
    ]
}

pub fn account(now: Timestamp) -> AccountView {
    AccountView {
        id: Some("3".into()),
        name: "Autotask 3".into(),
        state: AccountState::Red(REFUSED.into()),
        since: Some(ago(now, 7_200)),
        next_try_at: None,
        address: "https://webservices14.autotask.net".into(),
        calls: Some((1_234, 10_000)),
        calls_at: Some(ago(now, 400)),
        sources: vec![("Autotask after hours".into(), "/sources/1".into())],
        form: Form::of([("name", "Autotask 3"), ("zone", "14"), ("user_name", "abc123@SUNSET.EXAMPLE")]),
        may_edit: true,
    }
}

pub fn policies() -> Vec<PolicyRow> {
    let row = |id, name: &str, levels: &[(&str, i64)], warning: Option<&str>| PolicyRow {
        id: PolicyId(id),
        name: name.into(),
        levels: levels.iter().map(|(who, s)| ((*who).to_owned(), *s)).collect(),
        passes: 3,
        sources: 2,
        warning: warning.map(Into::into),
    };
    vec![
        row(1, "After hours", &[("Ann Lee", 900), ("Bob Ray, Chioma Obi", 600)], None),
        row(2, "Office hours", &[("Dieter Groß", 1_800)], Some("Level 1 has nobody who can be paged")),
    ]
}

pub fn policy() -> PolicyView {
    PolicyView {
        id: Some(PolicyId(1)),
        name: "After hours".into(),
        levels: levels().into_iter().map(|level| LevelView { state: LevelState::Ahead, ..level }).collect(),
        browser_only: false,
        passes: 3,
        delay_s: 120,
        users: people().iter().map(|person| Choice::new(person.id.to_string(), person.name.clone())).collect(),
        fallback: vec!["Ann Lee".into(), "noc@sunset.example".into()],
        simulation: Some(SimulationView {
            lines: vec![
                (Timestamp::UNIX_EPOCH, "Level 1 is called: Ann Lee over e-mail, at once".into(), false),
                (
                    Timestamp::UNIX_EPOCH,
                    "Level 2 has nobody who can be paged: the next one is called at once".into(),
                    true,
                ),
            ],
            goes_on: true,
            form: Form::of([("sim_priority", "HIGH")]),
        }),
        schedules: Choice::list(&[("1", "Night rota"), ("2", "Weekend rota")]),
        teams: Choice::list(&[("1", "Network team")]),
        sources: vec![("Autotask after hours".into(), "/sources/1".into())],
        running: 2,
        form: Form::of([
            ("name", "After hours"),
            ("passes", "3"),
            ("delay_min", "2"),
            ("level.0.user", "1"),
            ("level.0.timeout_min", "15"),
            ("level.1.user", "2"),
            ("level.1.user", "3"),
            ("level.1.timeout_min", "10"),
            ("level.1.schedule", "1"),
            ("level.1.accepts", "2"),
        ]),
        may_edit: true,
    }
}

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
