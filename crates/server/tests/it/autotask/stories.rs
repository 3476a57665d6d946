//! Nights as they happen at service providers.

use super::tenant::{
    COMPLETE, CRITICAL, ESCALATE, HIGH, IN_PROGRESS, LOW, NEW, Plan, Tenant, WAITING_DISPATCH, after_hours, anna, ben,
    connect, make_source, rules, start,
};
use serde_json::json;
use watchbell_core::alert::{Happening, Priority, Status};
use watchbell_core::autotask::{Filter, Preset, Reason, TicketField, Verdict, Which};
use watchbell_core::condition::Condition;
use watchbell_core::timeline::Entry;
use watchbell_sim::autotask::{Actor, By, Condition as When, Config, Event, Language, On, Row, Rule, TicketIn, seed};
use watchbell_testkit::{TestApp, both_databases, level, minutes, seconds};

/// A rule of the tenant that sets a status.
fn robot(name: &str, event: Event, conditions: Vec<When>, status: i64) -> Rule {
    let updates = Row::from_iter([("status".to_owned(), json!(status))]);
    Rule {
        id: 0,
        name: name.into(),
        active: true,
        on: vec![On { event, by: By::Anyone }],
        conditions,
        updates,
        callouts: Vec::new(),
        delay_ms: 0,
    }
}

fn when(field: &str, op: &str, value: i64) -> When {
    When { field: field.into(), op: op.into(), value: json!(value), udf: false }
}

async fn resolved_because(app: &TestApp, alert: watchbell_core::ids::AlertId) -> String {
    let entries = app.entries(alert).await;
    entries
        .into_iter()
        .find_map(|entry| match entry {
            Entry::Resolved { reason } => reason,
            _ => None,
        })
        .unwrap()
}

/// In the queue of level I.
fn queue_filter() -> Filter {
    let condition: Condition<TicketField> =
        serde_json::from_value(json!({"test": {"field": "queue", "op": "is", "value": 29_682_833}})).unwrap();
    Filter { condition: Some(condition), ..Filter::default() }
}

both_databases! {
    async fn a_ticket_born_in_progress_that_a_rule_edits_is_still_paged(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::planned(app, Plan { levels: vec![level(&ann, minutes(60))], ..Plan::default() }).await;
        let updates = Row::from_iter([("priority".to_owned(), json!(HIGH))]);
        let rule = Rule { updates, ..robot("Mail is high", Event::Created, Vec::new(), 0) };
        tenant.sim.put_rule(rule);
        let id = tenant.create(app, TicketIn::new("Born in progress").with("status", IN_PROGRESS)).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Pending);
        ann.expect_mail(app, "Born in progress").await;
    }

    async fn a_robots_waiting_dispatch_silences_nothing(app: TestApp) {
        let ann = app.user("ann").await;
        let sim = start(app, Config::default()).await;
        let rules = after_hours(app, &sim, |_| ()).await;
        let tenant = Tenant::of(app, sim, rules, vec![level(&ann, minutes(60))], true, true).await;
        tenant.sim.put_rule(robot("Dispatch", Event::Created, vec![when("status", "eq", NEW)], WAITING_DISPATCH));
        let id = tenant.create(app, TicketIn::new("Robots").with("priority", HIGH)).await;
        assert_eq!(tenant.status(id), WAITING_DISPATCH);
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Pending);
        ann.expect_mail(app, "Robots").await;
        app.advance(minutes(5)).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Pending);
    }

    async fn who_set_the_status_accepts_not_who_touched_the_ticket_last(app: TestApp) {
        let tenant = Tenant::new(app).await;
        // A robot's status, and a technician's note before anybody looked.
        let id = tenant.create(app, TicketIn::new("Robot first")).await;
        tenant.sync(app);
        tenant.sim.edit(Actor::robot(), id, json!({"status": WAITING_DISPATCH})).unwrap();
        tenant.sim.note(ben(), id, "Hm", "Whose is this?").unwrap();
        tenant.settle(app).await;
        assert_eq!(tenant.sim.ticket(id).unwrap()["lastActivityResourceID"], seed::BEN);
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Pending);
        assert_eq!(tenant.verdict(app, id).await, Some(Verdict::AcceptNotCounted { by: watchbell_core::autotask::Actor::System }));
        // A technician's status, and a robot's edit before anybody looked.
        let id = tenant.create(app, TicketIn::new("Technician first")).await;
        tenant.sync(app);
        tenant.sim.edit(ben(), id, json!({"status": IN_PROGRESS})).unwrap();
        tenant.sim.edit(Actor::robot(), id, json!({"priority": HIGH})).unwrap();
        tenant.settle(app).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Accepted);
        let name = |verdict| match verdict { Some(Verdict::Accepted { by }) => by.name().map(str::to_owned), other => panic!("{other:?}") };
        assert_eq!(name(tenant.verdict(app, id).await).as_deref(), Some("Ben Ortiz"));
        // A tenant whose history may not be read: who touched it last.
        let id = tenant.create(app, TicketIn::new("No history")).await;
        tenant.sim.faults(|faults| (faults.deny_reads, faults.only_endpoint) = (true, "TicketHistory".into()));
        tenant.set_status(app, ben(), id, IN_PROGRESS).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Accepted);
    }

    async fn a_note_in_the_morning_after_a_resolved_alert_pages_nobody(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::planned(app, Plan { levels: vec![level(&ann, minutes(600))], ..Plan::default() }).await;
        tenant.sim.put_rule(tell(Event::NoteAdded, &tenant));
        let id = tenant.create(app, TicketIn::new("Night")).await;
        ann.expect_mail(app, "Night").await;
        let alert = tenant.alert(app, id).await.unwrap().id;
        app.happen(alert, ann.id, Happening::Resolved { reason: None }).await;
        tenant.settle(app).await;
        tenant.advance(app, minutes(300)).await;
        tenant.sync(app);
        tenant.sim.note(ben(), id, "Morning", "I looked at it.").unwrap();
        tenant.edit(app, ben(), id, json!({"title": "Night, looked at"})).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().id, alert);
        assert_eq!(app.alert(alert).await.status, Status::Resolved);
    }

    async fn resolving_while_the_ticket_stays_open_pages_nobody_until_it_left_and_came_back(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::new(app).await;
        let id = tenant.create(app, TicketIn::new("Stays open")).await;
        let first = tenant.alert(app, id).await.unwrap().id;
        app.happen(first, ann.id, Happening::Resolved { reason: None }).await;
        tenant.settle(app).await;
        tenant.edit(app, ben(), id, json!({"queueID": 29_683_487})).await;
        tenant.set_status(app, ben(), id, 24).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().id, first, "{:?}", tenant.verdict(app, id).await);
        tenant.set_status(app, ben(), id, 7).await;
        tenant.set_status(app, anna(), id, NEW).await;
        let second = tenant.alert(app, id).await.unwrap();
        assert!(second.id != first && second.status == Status::Pending);
    }

    async fn escalate_after_a_person_resolved_pages_nobody_before_the_status_left_and_came_back(app: TestApp) {
        let ann = app.user("ann").await;
        let sim = start(app, Config::default()).await;
        let rules = after_hours(app, &sim, |_| ()).await;
        let tenant = Tenant::of(app, sim, rules, Vec::new(), true, true).await;
        let id = tenant.create(app, TicketIn::new("Escalates").with("priority", HIGH)).await;
        let first = tenant.alert(app, id).await.unwrap().id;
        app.happen(first, ann.id, Happening::Resolved { reason: None }).await;
        tenant.settle(app).await;
        tenant.set_status(app, ben(), id, ESCALATE).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().id, first);
        assert_eq!(tenant.verdict(app, id).await, Some(Verdict::NotPaged { reason: Reason::ResolvedByPerson }));
        tenant.set_status(app, ben(), id, 7).await;
        tenant.set_status(app, ben(), id, ESCALATE).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Pending);
    }

    async fn an_old_ticket_that_was_complete_when_the_source_was_made_pages_when_it_is_reopened(app: TestApp) {
        let sim = start(app, Config::default()).await;
        let complete = |title: &str| TicketIn::new(title).with("status", COMPLETE);
        let [by_callout, by_poll, edited] = ["Callout", "Poll", "Edited"].map(|title| sim.create_ticket(complete(title)).unwrap());
        app.app.clock.advance(minutes(60));
        let tenant = Tenant::of(app, sim, None, Vec::new(), true, true).await;
        tenant.advance(app, minutes(5)).await;
        assert_eq!(tenant.poll_state(app).await.baseline_tickets, 0);
        tenant.set_status(app, Actor::contact(seed::BAKER), by_callout, 24).await;
        assert_eq!(tenant.alert(app, by_callout).await.unwrap().status, Status::Pending);
        tenant.edit(app, ben(), edited, json!({"title": "Looked at"})).await;
        assert_eq!(tenant.alert(app, edited).await, None);
        tenant.sim.clear_rules();
        tenant.set_status(app, Actor::contact(seed::BAKER), by_poll, NEW).await;
        tenant.advance(app, minutes(1)).await;
        assert_eq!(tenant.alert(app, by_poll).await.unwrap().status, Status::Pending);
    }

    async fn low_raised_to_critical_pages(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let levels = vec![level(&ann, minutes(5)), level(&bob, minutes(5))];
        let tenant = Tenant::planned(app, Plan { levels, ..Plan::default() }).await;
        let id = tenant.create(app, TicketIn::new("Slow printer").with("priority", LOW)).await;
        ann.expect_mail(app, "Slow printer").await;
        assert_eq!(tenant.alert(app, id).await.unwrap().priority, Priority::Low);
        tenant.advance(app, minutes(60)).await;
        assert_eq!(bob.mails(app), 0);
        tenant.edit(app, ben(), id, json!({"priority": CRITICAL})).await;
        ann.expect_mail(app, "Slow printer").await;
        tenant.edit(app, ben(), id, json!({"priority": LOW})).await;
        app.advance(minutes(5)).await;
        bob.expect_mail(app, "Slow printer").await;
        assert_eq!(tenant.alert(app, id).await.unwrap().priority, Priority::High, "lowering stops nothing");
    }

    async fn low_that_opened_none_and_is_raised_pages(app: TestApp) {
        let sim = start(app, Config::default()).await;
        let rules = after_hours(app, &sim, |_| ()).await;
        let tenant = Tenant::of(app, sim, rules, Vec::new(), true, true).await;
        let id = tenant.create(app, TicketIn::new("Later").with("priority", LOW)).await;
        assert_eq!(tenant.verdict(app, id).await, Some(Verdict::NotPaged { reason: Reason::Priority { priority: Some(LOW) } }));
        tenant.edit(app, ben(), id, json!({"priority": CRITICAL})).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().priority, Priority::High);
    }

    async fn moved_out_of_the_queue_and_completed_resolves(app: TestApp) {
        let tenant = Tenant::planned(app, Plan { rules: rules(|rules| rules.filter = queue_filter()), ..Plan::default() }).await;
        let id = tenant.create(app, TicketIn::new("Moves")).await;
        let alert = tenant.alert(app, id).await.unwrap().id;
        tenant.edit(app, anna(), id, json!({"queueID": 8})).await;
        assert_eq!(app.alert(alert).await.status, Status::Pending);
        tenant.set_status(app, anna(), id, COMPLETE).await;
        assert_eq!(app.alert(alert).await.status, Status::Resolved);
    }

    async fn leaving_the_filter_may_resolve(app: TestApp) {
        let change = |rules: &mut watchbell_core::autotask::SourceRules| {
            rules.filter = queue_filter();
            rules.leaving_filter = watchbell_core::autotask::LeavingFilter::Resolve;
        };
        let tenant = Tenant::planned(app, Plan { rules: rules(change), ..Plan::default() }).await;
        let id = tenant.create(app, TicketIn::new("Moves")).await;
        let alert = tenant.alert(app, id).await.unwrap().id;
        tenant.edit(app, anna(), id, json!({"queueID": 8})).await;
        assert_eq!(resolved_because(app, alert).await, "the ticket left the filter (queue is 8)");
        tenant.edit(app, anna(), id, json!({"queueID": 29_682_833})).await;
        assert_ne!(tenant.alert(app, id).await.unwrap().id, alert, "it came into the filter");
    }

    async fn a_merge_leaves_the_destination_paging(app: TestApp) {
        let ann = app.user("ann").await;
        for language in [Language::En, Language::De] {
            let config = Config { language, ..Config::default() };
            let sim = start(app, config).await;
            let connector = connect(app, &sim, &format!("{language:?}")).await;
            let source = make_source(app, &connector, None, vec![level(&ann, minutes(600))], true).await;
            let tenant = Tenant { sim, source, connector };
            tenant.sim.callout_to(&tenant.callout_url(app));
            // Its own alert is over: a person resolved it, and nothing but the merge opens another.
            let destination = tenant.create(app, TicketIn::new("Destination")).await;
            ann.expect_mail(app, "Destination").await;
            let first = tenant.alert(app, destination).await.unwrap().id;
            app.happen(first, ann.id, Happening::Resolved { reason: None }).await;
            tenant.settle(app).await;
            let merged = tenant.create(app, TicketIn::new("Merged")).await;
            ann.expect_mail(app, "Merged").await;
            let alert = tenant.alert(app, merged).await.unwrap().id;
            tenant.sync(app);
            tenant.sim.merge(anna(), merged, destination).unwrap();
            tenant.settle(app).await;
            let number = tenant.sim.ticket(destination).unwrap()["ticketNumber"].as_str().unwrap().to_owned();
            assert_eq!(resolved_because(app, alert).await, format!("the ticket was merged into {number}"));
            let second = tenant.alert(app, destination).await.unwrap();
            assert!(second.id != first && second.status == Status::Pending, "{second:?}");
            app.expect_any_mails();
        }
    }

    async fn a_deleted_ticket_resolves(app: TestApp) {
        let tenant = Tenant::new(app).await;
        let id = tenant.create(app, TicketIn::new("Gone")).await;
        let alert = tenant.alert(app, id).await.unwrap().id;
        tenant.sync(app);
        tenant.sim.delete(anna(), id).unwrap();
        tenant.advance(app, minutes(1)).await;
        assert_eq!(app.alert(alert).await.status, Status::Resolved);
        assert_eq!(resolved_because(app, alert).await, "the ticket was deleted");
    }

    async fn what_the_monitoring_heals_itself_resolves(app: TestApp) {
        let sim = start(app, Config::default()).await;
        let rules = after_hours(app, &sim, |_| ()).await;
        let tenant = Tenant::of(app, sim, rules, Vec::new(), true, true).await;
        let rmm = Actor::resource(seed::RMM_USER);
        let id = tenant.create(app, TicketIn::new("CPU").by(rmm).with("queueID", 8).with("priority", HIGH)).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Pending);
        tenant.set_status(app, rmm, id, 20).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Resolved);
    }

    async fn a_source_made_on_a_tenant_with_300_open_tickets_pages_nobody(app: TestApp) {
        let sim = start(app, Config::default()).await;
        let ids: Vec<i64> = (0..300).map(|nth| sim.create_ticket(TicketIn::new(&format!("Old {nth}")).with("status", if nth % 3 == 0 { 7 } else { 1 })).unwrap()).collect();
        app.app.clock.advance(minutes(10));
        let tenant = Tenant::of(app, sim, None, Vec::new(), true, true).await;
        tenant.advance(app, minutes(5)).await;
        assert_eq!(tenant.poll_state(app).await.baseline_tickets, 300);
        for id in &ids {
            assert_eq!(tenant.alert(app, *id).await, None);
        }
        tenant.set_status(app, ben(), ids[0], NEW).await;
        assert_eq!(tenant.alert(app, ids[0]).await.unwrap().status, Status::Pending, "a later change acts");
    }

    async fn with_those_my_workflow_rule_picks_the_poll_never_opens(app: TestApp) {
        let tenant = Tenant::planned(app, Plan { callout: false, rules: rules(|rules| rules.which = Which::PickedByWorkflowRule), ..Plan::default() }).await;
        // The recipe with two rules: created in the queue of level I, and edited there.
        let callout = tenant.sim.callout_to(&tenant.callout_url(app));
        tenant.sim.clear_rules();
        for event in [Event::Created, Event::Edited] {
            let conditions = vec![when("queueID", "eq", 29_682_833)];
            let on = vec![On { event, by: By::Anyone }];
            tenant.sim.put_rule(Rule { id: 0, name: format!("{event:?}"), active: true, on, conditions, updates: Row::new(), callouts: vec![callout], delay_ms: 0 });
        }
        let picked = tenant.create(app, TicketIn::new("Picked")).await;
        let other = tenant.create(app, TicketIn::new("Other").with("queueID", 8)).await;
        for _ in 0..5 {
            tenant.advance(app, minutes(1)).await;
        }
        assert_eq!(tenant.alert(app, picked).await.unwrap().status, Status::Pending);
        assert_eq!(tenant.alert(app, other).await, None);
        assert_eq!(tenant.poll_state(app).await.without_callout, 1);
        // It updates and resolves all the same.
        tenant.sim.clear_rules();
        tenant.set_status(app, ben(), picked, COMPLETE).await;
        tenant.advance(app, minutes(1)).await;
        assert_eq!(tenant.alert(app, picked).await.unwrap().status, Status::Resolved);
    }

    async fn three_days_of_our_own_downtime(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::planned(app, Plan { levels: vec![level(&ann, minutes(600))], callout: false, ..Plan::default() }).await;
        tenant.advance(app, minutes(5)).await;
        let old: Vec<i64> = (0..6).map(|nth| tenant.sim.create_ticket(TicketIn::new(&format!("Old {nth}"))).unwrap()).collect();
        tenant.sim.advance(minutes(3 * 24 * 60));
        let fresh = tenant.sim.create_ticket(TicketIn::new("Fresh")).unwrap();
        let now = tenant.sim.clock().now();
        app.app.clock.advance(now.duration_since(app.app.clock.now()) + seconds(5));
        app.settle().await;
        app.advance(minutes(5)).await;
        assert_eq!(tenant.alert(app, fresh).await.unwrap().priority, Priority::High);
        for id in &old {
            let alert = tenant.alert(app, *id).await.unwrap();
            assert_eq!((alert.status, alert.priority), (Status::Pending, Priority::Low));
            assert_eq!(tenant.verdict(app, *id).await, Some(Verdict::OpenedInSummary));
        }
        ann.expect_mail(app, "Fresh").await;
        let mails = ann.mails(app);
        for _ in 1..mails {
            ann.expect_mail(app, "").await;
        }
        assert!(mails <= 4, "bundled: {mails}");
    }

    async fn recurring_instances_and_change_requests_are_left_out(app: TestApp) {
        let tenant = Tenant::new(app).await;
        tenant.sync(app);
        let (_, instances) = tenant.sim.recur(TicketIn::new("Backup check"), None, 3).unwrap();
        let change = tenant.create(app, TicketIn::new("Change").with("ticketType", 4)).await;
        for id in instances.into_iter().chain([change]) {
            assert_eq!(tenant.alert(app, id).await, None);
            assert!(matches!(tenant.verdict(app, id).await, Some(Verdict::NotPaged { reason: Reason::Filter { .. } })));
        }
    }

    async fn assigned_at_creation_by_its_own_creator_is_not_paged(app: TestApp) {
        let tenant = Tenant::new(app).await;
        let mine = TicketIn::new("I do it").by(ben()).with("assignedResourceID", seed::BEN).with("assignedResourceRoleID", seed::LEVEL_1);
        let id = tenant.create(app, mine).await;
        assert_eq!(tenant.alert(app, id).await, None);
        assert!(matches!(tenant.verdict(app, id).await, Some(Verdict::NotPaged { reason: Reason::AssignedByPerson { .. } })));
    }

    async fn a_german_tenant_works_after_set_up(app: TestApp) {
        let tenant = Tenant::planned(app, Plan { config: Config { language: Language::De, ..Config::default() }, ..Plan::default() }).await;
        let ann = app.user("ann").await;
        let id = tenant.create(app, TicketIn::new("Ofen kalt")).await;
        let alert = tenant.alert(app, id).await.unwrap();
        assert_eq!(alert.content.ticket.as_ref().unwrap().status.as_deref(), Some("Neu"));
        app.happen(alert.id, ann.id, Happening::Accepted).await;
        tenant.settle(app).await;
        assert_eq!(tenant.status(id), IN_PROGRESS, "\"In Bearbeitung\" was found by its label");
        tenant.set_status(app, ben(), id, 23).await;
        assert_eq!(app.alert(alert.id).await.status, Status::Resolved, "\"Abgelehnt\" ends it");
        let change = tenant.create(app, TicketIn::new("Änderung").with("ticketType", 4)).await;
        assert_eq!(tenant.alert(app, change).await, None, "\"Änderungsanfrage\" is left out");
    }

    async fn a_tenant_with_a_renamed_complete_works_after_set_up(app: TestApp) {
        let labels = [(5, "Finito".to_owned()), (8, "Someone is on it".to_owned()), (30, "In Progress".to_owned())];
        let tenant = Tenant::planned(app, Plan { config: Config { status_labels: labels.into(), ..Config::default() }, ..Plan::default() }).await;
        let ann = app.user("ann").await;
        let id = tenant.create(app, TicketIn::new("Renamed")).await;
        let alert = tenant.alert(app, id).await.unwrap().id;
        app.happen(alert, ann.id, Happening::Accepted).await;
        tenant.settle(app).await;
        assert_eq!(tenant.status(id), 30);
        tenant.set_status(app, ben(), id, COMPLETE).await;
        assert_eq!(resolved_because(app, alert).await, "the ticket came to \"Finito\" (by Ben Ortiz)");
    }

    async fn a_status_made_after_set_up_opens_and_gets_a_row(app: TestApp) {
        let tenant = Tenant::new(app).await;
        tenant.sim.rename("status", 40, "Waiting Moon");
        app.advance(minutes(61)).await;
        let rules: watchbell_core::autotask::SourceRules = serde_json::from_str(tenant.stored(app).await.rules.as_deref().unwrap()).unwrap();
        assert!(rules.statuses.rows.iter().any(|row| row.id == 40 && row.label == "Waiting Moon"), "{:?}", rules.statuses.rows);
        assert_eq!(rules.preset, Preset::LikeIlert);
    }

    async fn nobody_reachable_is_said_on_the_alert(app: TestApp) {
        let tenant = Tenant::new(app).await;
        let id = tenant.create(app, TicketIn::new("Nobody")).await;
        assert!(tenant.alert(app, id).await.unwrap().nobody_notified_at.is_some());
    }

    async fn the_customer_writes_and_the_responder_is_told(app: TestApp) {
        let ann = app.user("ann").await;
        let sim = start(app, Config::default()).await;
        let rules = after_hours(app, &sim, |_| ()).await;
        let tenant = Tenant::of(app, sim, rules, vec![level(&ann, minutes(60))], true, true).await;
        let id = tenant.create(app, TicketIn::new("Talks").with("priority", HIGH)).await;
        ann.expect_mail(app, "Talks").await;
        let alert = tenant.alert(app, id).await.unwrap().id;
        app.happen(alert, ann.id, Happening::Accepted).await;
        tenant.settle(app).await;
        tenant.set_status(app, Actor::contact(seed::BAKER), id, 19).await;
        assert_eq!(app.alert(alert).await.status, Status::Accepted);
        let entries = app.entries(alert).await;
        assert!(entries.iter().any(|entry| matches!(entry, Entry::Told { text } if text.contains("Customer Note Added"))), "{entries:?}");
        ann.expect_mail(app, "News for alert").await;
    }

    async fn routing_sends_a_queue_to_its_own_people(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let other = app.source().escalating_to([level(&bob, minutes(60))]).await;
        let row = watchbell_core::autotask::RoutingRow { queue: Some(8), company: None, issue_type: None, priority: None, policy: other.policy };
        let gone = watchbell_core::autotask::RoutingRow { queue: Some(5), policy: watchbell_core::ids::PolicyId(9_999), ..row.clone() };
        let rules = rules(|rules| rules.routing = watchbell_core::autotask::RoutingTable(vec![row, gone]));
        let tenant = Tenant::planned(app, Plan { levels: vec![level(&ann, minutes(60))], rules, ..Plan::default() }).await;
        tenant.create(app, TicketIn::new("For bob").with("queueID", 8)).await;
        bob.expect_mail(app, "For bob").await;
        tenant.create(app, TicketIn::new("For ann")).await;
        ann.expect_mail(app, "For ann").await;
        tenant.create(app, TicketIn::new("Policy is gone").with("queueID", 5)).await;
        ann.expect_mail(app, "Policy is gone").await;
    }
}

/// A rule that executes the tenant's first callout.
fn tell(event: Event, tenant: &Tenant) -> Rule {
    let callout = tenant.sim.with(|world| world.callouts[0].id);
    Rule {
        id: 0,
        name: "Tell".into(),
        active: true,
        on: vec![On { event, by: By::Anyone }],
        conditions: Vec::new(),
        updates: Row::new(),
        callouts: vec![callout],
        delay_ms: 0,
    }
}
