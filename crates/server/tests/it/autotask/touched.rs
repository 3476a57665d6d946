//! "Is anything done?" knows what is done in the ticket.

use super::tenant::{HIGH, Plan, Tenant, WAITING_DISPATCH, ben, rules};
use serde_json::json;
use watchbell_core::alert::{Happening, Status};
use watchbell_core::escalation::AfterAccept;
use watchbell_core::ids::AlertId;
use watchbell_core::timeline::Entry;
use watchbell_sim::autotask::{Actor, TicketIn};
use watchbell_store::policies::{self, PolicyIn};
use watchbell_testkit::{Person, TestApp, both_databases, level, minutes};

/// A tenant whose alerts ask after 10 minutes, and page 5 minutes later. Nothing is polled: callouts tell of changes, not of notes.
async fn asking(app: &mut TestApp, ann: &Person) -> Tenant {
    let rules = rules(|rules| rules.poll_interval_s = None);
    let tenant = Tenant::planned(app, Plan { levels: vec![level(ann, minutes(60))], rules, ..Plan::default() }).await;
    let (scope, now, id) = (app.scope(), app.app.clock.now(), tenant.source.policy);
    let policy = policies::get(&app.app.db, &scope, id).await.unwrap();
    let after_accept = AfterAccept { ask_after_s: 600, page_after_s: 300, timeout_s: 0 };
    policies::update(&app.app.db, &scope, id, PolicyIn { after_accept, ..policy.into() }, now).await.unwrap();
    tenant
}

/// A ticket whose alert Ann has accepted.
async fn accepted(app: &mut TestApp, tenant: &Tenant, ann: &Person, title: &str) -> (i64, AlertId) {
    let id = tenant.create(app, TicketIn::new(title)).await;
    ann.expect_mail(app, title).await;
    let alert = tenant.alert(app, id).await.unwrap().id;
    app.happen(alert, ann.id, Happening::Accepted).await;
    tenant.settle(app).await;
    (id, alert)
}

both_databases! {
    async fn who_writes_a_note_in_the_ticket_is_not_asked(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = asking(app, &ann).await;
        let (id, alert) = accepted(app, &tenant, &ann, "Worked on").await;
        tenant.advance(app, minutes(5)).await;
        tenant.sim.note(ben(), id, "Found", "It is the disk.").unwrap();
        tenant.advance(app, minutes(4)).await;
        assert!(!app.entries(alert).await.contains(&Entry::TicketTouched), "nobody tells of notes");
        tenant.advance(app, minutes(60)).await;
        assert_eq!(app.entries(alert).await.iter().filter(|entry| **entry == Entry::TicketTouched).count(), 1);
        assert_eq!((app.alert(alert).await.status, ann.mails(app)), (Status::Accepted, 1));
    }

    async fn who_changes_the_ticket_is_not_asked(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = asking(app, &ann).await;
        let (id, alert) = accepted(app, &tenant, &ann, "Changed").await;
        tenant.advance(app, minutes(5)).await;
        tenant.set_status(app, ben(), id, WAITING_DISPATCH).await;
        tenant.advance(app, minutes(2)).await;
        assert!(app.entries(alert).await.contains(&Entry::TicketTouched));
        tenant.advance(app, minutes(60)).await;
        assert_eq!((app.alert(alert).await.status, ann.mails(app)), (Status::Accepted, 1));
    }

    async fn what_a_rule_of_the_tenant_does_is_nobodys_work(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = asking(app, &ann).await;
        let (id, alert) = accepted(app, &tenant, &ann, "Idle").await;
        tenant.advance(app, minutes(5)).await;
        tenant.edit(app, Actor::robot(), id, json!({"priority": HIGH})).await;
        tenant.advance(app, minutes(5)).await;
        assert_eq!(ann.mails(app), 1, "the ticket is read first");
        tenant.advance(app, minutes(1)).await;
        ann.expect_mail(app, "Is anything done about alert").await;
        tenant.advance(app, minutes(6)).await;
        ann.expect_mail(app, "Idle").await;
        assert_eq!(app.alert(alert).await.status, Status::Pending);
        app.happen(alert, ann.id, Happening::Resolved { reason: None }).await;
        tenant.settle(app).await;
    }

    async fn who_does_nothing_is_asked_although_autotask_is_away(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = asking(app, &ann).await;
        let (_, alert) = accepted(app, &tenant, &ann, "Alone").await;
        tenant.sim.stop().await;
        app.advance(minutes(11)).await;
        ann.expect_mail(app, "Is anything done about alert").await;
        assert_eq!(app.alert(alert).await.status, Status::Accepted);
        app.happen(alert, ann.id, Happening::Commented { text: "on it".into(), author: None }).await;
    }
}
