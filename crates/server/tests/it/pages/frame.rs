//! What every page has: headers, errors as pages, assets that never change, forms that prove where they come from.

use super::browser::{Browser, between};
use reqwest::Method;
use watchbell_core::user::Role;
use watchbell_store::users;
use watchbell_testkit::both_databases;

both_databases! {
    async fn pages_carry_the_headers_that_keep_others_out(app: TestApp) {
        let mut browser = Browser::new(app);
        app.user("ann").await;
        let page = browser.get("/login").await.expect(200);
        let header = |name: &str| page.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        assert!(header("content-security-policy").starts_with("default-src 'self'"));
        assert_eq!((header("x-frame-options").as_str(), header("referrer-policy").as_str()), ("DENY", "same-origin"));
        assert_eq!((header("x-content-type-options").as_str(), header("cache-control").as_str()), ("nosniff", "no-store"));
        assert!(!page.text.contains("<style") && !page.text.contains("onclick="), "{}", page.text);
    }

    async fn assets_never_change_and_are_asked_for_once(app: TestApp) {
        app.user("ann").await;
        let mut browser = Browser::new(app);
        let page = browser.get("/login").await.expect(200);
        let style = between(&page.text, "<link rel=\"stylesheet\" href=\"", "\"").unwrap().to_owned();
        let asset = browser.get(&style).await.expect(200);
        assert_eq!(asset.headers["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(asset.headers["content-type"], "text/css; charset=utf-8");
        let again = browser.request(Method::GET, &style).header("if-none-match", asset.headers["etag"].clone()).send().await.unwrap();
        assert_eq!(again.status().as_u16(), 304);
        browser.get("/assets/app.0000000000000000.css").await.expect(404);
        browser.get("/assets/../Cargo.toml").await.expect(404);
    }

    async fn errors_are_pages_for_people_and_json_for_programs(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        let missing = browser.get("/alerts/4711").await.expect(404);
        assert!(missing.text.contains("<h1>Alert 4711 does not exist</h1>") && missing.text.contains("class=\"nav\""), "{}", missing.text);
        let nowhere = Browser::new(app).get("/nowhere").await.expect(404);
        assert!(nowhere.text.contains("<!DOCTYPE html>") && !nowhere.text.contains("class=\"nav\""));
        let api = browser.get("/api/nowhere").await.expect(404);
        assert_eq!(api.json()["code"], "NOT_FOUND");
        let denied = browser.get("/audit").await.expect(403);
        assert!(denied.text.contains("This needs the role ADMIN or above"), "{}", denied.text);
        assert_eq!(browser.get("/alerts/not-a-number").await.status.as_u16(), 400);
    }

    async fn a_form_without_its_token_changes_nothing(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        let mut other = Browser::of(app, &ada).await;
        let fields = [("name", "Eve"), ("email", "eve@example.com"), ("role", "ADMIN"), ("password", "long enough password")];
        browser.post_as_it_is("/users/new", &fields).await.expect(403);
        let foreign: Vec<(&str, &str)> = fields.into_iter().chain([("csrf", other.csrf.as_str())]).collect();
        browser.post_as_it_is("/users/new", &foreign).await.expect(403);
        assert!(users::find_by_email(&app.app.db, &app.scope(), "eve@example.com").await.unwrap().is_none());
        // The session of an API request needs its token as well.
        let api = other.request(Method::POST, "/api/users").header("content-type", "application/json").body("{}").send().await.unwrap();
        assert_eq!(api.status().as_u16(), 403);
        other.post("/users/new", &fields).await.expect(303);
    }

    async fn what_was_done_is_said_once(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        let page = browser.submit("/settings/retention", &[("alerts_days", "90"), ("events_days", "14"), ("audit_days", "365")]).await;
        assert!(page.text.contains("Saved. What is older goes within the hour."));
        assert!(!browser.get("/settings").await.text.contains("What is older goes"));
    }

    async fn a_local_or_unencrypted_address_is_said_on_every_page(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        for path in ["/alerts", "/sources", "/settings", "/profile"] {
            let page = browser.get(path).await.expect(200);
            assert!(page.text.contains("tone-red") && page.text.contains("only this machine or network can reach"), "{path}");
        }
    }
}
