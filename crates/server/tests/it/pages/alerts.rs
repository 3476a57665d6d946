//! The list, one alert, and what people do with them.

use super::browser::{Browser, location};
use serde_json::json;
use watchbell_core::alert::{Happening, Status};
use watchbell_core::event::{Content, TicketRef};
use watchbell_core::user::Role;
use watchbell_testkit::{both_databases, event, level, minutes};

const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

both_databases! {
    async fn accept_resolve_comment_escalate_and_reassign(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let source = app.source().escalating_to([level(&ann, minutes(60)), level(&bob, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        let mut browser = Browser::of(app, &ann).await;
        let page = browser.get(&format!("/alerts/{alert}")).await.expect(200);
        for seen in ["You are here", "disk full", "E-mail to ann Example sent", "Why was I paged?", "Level 1 called"] {
            assert!(page.text.contains(seen), "{seen}: {}", page.text);
        }
        let page = browser.submit(&format!("/alerts/{alert}/accept"), &[("back", "/alerts")]).await;
        assert!(page.text.contains(&format!("Alert {alert} is accepted.")), "{}", page.text);
        assert_eq!(app.alert(alert).await.accepted_by, Some(ann.id));
        let page = browser.submit(&format!("/alerts/{alert}/comment"), &[("text", "on it <b>now</b>")]).await;
        assert!(page.text.contains("on it &lt;b&gt;now&lt;/b&gt;"));
        assert!(browser.post(&format!("/alerts/{alert}/comment"), &[("text", " ")]).await.expect(422).text.contains("must not be empty"));
        browser.submit(&format!("/alerts/{alert}/escalate"), &[]).await;
        app.settle().await;
        bob.expect_mail(app, "disk full").await;
        let to = format!("user:{}", ann.id);
        browser.submit(&format!("/alerts/{alert}/reassign"), &[("to", &to)]).await;
        app.settle().await;
        ann.expect_mail(app, "disk full").await;
        for nobody in ["", "user:999", "policy:x", "nonsense"] {
            browser.post(&format!("/alerts/{alert}/reassign"), &[("to", nobody)]).await.expect(422);
        }
        browser.submit(&format!("/alerts/{alert}/resolve"), &[]).await;
        assert_eq!(app.alert(alert).await.status, Status::Resolved);
        let late = browser.submit(&format!("/alerts/{alert}/accept"), &[]).await;
        assert!(late.text.contains("Too late"), "{}", late.text);
    }

    async fn whoever_completes_the_ticket_can_say_what_solved_it(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        let mut browser = Browser::of(app, &ann).await;
        assert!(!browser.get(&format!("/alerts/{alert}")).await.text.contains("What solved it?"), "it has no ticket");
        let ticket = TicketRef { id: 77, number: "T20260105.0001".into(), ..TicketRef::default() };
        let content = Box::new(Content { ticket: Some(ticket), ..Content::default() });
        app.happen(alert, ann.id, Happening::Refreshed { summary: "disk full".into(), details: String::new(), content }).await;
        assert!(browser.get(&format!("/alerts/{alert}")).await.text.contains("What solved it?"));
        let path = format!("/alerts/{alert}/resolve");
        let long = "x".repeat(8_001);
        let refused = browser.post(&path, &[("complete", "on"), ("resolution", &long)]).await.expect(422);
        assert!(refused.text.contains("resolution-error") && refused.text.contains(&long), "what was typed is kept");
        assert_eq!(app.alert(alert).await.status, Status::Pending);
        let page = browser.submit(&path, &[("complete", "on"), ("resolution", "Restarted <it>")]).await;
        assert!(page.text.contains("Restarted &lt;it&gt;") && page.text.contains("its ticket is being completed"), "{}", page.text);
        assert_eq!(app.alert(alert).await.status, Status::Resolved);
    }

    async fn texts_from_outside_are_shown_as_text_everywhere(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let source = app.source().with(|s| s.name = HOSTILE.into()).escalating_to([level(&ada, minutes(60))]).await;
        let mut hostile = event(HOSTILE);
        hostile["details"] = json!(HOSTILE);
        hostile["alertKey"] = json!(HOSTILE);
        hostile["links"] = json!([{"href": "javascript:alert(1)", "text": HOSTILE}]);
        hostile["customDetails"] = json!({ HOSTILE: HOSTILE });
        let alert = source.send(app, hostile).await.unwrap();
        ada.expect_mail(app, "script").await;
        let mut browser = Browser::of(app, &ada).await;
        for path in ["/alerts".to_owned(), format!("/alerts/{alert}"), "/sources".into(), format!("/sources/{}", source.id), "/audit".into(), "/alerts?q=%3Cscript%3E".into()] {
            let page = browser.get(&path).await.expect(200);
            assert!(!page.text.contains("<script>alert") && !page.text.contains("<img src=x"), "{path}");
            assert!(page.text.contains("&lt;script&gt;"), "{path}");
            assert!(!page.text.contains("href=\"javascript:"), "{path}");
        }
    }

    async fn the_list_is_filtered_by_its_address(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([]).await;
        let other = app.source().escalating_to([]).await;
        let one = source.send(app, event("Disk full on SRV01")).await.unwrap();
        let two = other.send(app, event("100% of 'quota' _used_")).await.unwrap();
        let mut browser = Browser::of(app, &ann).await;
        let mut seen = async |query: &str| {
            let page = browser.get(&format!("/alerts{query}")).await.expect(200);
            [one, two].map(|id| page.text.contains(&format!("id=\"a{id}\"")))
        };
        assert_eq!(seen("").await, [true, true]);
        assert_eq!(seen("?q=srv01").await, [true, false]);
        assert_eq!(seen("?q=100%25").await, [false, true]);
        assert_eq!(seen("?q=%27quota%27").await, [false, true]);
        assert_eq!(seen("?q=_").await, [false, true]);
        assert_eq!(seen(&format!("?q=%23{one}")).await, [true, false]);
        assert_eq!(seen(&format!("?source={}", other.id)).await, [false, true]);
        assert_eq!(seen("?priority=LOW").await, [false, false]);
        assert_eq!(seen("?state=RESOLVED").await, [false, false]);
        assert_eq!(seen("?state=nonsense&page=-3&source=x&priority=%00").await, [true, true]);
        assert_eq!(seen("?q=%00&page=99999999999999999999").await, [true, true]);
        assert_eq!(seen("?q=%ff").await, [false, false]);
    }

    async fn several_at_once_and_resolving_asks_first(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([]).await;
        let mut ids = Vec::new();
        for nth in 0..3 {
            ids.push(source.send(app, event(&format!("alert {nth}"))).await.unwrap());
        }
        let mut browser = Browser::of(app, &ann).await;
        let texts: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let chosen: Vec<(&str, &str)> = texts.iter().map(|id| ("id", id.as_str())).collect();
        let with = |what: &'static str| chosen.iter().copied().chain([("do", what), ("back", "/alerts?q=alert")]).collect::<Vec<_>>();
        let answer = browser.post("/alerts/bulk", &with("accept")).await.expect(303);
        assert_eq!(location(&answer), "/alerts?q=alert");
        assert_eq!(app.alert(ids[2]).await.status, Status::Accepted);
        let asked = browser.post("/alerts/bulk", &with("resolve")).await.expect(200);
        assert!(asked.text.contains("Resolve 3 alerts?") && app.alert(ids[0]).await.status == Status::Accepted);
        browser.submit("/alerts/bulk", &with("resolve-confirmed")).await;
        for id in ids {
            assert_eq!(app.alert(id).await.status, Status::Resolved);
        }
        assert!(browser.submit("/alerts/bulk", &[("do", "accept")]).await.text.contains("Nothing was selected"));
        browser.post("/alerts/bulk", &[("do", "explode"), chosen[0]]).await.expect(400);
    }

    async fn nobody_notified_is_the_loudest_thing_and_long_lists_have_pages(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([]).await;
        for nth in 0..52 {
            source.send(app, event(&format!("number {nth}"))).await;
        }
        let mut browser = Browser::of(app, &ann).await;
        let page = browser.get("/alerts").await.expect(200);
        assert_eq!(page.text.matches("class=\"alert ").count(), 50);
        assert!(page.text.contains("Nobody was notified: no level of the escalation policy has anyone who can be paged"));
        assert!(page.text.contains("1 to 50 of 52") && page.text.contains("number 51") && !page.text.contains("number 0<"));
        let next = browser.get("/alerts?page=2").await.expect(200);
        assert_eq!(next.text.matches("class=\"alert ").count(), 2);
    }
}
