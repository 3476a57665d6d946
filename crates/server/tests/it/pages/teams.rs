//! Teams, silence, rules and health over forms.

use super::browser::{Browser, between, location};
use serde_json::json;
use watchbell_core::user::Role;
use watchbell_store::{auditor, users};
use watchbell_testkit::{both_databases, minutes};

both_databases! {
    async fn a_team_is_made_changed_and_deleted(app: TestApp) {
        let (dev, ann, bob) = (app.user_of_role("dev", Role::User).await, app.user("ann").await, app.user("bob").await);
        let (ann_id, bob_id) = (ann.id.to_string(), bob.id.to_string());
        let mut browser = Browser::of(app, &dev).await;
        browser.post("/teams/new", &[("name", " ")]).await.expect(422);
        let path = location(&browser.post("/teams/new", &[("name", "Network"), ("add", &ann_id), ("add_role", "RESPONDER")]).await.expect(303));
        let page = browser.get(&path).await.expect(200);
        assert!(page.text.contains("ann Example") && page.text.contains("08:00 in UTC"), "{}", page.text);
        let role = format!("role.{ann_id}");
        let page = browser.submit(&path, &[("name", "Networks"), ("member", &ann_id), (&role, "STAKEHOLDER"), ("add", &bob_id), ("add_role", "ADMIN")]).await;
        assert!(page.text.contains("Networks") && page.text.contains("bob Example"), "{}", page.text);
        let refused = browser.post("/teams/new", &[("name", "networks")]).await.expect(422);
        assert!(refused.text.contains("exists already"), "{}", refused.text);
        let page = browser.submit(&path, &[("name", "Networks"), ("member", &bob_id)]).await;
        assert!(!page.text.contains(&format!("role.{ann_id}")), "{}", page.text);
        assert!(browser.get(&format!("/users/{bob_id}")).await.expect(200).text.contains("Networks"));
        let seen = between(&browser.get(&path).await.expect(200).text, "name=\"seen\" value=\"", "\"").unwrap().to_owned();
        let bobs_role = format!("role.{bob_id}");
        let taken = [("name", " "), ("seen", &seen), (&bobs_role, "STAKEHOLDER")];
        let refused = browser.post(&path, &taken).await.expect(422).text;
        let row = between(&refused, &format!("name=\"{bobs_role}\""), "</li>").unwrap();
        assert!(row.contains("value=\"STAKEHOLDER\" selected") && !row.contains(" checked"), "what was unticked stays so: {row}");
        app.advance(minutes(1)).await;
        let caller = app.as_user(dev.id).await;
        caller.post(&format!("/api{path}/members"), &json!({"user": {"id": ann.id}, "role": "RESPONDER"})).await.expect(200);
        let refused = browser.post(&path, &[("name", "Networks"), ("seen", &seen), ("member", &bob_id)]).await.expect(422).text;
        assert!(refused.contains("changed by somebody else"), "nobody is thrown out unseen: {refused}");
        browser.post(&format!("{path}/delete"), &[]).await.expect(422);
        let page = browser.submit(&format!("{path}/delete"), &[("confirmed", "on")]).await;
        assert!(page.text.contains("No team yet"), "{}", page.text);
    }

    async fn quiet_hours_and_muting_are_kept_and_a_refused_form_clears_nothing(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        let path = format!("/users/{}/silence", ann.id);
        let good = [("silence", "on"), ("muted_from", ""), ("muted_until", "2026-01-06T09:00"), ("quiet_from", "22:00"), ("quiet_until", "07:00"), ("told_of_answers", "on")];
        let page = browser.submit(&path, &good).await;
        assert!(page.text.contains("2026-01-06T09:00") && page.text.contains("22:00"), "{}", page.text);
        for (name, value) in [("muted_until", "soon"), ("quiet_until", "25:00"), ("quiet_until", ""), ("muted_from", "2026-01-07T00:00")] {
            let form = good.map(|(known, kept)| (known, if known == name { value } else { kept }));
            browser.post(&path, &form).await.expect(422);
        }
        let refused = browser.post(&format!("/users/{}", ann.id), &[("name", ""), ("email", "ann@example.com"), ("zone", "UTC")]).await.expect(422);
        assert!(refused.text.contains("value=\"22:00\""), "{}", refused.text);
        let kept = users::get(&app.app.db, &app.scope(), ann.id).await.unwrap();
        assert_eq!((kept.quiet_min, kept.told_of_answers, kept.muted_from), (Some((22 * 60, 7 * 60)), true, None));
    }

    async fn rules_for_shifts_and_the_test_of_the_whole_chain(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        let contact = watchbell_store::contacts::list(&app.app.db, &app.scope(), ann.id).await.unwrap()[0].id.to_string();
        let page = browser.submit(&format!("/users/{}/rules", ann.id), &[("for", "ON_CALL"), ("contact", &contact), ("delay_min", "60")]).await;
        assert!(page.text.contains("Before my shifts") && page.text.contains("1 h before"), "{}", page.text);
        let page = browser.submit(&format!("/users/{}/test-rules", ann.id), &[]).await;
        assert!(page.text.contains("E-mail test to ann Example"), "{}", page.text);
        app.settle().await;
        ann.expect_mail(app, "[Test]").await;
        assert!(browser.get("/profile").await.text.contains("sent"));
    }

    async fn the_test_of_the_whole_chain_has_an_end(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        let path = format!("/users/{}/test-rules", ann.id);
        for _ in 0..20 {
            browser.post(&path, &[]).await.expect(303);
        }
        let refused = browser.post(&path, &[]).await.expect(429);
        assert!(refused.text.contains("Too many tests were sent"), "{}", refused.text);
        app.settle().await;
        ann.expect_mail(app, "[Test]").await;
        app.tamper("UPDATE contact SET verified_at = NULL").await;
        let page = browser.submit(&path, &[]).await;
        assert!(page.text.contains("No contact of the rules can be tested"), "{}", page.text);
    }

    async fn the_health_page_says_how_it_stands_and_whom_it_calls(app: TestApp) {
        let boss = app.user_of_role("boss", Role::Admin).await;
        let mut browser = Browser::of(app, &boss).await;
        assert!(browser.get("/health").await.expect(200).text.contains("has not run yet"));
        app.settle().await;
        assert!(browser.get("/health").await.expect(200).text.contains("All is well"));
        for (url, every) in [("ftp://x.example", "60"), ("https://x.example", "29"), ("http://169.254.169.254/", "60")] {
            browser.post("/health", &[("policy", ""), ("ping_url", url), ("ping_method", "GET"), ("ping_every_s", every)]).await.expect(422);
        }
        browser.submit("/health", &[("policy", ""), ("ping_url", ""), ("ping_method", "POST"), ("ping_every_s", "90")]).await;
        let kept = auditor::settings(&app.app.db, &app.scope()).await.unwrap();
        assert_eq!((kept.ping_url, kept.ping_post, kept.ping_every_s), (None, true, 90));
    }
}
