//! Tickets from alerts: made once, for the right customer, followed both ways, and never a loop.

use super::actions_desk::{desk, given_up, id_of, make_action, only_ticket, rule, rules};
use super::taking::user;
use super::tenant::{COMPLETE, IN_PROGRESS, NEW, Tenant, ben};
use serde_json::json;
use watchbell_core::alert::{Happening, Status};
use watchbell_core::alert_action::{CompanyBy, Trigger, TriggerMode};
use watchbell_core::autotask::{Reason, Verdict};
use watchbell_core::ids::{AlertId, JobId};
use watchbell_core::timeline::Entry;
use watchbell_sim::autotask::seed;
use watchbell_store::{alert_actions, jobs};
use watchbell_testkit::{TestApp, both_databases, event, minutes, seconds};

fn keyed(summary: &str, key: &str) -> serde_json::Value {
    json!({"eventType": "ALERT", "summary": summary, "alertKey": key, "details": "on /var"})
}

async fn failure(app: &TestApp, alert: AlertId) -> Option<String> {
    let entries = app.entries(alert).await;
    entries.into_iter().rev().find_map(|entry| match entry {
        Entry::WriteBackFailed { error, .. } => Some(error),
        _ => None,
    })
}

async fn retry(app: &mut TestApp, tenant: &Tenant) {
    let job = JobId(given_up(app).await[0].id);
    jobs::retry_by_hand(&app.app.db, &app.scope(), job, app.app.clock.now()).await.unwrap();
    tenant.settle(app).await;
}

both_databases! {
    async fn an_alert_becomes_one_ticket_that_is_told_what_happens_and_completed(app: TestApp) {
        let technician = user(app, "ben@msp.example").await;
        let (tenant, action) = desk(app, rules(|rules| rules.ticket.complete_on_resolve = true)).await;
        let alert = tenant.source.send(app, keyed("disk full", "d")).await.unwrap();
        let ticket = only_ticket(&tenant);
        let id = id_of(&ticket);
        let fields = ["companyID", "queueID", "priority", "status"].map(|field| ticket[field].as_i64());
        assert_eq!(fields, [Some(seed::BAKERY), Some(8), Some(1), Some(NEW)]);
        assert_eq!(ticket["title"], "disk full");
        let description = ticket["description"].as_str().unwrap();
        assert!(description.starts_with("on /var\n\nReported by") && description.ends_with(&format!("/alerts/{alert}")), "{description}");
        let shown = app.alert(alert).await.content;
        let link = shown.ticket.unwrap();
        assert_eq!((link.id, link.number.as_str(), link.action), (id, ticket["ticketNumber"].as_str().unwrap(), Some(action.id)));
        assert!(link.url.unwrap().ends_with(&format!("TicketID={id}")) && link.status.as_deref() == Some("New"));
        assert_eq!(shown.customer.as_deref(), Some("Crumb & Crust Bakery"));
        assert!(app.entries(alert).await.iter().any(|entry| matches!(entry, Entry::TicketMade { number, .. } if *number == link.number)));

        for _ in 0..20 {
            tenant.source.send(app, keyed("disk full", "d")).await;
        }
        assert!(tenant.our_notes(id).is_empty());
        tenant.advance(app, minutes(11)).await;
        let notes = tenant.our_notes(id);
        assert!(notes.len() == 1 && notes[0].contains("reported again") && notes[0].contains("21 events so far"), "{notes:?}");

        app.happen(alert, technician, Happening::Accepted).await;
        tenant.settle(app).await;
        assert_eq!((tenant.status(id), tenant.our_notes(id).len()), (IN_PROGRESS, 2));
        assert_eq!(only_ticket(&tenant)["assignedResourceID"].as_i64(), Some(seed::BEN));
        app.happen(alert, technician, Happening::Commented { text: "on my way".into(), author: None }).await;
        let mut over = keyed("", "d");
        over["eventType"] = json!("RESOLVE");
        tenant.source.send(app, over).await;
        tenant.settle(app).await;
        let notes = tenant.our_notes(id);
        assert!(notes.len() == 4 && notes[2].contains("on my way") && notes[3].contains("resolved by"), "{notes:?}");
        assert_eq!(tenant.status(id), COMPLETE);

        // The next problem is another alert, and another ticket.
        tenant.source.send(app, keyed("disk full", "d")).await;
        assert_eq!(tenant.sim.tickets().len(), 2);
        let asked = tenant.sim.requests().len();
        tenant.set_status(app, ben(), id + 1, COMPLETE).await;
        tenant.advance(app, minutes(30)).await;
        let looks = tenant.sim.requests().len() - asked;
        assert!(looks < 12, "nothing is asked once the alerts are over: {looks} calls");
    }

    async fn people_at_the_ticket_accept_and_resolve_the_alert(app: TestApp) {
        let (tenant, _) = desk(app, rules(|_| {})).await;
        let alert = tenant.source.send(app, event("disk full")).await.unwrap();
        let id = id_of(&only_ticket(&tenant));
        tenant.set_status(app, ben(), id, IN_PROGRESS).await;
        tenant.advance(app, seconds(61)).await;
        let accepted = app.alert(alert).await;
        assert_eq!(accepted.status, Status::Accepted);
        assert_eq!(accepted.content.ticket.unwrap().status.as_deref(), Some("In Progress"));
        assert!(tenant.our_notes(id).is_empty(), "what comes from the ticket is not told to it");
        tenant.set_status(app, ben(), id, COMPLETE).await;
        tenant.advance(app, seconds(61)).await;
        let over = app.alert(alert).await;
        assert_eq!((over.status, over.summary.as_str()), (Status::Resolved, "disk full"));
        let says = |entry: &Entry| matches!(entry, Entry::Resolved { reason: Some(reason) } if reason.contains("\"Complete\""));
        assert!(app.entries(alert).await.iter().any(says));
        // Reopened, it opens nothing: the alert was there before it.
        tenant.set_status(app, ben(), id, NEW).await;
        tenant.advance(app, minutes(5)).await;
        assert_eq!((tenant.source.last_alert(app).await, tenant.our_notes(id).len()), (Some(alert), 0));
    }

    async fn the_customer_is_found_by_each_rule_in_order(app: TestApp) {
        let by = vec![
            rule(CompanyBy::Label, "customer"), rule(CompanyBy::Template, "{{ custom.client | default(\"\") }}"),
            rule(CompanyBy::ContactDomain, "{{ labels.mail | default(\"\") }}"), rule(CompanyBy::RmmDevice, "{{ labels.device | default(\"\") }}"),
            rule(CompanyBy::ReferenceTitle, "{{ labels.host | default(\"\") }}"),
        ];
        let (tenant, _) = desk(app, rules(|rules| (rules.ticket.company, rules.ticket.company_rules) = (Some(0), by))).await;
        let law = seed::LAW_FIRM;
        let cases = [
            (json!({"labels": {"customer": law.to_string()}}), law, None),
            (json!({"labels": {"customer": "Harper Lindqvist LLP"}}), law, None),
            (json!({"customDetails": {"client": "St. Ansgar Hospital"}}), seed::HOSPITAL, None),
            (json!({"labels": {"mail": "somebody@hospital.example"}}), seed::HOSPITAL, None),
            (json!({"labels": {"mail": "x@gmail.com", "device": "rmm-501"}}), seed::BAKERY, Some(501)),
            (json!({"labels": {"customer": "Nobody Ltd", "host": "SRV-PACS-1"}}), seed::HOSPITAL, Some(502)),
            (json!({"labels": {"customer": "Nobody Ltd"}}), 0, None),
        ];
        for (nth, (more, company, device)) in cases.into_iter().enumerate() {
            let mut sent = event(&format!("problem {nth}"));
            sent.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            tenant.source.send(app, sent).await;
            let tickets = tenant.sim.tickets();
            let ticket = tickets.iter().max_by_key(|ticket| ticket["id"].as_i64()).unwrap();
            assert_eq!((ticket["companyID"].as_i64(), ticket["configurationItemID"].as_i64()), (Some(company), device), "case {nth}");
        }
    }

    async fn what_is_refused_names_its_field_and_is_made_by_one_click_after_the_mend(app: TestApp) {
        let (tenant, action) = desk(app, rules(|rules| rules.ticket.category = Some(5))).await;
        let alert = tenant.source.send(app, event("disk full")).await.unwrap();
        let error = failure(app, alert).await.unwrap();
        assert!(error.contains("Missing Required Field: dueDateTime") && error.contains("\"Due in\" (API: dueInMinutes) in the alert action \"Tickets\""), "{error}");
        assert_eq!((given_up(app).await.len(), tenant.sim.tickets().len()), (1, 0));
        let mend = async |app: &mut TestApp, change: &dyn Fn(&mut watchbell_core::alert_action::ActionRules)| {
            let found = alert_actions::get(&app.app.db, &app.scope(), &action.id).await.unwrap();
            let mut new = alert_actions::ActionIn { name: found.name, connector: found.connector, sources: vec![tenant.source.id], rules: found.rules };
            change(&mut new.rules);
            alert_actions::update(&app.app.db, &app.scope(), &action.id, new, app.app.clock.now()).await.unwrap();
            retry(app, &tenant).await;
        };
        let company = |active: bool| tenant.sim.with(|world| {
            let row = world.tables.get_mut(watchbell_sim::autotask::Entity::Companies, seed::BAKERY).unwrap();
            row.insert("isActive".into(), json!(active));
        });
        company(false);
        mend(app, &|rules| {
            (rules.ticket.due_in_min, rules.ticket.issue_type, rules.ticket.sub_issue_type) = (Some(240), Some(12), Some(1201));
            rules.ticket.queue = 999;
        }).await;
        assert!(failure(app, alert).await.unwrap().contains("Crumb & Crust Bakery is inactive in Autotask. Change \"Company\""));
        company(true);
        retry(app, &tenant).await;
        let error = failure(app, alert).await.unwrap();
        assert!(error.contains("queueID") && error.contains("Change \"Queue\" (API: queueId)"), "{error}");
        // Or by the button on the alert.
        let found = alert_actions::get(&app.app.db, &app.scope(), &action.id).await.unwrap();
        let mut new = alert_actions::ActionIn { name: found.name, connector: found.connector, sources: vec![tenant.source.id], rules: found.rules };
        new.rules.ticket.queue = 8;
        alert_actions::update(&app.app.db, &app.scope(), &action.id, new, app.app.clock.now()).await.unwrap();
        alert_actions::order_by_hand(&app.app.db, &app.scope(), alert, action.id.clone(), app.app.clock.now()).await.unwrap();
        tenant.settle(app).await;
        let ticket = only_ticket(&tenant);
        assert_eq!((&ticket["issueType"], given_up(app).await.len()), (&json!(12), 0));
        assert_eq!(app.alert(alert).await.content.ticket.unwrap().id, id_of(&ticket));
    }

    async fn an_answer_that_is_lost_and_a_ticket_that_is_not_shown_yet_make_no_second_one(app: TestApp) {
        let (tenant, _) = desk(app, rules(|_| {})).await;
        tenant.sim.faults(|faults| (faults.lose_answers, faults.only_endpoint, faults.read_after_create_ms) = (1, "Tickets".into(), 8_000));
        let alert = tenant.source.send(app, event("disk full")).await.unwrap();
        assert_eq!((tenant.sim.tickets().len(), app.alert(alert).await.content.ticket), (1, None));
        for _ in 0..10 {
            tenant.advance(app, seconds(3)).await;
        }
        assert_eq!(app.alert(alert).await.content.ticket.unwrap().id, id_of(&only_ticket(&tenant)));

        // One that was certainly not made is made again; one of which nothing is known, once it would have been found.
        tenant.sim.faults(|faults| (faults.fail_next, faults.read_after_create_ms) = (1, 2_000));
        let second = tenant.source.send(app, event("disk full again")).await.unwrap();
        assert_eq!((tenant.sim.tickets().len(), app.alert(second).await.content.ticket), (1, None));
        for _ in 0..15 {
            tenant.advance(app, seconds(3)).await;
        }
        assert!(app.alert(second).await.content.ticket.is_some());
        assert_eq!(tenant.sim.tickets().len(), 2);
    }

    async fn what_happened_while_autotask_was_away_is_told_late_and_in_order(app: TestApp) {
        let ann = app.user("ann").await;
        let (tenant, _) = desk(app, rules(|rules| rules.ticket.complete_on_resolve = true)).await;
        tenant.sim.stop().await;
        let alert = tenant.source.send(app, event("disk full")).await.unwrap();
        app.happen(alert, ann.id, Happening::Accepted).await;
        app.happen(alert, ann.id, Happening::Commented { text: "on my way".into(), author: None }).await;
        app.happen(alert, ann.id, Happening::Resolved { reason: None }).await;
        app.advance(minutes(3)).await;
        tenant.sim.restart().await.unwrap();
        tenant.advance(app, minutes(3)).await;
        let id = id_of(&only_ticket(&tenant));
        let notes = tenant.our_notes(id);
        assert!(notes.len() == 3 && notes[0].contains("accepted by ann") && notes[1].contains("on my way") && notes[2].contains("resolved by ann"), "{notes:?}");
        assert_eq!(tenant.status(id), COMPLETE);
    }

    async fn a_source_of_the_same_tenant_opens_nothing_for_it_and_brings_news_of_it_at_once(app: TestApp) {
        let tenant = Tenant::new(app).await;
        let monitoring = app.source().escalating_to([]).await;
        make_action(app, &tenant.connector, monitoring.id, rules(|_| {})).await;
        let alert = monitoring.send(app, event("disk full")).await.unwrap();
        tenant.settle(app).await;
        let id = id_of(&only_ticket(&tenant));
        let not_paged = |reason| Some(Verdict::NotPaged { reason });
        assert_eq!(tenant.verdict(app, id).await, not_paged(Reason::MadeByAction));
        assert!(tenant.alert(app, id).await.is_none());
        tenant.set_status(app, ben(), id, COMPLETE).await;
        assert_eq!(app.alert(alert).await.status, Status::Resolved, "without a minute's wait");
        tenant.set_status(app, ben(), id, NEW).await;
        tenant.advance(app, minutes(3)).await;
        assert!(tenant.alert(app, id).await.is_none());
        assert_eq!(tenant.sim.tickets().len(), 1);
        // Such an action for the tickets' own source would be a loop.
        let (key, name) = (tenant.source.id, "Loop".to_owned());
        let new = alert_actions::ActionIn { name, connector: tenant.connector.clone(), sources: vec![key], rules: rules(|_| {}) };
        let refused = alert_actions::create(&app.app.db, &app.scope(), watchbell_core::ids::ActionId("loop".into()), new, app.app.clock.now()).await;
        assert!(refused.unwrap_err().to_string().contains("tickets of tickets"));
    }

    async fn conditions_triggers_and_people_decide_whether_there_is_a_ticket(app: TestApp) {
        let ann = app.user_of_role("ann", watchbell_core::user::Role::Responder).await;
        let only = serde_json::from_value(json!({"test": {"field": {"label": "env"}, "op": "is", "value": "prod"}})).unwrap();
        let (tenant, action) = desk(app, rules(|rules| {
            rules.conditions = Some(only);
            rules.triggers = vec![Trigger::Acknowledged, Trigger::Resolved];
        })).await;
        let (test, mut prod) = (event("in test"), event("in prod"));
        prod["labels"] = json!({"env": "Prod"});
        let (test, prod) = (tenant.source.send(app, test).await.unwrap(), tenant.source.send(app, prod).await.unwrap());
        assert!(tenant.sim.tickets().is_empty());
        app.happen(test, ann.id, Happening::Accepted).await;
        app.happen(prod, ann.id, Happening::Accepted).await;
        tenant.settle(app).await;
        let ticket = only_ticket(&tenant);
        assert_eq!((ticket["title"].as_str(), tenant.status(id_of(&ticket))), (Some("in prod"), IN_PROGRESS));
        assert_eq!(tenant.our_notes(id_of(&ticket)).len(), 1, "who has it");

        let caller = app.as_user(ann.id).await;
        let path = format!("/api/alerts/{test}/actions");
        let offered = caller.get(&path).await.expect(200).json();
        assert_eq!((&offered[0]["alertActionId"], &offered[0]["name"]), (&json!(action.id.0), &json!("Tickets")));
        let done = caller.post(&path, &json!({"alertActionId": action.id.0})).await.expect(201).json();
        assert_eq!((&done["success"], &done["alertId"]), (&json!(true), &json!(test.0)));
        tenant.settle(app).await;
        assert_eq!(tenant.sim.tickets().len(), 2);
        let again = caller.post(&path, &json!({"alertActionId": action.id.0})).await.expect(400).json();
        assert!(again["message"].as_str().unwrap().contains("has a ticket already"), "{again}");
        assert_eq!(caller.get(&path).await.expect(200).json(), json!([]));
        caller.post(&path, &json!({"alertActionId": "nobody"})).await.expect(400);
        let shown = caller.get(&format!("/api/alerts/{test}")).await.expect(200).json();
        assert_eq!(shown["ticket"]["alertActionId"], json!(action.id.0));

        let by_hand = app.source().escalating_to([]).await;
        make_action(app, &tenant.connector, by_hand.id, rules(|rules| rules.mode = TriggerMode::Manual)).await;
        by_hand.send(app, event("by hand")).await;
        assert_eq!(tenant.sim.tickets().len(), 2, "nobody let it act");
    }
}
