//! Settings, the audit, and work that gave up.

use super::browser::{Browser, between};
use watchbell_core::user::Role;
use watchbell_store::{retention, settings};
use watchbell_testkit::both_databases;

both_databases! {
    async fn mail_settings_are_in_use_at_once_and_their_password_is_never_shown(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        let port = app.smtp.addr().port().to_string();
        let form = |host: &'static str| {
            [("smtp_host", host.to_owned()), ("smtp_port", port.clone()), ("smtp_security", "plain".into()), ("smtp_user", String::new()), ("mail_from", "Night <night@example.com>".into())]
        };
        let borrowed = |form: &[(&'static str, String)]| form.iter().map(|(name, value)| (*name, value.clone())).collect::<Vec<_>>();
        let good = borrowed(&form("127.0.0.1"));
        let good: Vec<(&str, &str)> = good.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.submit("/settings/email", &good).await;
        browser.submit("/settings/email/test", &[("test_to", "ops@example.com")]).await;
        let mail = app.expect_mail_to("ops@example.com", "").await;
        assert_eq!(mail.from, "night@example.com");

        let secret = [("smtp_host", "smtp.invalid"), ("smtp_port", "587"), ("smtp_security", "starttls"), ("smtp_user", "night@example.com"), ("smtp_password", "hunter2-hunter2"), ("mail_from", "night@example.com")];
        browser.submit("/settings/email", &secret).await;
        let kept = settings::get(&app.app.db, &app.scope(), "smtp").await.unwrap().unwrap();
        assert!(kept.sealed.is_some() && !kept.value.unwrap().contains("hunter2"));
        for path in ["/settings", "/audit"] {
            assert!(!browser.get(path).await.expect(200).text.contains("hunter2"), "{path}");
        }
        // The password stays for the same user at the same server, and goes nowhere else.
        let elsewhere = [("smtp_host", "smtp.evil.invalid"), ("smtp_port", "587"), ("smtp_security", "starttls"), ("smtp_user", "night@example.com"), ("mail_from", "night@example.com")];
        assert!(browser.post("/settings/email", &elsewhere).await.expect(422).text.contains("Is needed with a user name"));
        let failed = browser.post("/settings/email/test", &[("test_to", "ops@example.com")]).await.expect(422);
        assert!(failed.text.contains("tone-red") && !failed.text.contains("hunter2"), "{}", failed.text);
    }

    async fn wrong_settings_are_named_beside_their_field(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        let wrong = [("smtp_host", "a b"), ("smtp_port", "99999"), ("smtp_security", "magic"), ("mail_from", "nobody")];
        let page = browser.post("/settings/email", &wrong).await.expect(422);
        for id in ["smtp_host-error", "smtp_port-error"] {
            assert!(page.text.contains(id), "{id}: {}", page.text);
        }
        let from = [("smtp_host", "h"), ("smtp_port", "25"), ("smtp_security", "plain"), ("mail_from", "nobody")];
        assert!(browser.post("/settings/email", &from).await.expect(422).text.contains("mail_from-error"));
        for url in ["", "bell", "ftp://bell.example.com"] {
            browser.post("/settings/address", &[("public_url", url)]).await.expect(422);
        }
        browser.post("/settings/retention", &[("alerts_days", "0"), ("events_days", "1"), ("audit_days", "x")]).await.expect(422);
    }

    async fn how_long_things_are_kept_is_kept(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        browser.submit("/settings/retention", &[("alerts_days", "90"), ("events_days", "14"), ("audit_days", "365")]).await;
        let kept = settings::get(&app.app.db, &app.scope(), retention::SETTING).await.unwrap().unwrap().value.unwrap();
        assert_eq!(kept, r#"{"alerts_days":90,"events_days":14,"audit_days":365}"#);
        assert!(browser.get("/settings").await.text.contains("name=\"alerts_days\" value=\"90\""));
    }

    async fn the_audit_says_who_changed_what_and_is_searched(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        browser.submit("/policies/new", &[("name", "Night watch"), ("passes", "1"), ("delay_min", "0"), ("level.0.user", &ada.id.to_string()), ("level.0.timeout_min", "5")]).await;
        let page = browser.get("/audit?q=night&noun=escalation+policy").await.expect(200);
        assert!(page.text.contains("<b>ada Example</b> made escalation policy <b>Night watch</b>"), "{}", page.text);
        assert!(browser.get("/audit?q=ada").await.text.contains("Night watch"));
        assert!(browser.get("/audit?q=nothing%25like_that").await.text.contains("No change found"));
    }

    async fn work_that_gave_up_is_shown_with_its_error_and_tried_again(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let org = app.scope().org;
        app.tamper(&format!("INSERT INTO job (org_id, kind, subject_id, pool_max, rank, due_at, visible_at, leased, again, generation, attempt, payload, gave_up_at, last_error) \
            VALUES ({org}, 'trim_events', 7, 0, 6, 0, 0, false, false, 1, 3, '{{}}', 1767600000000000, 'the <b>ticket</b> is locked')")).await;
        let mut browser = Browser::of(app, &ada).await;
        assert!(browser.get("/alerts").await.text.contains("1 piece of work gave up"));
        let page = browser.get("/jobs").await.expect(200);
        assert!(page.text.contains("the &lt;b&gt;ticket&lt;/b&gt; is locked") && page.text.contains("Cut the events of an alert"), "{}", page.text);
        let id = between(&page.text, "/jobs/", "/retry").unwrap().to_owned();
        browser.submit(&format!("/jobs/{id}/retry"), &[]).await;
        assert!(browser.get("/jobs").await.text.contains("Nothing gave up"));
        browser.post(&format!("/jobs/{id}/retry"), &[]).await.expect(404);
    }
}
