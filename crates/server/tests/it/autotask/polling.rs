//! The poll: how often it asks, what it leaves alone, how it goes on after a fault.

use super::tenant::{COMPLETE, NEW, Plan, Tenant, anna, ben, connect, make_source, rules, start};
use serde_json::json;
use watchbell_core::alert::{Happening, Status};
use watchbell_core::auditor::Finding;
use watchbell_core::user::Role;
use watchbell_server::engine::autotask::try_again;
use watchbell_sim::autotask::{Config, TicketIn};
use watchbell_store::auditor;
use watchbell_testkit::{TestApp, both_databases, minutes, seconds};

/// What the auditor found in its last run.
async fn findings(app: &TestApp) -> Vec<Finding> {
    auditor::standing(&app.app.db, &app.scope()).await.unwrap().findings
}

both_databases! {
    async fn one_query_an_interval_while_nothing_changes(app: TestApp) {
        let tenant = Tenant::new(app).await;
        tenant.advance(app, minutes(2)).await;
        let (before, queries) = (tenant.sim.requests().len(), tenant.calls("Tickets/query"));
        app.advance(minutes(10)).await;
        assert_eq!((tenant.calls("Tickets/query") - queries, tenant.sim.requests().len() - before), (10, 10));
    }

    async fn the_interval_is_a_setting_and_none_is_no_poll(app: TestApp) {
        let slow = Tenant::planned(app, Plan { rules: rules(|rules| rules.poll_interval_s = Some(3_600)), ..Plan::default() }).await;
        let before = slow.calls("Tickets/query");
        app.advance(minutes(59)).await;
        assert_eq!(slow.calls("Tickets/query"), before);
        app.advance(minutes(2)).await;
        assert!(slow.calls("Tickets/query") > before);
        let sim = start(app, Config::default()).await;
        let connector = connect(app, &sim, "never").await;
        make_source(app, &connector, rules(|rules| rules.poll_interval_s = None), Vec::new(), true).await;
        let before = sim.requests().iter().filter(|seen| seen.path.contains("Tickets/query")).count();
        app.advance(minutes(50)).await;
        assert_eq!(sim.requests().iter().filter(|seen| seen.path.contains("Tickets/query")).count(), before, "the baseline only");
    }

    async fn callout_and_poll_make_one_alert(app: TestApp) {
        let tenant = Tenant::new(app).await;
        let id = tenant.create(app, TicketIn::new("Once")).await;
        let alert = tenant.alert(app, id).await.unwrap().id;
        tenant.advance(app, minutes(5)).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().id, alert);
        assert_eq!(app.alert(alert).await.event_count, 1);
    }

    async fn an_hour_of_autotask_being_down(app: TestApp) {
        let tenant = Tenant::planned(app, Plan { callout: false, ..Plan::default() }).await;
        let known = tenant.create(app, TicketIn::new("Known")).await;
        tenant.advance(app, minutes(1)).await;
        tenant.sim.stop().await;
        tenant.sync(app);
        let early = tenant.sim.create_ticket(TicketIn::new("Early")).unwrap();
        tenant.sim.edit(ben(), known, json!({"status": COMPLETE})).unwrap();
        tenant.advance(app, minutes(59)).await;
        assert!(tenant.account(app).await.state_reason.unwrap().contains("unreachable since 2026-01-05 08:0"));
        let late = tenant.sim.create_ticket(TicketIn::new("Late")).unwrap();
        tenant.sim.restart().await.unwrap();
        app.advance(seconds(63)).await;
        assert_eq!(tenant.alert(app, known).await.unwrap().status, Status::Resolved);
        assert_eq!(tenant.alert(app, early).await.unwrap().priority, watchbell_core::alert::Priority::Low, "old news");
        assert_eq!(tenant.alert(app, late).await.unwrap().priority, watchbell_core::alert::Priority::High);
    }

    async fn more_than_a_page_is_read_whole(app: TestApp) {
        let sim = start(app, Config::default()).await;
        for nth in 0..1_200 {
            sim.create_ticket(TicketIn::new(&format!("Old {nth}"))).unwrap();
        }
        app.app.clock.advance(minutes(10));
        let tenant = Tenant::of(app, sim, None, Vec::new(), false, true).await;
        assert_eq!(tenant.poll_state(app).await.baseline_tickets, 1_200);
        tenant.sync(app);
        let ids: Vec<i64> = tenant.sim.tickets().iter().filter_map(|row| row["id"].as_i64()).collect();
        tenant.sim.bulk_edit(anna(), &ids, json!({"status": 7})).unwrap();
        tenant.advance(app, minutes(1)).await;
        assert_eq!(tenant.poll_state(app).await.round, None);
        let last = *ids.last().unwrap();
        tenant.set_status(app, ben(), last, NEW).await;
        tenant.advance(app, minutes(1)).await;
        assert_eq!(tenant.alert(app, last).await.unwrap().status, Status::Pending);
    }

    async fn a_tenant_without_a_log_of_deletions_is_asked_for_the_tickets(app: TestApp) {
        let tenant = Tenant::new(app).await;
        let (id, stays) = (tenant.create(app, TicketIn::new("Gone")).await, tenant.create(app, TicketIn::new("Stays")).await);
        tenant.sync(app);
        tenant.sim.delete(anna(), id).unwrap();
        tenant.sim.with(|world| world.tables.remove_where(watchbell_sim::autotask::Entity::DeletedTicketLogs, |_| true));
        tenant.sim.faults(|faults| (faults.refuse_writes, faults.only_endpoint) = (String::new(), "DeletedTicketLogs".into()));
        let state = watchbell_server::engine::autotask::PollState { no_deletion_log_since: Some(app.app.clock.now()), ..tenant.poll_state(app).await };
        app.tamper(&format!("UPDATE alert_source SET poll_state = '{}' WHERE id = {}", serde_json::to_string(&state).unwrap(), tenant.source.id)).await;
        app.advance(minutes(6)).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Resolved);
        assert_eq!(tenant.alert(app, stays).await.unwrap().status, Status::Pending);
    }

    async fn a_source_whose_account_is_refused_is_silent_and_what_waits_behind_its_notes_is_not_late(app: TestApp) {
        let (ada, ann) = (app.user_of_role("ada", Role::Admin).await, app.user("ann").await);
        let tenant = Tenant::new(app).await;
        let id = tenant.create(app, TicketIn::new("One")).await;
        let alert = tenant.alert(app, id).await.unwrap().id;
        tenant.advance(app, minutes(2)).await;
        let answered = tenant.poll_state(app).await.succeeded_at.expect("it was asked");
        tenant.sim.faults(|faults| faults.locked = true);
        app.happen(alert, ann.id, Happening::Accepted).await;
        app.happen(alert, ann.id, Happening::Resolved { reason: None }).await;
        app.advance(minutes(13)).await;
        assert_eq!(findings(app).await, []);
        app.advance(minutes(10)).await;
        let found = Finding::SourceSilent { source: tenant.source.id, name: tenant.stored(app).await.name, since: answered };
        assert_eq!(findings(app).await, [found]);
        ada.expect_mail(app, "Watchbell found a fault of its own").await;
        app.expect_any_mails();
        tenant.sim.heal();
        try_again(&app.app, &app.scope(), &tenant.connector).await.unwrap();
        tenant.advance(app, minutes(2)).await;
        assert_eq!(findings(app).await, []);
    }
}
