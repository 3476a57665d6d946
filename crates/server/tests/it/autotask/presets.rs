//! Every cell of both presets, from the stand-in's status to what becomes of the alert.

use super::tenant::{HIGH, NEW, Tenant, WAITING_CUSTOMER, after_hours, alert_of, ben, connect, make_source, start};
use serde_json::json;
use watchbell_core::alert::{Alert, Happening, Status};
use watchbell_core::autotask::{Cell, Cells, SourceRules};
use watchbell_core::ids::UserId;
use watchbell_core::timeline::Entry;
use watchbell_sim::autotask::{Config, TicketIn};
use watchbell_testkit::{TestApp, both_databases};

/// What a cell must have done to a ticket that had no alert.
fn check_without(cell: Cell, alert: Option<&Alert>, case: &str) {
    match cell {
        Cell::Open | Cell::OpenUnlessAssigned => {
            assert_eq!(alert.map(|alert| alert.status), Some(Status::Pending), "{case}")
        }
        _ => assert_eq!(alert, None, "{case}"),
    }
}

/// What a cell must have done to an alert.
async fn check_with(app: &TestApp, cell: Cell, before: &Alert, case: &str) {
    let after = app.alert(before.id).await;
    let entries = app.entries(before.id).await;
    let has = |wanted: fn(&Entry) -> bool| entries.iter().any(wanted);
    let (escalated, told) =
        (has(|entry| *entry == Entry::EscalatedNow), has(|entry| matches!(entry, Entry::Told { .. })));
    let expected = match cell {
        Cell::Accept => (Status::Accepted, false, false),
        Cell::Resolve => (Status::Resolved, false, false),
        Cell::NextLevel => (Status::Pending, true, false),
        Cell::TellResponder => (before.status, false, true),
        Cell::Nothing | Cell::Open | Cell::OpenUnlessAssigned => (before.status, false, false),
    };
    assert_eq!((after.status, escalated, told), expected, "{case}");
}

async fn check_preset(app: &mut TestApp, tenant: &Tenant, ann: UserId, rules: &SourceRules) {
    let rows: Vec<(i64, String, Cells)> =
        rules.statuses.rows.iter().map(|row| (row.id, row.label.clone(), row.cells)).collect();
    assert!(rows.len() >= 22);
    for (status, label, cells) in rows {
        let case = |column: &str| format!("{:?}: {label}, {column}", rules.preset);
        let ticket = |status: i64| TicketIn::new(&label).with("priority", HIGH).with("status", status);
        let born = tenant.create(app, ticket(status)).await;
        check_without(cells.first_seen, tenant.alert(app, born).await.as_ref(), &case("first seen"));

        if status != WAITING_CUSTOMER {
            let waits = tenant.create(app, ticket(WAITING_CUSTOMER)).await;
            tenant.set_status(app, ben(), waits, status).await;
            check_without(cells.became, tenant.alert(app, waits).await.as_ref(), &case("became this"));
        }
        if status != NEW {
            let pending = tenant.create(app, ticket(NEW)).await;
            let before = tenant.alert(app, pending).await.unwrap();
            tenant.set_status(app, ben(), pending, status).await;
            check_with(app, cells.pending, &before, &case("alert pending")).await;

            let accepted = tenant.create(app, ticket(NEW)).await;
            let alert = tenant.alert(app, accepted).await.unwrap().id;
            let before = app.happen(alert, ann, Happening::Accepted).await;
            tenant.settle(app).await;
            tenant.set_status(app, ben(), accepted, status).await;
            check_with(app, cells.accepted, &before, &case("alert accepted")).await;
        }
    }
}

both_databases! {
    async fn every_cell_of_like_ilert(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::new(app).await;
        let rules: SourceRules = serde_json::from_str(tenant.stored(app).await.rules.as_deref().unwrap()).unwrap();
        check_preset(app, &tenant, ann.id, &rules).await;
    }

    async fn every_cell_of_after_hours_msp(app: TestApp) {
        let ann = app.user("ann").await;
        let sim = start(app, Config::default()).await;
        let rules = after_hours(app, &sim, |_| ()).await;
        let tenant = Tenant::of(app, sim, rules.clone(), Vec::new(), true, true).await;
        check_preset(app, &tenant, ann.id, &rules.unwrap()).await;
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
