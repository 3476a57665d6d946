//! Paging that is held back after a restore: said on every page, ended by an administrator and by nobody else.

use super::browser::Browser;
use watchbell_core::user::Role;
use watchbell_store::hold;
use watchbell_testkit::{both_databases, event, level, minutes};

both_databases! {
    async fn held_back_paging_is_said_on_every_page_and_ended_by_an_administrator_who_is_sure(app: TestApp) {
        let (ann, ada) = (app.user("ann").await, app.user_of_role("ada", Role::Admin).await);
        let source = app.source().escalating_to([level(&ann, minutes(5))]).await;
        hold::begin(&app.app.db, &app.scope(), "restored from bell.backup", app.app.clock.now()).await.unwrap();
        source.send(app, event("disk full")).await;
        app.settle().await;

        let mut browser = Browser::of(app, &ada).await;
        for path in ["/alerts", "/alerts/1", "/sources", "/policies", "/users", "/settings", "/audit", "/profile", "/nowhere"] {
            let page = browser.get(path).await;
            assert!(page.text.contains("Paging is held back: restored from bell.backup.") && page.text.contains("href=\"/paging\""), "{path}: {}", page.text);
        }
        let asked = browser.get("/paging").await.expect(200);
        assert!(asked.text.contains("1 alert</a> that nobody has"), "{}", asked.text);
        let refused = browser.post("/paging/resume", &[]).await.expect(422);
        assert!(refused.text.contains("tick the box") && refused.text.contains("Paging is held back"), "{}", refused.text);
        app.settle().await;
        assert!(hold::get(&app.app.db, &app.scope()).await.unwrap().is_some());

        let page = browser.submit("/paging/resume", &[("confirmed", "on")]).await;
        assert!(page.text.contains("Paging goes on") && !page.text.contains("Paging is held back"), "{}", page.text);
        app.settle().await;
        ann.expect_mail(app, "disk full").await;
        assert!(browser.get("/audit").await.expect(200).text.contains("<b>ada Example</b> resumed paging"));
        assert!(browser.get("/paging").await.expect(200).text.contains("Nothing is held back"));
        let again = browser.submit("/paging/resume", &[("confirmed", "on")]).await;
        assert!(again.text.contains("was not held back"), "{}", again.text);
    }

    async fn others_are_told_who_can_resume_paging_and_may_not(app: TestApp) {
        hold::begin(&app.app.db, &app.scope(), "restored from bell.backup", app.app.clock.now()).await.unwrap();
        for role in [Role::Stakeholder, Role::Guest, Role::Responder, Role::User] {
            let person = app.user_of_role(&role.as_str().to_lowercase(), role).await;
            let mut browser = Browser::of(app, &person).await;
            let page = browser.get("/profile").await.expect(200);
            assert!(page.text.contains("until an administrator resumes paging") && !page.text.contains("href=\"/paging\""), "{role}: {}", page.text);
            browser.get("/paging").await.expect(403);
            browser.post("/paging/resume", &[("confirmed", "on")]).await.expect(403);
            assert!(hold::get(&app.app.db, &app.scope()).await.unwrap().is_some(), "{role}");
        }
        hold::end(&app.app.db, &app.scope(), app.app.clock.now()).await.unwrap();
    }
}
