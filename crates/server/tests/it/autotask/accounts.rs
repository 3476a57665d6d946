//! Accounts and sources over the API: saving tests the credentials, names the fault, and saves all the same.

use super::tenant::start;
use reqwest::Method;
use serde_json::{Value, json};
use watchbell_core::autotask::{Preset, SourceRules, Treatment};
use watchbell_core::ids::SourceId;
use watchbell_core::user::Role;
use watchbell_sim::autotask::{Autotask, Config, Faults, TicketIn};
use watchbell_store::sources;
use watchbell_testkit::http::Caller;
use watchbell_testkit::{Person, TestApp, both_databases, seconds};

const WRONG: &str = "wr0ng-and-never-shown";

/// An administrator, who is told of refused accounts, and a policy that calls them.
async fn admin(app: &mut TestApp) -> (Caller, Value, Person) {
    let ada = app.user_of_role("ada", Role::Admin).await;
    let caller = app.as_user(ada.id).await;
    let body = json!({"name": "Ada", "escalationRules": [{"escalationTimeout": 60, "users": [{"id": ada.id}]}]});
    let policy = caller.post("/api/escalation-policies", &body).await.expect(201).json()["id"].clone();
    (caller, policy, ada)
}

fn credentials(sim: &Autotask) -> Value {
    let config = sim.with(|world| world.config.clone());
    json!({"userName": config.api_user, "secret": config.api_secret, "apiIntegrationCode": config.api_code, "webServer": sim.url()})
}

fn refused(sim: &Autotask) -> usize {
    sim.requests().iter().filter(|seen| seen.status == 401).count()
}

both_databases! {
    async fn saving_an_account_names_its_fault_and_saves_it(app: TestApp) {
        let (api, _, ada) = admin(app).await;
        let sim = start(app, Config::default()).await;
        let right = credentials(&sim);
        let with = |field: &str, value: &str| { let mut params = right.clone(); params[field] = json!(value); params };
        let faults = |change: fn(&mut Faults)| { let mut faults = Faults::default(); change(&mut faults); faults };
        let cases = [
            ("works", right.clone(), Faults::default(), "GREEN", ""),
            ("secret", with("secret", WRONG), Faults::default(), "RED", "refused the secret"),
            ("code", with("apiIntegrationCode", WRONG), faults(|faults| faults.bad_code_is_500 = true), "RED", "integration code"),
            ("user", with("userName", "nobody@msp.example"), Faults::default(), "RED", "No zone of Autotask knows the user name"),
            ("no api", with("webServer", &format!("{}/elsewhere", app.url)), Faults::default(), "RED", "zone"),
            ("limit", right.clone(), faults(|faults| faults.calls_of_others = 10_000), "YELLOW", "hourly request limit"),
            ("maintenance", right.clone(), faults(|faults| faults.maintenance = true), "YELLOW", "under maintenance"),
            ("permission", right.clone(), faults(|faults| faults.deny_reads = true), "YELLOW", "permission"),
            ("unreachable", with("webServer", "http://127.0.0.1:9"), Faults::default(), "YELLOW", "cannot be reached"),
        ];
        for (name, params, faults, state, says) in cases {
            sim.faults(|current| *current = faults);
            let made = api.post("/api/connectors", &json!({"name": name, "type": "autotask", "params": params})).await.expect(201);
            let account = made.json();
            assert_eq!(account["state"], state, "{name}: {account}");
            assert!(account["stateReason"].as_str().unwrap_or_default().contains(says), "{name}: {account}");
            assert!(!made.text.contains(WRONG), "{name}");
            let path = format!("/api/connectors/{}", account["id"].as_str().unwrap());
            assert_eq!(api.get(&path).await.expect(200).json(), account, "{name}: it is kept");
            // Mended, it works at once.
            sim.heal();
            let mended = api.put(&path, &json!({"name": name, "type": "autotask", "params": right})).await.expect(200).json();
            assert_eq!((&mended["state"], mended.get("stateReason")), (&json!("GREEN"), None), "{name}");
        }
        app.settle().await;
        for _ in 0..4 {
            ada.expect_mail(app, "does not work any more").await;
        }
    }

    async fn a_hanging_autotask_keeps_nobody_waiting_who_saves(app: TestApp) {
        let (api, ..) = admin(app).await;
        let sim = start(app, Config::default()).await;
        sim.faults(|faults| faults.hang = true);
        let made = api.post("/api/connectors", &json!({"name": "x", "type": "autotask", "params": credentials(&sim)})).await.expect(201).json();
        assert_eq!(made["state"], "YELLOW");
        assert!(made["stateReason"].as_str().unwrap().contains("no answer within 5 s"), "{made}");
    }

    async fn a_source_with_wrong_credentials_is_saved_asks_once_and_works_once_they_are_right(app: TestApp) {
        let (api, policy, ada) = admin(app).await;
        let sim = start(app, Config::default()).await;
        let mut metadata = credentials(&sim);
        metadata["secret"] = json!(WRONG);
        let body = |metadata: &Value| json!({"name": "Autotask", "integrationType": "AUTOTASK", "escalationPolicy": {"id": policy}, "autotaskMetadata": metadata});
        let made = api.post("/api/alert-sources", &body(&metadata)).await.expect(201);
        assert!(!made.text.contains(WRONG), "{}", made.text);
        let made = made.json();
        let account = &made["autotaskMetadata"];
        assert!(account["state"] == "RED" && account["stateReason"].as_str().unwrap().contains("refused the secret"), "{account}");
        app.advance(seconds(120)).await;
        assert_eq!(refused(&sim), 1, "the first refusal stops every use");
        ada.expect_mail(app, "does not work any more").await;

        let path = format!("/api/alert-sources/{}", made["id"]);
        let changed = api.put(&path, &body(&credentials(&sim))).await.expect(200).json();
        assert_eq!((&changed["autotaskMetadata"]["state"], changed["autotaskMetadata"].get("stateReason")), (&json!("GREEN"), None));
        app.settle().await;
        let polled = sources::get(&app.app.db, &app.scope(), SourceId(made["id"].as_i64().unwrap())).await.unwrap();
        assert!(polled.polled_at.is_some());
        assert_eq!(refused(&sim), 1);
    }

    async fn a_source_over_the_api_is_live_at_once_with_the_preset_that_it_names(app: TestApp) {
        let (api, policy, ada) = admin(app).await;
        let sim = start(app, Config::default()).await;
        let body = json!({"name": "Autotask", "integrationType": "AUTOTASK", "escalationPolicy": {"id": policy},
            "autotaskMetadata": credentials(&sim), "autotaskRules": {"preset": "after_hours_msp"}});
        let made = api.post("/api/alert-sources", &body).await.expect(201).json();
        sim.callout_to(made["integrationUrl"].as_str().unwrap());
        app.settle().await;
        let id = SourceId(made["id"].as_i64().unwrap());
        let stored = sources::get(&app.app.db, &app.scope(), id).await.unwrap();
        assert!(stored.polled_at.is_some(), "the baseline is read");
        let rules: SourceRules = serde_json::from_str(stored.rules.as_deref().unwrap()).unwrap();
        let treatments = [4, 1, 2, 3].map(|priority| rules.priorities.treatment(Some(priority)));
        assert_eq!(treatments, [Treatment::Page, Treatment::Page, Treatment::Quiet, Treatment::NoAlert]);
        assert_eq!((rules.preset, rules.statuses.rows.len()), (Preset::AfterHoursMsp, 21));
        app.app.clock.advance(seconds(1));
        let ticket = sim.create_ticket(TicketIn::new("Page").with("priority", 1)).unwrap();
        let path = format!("/api/v1/events/autotask/{}", made["integrationKey"].as_str().unwrap());
        app.http.send_bytes(Method::POST, &path, "application/x-www-form-urlencoded", format!("id={ticket}").into_bytes()).await.expect(202);
        app.settle().await;
        let alerts = api.get("/api/alerts").await.expect(200).json();
        assert_eq!((&alerts[0]["status"], &alerts[0]["priority"]), (&json!("PENDING"), &json!("HIGH")), "{alerts}");
        ada.expect_mail(app, "Page").await;
    }
}
