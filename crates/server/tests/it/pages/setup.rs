//! The first start.

use super::browser::{Browser, PASSWORD, between, location};
use watchbell_server::setup;
use watchbell_testkit::both_databases;

both_databases! {
    async fn a_stranger_without_the_token_makes_no_administrator(app: TestApp) {
        let url = setup::announce(&app.app).await.unwrap().unwrap();
        assert!(url.starts_with(&format!("{}/setup?token=", app.url)), "{url}");
        let mut browser = Browser::new(app);
        assert_eq!(location(&browser.get("/login").await.expect(303)), "/setup");
        let fields = |token| [("token", token), ("name", "Eve"), ("email", "eve@example.com"), ("password", PASSWORD)];
        for wrong in ["", "x", "0000000000000000000000000000000000000000000"] {
            let answer = browser.post("/setup/account", &fields(wrong)).await.expect(422);
            assert!(answer.text.contains("This token does not count"), "{wrong}");
        }
        assert!(!setup::is_over(&app.app).await.unwrap());
    }

    async fn every_node_prints_a_token_of_its_own_and_all_end_with_the_first_administrator(app: TestApp) {
        let first = setup::announce(&app.app).await.unwrap().unwrap();
        let second = setup::announce(&app.app).await.unwrap().unwrap();
        let token = |url: &str| url.split_once("token=").unwrap().1.to_owned();
        let (first, second) = (token(&first), token(&second));
        let mut browser = Browser::new(app);
        let form = [("token", first.as_str()), ("name", "Ada Admin"), ("email", "ada@example.com"), ("password", PASSWORD)];
        let short = [("token", first.as_str()), ("name", "Ada"), ("email", "ada@example.com"), ("password", "short")];
        assert!(browser.post("/setup/account", &short).await.expect(422).text.contains("10 to 256 characters"));
        assert_eq!(location(&browser.post("/setup/account", &form).await.expect(303)), "/setup/email");
        let again = [("token", second.as_str()), ("name", "Eve"), ("email", "eve@example.com"), ("password", PASSWORD)];
        assert_eq!(location(&Browser::new(app).post("/setup/account", &again).await.expect(303)), "/login");
        assert!(setup::announce(&app.app).await.unwrap().is_none());
    }

    async fn it_ends_with_a_mailbox_that_has_rung(app: TestApp) {
        let url = setup::announce(&app.app).await.unwrap().unwrap();
        let mut browser = Browser::new(app);
        let page = browser.get(url.strip_prefix(&app.url).unwrap()).await.expect(200);
        let token = between(&page.text, "name=\"token\" value=\"", "\"").unwrap().to_owned();
        let form = [("token", token.as_str()), ("name", "Ada Admin"), ("email", "ada@example.com"), ("password", PASSWORD)];
        browser.submit("/setup/account", &form).await;

        let port = app.smtp.addr().port().to_string();
        let mail = [("smtp_host", "127.0.0.1"), ("smtp_port", port.as_str()), ("smtp_security", "plain"), ("mail_from", "Bell <bell@example.com>")];
        browser.submit("/setup/email", &mail).await;
        let tested = browser.submit("/setup/email/test", &[("test_to", "ada@example.com")]).await;
        assert!(tested.text.contains("took the test for ada@example.com"), "{}", tested.text);
        app.expect_mail_to("ada@example.com", "").await;

        let page = browser.submit("/setup/contact", &[("channel", "EMAIL"), ("address", "ada@example.com")]).await;
        let action = between(&page.text, "action=\"/setup/contact/test", "\"").unwrap().to_owned();
        browser.submit(&format!("/setup/contact/test{action}"), &[]).await;
        app.settle().await;
        app.smtp.wait_for(|mail| mail.id == 2).await.unwrap();
        app.expect_mail_to("ada@example.com", "").await;
        let page = browser.submit(&format!("/setup/contact/rang{action}"), &[("rang", "yes")]).await;
        assert!(page.text.contains("/setup/done"), "{}", page.text);
        assert!(browser.get("/setup/done").await.expect(200).text.contains("It rang"));
        assert_eq!(location(&browser.get("/setup").await.expect(303)), "/alerts");
    }

    async fn the_address_of_the_set_up_is_closed_once_somebody_is_there(app: TestApp) {
        app.user("ann").await;
        let mut browser = Browser::new(app);
        assert_eq!(location(&browser.get("/setup").await.expect(303)), "/alerts");
        assert!(location(&browser.get("/setup/email").await.expect(303)).starts_with("/login"));
    }
}
