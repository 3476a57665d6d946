//! Contacts of every kind on pages: what is offered, how one is added, why one is not used; push to the browser; the installed page.

use super::browser::{Browser, between};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use watchbell_core::ids::{ConnectorId, UserId};
use watchbell_core::user::{Channel, ContactStatus};
use watchbell_store::connectors::{self, ConnectorIn};
use watchbell_store::contacts::{self, Contact};
use watchbell_store::preferences::{self, Collection};
use watchbell_store::{contact_tests, providers};
use watchbell_testkit::http::Answer;
use watchbell_testkit::{TestApp, both_databases};

/// An account that carries channels; nothing is sent through it.
async fn connect(app: &TestApp, kind: &str, params: serde_json::Value, channels: &[Channel]) {
    let (db, scope, now) = (&app.app.db, app.scope(), app.app.clock.now());
    let new = ConnectorIn { kind: kind.into(), name: kind.into(), params, sealed: None, owner: None };
    let id = ConnectorId(app.app.ids.uuid());
    connectors::create(db, &scope, id.clone(), new, now).await.unwrap();
    providers::set_channels(db, &scope, &id, channels, now).await.unwrap();
}

async fn twilio(app: &TestApp) {
    let params = json!({"smsFrom": "+4930123456", "voiceFrom": "+4930123457"});
    connect(app, "twilio", params, &[Channel::Sms, Channel::Voice]).await;
}

async fn last(app: &TestApp, user: UserId) -> Contact {
    contacts::list(&app.app.db, &app.scope(), user).await.unwrap().pop().unwrap()
}

fn keys() -> (String, String) {
    (URL_SAFE_NO_PAD.encode([4; 65]), URL_SAFE_NO_PAD.encode([7; 16]))
}

/// What the script of the page posts.
async fn subscribe(browser: &mut Browser, endpoint: &str, more: &[(&str, &str)]) -> Answer {
    let (p256dh, auth) = keys();
    let own = [("endpoint", endpoint), ("p256dh", p256dh.as_str()), ("auth", auth.as_str())];
    let all: Vec<(&str, &str)> = own.into_iter().chain(more.iter().copied()).collect();
    browser.post("/profile/push", &all).await
}

both_databases! {
    async fn a_number_is_offered_once_an_account_carries_it_and_kept_as_it_is_called(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        let page = browser.get("/profile").await.expect(200);
        assert!(page.text.contains("Phone calls, SMS and WhatsApp: no account that carries it is connected."), "{}", page.text);
        browser.get("/contacts.vcf").await.expect(404);
        twilio(app).await;
        let path = format!("/users/{}/contacts", ann.id);
        let add = |number: &'static str, region: &'static str| [("channel", "SMS"), ("address", number), ("region", region)];
        let refused = browser.post(&path, &add("0151 23456789", "")).await.expect(422);
        assert!(refused.text.contains("Begin with the country code, such as +49 30 123456."), "{}", refused.text);
        let page = browser.submit(&path, &add("0151 23456789", "de")).await;
        for words in ["+4915123456789", "never used for pages before it is verified", "Send a code by SMS", "Send a code by Phone call"] {
            assert!(page.text.contains(words), "{words} in {}", page.text);
        }
        assert!(!page.text.contains("by WhatsApp"), "no account carries it");
        assert!(!page.text.contains("Test by"), "its code is its test: {}", page.text);
        let phone = last(app, ann.id).await;
        assert_eq!((phone.target.as_str(), phone.region.as_deref(), phone.verified_at), ("+4915123456789", Some("DE"), None));

        let call = format!("{}:VOICE", phone.id);
        browser.submit(&format!("/users/{}/rules", ann.id), &[("for", "HIGH"), ("contact", &call), ("delay_min", "2")]).await;
        let rules = preferences::list(&app.app.db, &app.scope(), ann.id, Collection::Alerts).await.unwrap();
        assert_eq!(rules.last().unwrap().method, Channel::Voice);
        let refused = browser.post(&format!("{path}/{}/test", phone.id), &[("over", "VOICE")]).await.expect(422);
        assert!(refused.text.contains("This contact is not verified."), "{}", refused.text);
        app.tamper("UPDATE contact SET verified_at = created_at").await;
        assert!(browser.get("/profile").await.text.contains("Test by Phone call"));
        browser.submit(&format!("{path}/{}/test", phone.id), &[("over", "VOICE")]).await;
        let tests = contact_tests::of_user(&app.app.db, &app.scope(), ann.id).await.unwrap();
        assert_eq!(tests.last().unwrap().channel, Channel::Voice);
        let refused = browser.post(&format!("{path}/{}/test", phone.id), &[("over", "EMAIL")]).await.expect(422);
        assert!(refused.text.contains("can be sent to this contact by EMAIL"), "{}", refused.text);

        let card = browser.get("/contacts.vcf").await.expect(200);
        assert_eq!(card.headers["content-type"], "text/vcard; charset=utf-8");
        assert!(card.text.contains(":+4930123456\r\n") && card.text.contains(":+4930123457\r\n"), "{}", card.text);
        connect(app, "sms_gateway", json!({"from": "+4930123458"}), &[Channel::Sms]).await;
        assert!(browser.get("/contacts.vcf").await.expect(200).text.contains(":+4930123458\r\n"), "a gateway writes from a number too");
        Browser::new(app).get("/contacts.vcf").await.expect(303);
    }

    async fn what_is_refused_or_stopped_says_why_and_is_switched_on_again(app: TestApp) {
        twilio(app).await;
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        let base = format!("/users/{}/contacts", ann.id);
        browser.submit(&base, &[("channel", "SMS"), ("address", "+4915123456789")]).await;
        let phone = last(app, ann.id).await;
        contacts::stop_texts(&app.app.db, app.scope().org, &phone.target, Some(app.app.clock.now())).await.unwrap();
        let page = browser.get("/profile").await.expect(200);
        assert!(page.text.contains("Send START to the number that it came from") && page.text.contains("Calls still go there"), "{}", page.text);
        assert!(page.text.contains("verify it by a call") && !page.text.contains("Switch text messages on"), "{}", page.text);
        browser.post(&format!("{base}/{}/start-texts", phone.id), &[]).await.expect(400);
        assert!(last(app, ann.id).await.stopped_at.is_some(), "nobody proved that the number is theirs");
        app.tamper("UPDATE contact SET verified_at = created_at").await;
        let page = browser.submit(&format!("{base}/{}/start-texts", phone.id), &[]).await;
        assert!(!page.text.contains("Send START"), "{}", page.text);

        let mailbox = contacts::list(&app.app.db, &app.scope(), ann.id).await.unwrap().remove(0);
        contacts::refuse(&app.app.db, app.scope().org, &mailbox, "550 no such mailbox", app.app.clock.now()).await.unwrap();
        let page = browser.get("/profile").await.expect(200);
        assert!(page.text.contains("It pages nobody: 550 no such mailbox"), "{}", page.text);
        browser.submit(&format!("{base}/{}/switch-on", mailbox.id), &[]).await;
        let again = contacts::get(&app.app.db, &app.scope(), ann.id, mailbox.id).await.unwrap();
        assert_eq!((again.status, again.lock_reason), (ContactStatus::Ok, None));
        app.expect_any_mails();
    }

    async fn a_topic_of_ones_own_comes_with_a_code_for_the_camera(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        let page = browser.submit(&format!("/users/{}/contacts", ann.id), &[("channel", "NTFY"), ("server", "https://ntfy.example"), ("address", "")]).await;
        let link = between(&page.text, "href=\"ntfy://", "\"").unwrap().to_owned();
        assert!(link.starts_with("ntfy.example/watchbell-") && page.text.contains("<svg class=\"qr\""), "{link}");
        assert_eq!(last(app, ann.id).await.target, format!("https://{link}"));
    }

    async fn keys_and_tokens_are_checked_and_never_shown(app: TestApp) {
        connect(app, "pushover", json!({}), &[Channel::Pushover]).await;
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        let path = format!("/users/{}/contacts", ann.id);
        let (p256dh, auth) = keys();
        for form in [
            vec![("channel", "PUSHOVER"), ("address", "no key!")],
            vec![("channel", "GOTIFY"), ("address", "https://gotify.example"), ("token", "")],
            vec![("channel", "UNIFIED_PUSH"), ("address", "https://up.example/x"), ("p256dh", p256dh.as_str())],
            vec![("channel", "TELEGRAM"), ("address", "42")],
        ] {
            browser.post(&path, &form).await.expect(422);
        }
        let refused = browser.post(&path, &[("channel", "NTFY"), ("address", "no address"), ("token", "AsEcretToken")]).await.expect(422);
        assert!(refused.text.contains("Type the secrets again") && !refused.text.contains("AsEcretToken"), "{}", refused.text);
        let page = browser.submit(&path, &[("channel", "PUSHOVER"), ("address", "uQiRzpo4DXghDmr9QzzfQu27cmVRsG/phone")]).await;
        assert!(page.text.contains("uQiRzpo4DXghDmr9QzzfQu27cmVRsG/phone"), "{}", page.text);
        let page = browser.submit(&path, &[("channel", "GOTIFY"), ("address", "https://gotify.example/"), ("token", "AsEcretToken")]).await;
        assert!(page.text.contains("https://gotify.example") && !page.text.contains("AsEcretToken"), "{}", page.text);
        let page = browser.submit(&path, &[("channel", "UNIFIED_PUSH"), ("address", "https://up.example/capability"), ("p256dh", &p256dh), ("auth", &auth)]).await;
        assert!(page.text.contains("up.example") && !page.text.contains("capability"), "{}", page.text);
    }

    async fn a_bot_is_opened_by_a_link_of_ones_own(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        let page = browser.get("/profile/telegram").await.expect(200);
        assert!(page.text.contains("No bot is connected"), "{}", page.text);
        connect(app, "telegram", json!({"apiUrl": "http://127.0.0.1:9"}), &[Channel::Telegram]).await;
        let page = browser.get("/profile/telegram").await.expect(200);
        assert!(!page.text.contains("t.me"), "it has no token: {}", page.text);
        assert!(browser.get("/profile").await.text.contains("Connect Telegram"));
    }

    async fn this_browser_becomes_a_contact_and_follows_where_its_subscription_moves(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        let door = browser.get("/profile/push").await.expect(200).json();
        assert_eq!((door["key"].as_str(), door["csrf"].as_str()), (app.app.channels.vapid_public_key().as_deref(), Some(browser.csrf.as_str())));
        let (one, two) = ("https://push.example/send/one", "https://push.example/send/two");
        browser.post_as_it_is("/profile/push", &[("endpoint", one)]).await.expect(403);
        let short = browser.post("/profile/push", &[("endpoint", one), ("p256dh", "AAAA"), ("auth", "AAAA")]).await;
        assert_eq!(short.status, 400, "{}", short.text);
        assert_eq!(subscribe(&mut browser, one, &[("sync", "on")]).await.json()["known"], false, "nobody asked for it");
        assert_eq!(subscribe(&mut browser, one, &[("rule", "on")]).await.json()["known"], true);
        let contact = last(app, ann.id).await;
        assert!(contact.channel == Channel::WebPush && contact.verified_at.is_some() && contact.label.is_some());
        let rules = preferences::list(&app.app.db, &app.scope(), ann.id, Collection::Alerts).await.unwrap();
        assert!(rules.iter().any(|rule| rule.contact == contact.id && rule.method == Channel::WebPush));
        let page = browser.get("/profile").await.expect(200);
        assert!(page.text.contains("push.example") && !page.text.contains("send/one"), "{}", page.text);
        let whose = format!("data-user=\"{}\"", ann.id);
        assert!(page.text.contains(&whose) && browser.get("/alerts").await.text.contains(&whose), "what a browser keeps is one person's");

        assert_eq!(subscribe(&mut browser, two, &[("sync", "on"), ("previous", one)]).await.json()["known"], true);
        let moved = last(app, ann.id).await;
        assert_eq!((moved.id, moved.target.as_str()), (contact.id, two));
        contacts::refuse(&app.app.db, app.scope().org, &moved, "410", app.app.clock.now()).await.unwrap();
        assert_eq!(subscribe(&mut browser, two, &[("sync", "on")]).await.json()["known"], false, "it is refused until its owner asks again");
        assert_eq!(subscribe(&mut browser, two, &[]).await.json()["known"], true);
        assert_eq!(last(app, ann.id).await.status, ContactStatus::Ok);
        browser.post("/profile/push", &[("endpoint", two), ("off", "on")]).await.expect(200);
        assert_ne!(last(app, ann.id).await.id, contact.id);
        assert_eq!(subscribe(&mut browser, two, &[("sync", "on")]).await.json()["known"], false, "a browser does not bring itself back");
        app.settle().await;
        app.expect_any_mails();
    }

    async fn a_policy_that_only_reaches_browsers_says_so(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        for rule in preferences::list(&app.app.db, &app.scope(), ann.id, Collection::Alerts).await.unwrap() {
            preferences::delete(&app.app.db, &app.scope(), ann.id, Collection::Alerts, rule.id, app.app.clock.now()).await.unwrap();
        }
        subscribe(&mut browser, "https://push.example/send/one", &[("rule", "on")]).await.expect(200);
        let dev = app.user_of_role("dev", watchbell_core::user::Role::User).await.id;
        let body = json!({"name": "Browsers", "escalationRules": [{"escalationTimeout": 5, "users": [{"id": ann.id}]}]});
        let policy = app.as_user(dev).await.post("/api/escalation-policies", &body).await.expect(201).json()["id"].clone();
        let page = browser.get(&format!("/policies/{policy}")).await.expect(200);
        assert!(page.text.contains("Only push to browsers reaches these people"), "{}", page.text);
        assert!(browser.get("/policies").await.text.contains("Only push to browsers reaches its people"));
    }

    async fn the_page_can_be_installed_and_its_worker_answers_no_requests(app: TestApp) {
        app.user("ann").await;
        let mut browser = Browser::new(app);
        let worker = browser.get("/sw.js").await.expect(200);
        assert_eq!((&worker.headers["content-type"], &worker.headers["cache-control"]), (&"text/javascript; charset=utf-8".parse().unwrap(), &"no-cache".parse().unwrap()));
        assert!(!worker.text.contains("'fetch'") && worker.headers.contains_key("content-security-policy"));
        let manifest = browser.get("/manifest.webmanifest").await.expect(200);
        assert_eq!(manifest.headers["content-type"], "application/manifest+json");
        for icon in manifest.json()["icons"].as_array().unwrap() {
            let answer = browser.request(reqwest::Method::GET, icon["src"].as_str().unwrap()).send().await.unwrap();
            assert_eq!((answer.status().as_u16(), &answer.headers()["content-type"]), (200, &"image/png".parse().unwrap()));
        }
        let icon = browser.request(reqwest::Method::GET, "/icons/badge.png").send().await.unwrap();
        assert_eq!(icon.status(), 200);
        browser.get("/icons/../app.css").await.expect(404);
        let head = browser.get("/login").await.expect(200);
        assert!(head.text.contains("rel=\"manifest\""), "{}", head.text);
    }
}
