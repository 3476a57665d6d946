//! Logging in and out.

use super::browser::{Browser, PASSWORD, location, set_password};
use reqwest::Method;
use watchbell_testkit::{both_databases, seconds};

both_databases! {
    async fn the_front_door_leads_to_the_login_and_back_to_where_one_wanted(app: TestApp) {
        let ann = app.user("ann").await;
        set_password(app, ann.id).await;
        let mut browser = Browser::new(app);
        let answer = browser.get("/alerts?state=ACCEPTED&q=a%20b").await.expect(303);
        assert_eq!(location(&answer), "/login?next=/alerts%3Fstate%3DACCEPTED%26q%3Da%2520b");
        let page = browser.get(&location(&answer)).await.expect(200);
        assert!(page.text.contains(r#"name="next" value="/alerts?state=ACCEPTED&amp;q=a%20b""#), "{}", page.text);
        let fields = [("email", "ANN@example.com"), ("password", PASSWORD), ("next", "/alerts?state=ACCEPTED&q=a%20b")];
        assert_eq!(location(&browser.post("/login", &fields).await.expect(303)), "/alerts?state=ACCEPTED&q=a%20b");
        browser.get("/alerts").await.expect(200);
        for foreign in ["https://evil.example", "//evil.example", "/\\evil.example"] {
            let fields = [("email", "ann@example.com"), ("password", PASSWORD), ("next", foreign)];
            assert_eq!(location(&browser.post("/login", &fields).await.expect(303)), "/alerts", "{foreign}");
        }
    }

    async fn the_cookie_is_closed_to_scripts_and_logging_out_ends_it(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        let old = browser.clone();
        let answer = browser.post("/logout", &[]).await.expect(303);
        let cookie = answer.headers.get("set-cookie").unwrap().to_str().unwrap().to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Max-Age=0"), "{cookie}");
        let stolen = old.request(Method::GET, "/alerts").send().await.unwrap();
        assert_eq!(stolen.status().as_u16(), 303);
    }

    async fn guessing_is_slowed_down_and_nobody_learns_who_has_an_account(app: TestApp) {
        let ann = app.user("ann").await;
        set_password(app, ann.id).await;
        let mut browser = Browser::new(app);
        let mut guess = async |email: &str, password: &str| {
            let answer = browser.post("/login", &[("email", email), ("password", password)]).await;
            (answer.status.as_u16(), answer.text.contains("The e-mail address or the password is wrong."))
        };
        assert_eq!(guess("ann@example.com", "wrong").await, (422, true));
        assert_eq!(guess("nobody@example.com", "wrong").await, (422, true));
        for _ in 0..5 {
            guess("ann@example.com", "wrong").await;
        }
        assert_eq!(guess("ann@example.com", PASSWORD).await.0, 429);
        app.advance(seconds(3_601)).await;
        assert_eq!(guess("ann@example.com", PASSWORD).await.0, 303);
    }

    async fn a_form_of_another_site_is_refused(app: TestApp) {
        let ann = app.user("ann").await;
        set_password(app, ann.id).await;
        let body = format!("email=ann%40example.com&password={}", PASSWORD.replace(' ', "+"));
        let from = |origin: &str| {
            let request = Browser::new(app).request(Method::POST, "/login").header("origin", origin.to_owned());
            request.header("content-type", "application/x-www-form-urlencoded").body(body.clone()).send()
        };
        assert_eq!(from("https://evil.example").await.unwrap().status().as_u16(), 403);
        assert_eq!(from("null").await.unwrap().status().as_u16(), 403);
        assert_eq!(from(&app.url.clone()).await.unwrap().status().as_u16(), 303);
    }
}
