//! Settings, Providers: accounts that carry messages, against their stand-ins.

use super::browser::{Browser, location};
use watchbell_core::ids::{ConnectorId, UserId};
use watchbell_core::user::{Channel, Role};
use watchbell_sim::hook::{Hook, HookSimConfig};
use watchbell_sim::phone::{Exchange, PhoneFaults, PhoneSimConfig, Provider, TwilioAccount};
use watchbell_sim::pushover::{Pushover, PushoverSimConfig, TOKEN};
use watchbell_store::connectors::{self, Connector, ConnectorIn, ConnectorState, SEALED};
use watchbell_store::contacts::{self, ContactIn};
use watchbell_store::preferences::{self, Collection, HIGH_PRIORITY, PreferenceIn};
use watchbell_store::providers;
use watchbell_store::seal::Sealer;
use watchbell_testkit::{TestApp, both_databases, event, level, minutes};

/// A form of Pushover.
fn pushover<'a>(url: &'a str, token: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("type", "pushover"), ("name", "Loud phones"), ("channel", "PUSHOVER"), ("token", token), ("apiUrl", url)]
}

/// A form of a gateway.
fn gateway<'a>(name: &'a str, url: &'a str) -> Vec<(&'a str, &'a str)> {
    let body = ("body", "to={to}&text={text}");
    vec![("type", "sms_gateway"), ("name", name), ("channel", "SMS"), ("url", url), body]
}

/// The id in the address of an account's page.
fn id_of(path: &str) -> ConnectorId {
    ConnectorId(path.rsplit('/').next().unwrap().to_owned())
}

/// Makes an account and returns the address of its page.
async fn make(browser: &mut Browser, form: &[(&str, &str)]) -> String {
    browser.get("/providers/new").await.expect(200);
    location(&browser.post("/providers/new", form).await.expect(303))
}

async fn state(app: &TestApp, path: &str) -> ConnectorState {
    connectors::get(&app.app.db, &app.scope(), &id_of(path)).await.unwrap().state
}

/// The secrets of an account as another key sealed them.
async fn seal_otherwise(app: &TestApp, id: &ConnectorId) {
    let other = Sealer::new([9; 32]).seal(SEALED, b"{}", &app.app.ids.fresh()).unwrap();
    let kept = connectors::get(&app.app.db, &app.scope(), id).await.unwrap();
    let Connector { kind, name, params, owner, .. } = kept;
    let new = ConnectorIn { kind, name, params, sealed: Some(other), owner };
    connectors::update(&app.app.db, &app.scope(), id, new, app.app.clock.now()).await.unwrap();
}

const PHONE: &str = "+4915112345678";

/// Somebody is paged by a text message as well.
async fn reach_by_sms(app: &TestApp, user: UserId) {
    let (db, scope, now) = (&app.app.db, app.scope(), app.app.clock.now());
    let new = ContactIn {
        channel: Channel::Sms,
        target: PHONE.into(),
        region: None,
        primary: false,
        label: None,
        sealed: None,
        vouched: true,
    };
    let contact = contacts::create(db, &scope, user, new, now).await.unwrap().id;
    let rule = PreferenceIn {
        collection: Collection::Alerts,
        method: Channel::Sms,
        contact,
        kind: HIGH_PRIORITY.into(),
        delay_s: 0,
    };
    preferences::create(db, &scope, user, rule, now).await.unwrap();
}

both_databases! {
    async fn an_account_is_connected_tested_changed_and_deleted(app: TestApp) {
        let service = Pushover::start(PushoverSimConfig::default()).await.unwrap();
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        assert_eq!(browser.get("/providers").await.expect(200).text.matches("No account carries it").count(), 5);
        assert!(browser.get("/settings").await.text.contains("href=\"/providers\""));
        assert!(browser.get("/providers/new").await.expect(200).text.contains("/providers/new?type=pushover"));
        let form = browser.get("/providers/new?type=pushover").await.expect(200);
        assert!(form.text.contains("name=\"retrySeconds\"") && form.text.contains("value=\"PUSHOVER\" checked"), "{}", form.text);

        let path = make(&mut browser, &pushover(&service.url(), TOKEN)).await;
        let page = browser.get(&path).await.expect(200);
        assert!(page.text.contains("Saved. Pushover lets us in.") && page.text.contains("Kept; enter a new one to replace it."), "{}", page.text);
        assert_eq!(state(app, &path).await, ConnectorState::Green);

        // What is not typed stays; what is typed is tried, and kept all the same.
        let url = service.url();
        let changed = browser.submit(&path, &[&pushover(&url, "")[..], &[("retrySeconds", "60")]].concat()).await;
        assert!(changed.text.contains("lets us in") && changed.text.contains("name=\"retrySeconds\" value=\"60\""), "{}", changed.text);
        let wrong = "aforgottentoken000000000000000";
        let refused = browser.submit(&path, &pushover(&url, wrong)).await;
        assert!(refused.text.contains("Saved, but it does not work yet") && refused.text.contains("tone-red"), "{}", refused.text);
        assert_eq!(state(app, &path).await, ConnectorState::Red);
        let health = browser.get("/health").await.expect(200);
        assert!(health.text.contains("Accounts that carry messages") && health.text.contains("Loud phones"), "{}", health.text);
        assert!(browser.get("/providers").await.text.contains("Refused"));
        let tested = browser.submit(&format!("{path}/test"), &[]).await;
        assert!(tested.text.contains("Tested, and it does not work"), "{}", tested.text);
        for place in ["/providers", "/health", "/accounts", "/audit", path.as_str()] {
            let text = browser.get(place).await.expect(200).text;
            assert!(!text.contains(TOKEN) && !text.contains(wrong), "{place}: {text}");
        }
        browser.submit(&path, &pushover(&url, TOKEN)).await;
        assert!(browser.submit(&format!("{path}/test"), &[]).await.text.contains("Tested. Pushover lets us in."));
        assert!(!browser.get("/health").await.text.contains("Loud phones"));

        // The page of other accounts does not list it, leads here, and changes none of these.
        assert!(!browser.get("/accounts").await.text.contains("Loud phones"));
        let account = path.replace("providers", "accounts");
        assert_eq!(location(&browser.get(&account).await.expect(303)), path);
        browser.post(&format!("{account}/delete"), &[("confirmed", "on")]).await.expect(404);

        let asked = browser.post(&format!("{path}/delete"), &[]).await.expect(422);
        assert!(asked.text.contains("Nobody carries Pushover then"), "{}", asked.text);
        let gone = browser.submit(&format!("{path}/delete"), &[("confirmed", "on")]).await;
        assert!(gone.text.contains("Nobody carries Pushover now."), "{}", gone.text);
        browser.get(&path).await.expect(404);
    }

    async fn what_was_typed_is_kept_and_secrets_are_not_sent_back(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        browser.get("/providers/new?type=twilio").await.expect(200);
        let form = [
            ("type", "twilio"), ("name", "Night <calls>"), ("channel", "SMS"), ("channel", "WHATSAPP"), ("accountSid", "AC12"),
            ("authToken", "hush-hush-hush"), ("smsFrom", "+4930123456"), ("ringSeconds", "3"),
        ];
        let page = browser.post("/providers/new", &form).await.expect(422);
        for kept in ["Night &lt;calls&gt;", "value=\"+4930123456\"", "value=\"AC12\"", "accountSid-error", "value=\"WHATSAPP\" checked", "Type the secrets again"] {
            assert!(page.text.contains(kept), "{kept}: {}", page.text);
        }
        assert!(!page.text.contains("hush-hush"), "{}", page.text);
        // A private key has several lines, and is as secret.
        browser.get("/providers/new?type=vonage").await.expect(200);
        let form = [
            ("type", "vonage"), ("name", "V"), ("channel", "SMS"), ("apiKey", "57414b45"), ("apiSecret", "hush-1"), ("signatureSecret", "hush-2"),
            ("applicationId", "57414b45-0000-4000-8000-000000000001"), ("privateKey", "-----BEGIN hush-3"), ("smsFrom", "Watchbell"),
        ];
        let page = browser.post("/providers/new", &form).await.expect(422);
        assert!(page.text.contains("privateKey-error") && !page.text.contains("hush"), "{}", page.text);
        for (form, error) in [
            (vec![("type", "telegram"), ("name", "")], "name-error"),
            (vec![("type", "telegram"), ("name", "T"), ("botToken", "123456:ABCDEFGHIJKL")], "at least one is required"),
            (vec![("type", "telegram"), ("name", "T"), ("channel", "SMS"), ("botToken", "123456:ABCDEFGHIJKL")], "Telegram does not carry SMS"),
            (vec![("type", "telegram"), ("name", "T"), ("channel", "TELEGRAM")], "botToken-error"),
            (vec![("type", "pigeon"), ("name", "T")], "New account"),
        ] {
            let page = browser.post("/providers/new", &form).await.expect(422);
            let text = page.text.to_lowercase();
            assert!(text.contains(&error.to_lowercase()) && !text.contains("abcdefghijkl"), "{form:?}: {}", page.text);
        }
        assert!(connectors::list(&app.app.db, &app.scope(), watchbell_store::Page::first(10)).await.unwrap().is_empty());
    }

    async fn accounts_of_a_channel_are_put_into_an_order(app: TestApp) {
        let (one, other) = (Hook::start(HookSimConfig::default()).await.unwrap(), Hook::start(HookSimConfig::default()).await.unwrap());
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        let first = make(&mut browser, &gateway("Modem", &one.url())).await;
        let second = make(&mut browser, &gateway("Spare modem", &other.url())).await;
        let order = async |app: &TestApp| {
            let carriers = providers::of_channel(&app.app.db, &app.scope(), Channel::Sms).await.unwrap();
            carriers.into_iter().map(|carrier| carrier.connector).collect::<Vec<_>>()
        };
        assert_eq!(order(app).await, [id_of(&first), id_of(&second)]);
        let page = browser.submit(&format!("{second}/move"), &[("channel", "SMS"), ("to", "up")]).await;
        assert!(page.text.find("Spare modem") < page.text.find("\">Modem<"), "{}", page.text);
        assert_eq!(order(app).await, [id_of(&second), id_of(&first)]);
        // The first cannot go higher; nonsense is refused.
        browser.submit(&format!("{second}/move"), &[("channel", "SMS"), ("to", "up")]).await;
        assert_eq!(order(app).await, [id_of(&second), id_of(&first)]);
        browser.post(&format!("{second}/move"), &[("channel", "VOICE"), ("to", "up")]).await.expect(404);
        browser.post(&format!("{second}/move"), &[("channel", "SMS"), ("to", "left")]).await.expect(400);
        browser.post("/providers/nobody/move", &[("channel", "SMS"), ("to", "up")]).await.expect(404);
        let page = browser.submit(&format!("{second}/delete"), &[("confirmed", "on")]).await;
        assert!(!page.text.contains("Nobody carries"), "the other one does: {}", page.text);
    }

    async fn a_kept_secret_does_not_travel_to_another_server(app: TestApp) {
        let (own, evil) = (Hook::start(HookSimConfig::default()).await.unwrap(), Hook::start(HookSimConfig::default()).await.unwrap());
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        let secrets = [("authHeader", "X-Api-Key: hush-hush"), ("inboundToken", "sixteen-letters-and-more")];
        let path = make(&mut browser, &[&gateway("Modem", &own.url())[..], &secrets].concat()).await;
        let page = browser.get(&path).await.expect(200);
        assert_eq!(page.text.matches("Kept; enter a new one").count(), 2, "{}", page.text);
        let hook = format!("{}/api/v1/providers/{}/message", app.url, id_of(&path));
        assert!(page.text.contains(&hook), "{hook}: {}", page.text);

        let refused = browser.post(&path, &gateway("Modem", &evil.url())).await.expect(422);
        assert!(refused.text.contains("authHeader-error") && !refused.text.contains("hush"), "{}", refused.text);
        // Another page of the same server is no other server; what is not needed any more is erased.
        let elsewhere = format!("{}/other", own.url());
        let page = browser.submit(&path, &[&gateway("Modem", &elsewhere)[..], &[("forget", "authHeader"), ("forget", "inboundToken")]].concat()).await;
        assert!(!page.text.contains("Kept; enter a new one"), "{}", page.text);
        let page = browser.submit(&path, &gateway("Modem", &evil.url())).await;
        assert!(page.text.contains("Saved."), "{}", page.text);
    }

    async fn an_account_whose_secrets_cannot_be_opened_is_mended_by_entering_them_again(app: TestApp) {
        let service = Pushover::start(PushoverSimConfig::default()).await.unwrap();
        let (ada, url) = (app.user_of_role("ada", Role::Admin).await, service.url());
        let mut browser = Browser::of(app, &ada).await;
        let path = make(&mut browser, &pushover(&url, TOKEN)).await;
        seal_otherwise(app, &id_of(&path)).await;

        let tested = browser.submit(&format!("{path}/test"), &[]).await;
        assert!(tested.text.contains("Tested, and it does not work"), "{}", tested.text);
        assert_eq!(state(app, &path).await, ConnectorState::Red);
        assert!(!tested.text.contains("Kept; enter a new one"), "{}", tested.text);
        let refused = browser.post(&path, &[&pushover(&url, "")[..], &[("retrySeconds", "60")]].concat()).await.expect(422);
        assert!(refused.text.contains("token-error") && refused.text.contains("value=\"60\""), "{}", refused.text);
        let mended = browser.submit(&path, &pushover(&url, TOKEN)).await;
        assert!(mended.text.contains("Saved. Pushover lets us in."), "{}", mended.text);
        assert_eq!(state(app, &path).await, ConnectorState::Green);

        // One that needs no secret works without those that it had.
        let hook = Hook::start(HookSimConfig::default()).await.unwrap();
        let open = make(&mut browser, &[&gateway("Modem", &hook.url())[..], &[("authHeader", "X-Api-Key: hush-hush")]].concat()).await;
        seal_otherwise(app, &id_of(&open)).await;
        browser.submit(&open, &gateway("Modem", &hook.url())).await;
        assert!(browser.submit(&format!("{open}/test"), &[]).await.text.contains("Tested. "));
    }

    async fn who_cannot_be_called_back_is_told_so(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        for (kind, says) in [
            ("twilio", "replies cannot come in"),
            ("vonage", "replies cannot come in"),
            ("sms_gateway", "only where the gateway reaches it"),
            ("telegram", "does no harm here"),
            ("pushover", "known a little later"),
        ] {
            let page = browser.get(&format!("/providers/new?type={kind}")).await.expect(200);
            assert!(page.text.contains(says), "{kind}: {}", page.text);
        }
    }

    async fn what_became_of_messages_is_told(app: TestApp) {
        let (broken, spare) = (Exchange::start(PhoneSimConfig::default()).await.unwrap(), Exchange::start(PhoneSimConfig::default()).await.unwrap());
        let (ada, ann) = (app.user_of_role("ada", Role::Admin).await, app.user("ann").await);
        let mut browser = Browser::of(app, &ada).await;
        reach_by_sms(app, ann.id).await;
        assert!(browser.get("/providers").await.text.contains("1 person has rules that name it"));
        let (one, other) = (format!("{}/gateway/send", broken.url()), format!("{}/gateway/send", spare.url()));
        let modem = make(&mut browser, &gateway("Modem", &one)).await;
        make(&mut browser, &gateway("Spare modem", &other)).await;
        broken.faults(Provider::Gateway, PhoneFaults { status: Some(503), ..PhoneFaults::default() });

        let source = app.source().escalating_to([level(&ann, minutes(15))]).await;
        source.send(app, event("disk full")).await;
        ann.expect_mail(app, "disk full").await;
        spare.phone(PHONE).wait_for_sms(|text| text.text.contains("disk full")).await.unwrap();
        assert_eq!(state(app, &modem).await, ConnectorState::Yellow);
        let page = browser.get("/providers").await.expect(200).text;
        for told in ["In trouble", "answered 503", "last error", "has carried nothing yet", "last success", "1 message in the last hour", "nothing waits"] {
            assert!(page.contains(told), "{told}: {page}");
        }
        let health = browser.get("/health").await.text;
        assert!(health.contains("Modem") && !health.contains("Spare modem"), "{health}");
    }

    async fn twilio_is_logged_in_to_and_says_what_is_to_be_pasted(app: TestApp) {
        let twilio = TwilioAccount { account_sid: "AC5747414e44494e000000000000000001".into(), ..TwilioAccount::default() };
        let (sid, token) = (twilio.account_sid.clone(), twilio.auth_token.clone());
        let exchange = Exchange::start(PhoneSimConfig { twilio, ..PhoneSimConfig::default() }).await.unwrap();
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        let url = exchange.url();
        let form = |token| {
            [("type", "twilio"), ("name", "Night calls"), ("channel", "SMS"), ("channel", "VOICE"), ("accountSid", sid.as_str()),
                ("authToken", token), ("smsFrom", "+4930123456"), ("voiceFrom", "+4930123456"), ("apiUrl", url.as_str())]
        };
        let path = make(&mut browser, &form("not-the-token")).await;
        let page = browser.get(&path).await.expect(200).text;
        assert!(page.contains("Saved, but it does not work yet") && page.contains("Nobody carries SMS and Phone call then"), "{page}");
        let page = browser.submit(&path, &form(token.as_str())).await.text;
        assert!(page.contains("Saved. Twilio lets us in.") && page.contains(&format!("{}/api/v1/providers/{}/message", app.url, id_of(&path))), "{page}");
        assert!(!page.contains(&token) && !page.contains("not-the-token"), "{page}");
    }
}
