//! A source that only watches, and looking back at who would have been paged.

use super::browser::Browser;
use crate::autotask::tenant::{COMPLETE, CRITICAL, IN_PROGRESS, LOW, NEW, Plan, Tenant, anna, ben, rules};
use watchbell_core::alert::Status;
use watchbell_core::autotask::{Manner, Reason, Treatment, Verdict};
use watchbell_core::user::Role;
use watchbell_sim::autotask::TicketIn;
use watchbell_store::{Page, alert_search};
use watchbell_testkit::{TestApp, both_databases, level, minutes};

fn critical(title: &str) -> TicketIn {
    TicketIn::new(title).with("priority", CRITICAL)
}

async fn alerts(app: &TestApp) -> usize {
    let all = alert_search::AlertSearch::default();
    alert_search::list(&app.app.db, &app.scope(), &all, Page::first(100)).await.unwrap().len()
}

/// What follows a term of the list of facts.
fn fact<'a>(page: &'a str, term: &str) -> &'a str {
    let after = page.split(&format!("<dt>{term}</dt>")).nth(1).unwrap_or_else(|| panic!("no {term} in {page}"));
    after.split('>').nth(1).unwrap().split('<').next().unwrap()
}

both_databases! {
    async fn nothing_opens_until_it_goes_live(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let watching = rules(|rules| rules.watch_only = true);
        let tenant = Tenant::planned(app, Plan { levels: vec![level(&ada, minutes(15))], rules: watching, ..Plan::default() }).await;
        let early = tenant.create(app, critical("Early")).await;
        let would = Verdict::NotPaged { reason: Reason::WatchOnly { manner: Manner::Page, policy: None } };
        assert_eq!((tenant.verdict(app, early).await, alerts(app).await), (Some(would), 0));
        // Autotask away for longer than a ticket waits: still nothing.
        tenant.sim.faults(|faults| faults.maintenance = true);
        let unread = tenant.sim.create_ticket(critical("Unread")).unwrap();
        tenant.advance(app, minutes(5)).await;
        tenant.sim.faults(|faults| faults.maintenance = false);
        tenant.advance(app, minutes(5)).await;
        assert_eq!(alerts(app).await, 0);
        assert!(matches!(tenant.verdict(app, unread).await, Some(Verdict::NotPaged { reason: Reason::WatchOnly { .. } })));

        let mut browser = Browser::of(app, &ada).await;
        let address = format!("/sources/{}", tenant.source.id);
        let page = browser.get(&address).await.expect(200);
        assert!(page.text.contains("Watch only: tickets are read, nobody is paged."), "{}", page.text);
        let number = tenant.sim.ticket(early).unwrap()["ticketNumber"].as_str().unwrap().to_owned();
        let page = browser.get(&format!("{address}?q={number}")).await.expect(200);
        assert!(page.text.contains("the source only watches; live, this would have paged"), "{}", page.text);

        browser.post(&format!("{address}/go-live"), &[]).await.expect(303);
        let page = browser.get(&address).await.expect(200);
        assert!(!page.text.contains("Watch only:"), "{}", page.text);
        tenant.edit(app, anna(), early, serde_json::json!({"title": "Early, renamed"})).await;
        assert_eq!(alerts(app).await, 0, "what was open then is quiet until it changes");
        let live = tenant.create(app, critical("Live")).await;
        ada.expect_mail(app, "Live").await;
        tenant.set_status(app, ben(), early, COMPLETE).await;
        tenant.set_status(app, ben(), early, NEW).await;
        assert_eq!(tenant.alert(app, early).await.unwrap().status, Status::Pending);
        ada.expect_mail(app, "Early, renamed").await;

        browser.post(&format!("{address}/watch-only"), &[]).await.expect(400);
        browser.post(&format!("{address}/watch-only"), &[("confirmed", "on")]).await.expect(303);
        tenant.create(app, critical("After")).await;
        assert_eq!(alerts(app).await, 2);
        tenant.set_status(app, ben(), live, COMPLETE).await;
        assert_eq!(tenant.alert(app, live).await.unwrap().status, Status::Resolved, "what is open follows its ticket");
    }

    async fn looking_back_says_who_would_have_been_paged_when_or_why_not(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let watching = rules(|rules| {
            (rules.watch_only, rules.poll_interval_s) = (true, Some(3_600));
            let low = rules.priorities.rows.iter_mut().find(|row| row.id == LOW).unwrap();
            low.treatment = Treatment::NoAlert;
        });
        let plan = Plan { levels: vec![level(&ada, minutes(15))], rules: watching, callout: false, ..Plan::default() };
        let tenant = Tenant::planned(app, plan).await;
        let taken = tenant.create(app, critical("Taken & ended")).await;
        tenant.advance(app, minutes(7)).await;
        tenant.set_status(app, ben(), taken, IN_PROGRESS).await;
        tenant.advance(app, minutes(30)).await;
        tenant.set_status(app, ben(), taken, COMPLETE).await;
        tenant.create(app, TicketIn::new("Printer").with("priority", LOW)).await;
        tenant.advance(app, minutes(120)).await;
        tenant.create(app, critical("Hours later")).await;

        let mut browser = Browser::of(app, &ada).await;
        let address = format!("/sources/{}/look", tenant.source.id);
        let page = browser.get(&address).await.expect(200);
        assert!(page.text.contains("The last 7 days") && !page.text.contains("In short"), "{}", page.text);
        let calls = || (tenant.calls("Tickets/query"), tenant.calls("TicketHistory/query"));
        let before = calls();
        let page = browser.post(&address, &[]).await.expect(200);
        assert_eq!((calls().0 - before.0, calls().1 - before.1), (7, 1), "a call a day, and one for all histories");
        assert_eq!(fact(&page.text, "Tickets"), "3");
        assert!(fact(&page.text, "Pages").starts_with("2 ("), "{}", page.text);
        assert!(fact(&page.text, "ada Example").starts_with("called first 2 ("), "{}", page.text);
        assert!(page.text.contains("Taken &amp; ended"), "{}", page.text);
        for words in ["taken in Autotask after 7 min", "ended by the ticket after 37 min", "the priority &quot;Low&quot; opens none"] {
            assert!(page.text.contains(words), "{words}: {}", page.text);
        }
        assert_eq!(alerts(app).await, 0, "nothing was opened");
    }

    async fn a_tenant_that_gives_no_histories_or_nothing_at_all_is_said_so(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let plan = Plan { levels: vec![level(&ada, minutes(15))], rules: rules(|rules| rules.watch_only = true), ..Plan::default() };
        let tenant = Tenant::planned(app, plan).await;
        let id = tenant.create(app, critical("Over")).await;
        tenant.advance(app, minutes(10)).await;
        tenant.set_status(app, ben(), id, COMPLETE).await;
        tenant.sim.faults(|faults| (faults.deny_reads, faults.only_endpoint) = (true, "TicketHistory".into()));
        let mut browser = Browser::of(app, &ada).await;
        let address = format!("/sources/{}/look", tenant.source.id);
        browser.get(&address).await.expect(200);
        let page = browser.post(&address, &[]).await.expect(200);
        assert!(page.text.contains("Autotask does not give all histories"), "{}", page.text);
        assert!(page.text.contains("taken for New until it was completed"), "{}", page.text);
        tenant.sim.faults(|faults| (faults.maintenance, faults.only_endpoint) = (true, String::new()));
        let page = browser.post(&address, &[]).await.expect(200);
        assert!(page.text.contains("The tickets could not be read: "), "{}", page.text);
    }
}
