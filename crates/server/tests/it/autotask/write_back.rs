//! What is written to tickets: once, in order, visible when it fails.

use super::tenant::{COMPLETE, IN_PROGRESS, NEW, Plan, Tenant, WAITING_CUSTOMER, ben, rules};
use watchbell_core::alert::{Happening, Status};
use watchbell_core::timeline::Entry;
use watchbell_sim::autotask::TicketIn;
use watchbell_store::jobs;
use watchbell_testkit::{both_databases, seconds};

both_databases! {
    async fn resolving_writes_a_note_and_completes_only_when_asked(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::new(app).await;
        let (one, two) = (tenant.create(app, TicketIn::new("One")).await, tenant.create(app, TicketIn::new("Two")).await);
        let (first, second) = (tenant.alert(app, one).await.unwrap().id, tenant.alert(app, two).await.unwrap().id);
        app.happen(first, ann.id, Happening::Resolved { reason: None }).await;
        app.happen(second, ann.id, Happening::ResolvedAndCompleted { resolution: None }).await;
        tenant.settle(app).await;
        assert_eq!((tenant.status(one), tenant.our_notes(one).len()), (NEW, 1));
        assert_eq!((tenant.status(two), tenant.our_notes(two).len()), (COMPLETE, 1));
        app.happen(first, ann.id, Happening::ResolvedAndCompleted { resolution: None }).await;
        tenant.settle(app).await;
        assert_eq!((tenant.status(one), tenant.our_notes(one).len()), (COMPLETE, 1), "the note is there already");
        assert_eq!(tenant.alert(app, one).await.unwrap().id, first, "our own edit opens nothing");
    }

    async fn completing_is_a_setting(app: TestApp) {
        let ann = app.user("ann").await;
        let rules = rules(|rules| (rules.write_back.complete_on_resolve, rules.write_back.note_on_resolve) = (true, false));
        let tenant = Tenant::planned(app, Plan { rules, ..Plan::default() }).await;
        let id = tenant.create(app, TicketIn::new("One")).await;
        let alert = tenant.alert(app, id).await.unwrap().id;
        app.happen(alert, ann.id, Happening::Resolved { reason: None }).await;
        tenant.settle(app).await;
        assert_eq!((tenant.status(id), tenant.our_notes(id).len()), (COMPLETE, 0));
    }

    async fn in_progress_is_set_only_from_a_status_of_the_open_class(app: TestApp) {
        let ann = app.user("ann").await;
        let rules = rules(|rules| rules.accept_counts_for = watchbell_core::autotask::AcceptCountsFor::Persons);
        let tenant = Tenant::planned(app, Plan { rules, ..Plan::default() }).await;
        let id = tenant.create(app, TicketIn::new("One")).await;
        // A robot's change accepts nothing.
        tenant.set_status(app, watchbell_sim::autotask::Actor::robot(), id, WAITING_CUSTOMER).await;
        let alert = tenant.alert(app, id).await.unwrap();
        assert_eq!(alert.status, Status::Pending);
        app.happen(alert.id, ann.id, Happening::Accepted).await;
        tenant.settle(app).await;
        assert_eq!((tenant.status(id), tenant.our_notes(id).len()), (WAITING_CUSTOMER, 1));
    }

    async fn a_note_is_written_once_although_the_job_is_repeated(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::new(app).await;
        let id = tenant.create(app, TicketIn::new("One")).await;
        let alert = tenant.alert(app, id).await.unwrap().id;
        // The note is taken, the status is not: the whole job is done again.
        tenant.sim.faults(|faults| (faults.transient_500, faults.only_endpoint) = (true, "TicketNotes".into()));
        app.happen(alert, ann.id, Happening::Accepted).await;
        tenant.settle(app).await;
        assert!(tenant.our_notes(id).is_empty());
        tenant.sim.heal();
        tenant.advance(app, seconds(5)).await;
        assert_eq!((tenant.status(id), tenant.our_notes(id).len()), (IN_PROGRESS, 1));
        app.tamper(&format!(
            "INSERT INTO job (org_id, kind, subject_id, once_key, lane, pool, pool_max, rank, due_at, visible_at, leased, again, generation, attempt, payload)
             VALUES (1, 'write_back', {alert}, 'again', 'x', NULL, 0, 4, 0, 0, false, false, 0, 0, '{{\"update\":\"ALERT_ACCEPTED\",\"by\":{{\"by\":\"user\",\"id\":{}}},\"version\":3,\"complete\":false}}')",
            ann.id
        ))
        .await;
        tenant.settle(app).await;
        assert_eq!((tenant.status(id), tenant.our_notes(id).len()), (IN_PROGRESS, 1));
    }

    async fn a_note_that_cannot_be_read_yet_is_not_written_again(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::new(app).await;
        for lost in [false, true] {
            let id = tenant.create(app, TicketIn::new("One")).await;
            let alert = tenant.alert(app, id).await.unwrap().id;
            tenant.sim.faults(|faults| {
                faults.read_after_create_ms = 5_000;
                // The note is taken, the fields are not; or both are done, and nobody is told.
                (faults.fail_writes, faults.lose_answers) = (!lost, if lost { u32::MAX } else { 0 });
                faults.only_endpoint = if lost { String::new() } else { "Tickets".into() };
            });
            app.happen(alert, ann.id, Happening::Accepted).await;
            tenant.settle(app).await;
            for _ in 0..4 {
                tenant.advance(app, seconds(1)).await;
            }
            tenant.sim.heal();
            for _ in 0..20 {
                tenant.advance(app, seconds(1)).await;
            }
            assert_eq!((tenant.status(id), tenant.our_notes(id).len()), (IN_PROGRESS, 1), "lost: {lost}");
            let entries = app.entries(alert).await;
            let said = entries.iter().filter(|entry| matches!(entry, Entry::WrittenBack { what } if what == "a note"));
            assert_eq!(said.count(), 1, "lost: {lost}: {entries:?}");
        }
    }

    async fn writes_that_fail_are_tried_ever_more_seldom_although_reads_go_well(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::new(app).await;
        let id = tenant.create(app, TicketIn::new("One")).await;
        let alert = tenant.alert(app, id).await.unwrap().id;
        tenant.sim.faults(|faults| faults.fail_writes = true);
        app.happen(alert, ann.id, Happening::Accepted).await;
        let before = tenant.calls("");
        tenant.advance(app, seconds(600)).await;
        let calls = tenant.calls("") - before;
        assert!((40..=120).contains(&calls), "{calls} calls in ten minutes");
        tenant.sim.heal();
        tenant.advance(app, seconds(62)).await;
        assert_eq!((tenant.status(id), tenant.our_notes(id).len()), (IN_PROGRESS, 1));
    }

    async fn what_was_to_be_written_before_the_ticket_opened_another_alert_leaves_its_fields(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::new(app).await;
        for happening in [Happening::Accepted, Happening::ResolvedAndCompleted { resolution: None }] {
            let id = tenant.create(app, TicketIn::new("One")).await;
            let alert = tenant.alert(app, id).await.unwrap().id;
            tenant.sim.faults(|faults| faults.fail_writes = true);
            app.happen(alert, ann.id, happening.clone()).await;
            tenant.settle(app).await;
            for status in [COMPLETE, NEW] {
                tenant.set_status(app, ben(), id, status).await;
                tenant.advance(app, seconds(30)).await;
            }
            let second = tenant.alert(app, id).await.unwrap();
            assert!(second.id != alert && second.status == Status::Pending, "{happening:?}: {second:?}");
            tenant.sim.heal();
            tenant.advance(app, seconds(90)).await;
            assert_eq!((tenant.status(id), tenant.our_notes(id).len()), (NEW, 1), "{happening:?}");
            assert_eq!(app.alert(second.id).await.status, Status::Pending, "{happening:?}");
            let entries = app.entries(alert).await;
            let left = entries.iter().any(|entry| matches!(entry, Entry::LeftAsItIs { what } if what.contains("another alert")));
            assert!(left, "{happening:?}: {entries:?}");
        }
    }

    async fn what_autotask_refuses_stops_visibly_and_is_tried_again_by_hand(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::new(app).await;
        let id = tenant.create(app, TicketIn::new("One")).await;
        let alert = tenant.alert(app, id).await.unwrap().id;
        tenant.sim.faults(|faults| faults.refuse_writes = "Role does not exist or is invalid".into());
        app.happen(alert, ann.id, Happening::Accepted).await;
        tenant.settle(app).await;
        let entries = app.entries(alert).await;
        let said = entries.iter().find_map(|entry| match entry { Entry::WriteBackFailed { what, error } if what == "write a note" => Some(error.clone()), _ => None });
        let error = said.expect("the timeline says it");
        assert!(error.contains("Role does not exist or is invalid"), "{error}");
        tenant.advance(app, seconds(600)).await;
        let given_up = jobs::list_given_up(&app.app.db, &app.scope(), 10).await.unwrap();
        assert_eq!((given_up.len(), given_up[0].kind.as_str()), (1, "write_back"));
        assert!(given_up[0].last_error.as_deref().unwrap().contains("Role does not exist or is invalid"));
        assert_eq!(app.alert(alert).await.status, Status::Accepted, "the alert is not concerned");
        let account = tenant.account(app).await;
        assert_eq!((account.state.as_str(), account.state_reason), ("GREEN", None), "nor is the account");

        tenant.sim.heal();
        let job = watchbell_core::ids::JobId(given_up[0].id);
        jobs::retry_by_hand(&app.app.db, &app.scope(), job, app.app.clock.now()).await.unwrap();
        tenant.settle(app).await;
        assert_eq!((tenant.status(id), tenant.our_notes(id).len()), (IN_PROGRESS, 1));
        assert!(jobs::list_given_up(&app.app.db, &app.scope(), 10).await.unwrap().is_empty());
    }

    async fn a_tenant_that_refuses_patch_gets_the_whole_ticket_back(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::new(app).await;
        tenant.sim.faults(|faults| faults.refuse_patch = true);
        let udf = serde_json::json!([{"name": "After Hours", "value": "Yes"}]);
        let id = tenant.create(app, TicketIn::new("One").with("description", "More").with("userDefinedFields", udf)).await;
        let before = tenant.sim.ticket(id).unwrap();
        let alert = tenant.alert(app, id).await.unwrap().id;
        app.happen(alert, ann.id, Happening::Accepted).await;
        tenant.settle(app).await;
        assert_eq!((tenant.status(id), tenant.our_notes(id).len()), (IN_PROGRESS, 1));
        let after = tenant.sim.ticket(id).unwrap();
        for (field, value) in before.iter().filter(|(field, _)| !field.starts_with("last") && *field != "status") {
            // The first response is stamped by the status.
            assert!(field.starts_with("firstResponse") || after[field] == *value, "{field}: {value} -> {}", after[field]);
        }
        assert_eq!(app.alert(alert).await.status, Status::Accepted, "our own edit is recognised");
    }

    async fn changes_of_one_ticket_are_written_in_order(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::new(app).await;
        let id = tenant.create(app, TicketIn::new("One")).await;
        let alert = tenant.alert(app, id).await.unwrap().id;
        tenant.sim.stop().await;
        app.happen(alert, ann.id, Happening::Accepted).await;
        app.advance(seconds(3)).await;
        app.happen(alert, ann.id, Happening::Resolved { reason: None }).await;
        app.advance(seconds(3)).await;
        tenant.sim.restart().await.unwrap();
        tenant.advance(app, seconds(180)).await;
        let notes = tenant.our_notes(id);
        assert_eq!(notes.len(), 2, "{notes:?}");
        assert!(notes[0].contains("accepted by ann") && notes[1].contains("resolved by ann"), "{notes:?}");
    }

    async fn our_own_edits_make_no_loop(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::new(app).await;
        let id = tenant.create(app, TicketIn::new("One")).await;
        let alert = tenant.alert(app, id).await.unwrap().id;
        app.happen(alert, ann.id, Happening::Accepted).await;
        tenant.settle(app).await;
        for _ in 0..5 {
            tenant.advance(app, seconds(60)).await;
        }
        assert_eq!((tenant.status(id), tenant.our_notes(id).len()), (IN_PROGRESS, 1));
        assert_eq!(app.entries(alert).await.iter().filter(|entry| **entry == Entry::Accepted).count(), 1);
        tenant.set_status(app, ben(), id, COMPLETE).await;
        assert_eq!(app.alert(alert).await.status, Status::Resolved);
    }
}
