//! What the pages say of tickets and their alerts, in words for people.

use super::browser::Browser;
use crate::autotask::tenant::{COMPLETE, Plan, Tenant, ben};
use watchbell_core::user::Role;
use watchbell_sim::autotask::TicketIn;
use watchbell_testkit::{both_databases, level, minutes};

fn rows_named(page: &str, title: &str) -> usize {
    page.split("id=\"events\"").nth(1).unwrap().matches(&format!("{title}</b>")).count()
}

both_databases! {
    async fn a_callout_and_the_alert_that_it_opened_are_one_row(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::planned(app, Plan { levels: vec![level(&ann, minutes(15))], ..Plan::default() }).await;
        let id = tenant.create(app, TicketIn::new("Ovens are cold").with("ticketType", 1)).await;
        ann.expect_mail(app, "Ovens are cold").await;
        let alert = tenant.alert(app, id).await.unwrap();

        let mut browser = Browser::of(app, &ann).await;
        let page = browser.get(&format!("/sources/{}", tenant.source.id)).await.expect(200);
        assert_eq!(rows_named(&page.text, "Ovens are cold"), 1, "{}", page.text);
        assert!(!page.text.contains("<b>ALERT</b>"), "{}", page.text);

        let page = browser.get(&format!("/alerts/{}", alert.id)).await.expect(200);
        assert!(page.text.contains("<dt>Ticket type</dt>") && !page.text.contains("ticketType</dt>"), "{}", page.text);
        tenant.set_status(app, ben(), id, COMPLETE).await;
        let page = browser.get(&format!("/alerts/{}", alert.id)).await.expect(200);
        assert!(page.text.contains("Resolved by Ben Ortiz: the ticket came to &quot;Complete&quot;, "), "{}", page.text);
        assert!(page.text.contains("Resolved by Ben Ortiz (in Autotask): the ticket came to &quot;Complete&quot;<"), "{}", page.text);
    }

    async fn a_ticket_that_the_poll_found_is_named_and_not_said_to_come_over_the_api(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let tenant = Tenant::planned(app, Plan { callout: false, ..Plan::default() }).await;
        tenant.create(app, TicketIn::new("Disk full")).await;
        tenant.advance(app, minutes(1)).await;
        let mut browser = Browser::of(app, &ada).await;
        let page = browser.get(&format!("/sources/{}", tenant.source.id)).await.expect(200);
        assert_eq!(rows_named(&page.text, "Disk full"), 1, "{}", page.text);
        assert!(page.text.contains("ticket read") && !page.text.contains("</svg>API<"), "{}", page.text);
    }
}
