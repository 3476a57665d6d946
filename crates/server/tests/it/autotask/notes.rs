//! Notes on tickets: what people do with an alert is told to its ticket, once, in readable words.

use super::tenant::{COMPLETE, IN_PROGRESS, LOW, NEW, Plan, Tenant, WAITING_CUSTOMER, ben, rules};
use serde_json::json;
use watchbell_core::alert::{Assignee, Happening, Priority};
use watchbell_core::autotask::WriteBackRules;
use watchbell_core::escalation::Level;
use watchbell_core::ids::AlertId;
use watchbell_core::timeline::Entry;
use watchbell_sim::autotask::{Actor, TicketIn};
use watchbell_testkit::{Person, TestApp, both_databases, level, minutes, seconds};

/// Only these are written.
fn writes(change: impl FnOnce(&mut WriteBackRules)) -> Plan {
    let off = WriteBackRules {
        note_on_accept: false,
        note_on_resolve: false,
        note_on_comment: false,
        note_on_unanswered: false,
        assign_on_accept: false,
        in_progress_on_accept: false,
        ..WriteBackRules::default()
    };
    let rules = rules(|rules| {
        rules.write_back = WriteBackRules { in_progress_status: rules.write_back.in_progress_status, ..off };
        change(&mut rules.write_back);
    });
    Plan { rules, ..Plan::default() }
}

async fn with_ticket(app: &mut TestApp, plan: Plan) -> (Tenant, i64, AlertId) {
    let tenant = Tenant::planned(app, plan).await;
    let id = tenant.create(app, TicketIn::new("One")).await;
    let alert = tenant.alert(app, id).await.unwrap().id;
    (tenant, id, alert)
}

async fn happens(app: &mut TestApp, tenant: &Tenant, alert: AlertId, by: &Person, happening: Happening) {
    app.happen(alert, by.id, happening).await;
    tenant.settle(app).await;
}

fn comment(text: &str) -> Happening {
    Happening::Commented { text: text.into(), author: None }
}

async fn left(app: &TestApp, alert: AlertId) -> Vec<String> {
    let entries = app.entries(alert).await.into_iter();
    entries.filter_map(|entry| if let Entry::LeftAsItIs { what } = entry { Some(what) } else { None }).collect()
}

both_databases! {
    async fn a_comment_becomes_a_note_and_a_note_no_second_comment(app: TestApp) {
        let ann = app.user("ann").await;
        let (tenant, id, alert) = with_ticket(app, writes(|write| write.note_on_comment = true)).await;
        happens(app, &tenant, alert, &ann, comment("The router is <down> & out")).await;
        app.advance(seconds(1)).await;
        happens(app, &tenant, alert, &ann, comment("It is back")).await;
        let notes = tenant.our_notes(id);
        assert_eq!(notes.len(), 2);
        assert!(notes[0].ends_with("\nThe router is <down> & out") && notes[1].ends_with("\nIt is back"), "{notes:?}");
        // The notes come back by callout and poll: they are ours.
        tenant.advance(app, minutes(3)).await;
        let comments = app.entries(alert).await.into_iter().filter(|entry| matches!(entry, Entry::Comment { .. })).count();
        assert_eq!((comments, tenant.our_notes(id).len()), (2, 2));
        let internal = tenant.sim.notes(id).iter().all(|note| (note["publish"].as_i64(), note["noteType"].as_i64()) == (Some(2), Some(1)));
        assert!(internal, "internal and ordinary, unless set otherwise");
    }

    async fn what_the_source_does_not_tell_costs_no_call(app: TestApp) {
        let ann = app.user("ann").await;
        let (tenant, id, alert) = with_ticket(app, writes(|_| {})).await;
        tenant.advance(app, seconds(10)).await;
        let before = tenant.calls("Tickets");
        for happening in [comment("Look"), Happening::Accepted, Happening::EscalatedNow, Happening::Resolved { reason: None }] {
            happens(app, &tenant, alert, &ann, happening).await;
        }
        assert_eq!((tenant.calls("Tickets"), tenant.our_notes(id).len()), (before, 0));
    }

    async fn two_comments_in_a_row_are_two_notes_in_their_order_after_an_outage(app: TestApp) {
        let ann = app.user("ann").await;
        let (tenant, id, alert) = with_ticket(app, writes(|write| write.note_on_comment = true)).await;
        tenant.sim.faults(|faults| faults.transient_500 = true);
        for nth in 0..5 {
            app.happen(alert, ann.id, comment(&format!("Number {nth}"))).await;
            app.advance(seconds(1)).await;
        }
        tenant.sim.heal();
        tenant.advance(app, minutes(5)).await;
        let told: Vec<String> = tenant.our_notes(id).iter().filter_map(|note| Some(note.lines().last()?.to_owned())).collect();
        assert_eq!(told, (0..5).map(|nth| format!("Number {nth}")).collect::<Vec<_>>());
    }

    async fn reassigning_and_escalating_are_told_where_that_is_set(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let (tenant, id, alert) = with_ticket(app, writes(|write| (write.note_on_reassign, write.note_on_escalate) = (true, true))).await;
        happens(app, &tenant, alert, &ann, Happening::Reassigned(Assignee::User(bob.id))).await;
        app.advance(seconds(1)).await;
        happens(app, &tenant, alert, &ann, Happening::EscalatedNow).await;
        let notes = tenant.our_notes(id);
        assert_eq!(notes.len(), 2, "{notes:?}");
        assert!(notes[0].contains("reassigned by ") && notes[0].ends_with("is called next."), "{notes:?}");
        assert!(notes[1].contains("escalated by "), "{notes:?}");
        app.expect_any_mails();
    }

    async fn who_accepts_leaves_one_note_that_tells_the_whole_page_out(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let levels = vec![level(&ann, minutes(5)), level(&bob, minutes(5))];
        let (tenant, id, alert) = with_ticket(app, Plan { levels, ..writes(|write| write.note_on_accept = true) }).await;
        tenant.advance(app, minutes(6)).await;
        happens(app, &tenant, alert, &bob, Happening::Accepted).await;
        let notes = tenant.our_notes(id);
        assert_eq!(notes.len(), 1);
        let lines: Vec<&str> = notes[0].lines().collect();
        assert!(lines[0].contains("accepted by ") && lines[1] == "Escalation has stopped.", "{lines:?}");
        assert_eq!(lines[2..], ["Called (UTC):", "Mon 5 Jan 08:00 mailed ann Example: no answer", "Mon 5 Jan 08:05 mailed bob Example: accepted"]);
        app.expect_any_mails();
    }

    async fn whoever_is_told_several_ways_is_one_line_and_who_was_called_before_has_not_answered(app: TestApp) {
        let ann = app.user("ann").await.with_late_mail(app, 60).await;
        let plan = Plan { levels: vec![level(&ann, minutes(5)), level(&ann, minutes(5))], ..writes(|write| write.note_on_accept = true) };
        let (tenant, id, alert) = with_ticket(app, plan).await;
        tenant.advance(app, minutes(8)).await;
        happens(app, &tenant, alert, &ann, Happening::Accepted).await;
        let note = tenant.our_notes(id).remove(0);
        let lines: Vec<&str> = note.lines().skip(3).collect();
        assert_eq!(lines, ["Mon 5 Jan 08:00 mailed ann Example: no answer", "Mon 5 Jan 08:05 mailed ann Example: accepted"]);
        app.expect_any_mails();
    }

    async fn of_several_who_have_to_accept_each_is_said_to_have(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let both = Level { accepts_needed: 2, ..Level::of_users(vec![ann.id, bob.id], 600) };
        let (tenant, id, alert) = with_ticket(app, Plan { levels: vec![both], ..writes(|write| write.note_on_accept = true) }).await;
        happens(app, &tenant, alert, &ann, Happening::Accepted).await;
        assert!(tenant.our_notes(id).is_empty(), "one of two");
        happens(app, &tenant, alert, &bob, Happening::Accepted).await;
        let note = tenant.our_notes(id).remove(0);
        let lines: Vec<&str> = note.lines().skip(3).collect();
        assert_eq!(lines, ["Mon 5 Jan 08:00 mailed ann Example: accepted", "Mon 5 Jan 08:00 mailed bob Example: accepted"]);
        app.expect_any_mails();
    }

    async fn what_went_out_in_a_summary_was_a_call_too(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::planned(app, Plan { levels: vec![level(&ann, minutes(60))], ..writes(|write| write.note_on_accept = true) }).await;
        for title in ["One", "Two"] {
            tenant.create(app, TicketIn::new(title)).await;
        }
        let third = tenant.create(app, TicketIn::new("Three")).await;
        let alert = tenant.alert(app, third).await.unwrap().id;
        tenant.advance(app, minutes(1)).await;
        happens(app, &tenant, alert, &ann, Happening::Accepted).await;
        let note = tenant.our_notes(third).remove(0);
        let last = note.lines().last().unwrap();
        assert!(last.starts_with("Mon 5 Jan 08:0") && last.ends_with(" mailed ann Example: accepted"), "{note}");
        app.expect_any_mails();
    }

    async fn when_everybody_was_called_in_vain_the_ticket_is_told_once(app: TestApp) {
        let ann = app.user("ann").await;
        let plan = Plan { levels: vec![level(&ann, minutes(5))], ..writes(|write| write.note_on_unanswered = true) };
        let (tenant, id, _) = with_ticket(app, plan).await;
        assert!(tenant.our_notes(id).is_empty());
        tenant.advance(app, minutes(6)).await;
        tenant.advance(app, minutes(30)).await;
        let notes = tenant.our_notes(id);
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].contains("not accepted by anybody") && notes[0].contains("mailed ") && notes[0].contains(": no answer"), "{notes:?}");
        app.expect_any_mails();
    }

    async fn where_nobody_can_be_called_the_ticket_is_told_once(app: TestApp) {
        let plan = Plan { levels: Vec::new(), ..writes(|write| write.note_on_unanswered = true) };
        let (tenant, id, _) = with_ticket(app, plan).await;
        tenant.advance(app, minutes(1)).await;
        tenant.advance(app, minutes(10)).await;
        let notes = tenant.our_notes(id);
        assert!(notes.len() == 1 && notes[0].ends_with("\nNobody could be called."), "{notes:?}");
    }

    async fn a_quiet_alert_waits_for_nobody(app: TestApp) {
        let ann = app.user("ann").await;
        let plan = Plan { levels: vec![level(&ann, minutes(5))], ..writes(|write| write.note_on_unanswered = true) };
        let tenant = Tenant::planned(app, plan).await;
        let id = tenant.create(app, TicketIn::new("Quiet").with("priority", LOW)).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().priority, Priority::Low);
        tenant.advance(app, minutes(30)).await;
        assert!(tenant.our_notes(id).is_empty(), "{:?}", tenant.our_notes(id));
        app.expect_any_mails();
    }

    async fn what_solved_it_is_written_although_somebody_completed_the_ticket_meanwhile(app: TestApp) {
        let ann = app.user("ann").await;
        let (tenant, id, alert) = with_ticket(app, writes(|_| {})).await;
        tenant.sim.clear_rules();
        tenant.sim.edit(ben(), id, json!({"status": COMPLETE})).unwrap();
        // Twice, in other words: the first that says something stays.
        for resolution in [None, Some("Restarted it".to_owned()), Some("Something else".to_owned())] {
            happens(app, &tenant, alert, &ann, Happening::ResolvedAndCompleted { resolution }).await;
        }
        assert_eq!(tenant.sim.ticket(id).unwrap()["resolution"], "Restarted it");
        assert_eq!(left(app, alert).await, ["its resolution, which somebody has written"]);
    }

    async fn what_solved_it_becomes_the_tickets_resolution_unless_it_has_one(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::planned(app, writes(|write| write.resolution = Some("{{ resolution }} ({{ by }})".into()))).await;
        let (one, two) = (tenant.create(app, TicketIn::new("One")).await, tenant.create(app, TicketIn::new("Two")).await);
        tenant.edit(app, ben(), two, json!({"resolution": "Known already"})).await;
        for id in [one, two] {
            let alert = tenant.alert(app, id).await.unwrap().id;
            let solved = Happening::ResolvedAndCompleted { resolution: Some("Restarted it".into()) };
            happens(app, &tenant, alert, &ann, solved).await;
            assert_eq!(tenant.status(id), COMPLETE);
            assert!(app.entries(alert).await.iter().any(|entry| matches!(entry, Entry::Comment { text, .. } if text == "Restarted it")));
        }
        let resolution = |id: i64| tenant.sim.ticket(id).unwrap()["resolution"].as_str().unwrap_or_default().to_owned();
        assert!(resolution(one).starts_with("Restarted it ("), "{}", resolution(one));
        assert_eq!(resolution(two), "Known already");
        let alert = tenant.alert(app, two).await.unwrap().id;
        assert_eq!(left(app, alert).await, ["its resolution, which somebody has written"]);
    }

    async fn a_status_that_was_set_meanwhile_stays_and_the_timeline_says_so(app: TestApp) {
        let ann = app.user("ann").await;
        let (tenant, id, alert) = with_ticket(app, writes(|write| write.in_progress_on_accept = true)).await;
        tenant.set_status(app, Actor::robot(), id, WAITING_CUSTOMER).await;
        happens(app, &tenant, alert, &ann, Happening::Accepted).await;
        assert_eq!(tenant.status(id), WAITING_CUSTOMER);
        assert_eq!(left(app, alert).await, ["its status, which is \"Waiting Customer\" by now"]);
        let other = tenant.create(app, TicketIn::new("Two")).await;
        let alert = tenant.alert(app, other).await.unwrap().id;
        happens(app, &tenant, alert, &ann, Happening::Accepted).await;
        assert_eq!((tenant.status(other), left(app, alert).await), (IN_PROGRESS, Vec::new()));
    }

    async fn words_of_the_source_that_fail_cost_no_note(app: TestApp) {
        let ann = app.user("ann").await;
        let plan = writes(|write| {
            (write.note_on_accept, write.note_on_comment, write.note_type, write.publish) = (true, true, 2, 4);
            write.note_title = Some("{{ by }}: {{ what }}".into());
            write.note_text = Some("{% if comment %}{{ comment }}!{% else %}{{ nope }}{% endif %}".into());
        });
        let (tenant, id, alert) = with_ticket(app, plan).await;
        happens(app, &tenant, alert, &ann, comment("Look")).await;
        happens(app, &tenant, alert, &ann, Happening::Accepted).await;
        let notes = tenant.sim.notes(id);
        let titles: Vec<bool> = notes.iter().filter_map(|note| note["title"].as_str()).map(|title| title.ends_with(": commented") || title.ends_with(": accepted")).collect();
        assert_eq!(titles, [true, true]);
        assert!(notes.iter().all(|note| (note["noteType"].as_i64(), note["publish"].as_i64()) == (Some(2), Some(4))));
        let ours = tenant.our_notes(id);
        assert!(ours[0].ends_with("\nLook!") && ours[1].contains("Escalation has stopped."), "{ours:?}");
        let problem = app.entries(alert).await.into_iter().find_map(|entry| if let Entry::WriteBackFailed { error, .. } = entry { Some(error) } else { None });
        assert!(problem.unwrap().contains("nope"));
        assert_eq!(tenant.status(id), NEW);
    }
}
