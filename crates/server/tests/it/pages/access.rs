//! Who may open what: every page asks permission.

use super::browser::{Browser, location};
use watchbell_core::user::Role;
use watchbell_testkit::{both_databases, event, level, minutes};

/// Each page with the least role that may open it.
const PAGES: [(&str, Role); 33] = [
    ("/alerts", Role::Guest),
    ("/alerts/1", Role::Guest),
    ("/alerts/stream", Role::Guest),
    ("/sources", Role::Guest),
    ("/sources/1", Role::Guest),
    ("/policies", Role::Guest),
    ("/policies/1", Role::Guest),
    ("/users", Role::Guest),
    ("/users/1", Role::Guest),
    ("/sources/new", Role::User),
    ("/sources/new/api", Role::User),
    ("/sources/new/autotask", Role::User),
    ("/sources/1/settings", Role::User),
    ("/policies/new", Role::User),
    ("/alert-actions", Role::Guest),
    ("/alert-actions/new", Role::User),
    ("/support-hours", Role::Guest),
    ("/support-hours/new", Role::User),
    ("/maintenance", Role::Guest),
    ("/maintenance/new", Role::User),
    ("/accounts", Role::User),
    ("/accounts/new", Role::User),
    ("/users/new", Role::Admin),
    ("/settings", Role::Admin),
    ("/settings/texts/de", Role::Admin),
    ("/providers", Role::Admin),
    ("/providers/new", Role::Admin),
    ("/providers/new?type=twilio", Role::Admin),
    ("/audit", Role::Admin),
    ("/jobs", Role::Admin),
    ("/paging", Role::Admin),
    ("/profile", Role::Stakeholder),
    ("/api-keys", Role::Stakeholder),
];

/// Each form with the least role that may send it.
const FORMS: [(&str, Role); 30] = [
    ("/alerts/1/accept", Role::Responder),
    ("/alerts/1/comment", Role::Responder),
    ("/alerts/bulk", Role::Responder),
    ("/sources/new/api", Role::User),
    ("/sources/1/settings", Role::User),
    ("/sources/1/rotate-key", Role::User),
    ("/sources/1/watch-only", Role::User),
    ("/sources/1/go-live", Role::User),
    ("/sources/1/look", Role::User),
    ("/sources/1/webhooks", Role::User),
    ("/sources/1/remove-webhooks", Role::User),
    ("/policies/new", Role::User),
    ("/policies/1", Role::User),
    ("/alert-actions/nobody/test", Role::User),
    ("/support-hours/new", Role::User),
    ("/maintenance/new", Role::User),
    ("/accounts/new", Role::User),
    ("/users/new", Role::Admin),
    ("/users/1/delete", Role::Admin),
    ("/settings/email", Role::Admin),
    ("/settings/texts/de", Role::Admin),
    ("/settings/texts/de/preview", Role::Admin),
    ("/settings/retention", Role::Admin),
    ("/providers/new", Role::Admin),
    ("/providers/1", Role::Admin),
    ("/providers/1/move", Role::Admin),
    ("/providers/1/test", Role::Admin),
    ("/providers/1/delete", Role::Admin),
    ("/jobs/1/retry", Role::Admin),
    ("/paging/resume", Role::Admin),
];

both_databases! {
    async fn a_page_opens_for_those_who_may_and_for_nobody_else(app: TestApp) {
        let first = app.user("first").await;
        let source = app.source().escalating_to([level(&first, minutes(60))]).await;
        source.send(app, event("disk full")).await;
        first.expect_mail(app, "disk full").await;
        for role in Role::ALL {
            let person = app.user_of_role(&role.as_str().to_lowercase(), *role).await;
            let mut browser = Browser::of(app, &person).await;
            for (path, least) in PAGES {
                if path.ends_with("/stream") {
                    let answer = browser.request(reqwest::Method::GET, path).send().await.unwrap();
                    assert_eq!(answer.status().as_u16() == 200, *role >= least, "{role} {path}");
                    continue;
                }
                let answer = browser.get(path).await;
                assert_eq!(answer.status.as_u16(), if *role >= least { 200 } else { 403 }, "{role} {path}: {}", answer.text);
            }
            for (path, least) in FORMS {
                if *role < least {
                    browser.post(path, &[("name", "x")]).await.expect(403);
                }
            }
        }
    }

    async fn nobody_is_sent_to_the_login(app: TestApp) {
        app.user("ann").await;
        let mut browser = Browser::new(app);
        for (path, _) in PAGES {
            let answer = browser.get(path).await.expect(303);
            assert!(location(&answer).starts_with("/login?next="), "{path}: {}", location(&answer));
        }
        for (path, _) in FORMS {
            let answer = browser.post(path, &[]).await;
            assert!(matches!(answer.status.as_u16(), 303 | 403), "{path}: {}", answer.status);
        }
    }

    async fn contacts_are_their_owners_business(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let mut browser = Browser::of(app, &ann).await;
        let page = browser.get(&format!("/users/{}", bob.id)).await.expect(200);
        assert!(!page.text.contains("id=\"contacts\"") && page.text.contains("bob Example"), "{}", page.text);
        browser.post(&format!("/users/{}", bob.id), &[("name", "Eve"), ("email", "bob@example.com"), ("zone", "UTC")]).await.expect(403);
        browser.post(&format!("/users/{}/contacts", bob.id), &[("channel", "EMAIL"), ("address", "eve@example.com")]).await.expect(403);
        // A role is nobody's own to choose.
        let own = [("name", "Ann Lee"), ("email", "ann@example.com"), ("zone", "UTC"), ("role", "ADMIN")];
        browser.submit(&format!("/users/{}", ann.id), &own).await;
        let user = watchbell_store::users::get(&app.app.db, &app.scope(), ann.id).await.unwrap();
        assert_eq!((user.last_name.as_str(), user.role), ("Lee", Role::Responder));
    }
}
