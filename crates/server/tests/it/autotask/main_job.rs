//! The main job: a ticket wakes the person on call, and its completion ends the alert.

use super::tenant::{COMPLETE, IN_PROGRESS, Plan, Tenant, anna, ben};
use serde_json::json;
use watchbell_core::alert::{Happening, Priority, Status};
use watchbell_core::timeline::{Actor, Entry};
use watchbell_sim::autotask::{TicketIn, seed};
use watchbell_testkit::{both_databases, level, minutes};

both_databases! {
    async fn from_the_callout_to_the_resolved_alert(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::planned(app, Plan { levels: vec![level(&ann, minutes(15))], ..Plan::default() }).await;
        let ticket = TicketIn::new("Ovens are cold").with("priority", 4).with("contactID", seed::BAKER).with("description", "All of them.");
        let id = tenant.create(app, ticket).await;

        let alert = tenant.alert(app, id).await.unwrap();
        let number = tenant.sim.ticket(id).unwrap()["ticketNumber"].as_str().unwrap().to_owned();
        assert_eq!(alert.summary, format!("Crumb & Crust Bakery: Ovens are cold [{number}]"));
        assert_eq!((alert.details.as_str(), alert.status, alert.priority), ("All of them.", Status::Pending, Priority::High));
        let content = &alert.content;
        assert_eq!(content.customer.as_deref(), Some("Crumb & Crust Bakery"));
        assert_eq!(content.priority_label.as_deref(), Some("Critical"));
        let caller = content.caller.clone().unwrap();
        assert_eq!((caller.name.as_str(), caller.phone.as_deref()), ("Greta Crumb", Some("+1 518 555 0112")));
        let shown = content.ticket.clone().unwrap();
        assert_eq!((shown.id, shown.queue.as_deref(), shown.status.as_deref()), (id, Some("Level I Support"), Some("New")));
        assert!(shown.url.unwrap().ends_with(&format!("ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID={id}")));
        assert!(content.warnings.is_empty(), "{:?}", content.warnings);
        ann.expect_mail(app, "Ovens are cold").await;

        app.happen(alert.id, ann.id, Happening::Accepted).await;
        tenant.settle(app).await;
        assert_eq!(tenant.status(id), IN_PROGRESS);
        let notes = tenant.our_notes(id);
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].starts_with(&format!("Watchbell alert {} accepted by ann Example", alert.id)), "{notes:?}");
        let note = tenant.sim.notes(id).into_iter().find(|note| note["title"] == "On call: ann Example has this ticket").unwrap();
        assert_eq!(note["publish"], 2);
        assert_eq!(app.alert(alert.id).await.status, Status::Accepted);
        let entries = app.entries(alert.id).await;
        assert!(entries.iter().any(|entry| matches!(entry, Entry::WrittenBack { what } if what == "a note")), "{entries:?}");

        tenant.set_status(app, ben(), id, COMPLETE).await;
        let over = app.alert(alert.id).await;
        assert_eq!((over.status, over.resolved_by_person), (Status::Resolved, false));
        let entries = app.entries(alert.id).await;
        let reason = entries.iter().find_map(|entry| match entry { Entry::Resolved { reason } => reason.clone(), _ => None }).unwrap();
        assert_eq!(reason, "the ticket came to \"Complete\" (by Ben Ortiz)");
        assert_eq!(tenant.our_notes(id).len(), 1, "the ticket ended it and says so itself");
        let events = tenant.events(app).await;
        assert!(events.iter().all(|event| event.verdict != "WAITING" && event.alert == Some(alert.id)), "{events:#?}");
    }

    async fn without_a_callout_the_poll_finds_it(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::planned(app, Plan { levels: vec![level(&ann, minutes(15))], callout: false, ..Plan::default() }).await;
        let id = tenant.create(app, TicketIn::new("Disk full")).await;
        assert_eq!(tenant.alert(app, id).await, None);
        tenant.advance(app, minutes(1)).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Pending);
        ann.expect_mail(app, "Disk full").await;
        tenant.sync(app);
        tenant.sim.edit(ben(), id, json!({"status": COMPLETE})).unwrap();
        tenant.advance(app, minutes(1)).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Resolved);
    }

    async fn a_technician_who_takes_the_ticket_accepts_and_is_named(app: TestApp) {
        let tenant = Tenant::new(app).await;
        let known = tenant.create(app, TicketIn::new("Known")).await;
        tenant.set_status(app, ben(), known, IN_PROGRESS).await;
        let alert = tenant.alert(app, known).await.unwrap();
        assert_eq!((alert.status, alert.accepted_by), (Status::Accepted, None));
        let log = watchbell_store::timeline::list(&app.app.db, &app.scope(), alert.id, 100).await.unwrap();
        let by = log.into_iter().find(|entry| entry.entry == Entry::Accepted).unwrap().actor;
        assert_eq!(by, Actor::Outside { name: "Ben Ortiz".into() });
        assert!(tenant.our_notes(known).is_empty(), "no echo");
    }

    async fn a_technician_with_an_account_here_is_that_user(app: TestApp) {
        let ben_here = watchbell_store::users::UserIn::new("ben@msp.example", "Ben", "Ortiz", watchbell_core::user::Role::Responder);
        let ben_here = watchbell_store::users::create(&app.app.db, &app.scope(), ben_here, None, app.app.clock.now()).await.unwrap();
        let tenant = Tenant::new(app).await;
        let id = tenant.create(app, TicketIn::new("Assigned later")).await;
        let given = json!({"assignedResourceID": seed::BEN, "assignedResourceRoleID": seed::LEVEL_1});
        tenant.edit(app, anna(), id, given).await;
        let alert = tenant.alert(app, id).await.unwrap();
        assert_eq!((alert.status, alert.accepted_by), (Status::Accepted, Some(ben_here.id)));
        let entries = app.entries(alert.id).await;
        assert!(entries.iter().any(|entry| matches!(entry, Entry::Comment { text, .. } if text.contains("Anna Keller"))), "{entries:?}");
        assert!(tenant.our_notes(id).is_empty(), "no echo");
    }
}
