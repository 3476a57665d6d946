//! Sample data of sources and accounts.

use super::sample::ago;
use jiff::Timestamp;
use watchbell_core::ids::{AlertId, SourceId};
use watchbell_ui::Form;
use watchbell_ui::components::{Choice, Paging};
use watchbell_ui::pages::account::AccountView;
use watchbell_ui::pages::accounts::{AccountRow, AccountState};
use watchbell_ui::pages::source::{AutotaskStatus, SourceKind, SourceView};
use watchbell_ui::pages::source_api::ApiSourceView;
use watchbell_ui::pages::source_events::{EventRow, Fate};
use watchbell_ui::pages::source_webhooks::{WebhookStage, WebhookView};
use watchbell_ui::pages::sources::{SourceRow, SourceState};

pub const REFUSED: &str = "User name, secret, integration code or zone refused";

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

fn webhook(now: Timestamp, of_what: &str, active: bool) -> WebhookView {
    WebhookView {
        of_what: of_what.into(),
        stage: WebhookStage::Live,
        active,
        checked_at: Some(ago(now, 200)),
        last_event_at: active.then(|| ago(now, 35)),
        missing: 1,
        last_gap_at: active.then(|| ago(now, 7_200)),
        rearmed_at: (!active).then(|| ago(now, 3_600)),
        refused_at: None,
        fault: (!active).then(|| "Autotask has switched the webhook of ticket notes off again.".into()),
        unwatched: Vec::new(),
    }
}

fn autotask(now: Timestamp, connected: bool) -> SourceKind {
    SourceKind::Autotask(Box::new(AutotaskStatus {
        watch_only: false,
        webhook_url: "https://watchbell.example.com/api/v1/events/autotask/il1api-sample-key".into(),
        account: ("Autotask".into(), "/accounts/1".into()),
        by_rule_only: false,
        first_callout_at: connected.then(|| ago(now, 86_400)),
        last_callout_at: connected.then(|| ago(now, 40)),
        polled_at: Some(ago(now, 20)),
        next_poll_at: Some(ago(now, -40)),
        poll_interval_s: 60,
        poll_error: None,
        webhooks: if connected {
            vec![webhook(now, "tickets", true), webhook(now, "ticket notes", false)]
        } else {
            Vec::new()
        },
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

pub fn hours_choices() -> Vec<Choice> {
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

pub fn policies_choices() -> Vec<Choice> {
    Choice::list(&[("1", "After hours"), ("2", "Office hours")])
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
