//! Escalation policies, snoozes and fallback contacts on pages.

use super::browser::Browser;
use crate::escalation_rotas::{hourly, rota};
use serde_json::json;
use watchbell_core::user::Role;
use watchbell_store::{fallback, policies};
use watchbell_testkit::{both_databases, event, level, minutes};

both_databases! {
    async fn a_policy_of_rotas_is_made_shown_with_who_is_behind_it_and_simulated(app: TestApp) {
        let dev = app.user_of_role("dev", Role::User).await;
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let night = rota(app, "Night rota", hourly(vec![ann.id, bob.id], None)).await.to_string();
        let mut browser = Browser::of(app, &dev).await;
        let bob_id = bob.id.to_string();
        let fields = [
            ("name", "After hours"), ("passes", "1"), ("delay_min", "0"), ("ask_untouched_min", "10"),
            ("level.0.schedule", night.as_str()), ("level.0.timeout_min", "15"), ("level.0.accepts", "1"), ("level.0.turns", "on"),
            ("level.1.user", bob_id.as_str()), ("level.1.timeout_min", "5"),
        ];
        let page = browser.submit("/policies/new", &fields).await;
        assert!(page.text.contains("Night rota") && page.text.contains("ann Example") && page.text.contains("They take turns"), "{}", page.text);
        let policy = policies::find_by_name(&app.app.db, &app.scope(), "after hours").await.unwrap().unwrap();
        assert_eq!((policy.levels[0].schedules.len(), policy.levels[0].round_robin, policy.after_accept.ask_after_s), (1, true, 600));
        let page = browser.get(&format!("/policies/{}?simulate=on&sim_at=2026-01-05T08:50&sim_priority=HIGH", policy.id)).await.expect(200);
        for line in ["Level 1 is called: ann Example over", "Hand-over, called as well: bob Example", "Level 2 is called: bob Example"] {
            assert!(page.text.contains(line), "{line}: {}", page.text);
        }
        let wrong = [("name", "Other"), ("passes", "1"), ("delay_min", "0"), ("level.0.user", bob_id.as_str()), ("level.0.timeout_min", "5"), ("level.0.accepts", "2")];
        let refused = browser.post("/policies/new", &wrong).await.expect(422);
        assert!(refused.text.contains("More accepts than people."), "{}", refused.text);
        let list = browser.get("/policies").await.expect(200);
        assert!(list.text.contains("Night rota (ann Example)"), "{}", list.text);
    }

    async fn an_alert_is_snoozed_and_the_page_and_the_list_say_so(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([level(&ann, minutes(5))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        let mut browser = Browser::of(app, &ann).await;
        let path = format!("/alerts/{alert}");
        let refused = browser.post(&format!("{path}/snooze"), &[("until", "yesterday")]).await.expect(422);
        assert!(refused.text.contains("Must be a date and a time."), "{}", refused.text);
        let page = browser.submit(&format!("{path}/snooze"), &[("for", "15")]).await;
        assert!(page.text.contains("Snoozed until 5 Jan 08:15"), "{}", page.text);
        assert!(browser.get("/alerts").await.expect(200).text.contains("Snoozed"));
        browser.submit(&format!("{path}/snooze"), &[("for", "morning")]).await;
        assert_eq!(app.alert(alert).await.snoozed_until.unwrap().to_string(), "2026-01-06T08:00:00Z");
        browser.submit(&format!("{path}/snooze"), &[("until", "2026-01-05T12:30")]).await;
        assert_eq!(app.alert(alert).await.snoozed_until.unwrap().to_string(), "2026-01-05T12:30:00Z");
        browser.submit(&format!("{path}/accept"), &[]).await;
        assert_eq!(app.alert(alert).await.snoozed_until, None);
    }

    async fn fallback_contacts_are_named_in_the_settings(app: TestApp) {
        let boss = app.user_of_role("boss", Role::Admin).await;
        let mut browser = Browser::of(app, &boss).await;
        let id = boss.id.to_string();
        let refused = browser.post("/settings/fallback", &[("user", &id), ("mails", "nobody")]).await.expect(422);
        assert!(refused.text.contains("Must be an e-mail address."), "{}", refused.text);
        let page = browser.submit("/settings/fallback", &[("user", &id), ("mails", "noc@example.com\n\n")]).await;
        assert!(page.text.contains("noc@example.com"), "{}", page.text);
        let kept = fallback::get(&app.app.db, &app.scope()).await.unwrap();
        assert_eq!((kept.users, kept.mails), (vec![boss.id], vec!["noc@example.com".to_owned()]));
    }
}

both_databases! {
    async fn who_cannot_be_paged_covers_no_level(app: TestApp) {
        let dev = app.user_of_role("dev", Role::User).await;
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let (mut browser, me) = (Browser::of(app, &dev).await, app.as_user(ann.id).await);
        let path = format!("/api/users/{}/notification-preferences/alerts", bob.id);
        let bobs = app.as_user(bob.id).await;
        for rule in bobs.get(&path).await.expect(200).json().as_array().unwrap() {
            if rule["type"] == "HIGH_PRIORITY" {
                bobs.delete(&format!("{path}/{}", rule["id"])).await.expect(204);
            }
        }
        let (ann_id, bob_id) = (ann.id.to_string(), bob.id.to_string());
        let of = |who: &str| ["Night", who, "1", "0", "5"].map(str::to_owned);
        let post = |values: [String; 5]| ["name", "level.0.user", "passes", "delay_min", "level.0.timeout_min"].into_iter().zip(values).collect::<Vec<_>>();
        let quiet = post(of(&bob_id));
        let fields: Vec<(&str, &str)> = quiet.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let refused = browser.post("/policies/new", &fields).await.expect(422).text;
        assert!(refused.contains("reach nobody"), "a rule for quiet alerts pages nobody: {refused}");

        let loud = post(of(&ann_id));
        let mut fields: Vec<(&str, &str)> = loud.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fields.push(("routing_key", "a,b"));
        let refused = browser.post("/policies/new", &fields).await.expect(422).text;
        assert!(refused.contains("Must not contain a comma") && refused.contains("value=\"a,b\""), "{refused}");
        fields.pop();
        let page = browser.submit("/policies/new", &[&fields[..], &[("routing_key", "night")]].concat()).await.text;
        assert!(page.contains("value=\"night\""), "{page}");
        let covered = browser.get("/policies").await.expect(200).text;
        let muted = json!({"firstName": "ann", "lastName": "Example", "email": "ann@example.com", "mutedUntil": "2026-01-06T00:00:00Z"});
        me.put("/api/users/current", &muted).await.expect(200);
        let uncovered = browser.get("/policies").await.expect(200).text;
        assert!(!covered.contains("has nobody who can be paged") && uncovered.contains("has nobody who can be paged"), "{uncovered}");
        assert!(browser.get(&format!("/users/{ann_id}")).await.expect(200).text.contains("A page would not reach this person"));
    }

    async fn addresses_of_fallback_contacts_are_told_to_who_may_configure(app: TestApp) {
        let (dev, guest) = (app.user_of_role("dev", Role::User).await, app.user_of_role("guest", Role::Guest).await);
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([level(&ann, minutes(5))]).await;
        let boss = app.user_of_role("boss", Role::Admin).await;
        Browser::of(app, &boss).await.submit("/settings/fallback", &[("mails", "noc@example.com")]).await;
        let path = format!("/policies/{}", policies::list(&app.app.db, &app.scope(), watchbell_store::Page::first(1)).await.unwrap()[0].id);
        assert!(source.id.0 > 0 && Browser::of(app, &dev).await.get(&path).await.expect(200).text.contains("noc@example.com"));
        let page = Browser::of(app, &guest).await.get(&path).await.expect(200).text;
        assert!(!page.contains("noc@example.com") && page.contains("somebody by e-mail"), "{page}");
    }
}
