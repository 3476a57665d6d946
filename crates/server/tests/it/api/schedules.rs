//! Schedules over the API: made, read back, changed from a moment on, deleted.

use serde_json::{Value, json};
use watchbell_core::user::Role;
use watchbell_testkit::http::Caller;
use watchbell_testkit::{TestApp, both_databases, minutes};

/// Somebody who may configure.
async fn configurer(app: &mut TestApp) -> Caller {
    let id = app.user_of_role("dev", Role::User).await.id;
    app.as_user(id).await
}

fn at(day: &str, time: &str) -> Value {
    json!({"dayOfWeek": day, "time": time})
}

/// Weekdays by Ann and Bob in turn, the weekend by Bob; the clock stands on Monday 2026-01-05, 08:00 UTC.
fn rota(ann: impl serde::Serialize, bob: impl serde::Serialize) -> Value {
    json!({"id": 0, "name": "Support", "timezone": "Europe/Berlin", "type": "RECURRING", "scheduleLayers": [
        {"name": "Weekdays", "startsOn": "2026-01-05T09:00", "users": [{"id": ann}, {"id": bob}, {"id": ann}], "rotation": "P1D"},
        {"name": "Weekend", "startsOn": "2026-01-02T17:00:00+01:00", "users": [{"id": bob}], "rotation": "P2W", "restrictionType": "TIMES_OF_WEEK",
         "restrictions": [{"from": at("FRIDAY", "17:00"), "to": at("MONDAY", "08:00")}]},
    ], "teams": []})
}

fn says(error: &Value, what: &str) {
    assert!(error["message"].as_str().unwrap().starts_with(what), "{what}: {error}");
}

both_databases! {
    async fn a_schedule_comes_back_as_it_went_in(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.id, app.user("bob").await.id);
        let caller = configurer(app).await;
        let team = caller.post("/api/teams", &json!({"name": "Desk"})).await.expect(201).json();
        let mut body = rota(ann, bob);
        body["teams"] = json!([{"id": team["id"]}]);
        body["owners"] = json!([{"id": ann}]);
        let made = caller.post("/api/schedules", &body).await.expect(201).json();
        let layers = &made["scheduleLayers"];
        assert_eq!(layers[0]["users"], json!([{"id": ann, "firstName": "ann", "lastName": "Example"}, {"id": bob, "firstName": "bob", "lastName": "Example"}, {"id": ann, "firstName": "ann", "lastName": "Example"}]));
        assert_eq!((&layers[0]["startsOn"], &layers[0]["rotation"], &layers[0]["restrictions"]), (&json!("2026-01-05T09:00"), &json!("P1D"), &json!([])));
        assert_eq!((&layers[1]["startsOn"], &layers[1]["rotation"]), (&json!("2026-01-02T17:00"), &json!("P2W")));
        assert_eq!(layers[1]["restrictions"], body["scheduleLayers"][1]["restrictions"]);
        assert_eq!((&made["teams"], &made["owners"][0]["id"], &made["version"]), (&json!([{"id": team["id"], "name": "Desk"}]), &json!(ann), &json!(1)));
        assert!(made["id"].as_i64().unwrap() > 0);

        let path = format!("/api/schedules/{}", made["id"]);
        let bare = caller.get(&path).await.expect(200).json();
        assert!(["scheduleLayers", "shifts", "currentShift", "nextShift"].iter().all(|field| bare.get(field).is_none()), "{bare}");
        let whole = caller.get(&format!("{path}?include=scheduleLayers&include=currentShift&include=nextShift&include=shifts&include=past")).await.expect(200).json();
        assert_eq!(whole["scheduleLayers"], made["scheduleLayers"]);
        let shift = |who: i64, start: &str, end: &str| {
            let name = if who == ann.0 { "ann" } else { "bob" };
            json!({"user": {"id": who, "firstName": name, "lastName": "Example"}, "start": start, "end": end})
        };
        assert_eq!(whole["currentShift"], shift(ann.0, "2026-01-05T08:00:00Z", "2026-01-06T08:00:00Z"));
        assert_eq!(whole["nextShift"], shift(bob.0, "2026-01-06T08:00:00Z", "2026-01-07T08:00:00Z"));
        assert_eq!(caller.get("/api/schedules/name/SUPPORT").await.expect(200).json(), bare);
        assert_eq!(caller.get("/api/schedules").await.expect(200).json(), json!([bare]));
        caller.get("/api/schedules?max-results=21").await.expect(400);
        caller.get("/api/schedules/name/other").await.expect(404);
        // What was read can be sent back: nothing changes but its count.
        let again = caller.put(&path, &whole).await.expect(200).json();
        assert_eq!((&again["scheduleLayers"], &again["version"]), (&made["scheduleLayers"], &json!(2)));
        caller.put(&path, &whole).await.expect(409);
        caller.delete(&path).await.expect(204);
        caller.get(&path).await.expect(404);
        caller.delete(&path).await.expect(404);
    }

    async fn an_edit_takes_effect_now_or_later_and_says_who_changes(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.id, app.user("bob").await.id);
        let caller = configurer(app).await;
        let team = caller.post("/api/teams", &json!({"name": "Desk"})).await.expect(201).json();
        let mut body = rota(ann, bob);
        body["teams"] = json!([{"id": team["id"]}]);
        let made = caller.post("/api/schedules", &body).await.expect(201).json();
        let path = format!("/api/schedules/{}", made["id"]);
        let only_bob = json!({"scheduleLayers": [{"name": "Weekdays", "startsOn": "2026-01-05T09:00", "users": [{"id": bob}], "rotation": "P1D"}], "effectiveFrom": "2026-01-07T12:00"});
        let changes = caller.post(&format!("{path}/preview?days=4"), &only_bob).await.expect(200).json();
        let first = &changes[0];
        assert_eq!((&first["start"], &first["before"]["id"], &first["after"]["id"]), (&json!("2026-01-07T11:00:00Z"), &json!(ann), &json!(bob)));
        caller.post(&format!("{path}/preview?days=401"), &only_bob).await.expect(400);
        assert_eq!(caller.get(&path).await.expect(200).json()["version"], 1, "nothing is saved");

        let edited = caller.put(&path, &only_bob).await.expect(200).json();
        assert_eq!((&edited["name"], &edited["timezone"], &edited["teams"][0]["id"]), (&json!("Support"), &json!("Europe/Berlin"), &team["id"]), "absence keeps");
        assert_eq!((&edited["scheduleLayers"], &edited["upcoming"][0]["effectiveFrom"]), (&made["scheduleLayers"], &json!("2026-01-07T11:00:00Z")));
        says(&caller.put(&path, &json!({"effectiveFrom": "2026-01-05T08:59"})).await.expect(400).json(), "effectiveFrom: ");
        let renamed = caller.put(&path, &json!({"name": "Help desk"})).await.expect(200).json();
        assert_eq!((&renamed["name"], &renamed["upcoming"]), (&json!("Help desk"), &edited["upcoming"]), "another name takes back no plan");

        app.app.clock.advance(minutes(3 * 24 * 60));
        let then = caller.get(&format!("{path}?include=scheduleLayers&include=currentShift")).await.expect(200).json();
        assert_eq!((then["scheduleLayers"].as_array().unwrap().len(), &then["currentShift"]["user"]["id"]), (1, &json!(bob)));
        assert_eq!(then.get("upcoming"), None);
        let past = caller.get(&format!("{path}/shifts?from=2026-01-05T09:00&until=2026-01-08T09:00")).await.expect(200).json();
        let people: Vec<_> = past.as_array().unwrap().iter().map(|shift| shift["user"]["id"].as_i64().unwrap()).collect();
        assert_eq!(people, [ann.0, bob.0, ann.0, bob.0], "what was stays as it was");
        let cleared = caller.put(&path, &json!({"teams": [], "timezone": "America/New_York"})).await.expect(200).json();
        assert_eq!((&cleared["teams"], &cleared["timezone"]), (&json!([]), &json!("America/New_York")));
    }

    async fn who_has_the_turn_may_keep_it(app: TestApp) {
        let (ann, bob, cid) = (app.user("ann").await.id, app.user("bob").await.id, app.user("cid").await.id);
        let caller = configurer(app).await;
        let layer = |users: &[watchbell_core::ids::UserId]| json!({"name": "Week", "startsOn": "2025-12-29T09:00", "users": users.iter().map(|id| json!({"id": id})).collect::<Vec<_>>(), "rotation": "P7D"});
        let body = json!({"name": "Week", "timezone": "UTC", "scheduleLayers": [layer(&[ann, bob])]});
        let made = caller.post("/api/schedules", &body).await.expect(201).json();
        let path = format!("/api/schedules/{}", made["id"]);
        let on_call = async |caller: &Caller| caller.get(&format!("{path}/user-on-call")).await.expect(200).json()["user"]["id"].clone();
        assert_eq!(on_call(&caller).await, json!(ann));
        caller.put(&path, &json!({"scheduleLayers": [layer(&[cid, ann, bob])], "keepCurrentUser": true})).await.expect(200);
        assert_eq!(on_call(&caller).await, json!(ann));
        caller.put(&path, &json!({"scheduleLayers": [layer(&[cid, ann, bob])]})).await.expect(200);
        assert_eq!(on_call(&caller).await, json!(cid), "ilert's clients get exactly the order that they send");
    }

    async fn shifts_are_entered_by_hand_in_a_static_schedule(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.id, app.user("bob").await.id);
        let caller = configurer(app).await;
        let shift = |who, start: &str, end: Option<&str>| json!({"user": {"id": who}, "start": start, "end": end});
        let body = json!({"name": "By hand", "timezone": "Europe/Berlin", "type": "STATIC", "defaultShiftDuration": "P1D", "showGaps": true, "shifts": [
            shift(bob, "2026-01-08T09:00", Some("2026-01-09T09:00")), shift(ann, "2026-01-06T09:00", None),
        ]});
        let refused = caller.post("/api/schedules?abort-on-gaps=true", &body).await.expect(400).json();
        says(&refused, "shifts: nobody is on call from 2026-01-07 09:00 until 2026-01-08 09:00");
        let made = caller.post("/api/schedules", &body).await.expect(201).json();
        assert_eq!((&made["type"], &made["defaultShiftDuration"], &made["showGaps"]), (&json!("STATIC"), &json!("P1D"), &json!(true)));
        assert_eq!((&made["shifts"][0]["start"], &made["shifts"][0]["end"]), (&json!("2026-01-06T08:00:00Z"), &json!("2026-01-07T08:00:00Z")));
        assert_eq!(made["shifts"].as_array().unwrap().len(), 2);
        let path = format!("/api/schedules/{}", made["id"]);
        caller.get(&format!("{path}/user-on-call")).await.expect(204);
        app.app.clock.advance(minutes(24 * 60));
        let now = caller.get(&format!("{path}/user-on-call")).await.expect(200).json();
        assert_eq!((&now["user"]["email"], &now["because"]), (&json!("ann@example.com"), &json!({"type": "SHIFT"})));
        let overlap = json!({"shifts": [shift(ann, "2026-01-10T09:00", None), shift(bob, "2026-01-10T12:00", None)]});
        says(&caller.put(&path, &overlap).await.expect(400).json(), "shifts[1]: ");
        let recurring = json!({"type": "RECURRING", "scheduleLayers": [{"startsOn": "2026-01-05T09:00", "users": [{"id": bob}], "rotation": "P1D"}]});
        let turned = caller.put(&path, &recurring).await.expect(200).json();
        assert_eq!((&turned["type"], turned.get("showGaps")), (&json!("RECURRING"), None), "the type can be changed");
        says(&caller.put(&path, &json!({"type": "STATIC", "shifts": [{"user": {"id": 987654}, "start": "2026-02-01T09:00"}]})).await.expect(400).json(), "shifts: user 987654");
    }

    async fn what_a_schedule_may_not_hold_is_named(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.id, app.user("bob").await.id);
        let caller = configurer(app).await;
        let layer = |more: Value| {
            let mut layer = json!({"name": "L", "startsOn": "2026-01-05T09:00", "users": [{"id": ann}], "rotation": "P1D"});
            layer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({"name": "x", "timezone": "UTC", "type": "RECURRING", "scheduleLayers": [layer]})
        };
        for (body, what) in [
            (json!({"name": "x", "timezone": "Mars/Olympus", "scheduleLayers": []}), "timezone: "),
            (json!({"timezone": "UTC", "scheduleLayers": []}), "name: "),
            (json!({"name": "x", "scheduleLayers": []}), "timezone: "),
            (json!({"name": "x", "timezone": "UTC"}), "type: "),
            (json!({"name": "x", "timezone": "UTC", "type": "WEEKLY"}), "type: "),
            (json!({"name": "x", "timezone": "UTC", "type": "RECURRING"}), "scheduleLayers: "),
            (layer(json!({"users": []})), "scheduleLayers[0].users: "),
            (layer(json!({"users": [{"id": 987654}]})), "scheduleLayers: user 987654"),
            (layer(json!({"rotation": "P0D"})), "scheduleLayers[0].rotation: "),
            (layer(json!({"rotation": "soon"})), "scheduleLayers[0].rotation: "),
            (layer(json!({"endsOn": "2026-01-05T08:00"})), "scheduleLayers[0].endsOn: "),
            (layer(json!({"restrictions": [{"from": at("FRIDAY", "17:00")}]})), "scheduleLayers[0].restrictions[0].to: "),
            (layer(json!({"restrictions": [{"from": at("FREITAG", "17:00"), "to": at("MONDAY", "08:00")}]})), "scheduleLayers[0].restrictions[0].from.dayOfWeek: "),
            (layer(json!({"attended": "the dispatchers watch the board"})), "scheduleLayers[0].users: "),
            (json!({"name": "x", "timezone": "UTC", "type": "STATIC", "shifts": [{"user": {"id": ann}, "start": "2026-01-06T09:00", "end": "2026-01-06T08:00"}]}), "shifts[0]: "),
            (json!({"name": "x", "timezone": "UTC", "type": "STATIC", "defaultShiftDuration": "P0D"}), "defaultShiftDuration: "),
            (json!({"name": "x", "timezone": "UTC", "scheduleLayers": [], "teams": [{"id": 987654}]}), "teams: team 987654"),
            (json!({"name": "x", "timezone": "UTC", "scheduleLayers": [], "calendar": {"id": 987654}}), "calendar: "),
            (json!({"name": "x", "timezone": "UTC", "scheduleLayers": [], "owners": vec![json!({"id": ann}); 26]}), "owners: "),
        ] {
            says(&caller.post("/api/schedules", &body).await.expect(400).json(), what);
        }
        let gaps = layer(json!({"restrictions": [{"from": at("MONDAY", "08:00"), "to": at("FRIDAY", "17:00")}]}));
        says(&caller.post("/api/schedules?abort-on-gaps=true", &gaps).await.expect(400).json(), "scheduleLayers: nobody is on call from");
        let made = caller.post("/api/schedules?abort-on-gaps=true", &rota(ann, bob)).await.expect(201).json();
        caller.post("/api/schedules", &rota(ann, bob)).await.expect(400);
        let path = format!("/api/schedules/{}/shifts", made["id"]);
        says(&caller.get(&format!("{path}?from=2026-01-01T00:00Z&until=2027-02-06T00:00Z")).await.expect(400).json(), "until: ");
        caller.get(&format!("{path}?from=2026-01-01T00:00Z&until=2027-02-05T00:00Z")).await.expect(200);
        says(&caller.get(&format!("{path}?from=2026-01-01&until=2026-01-01")).await.expect(400).json(), "until: ");
        says(&caller.get(&format!("{path}?from=tomorrow")).await.expect(400).json(), "from: ");
        caller.get("/api/schedules/987654/shifts").await.expect(404);
        caller.get("/api/schedules/987654/user-on-call").await.expect(404);
    }

    async fn an_attended_time_pages_nobody_and_is_no_gap(app: TestApp) {
        let ann = app.user("ann").await.id;
        let caller = configurer(app).await;
        let body = json!({"name": "Desk", "timezone": "UTC", "scheduleLayers": [
            {"name": "Always", "startsOn": "2026-01-01T00:00", "users": [{"id": ann}], "rotation": "P7D"},
            {"name": "Board", "startsOn": "2026-01-01T00:00", "users": [], "rotation": "P7D", "attended": "the dispatchers watch the board",
             "restrictions": [{"from": at("MONDAY", "08:00"), "to": at("MONDAY", "17:00")}]},
        ]});
        let made = caller.post("/api/schedules?abort-on-gaps=true", &body).await.expect(201).json();
        assert_eq!(made["scheduleLayers"][1]["attended"], "the dispatchers watch the board");
        let path = format!("/api/schedules/{}/user-on-call", made["id"]);
        caller.get(&path).await.expect(204);
        app.app.clock.advance(minutes(9 * 60));
        assert_eq!(caller.get(&path).await.expect(200).json()["user"]["id"], json!(ann));
    }

    async fn who_is_in_a_rota_leaves_it_to_somebody(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.id, app.user("bob").await.id);
        let caller = configurer(app).await;
        let boss = app.user_of_role("boss", Role::Admin).await.id;
        let boss = app.as_user(boss).await;
        let made = caller.post("/api/schedules", &rota(ann, bob)).await.expect(201).json();
        let refused = boss.delete(&format!("/api/users/{ann}")).await.expect(409).json();
        says(&refused, "ann Example is in the schedules \"Support\" (layer Weekdays)");
        boss.delete(&format!("/api/users/{ann}?replacement={ann}")).await.expect(400);
        boss.delete(&format!("/api/users/{ann}?replacement=987654")).await.expect(400);
        boss.delete(&format!("/api/users/{ann}?replacement={bob}")).await.expect(204);
        let now = caller.get(&format!("/api/schedules/{}/user-on-call", made["id"])).await.expect(200).json();
        assert_eq!(now["user"]["id"], json!(bob));
    }
}
