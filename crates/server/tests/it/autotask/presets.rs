//! Every cell of both presets, from the stand-in's status to what becomes of the alert.

use super::tenant::{
    COMPLETE, HIGH, NEW, Plan, Tenant, WAITING_CUSTOMER, after_hours, alert_of, anna, ben, connect, make_source, start,
};
use serde_json::json;
use watchbell_core::alert::{Alert, Happening, Status};
use watchbell_core::autotask::{SourceRules, StatusClass};
use watchbell_core::ids::UserId;
use watchbell_core::timeline::Entry;
use watchbell_sim::autotask::{Actor, Config, TicketIn, seed};
use watchbell_testkit::{TestApp, both_databases};

/// A status that opens in both presets and is no row's own.
const CHANGE_ORDER: i64 = 15;
/// A status that waits for something else than the stand-in's own statuses do.
const WAITING_REBOOT: (i64, &str) = (30, "Waiting Reboot");

/// What a row does, as the issue writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    Opens,
    InProgress,
    InProgressUnlessAssigned,
    Accepts,
    Ends,
    CallsNextLevel,
    TellsResponder,
}

/// What becomes of an alert.
#[derive(Debug, PartialEq, Eq)]
enum Became {
    None,
    Opened,
    Unchanged,
    Accepted,
    Resolved,
    NextLevel,
    Told,
}

/// ilert's table; what it does not list opens and changes nothing.
fn like_ilert(label: &str) -> Does {
    match label {
        "In Progress" => Does::InProgress,
        "Complete" | "Denied" => Does::Ends,
        "Scheduled" | "Escalate" | "Approved" => Does::Accepts,
        waiting if waiting.starts_with("Waiting ") => Does::Accepts,
        _ => Does::Opens,
    }
}

fn after_hours_msp(label: &str) -> Does {
    match label {
        "New" | "Waiting Dispatch" | "Approved" | "Change Order" => Does::Opens,
        "In Progress" => Does::InProgressUnlessAssigned,
        "Complete" | "Denied" | "Cancelled" | "Duplicate" | "Spam" | "RMM Resolved" | "Work Complete" => Does::Ends,
        "Scheduled" | "On Hold" => Does::Accepts,
        waiting if waiting.starts_with("Waiting ") => Does::Accepts,
        "Escalate" => Does::CallsNextLevel,
        "Customer Note Added" | "Reopened" => Does::TellsResponder,
        other => panic!("no row for {other}"),
    }
}

impl Does {
    fn without_alert(self, assigned: bool) -> Became {
        match self {
            Does::Accepts | Does::Ends => Became::None,
            Does::InProgressUnlessAssigned if assigned => Became::None,
            Does::Opens
            | Does::InProgress
            | Does::InProgressUnlessAssigned
            | Does::CallsNextLevel
            | Does::TellsResponder => Became::Opened,
        }
    }

    fn with_alert(self, accepted: bool) -> Became {
        match self {
            Does::Opens => Became::Unchanged,
            Does::InProgress | Does::InProgressUnlessAssigned | Does::Accepts if accepted => Became::Unchanged,
            Does::InProgress | Does::InProgressUnlessAssigned | Does::Accepts => Became::Accepted,
            Does::Ends => Became::Resolved,
            Does::CallsNextLevel => Became::NextLevel,
            Does::TellsResponder => Became::Told,
        }
    }
}

fn of_none(alert: Option<&Alert>) -> Became {
    match alert.map(|alert| alert.status) {
        None => Became::None,
        Some(Status::Pending) => Became::Opened,
        other => panic!("{other:?}"),
    }
}

async fn of_alert(app: &TestApp, before: &Alert) -> Became {
    let (after, entries) = (app.alert(before.id).await, app.entries(before.id).await);
    let has = |wanted: fn(&Entry) -> bool| entries.iter().any(wanted);
    let escalated = has(|entry| *entry == Entry::EscalatedNow);
    match (after.status, escalated, has(|entry| matches!(entry, Entry::Told { .. }))) {
        (Status::Resolved, false, false) => Became::Resolved,
        (Status::Pending, true, false) => Became::NextLevel,
        (status, false, true) if status == before.status => Became::Told,
        (status, false, false) if status == before.status => Became::Unchanged,
        (Status::Accepted, false, false) => Became::Accepted,
        other => panic!("{other:?}"),
    }
}

/// A ticket in this status, given to Ben by somebody else; robots and customers give none back.
fn given(ticket: TicketIn) -> TicketIn {
    let by = Actor::resource(seed::RMM_USER);
    ticket.by(by).with("assignedResourceID", seed::BEN).with("assignedResourceRoleID", seed::LEVEL_1)
}

/// Without an alert: seen first, and after the alert that it had was ended by the ticket itself.
async fn check_without(app: &mut TestApp, tenant: &Tenant, (status, label): (i64, &str), does: Does) {
    for assigned in [false, true] {
        let ticket = |status: i64| TicketIn::new(label).with("priority", HIGH).with("status", status);
        let ticket = |status: i64| if assigned { given(ticket(status)) } else { ticket(status) };
        let born = tenant.create(app, ticket(status)).await;
        let first = tenant.alert(app, born).await;
        assert_eq!(of_none(first.as_ref()), does.without_alert(assigned), "{label} first seen, assigned: {assigned}");

        let away = if status == WAITING_CUSTOMER { COMPLETE } else { WAITING_CUSTOMER };
        let waits = tenant.create(app, ticket(away)).await;
        assert_eq!(tenant.alert(app, waits).await, None);
        tenant.set_status(app, anna(), waits, status).await;
        let later = tenant.alert(app, waits).await;
        assert_eq!(of_none(later.as_ref()), does.without_alert(assigned), "{label} became, assigned: {assigned}");
    }
}

async fn check_with(app: &mut TestApp, tenant: &Tenant, ann: UserId, (status, label): (i64, &str), does: Does) {
    let from = if status == NEW { CHANGE_ORDER } else { NEW };
    for accepted in [false, true] {
        let id = tenant.create(app, TicketIn::new(label).with("priority", HIGH).with("status", from)).await;
        let mut before = tenant.alert(app, id).await.unwrap();
        if accepted {
            before = app.happen(before.id, ann, Happening::Accepted).await;
            tenant.settle(app).await;
        }
        // Accepting has written In Progress to the ticket.
        if tenant.status(id) == status {
            tenant.set_status(app, Actor::robot(), id, CHANGE_ORDER).await;
        }
        tenant.set_status(app, ben(), id, status).await;
        assert_eq!(of_alert(app, &before).await, does.with_alert(accepted), "{label}, accepted: {accepted}");
    }
}

async fn check_preset(app: &mut TestApp, tenant: &Tenant, ann: UserId, table: fn(&str) -> Does) {
    app.advance(watchbell_testkit::seconds(1)).await;
    let rules: SourceRules = serde_json::from_str(tenant.stored(app).await.rules.as_deref().unwrap()).unwrap();
    for class in StatusClass::ALL {
        assert!(rules.statuses.rows.iter().any(|row| row.class == *class), "the tenant has no status of {class:?}");
    }
    for row in &rules.statuses.rows {
        let (status, does) = ((row.id, row.label.as_str()), table(&row.label));
        check_without(app, tenant, status, does).await;
        check_with(app, tenant, ann, status, does).await;
    }
}

fn config() -> Config {
    let (id, label) = WAITING_REBOOT;
    Config { status_labels: [(id, label.to_owned())].into(), ..Config::default() }
}

both_databases! {
    async fn every_cell_of_like_ilert(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::planned(app, Plan { config: config(), ..Plan::default() }).await;
        check_preset(app, &tenant, ann.id, like_ilert).await;
    }

    async fn every_cell_of_after_hours_msp(app: TestApp) {
        let ann = app.user("ann").await;
        let sim = start(app, config()).await;
        let rules = after_hours(app, &sim, |_| ()).await;
        let tenant = Tenant::of(app, sim, rules, Vec::new(), true, true).await;
        check_preset(app, &tenant, ann.id, after_hours_msp).await;
        // Customer Note Added and Reopened of an accepted alert.
        for _ in 0..2 {
            ann.expect_mail(app, "News for alert").await;
        }
    }

    async fn two_sources_of_one_account_follow_their_own_tables(app: TestApp) {
        let sim = start(app, Config::default()).await;
        let rules = after_hours(app, &sim, |_| ()).await;
        let tenant = Tenant::of(app, sim, None, Vec::new(), true, true).await;
        let connector = connect(app, &tenant.sim, "second").await;
        let second = make_source(app, &connector, rules, Vec::new(), true).await;
        tenant.sim.callout_to(&format!("{}/api/v1/events/autotask/{}", app.url, second.key));
        let id = tenant.create(app, TicketIn::new("Both").with("priority", 3)).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().priority, watchbell_core::alert::Priority::Low);
        assert_eq!(alert_of(app, &second, id).await, None);
        tenant.edit(app, ben(), id, json!({"priority": 4})).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().priority, watchbell_core::alert::Priority::High);
        assert_eq!(alert_of(app, &second, id).await.unwrap().status, Status::Pending);
    }
}
