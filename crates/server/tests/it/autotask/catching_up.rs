//! What Autotask costs while nothing happens, and how fast all is caught up once it can be read again.

use super::tenant::{COMPLETE, NEW, Plan, Tenant, ben};
use serde_json::json;
use watchbell_core::alert::{Alert, Happening, Status};
use watchbell_core::ids::AlertId;
use watchbell_sim::autotask::TicketIn;
use watchbell_testkit::{TestApp, both_databases, minutes, seconds};

/// So far a ticket may be overtaken where callouts named it: three are read at a time, after one that tries whether Autotask answers.
const OVERTAKING: usize = 5;
/// Those that were about to be read while one tried look again two seconds later, when the others are through.
const LATECOMERS_MAX: usize = 2;

/// The calls of an hour in which nobody does anything.
async fn calls_of_an_hour(app: &mut TestApp, tenant: &Tenant) -> usize {
    tenant.advance(app, minutes(2)).await;
    let before = tenant.sim.requests().len();
    for _ in 0..60 {
        tenant.advance(app, minutes(1)).await;
    }
    tenant.sim.requests().len() - before
}

/// An hour without Autotask, and a ticket a minute; a ticket that is known is completed and opened again. The tickets.
async fn an_hour_away(app: &mut TestApp, tenant: &Tenant, known: i64) -> Vec<i64> {
    tenant.sim.stop().await;
    let mut made = Vec::new();
    for minute in 0..60 {
        tenant.sync(app);
        made.push(tenant.sim.create_ticket(TicketIn::new(&format!("Minute {minute}"))).unwrap());
        if let 20 | 40 = minute {
            let status = if minute == 20 { COMPLETE } else { NEW };
            tenant.sim.edit(ben(), known, json!({ "status": status })).unwrap();
        }
        tenant.settle(app).await;
        app.advance(minutes(1)).await;
    }
    tenant.sync(app);
    tenant.sim.restart().await.unwrap();
    made
}

/// The alerts of tickets, the oldest first: one for each.
async fn alerts_of(app: &TestApp, tenant: &Tenant, tickets: &[i64]) -> Vec<(AlertId, i64)> {
    let mut alerts = Vec::new();
    for ticket in tickets {
        let of_ticket = format!("SELECT id FROM alert WHERE alert_key = 'autotask:{ticket}'");
        let ids = app.rows::<(i64,)>(&of_ticket).await;
        assert_eq!(ids.len(), 1, "ticket {ticket} has {ids:?}");
        let alert: Alert = tenant.alert(app, *ticket).await.unwrap();
        assert_eq!(alert.status, Status::Pending);
        alerts.push((alert.id, *ticket));
    }
    alerts.sort();
    alerts
}

async fn is_caught_up(app: &mut TestApp, tenant: &Tenant, tickets: &[i64], (overtaking, latecomers): (usize, usize)) {
    app.advance(seconds(60)).await;
    let opened = alerts_of(app, tenant, tickets).await;
    let rank = |ticket: i64| tickets.iter().position(|other| *other == ticket).unwrap();
    let is_late = |(nth, (_, ticket)): (usize, &(AlertId, i64))| nth >= rank(*ticket) + overtaking;
    let late = opened.iter().enumerate().filter(|seen| is_late(*seen)).count();
    assert!(late <= latecomers, "{late} of {opened:?}");
    for (nth, (alert, ticket)) in opened.iter().enumerate().filter(|seen| !is_late(*seen)) {
        let rank = rank(*ticket);
        assert!(rank < nth + overtaking + late, "alert {alert} of ticket number {rank} opened as number {nth}");
    }
    let waiting = format!("SELECT id FROM event WHERE source_id = {} AND verdict = 'WAITING'", tenant.source.id);
    assert_eq!(app.rows::<(i64,)>(&waiting).await, []);
    assert_eq!(app.rows::<(i64,)>("SELECT id FROM job WHERE kind IN ('fetch_ticket', 'write_back')").await, []);
}

both_databases! {
    async fn a_quiet_tenant_costs_at_most_ninety_calls_an_hour(app: TestApp) {
        let tenant = Tenant::new(app).await;
        let without = calls_of_an_hour(app, &tenant).await;
        assert!((60..=70).contains(&without), "{without}");
        for nth in 0..3 {
            tenant.create(app, TicketIn::new(&format!("Waits for parts {nth}"))).await;
        }
        let with_open_alerts = calls_of_an_hour(app, &tenant).await;
        assert!((60..=90).contains(&with_open_alerts), "{with_open_alerts}");
    }

    async fn after_an_hour_without_autotask_what_callouts_named_is_caught_up_within_a_minute(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::new(app).await;
        let known = tenant.create(app, TicketIn::new("Known")).await;
        let alert = tenant.alert(app, known).await.unwrap().id;
        let made = an_hour_away(app, &tenant, known).await;
        app.happen(alert, ann.id, Happening::Commented { text: "On its way".into(), author: None }).await;
        is_caught_up(app, &tenant, &made, (OVERTAKING, LATECOMERS_MAX)).await;
        assert_eq!((app.alert(alert).await.status, tenant.our_notes(known).len()), (Status::Pending, 1));
    }

    async fn after_an_hour_without_autotask_what_the_poll_finds_is_caught_up_within_a_minute_in_order(app: TestApp) {
        let tenant = Tenant::planned(app, Plan { callout: false, ..Plan::default() }).await;
        let known = tenant.create(app, TicketIn::new("Known")).await;
        tenant.advance(app, minutes(1)).await;
        let alert = tenant.alert(app, known).await.unwrap().id;
        let made = an_hour_away(app, &tenant, known).await;
        is_caught_up(app, &tenant, &made, (1, 0)).await;
        assert_eq!(app.alert(alert).await.status, Status::Pending);
    }
}
