//! Alert actions, as somebody makes them with the pages.

use super::browser::{Browser, location};
use crate::autotask::actions_desk::only_ticket;
use crate::autotask::tenant::{COMPLETE, Tenant, connect, start};
use watchbell_core::user::Role;
use watchbell_sim::autotask::{Config, seed};
use watchbell_store::alert_actions;
use watchbell_testkit::{both_databases, event};

fn fields<'a>(company: &'a str, queue: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("name", "Tickets"),
        ("mode", "MANUAL"),
        ("trigger", "alert-created"),
        ("publish", "2"),
        ("complete", "on"),
        ("company", company),
        ("queue", queue),
    ];
    usual.into_iter().chain(more.iter().copied()).collect()
}

both_databases! {
    async fn an_action_is_made_with_the_tenants_lists_tested_and_let_act_from_an_alert(app: TestApp) {
        let dev = app.user_of_role("dev", Role::User).await;
        let sim = start(app, Config::default()).await;
        let connector = connect(app, &sim, "Northbell").await;
        let source = app.source().escalating_to([]).await;
        let tenant = Tenant { sim, source, connector };
        let mut browser = Browser::of(app, &dev).await;
        let blank = browser.get("/alert-actions/new").await.expect(200);
        assert!(blank.text.contains("Monitoring Alert") && blank.text.contains("After Hours"), "{}", blank.text);
        let new = format!("/alert-actions/new?connector={}", tenant.connector);
        let id = tenant.source.id.to_string();
        let company = seed::BAKERY.to_string();
        let mut wrong = fields("", "", &[("rule.1.by", "LABEL"), ("rule.1.value", "")]);
        wrong.push(("source", &id));
        let refused = browser.post(&new, &wrong).await.expect(422);
        assert!(refused.text.contains("Is required") && refused.text.contains("value=\"Tickets\""), "{}", refused.text);
        let searched = browser.post(&new, &fields("", "8", &[("do", "search"), ("company_search", "crust")])).await.expect(200);
        assert!(searched.text.contains("Crumb &amp; Crust Bakery") && searched.text.contains(&company), "{}", searched.text);
        let mut right = fields("29683511", "8", &[("rule.0.by", "LABEL"), ("rule.0.value", "customer"), ("udf.0.name", "Alert Id"), ("udf.0.value", "{{ alert.id }}")]);
        right.push(("source", &id));
        let path = location(&browser.post(&new, &right).await.expect(303));
        let kept = alert_actions::list(&app.app.db, &app.scope(), None, None, watchbell_store::Page::first(10)).await.unwrap();
        let params = &kept[0].rules.ticket;
        assert_eq!((kept.len(), params.queue, params.company, params.complete_on_resolve, params.assign_on_accept), (1, 8, Some(seed::BAKERY), true, false));
        assert_eq!((params.company_rules.len(), params.user_fields.get("Alert Id").map(String::as_str)), (1, Some("{{ alert.id }}")));
        let shown = browser.get(&path).await.expect(200);
        assert!(shown.text.contains("Crumb &amp; Crust Bakery") && shown.text.contains("{{ alert.id }}"), "{}", shown.text);
        assert!(browser.get("/alert-actions").await.expect(200).text.contains("Autotask, Northbell"));

        let tested = browser.post(&format!("{path}/test"), &[]).await.expect(200);
        assert!(tested.text.contains("Create a ticket") && tested.text.contains("it is completed"), "{}", tested.text);
        let ticket = only_ticket(&tenant);
        assert_eq!(ticket["status"].as_i64(), Some(COMPLETE));

        let alert = tenant.source.send(app, event("disk full")).await.unwrap();
        let page = browser.get(&format!("/alerts/{alert}")).await.expect(200);
        assert!(page.text.contains("Make a ticket"), "{}", page.text);
        browser.post(&format!("/alerts/{alert}/action"), &[("action", &kept[0].id.0)]).await.expect(303);
        tenant.settle(app).await;
        let page = browser.get(&format!("/alerts/{alert}")).await.expect(200);
        let number = app.alert(alert).await.content.ticket.unwrap().number;
        assert!(page.text.contains(&number) && page.text.contains("by the alert action Tickets") && !page.text.contains("Make a ticket"), "{}", page.text);
        let last = tenant.sim.tickets().into_iter().max_by_key(|ticket| ticket["id"].as_i64()).unwrap();
        assert!(last["userDefinedFields"].to_string().contains(&format!("\"{alert}\"")), "{last:?}");

        browser.post(&format!("{path}/delete"), &[]).await.expect(422);
        browser.post(&format!("{path}/delete"), &[("confirmed", "on")]).await.expect(303);
        browser.get(&path).await.expect(404);
    }
}
