//! Cover requests: asked, answered, told. The cases SWAP-04 to SWAP-07 of the acceptance table are here: with one person on call at
//! each instant, of SWAP-06 the replaced part counts.

use serde_json::{Value, json};
use watchbell_core::ids::UserId;
use watchbell_core::user::Role;
use watchbell_testkit::http::Caller;
use watchbell_testkit::people::Person;
use watchbell_testkit::{TestApp, both_databases, minutes};

struct Rota {
    schedule: i64,
    ann: Person,
    bob: Person,
    cid: Person,
    anns: Caller,
    bobs: Caller,
    cids: Caller,
}

/// Ann is on call from 12:00 to 15:00 each day, Cid at other times. The clock stands on Monday 2026-01-05, 08:00 UTC.
async fn rota(app: &mut TestApp) -> Rota {
    let (ann, bob, cid) = (app.user("ann").await, app.user("bob").await, app.user("cid").await);
    let dev = app.user_of_role("dev", Role::User).await.id;
    let caller = app.as_user(dev).await;
    let days = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];
    let window =
        |day: &&str| json!({"from": {"dayOfWeek": day, "time": "12:00"}, "to": {"dayOfWeek": day, "time": "15:00"}});
    let body = json!({"name": "Support", "timezone": "UTC", "scheduleLayers": [
        {"name": "Rest", "startsOn": "2026-01-01T00:00", "users": [{"id": cid.id}], "rotation": "P1M"},
        {"name": "Noon", "startsOn": "2026-01-01T00:00", "users": [{"id": ann.id}], "rotation": "P1M", "restrictions": days.iter().map(window).collect::<Vec<_>>()},
    ]});
    let schedule = caller.post("/api/schedules", &body).await.expect(201).json()["id"].as_i64().unwrap();
    let (anns, bobs, cids) = (app.as_user(ann.id).await, app.as_user(bob.id).await, app.as_user(cid.id).await);
    Rota { schedule, ann, bob, cid, anns, bobs, cids }
}

impl Rota {
    fn ask(&self, start: &str, end: &str, more: Value) -> Value {
        let mut body = json!({"schedule": {"id": self.schedule}, "start": start, "end": end});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    }

    async fn asked(&self, start: &str, end: &str, more: Value) -> String {
        let made = self.anns.post("/api/cover-requests", &self.ask(start, end, more)).await.expect(201).json();
        format!("/api/cover-requests/{}", made["id"])
    }

    /// The duties of everybody but Cid, from hour to hour of a day of January 2026.
    async fn noons(&self, from: &str, until: &str) -> Vec<(String, i64)> {
        let shifts = self
            .anns
            .get(&format!("/api/schedules/{}/shifts?from={from}&until={until}", self.schedule))
            .await
            .expect(200)
            .json();
        let hours = |shift: &Value| {
            format!("{}-{}", &shift["start"].as_str().unwrap()[8..13], &shift["end"].as_str().unwrap()[11..13])
        };
        let shifts = shifts.as_array().unwrap().iter().filter(|shift| shift["user"]["id"] != json!(self.cid.id));
        shifts.map(|shift| (hours(shift), shift["user"]["id"].as_i64().unwrap())).collect()
    }
}

fn to(user: UserId) -> Value {
    json!({"askedUser": {"id": user}})
}

both_databases! {
    async fn a_duty_changes_hands_when_somebody_says_yes_and_not_before(app: TestApp) {
        let rota = rota(app).await;
        let (ann, bob) = (rota.ann.id.0, rota.bob.id.0);
        let more = json!({"askedUser": {"id": bob}, "message": "Parents' evening"});
        let request = rota.asked("2026-01-06T13:00", "2026-01-06T14:00", more).await;
        app.settle().await;
        let mail = rota.bob.expect_mail(app, "ann Example asks for cover").await;
        assert!(mail.text.contains("Parents' evening") && mail.text.contains("Tue 6 Jan 13:00"), "{}", mail.text);
        // SWAP-04: a request that nobody took changes nobody's duty.
        assert_eq!(rota.noons("2026-01-06T00:00", "2026-01-07T00:00").await, [("06T12-15".to_owned(), ann)]);
        rota.cids.put(&format!("{request}/accept"), &json!({})).await.expect(403);
        let taken = rota.bobs.put(&format!("{request}/accept"), &json!({})).await.expect(200).json();
        assert_eq!((&taken["state"], &taken["answeredBy"]["id"]), (&json!("ACCEPTED"), &json!(bob)));
        app.settle().await;
        rota.ann.expect_mail(app, "bob Example covers for ann Example").await;
        let noons = rota.noons("2026-01-06T00:00", "2026-01-07T00:00").await;
        assert_eq!(noons, [("06T12-13".to_owned(), ann), ("06T13-14".to_owned(), bob), ("06T14-15".to_owned(), ann)]);
        rota.bobs.put(&format!("{request}/accept"), &json!({})).await.expect(409);
        rota.anns.put(&format!("{request}/withdraw"), &json!({})).await.expect(409);
        app.app.clock.advance(minutes(24 * 60));
        app.settle().await;
        assert_eq!(rota.anns.get(&request).await.expect(200).json()["state"], "ACCEPTED", "it does not expire any more");
    }

    async fn only_duties_of_who_asks_change_hands(app: TestApp) {
        let rota = rota(app).await;
        let (ann, bob) = (rota.ann.id.0, rota.bob.id.0);
        // SWAP-05: from the very end of one duty to the end of the next: the first one is not touched, and Cid keeps what is Cid's.
        let request = rota.asked("2026-01-06T15:00", "2026-01-08T12:00", to(rota.bob.id)).await;
        rota.bobs.put(&format!("{request}/accept"), &json!({})).await.expect(200);
        let noons = rota.noons("2026-01-06T00:00", "2026-01-09T00:00").await;
        assert_eq!(noons, [("06T12-15".to_owned(), ann), ("07T12-15".to_owned(), bob), ("08T12-15".to_owned(), ann)]);
        // SWAP-06: a request that begins before the duty takes over the part that is within.
        let request = rota.asked("2026-01-09T10:00", "2026-01-09T13:00", to(rota.bob.id)).await;
        rota.bobs.put(&format!("{request}/accept"), &json!({})).await.expect(200);
        let noons = rota.noons("2026-01-09T00:00", "2026-01-10T00:00").await;
        assert_eq!(noons, [("09T12-13".to_owned(), bob), ("09T13-15".to_owned(), ann)]);
        app.settle().await;
        app.expect_any_mails();
    }

    async fn what_is_no_duty_of_theirs_or_over_changes_nothing(app: TestApp) {
        let rota = rota(app).await;
        let says = |error: Value, what: &str| assert!(error["message"].as_str().unwrap().starts_with(what), "{what}: {error}");
        let (start, end) = ("2026-01-06T12:00", "2026-01-06T15:00");
        // SWAP-07: somebody who is not in the schedule; one in the past; one that nobody took in time.
        for (caller, body, what) in [
            (&rota.bobs, rota.ask(start, end, to(rota.ann.id)), "start: bob Example is not on call"),
            (&rota.anns, rota.ask("2026-01-06T15:00", "2026-01-07T12:00", to(rota.bob.id)), "start: ann Example is not on call"),
            (&rota.anns, rota.ask("2026-01-04T12:00", "2026-01-04T15:00", to(rota.bob.id)), "end: lies in the past"),
            (&rota.anns, rota.ask(end, start, to(rota.bob.id)), "end: must come after"),
            (&rota.anns, rota.ask(start, end, to(rota.ann.id)), "askedUser: must be somebody else"),
            (&rota.anns, rota.ask(start, end, to(UserId(987_654))), "askedUser: user 987654"),
            (&rota.anns, rota.ask(start, end, json!({"askedTeam": {"id": 987_654}})), "askedTeam: team 987654"),
            (&rota.anns, rota.ask(start, end, json!({"askedTeam": {"id": 1}, "askedUser": {"id": 1}})), "askedTeam: "),
            (&rota.anns, rota.ask("soon", end, to(rota.bob.id)), "start: "),
        ] {
            says(caller.post("/api/cover-requests", &body).await.expect(400).json(), what);
        }
        rota.anns.post("/api/cover-requests", &rota.ask(start, end, json!({"user": {"id": rota.cid.id}}))).await.expect(403);
        let request = rota.asked(start, end, to(rota.bob.id)).await;
        rota.anns.post("/api/cover-requests", &rota.ask(start, end, to(rota.cid.id))).await.expect(409);
        app.settle().await;
        rota.bob.expect_mail(app, "asks for cover").await;
        app.app.clock.advance(minutes(28 * 60));
        app.settle().await;
        assert_eq!(rota.anns.get(&request).await.expect(200).json()["state"], "EXPIRED");
        rota.ann.expect_mail(app, "Nobody took your duty").await;
        says(rota.bobs.put(&format!("{request}/accept"), &json!({})).await.expect(409).json(), "this cover request is over");
        assert_eq!(rota.noons("2026-01-06T00:00", "2026-01-07T00:00").await, [("06T12-15".to_owned(), rota.ann.id.0)]);
        rota.anns.get("/api/cover-requests/987654").await.expect(404);
        rota.anns.get("/api/cover-requests?state=LOST").await.expect(400);
    }

    async fn a_team_is_asked_and_the_last_no_ends_it(app: TestApp) {
        let rota = rota(app).await;
        let boss = app.user_of_role("boss", Role::Admin).await.id;
        let boss = app.as_user(boss).await;
        let members: Vec<Value> = [&rota.ann, &rota.bob, &rota.cid].iter().map(|person| json!({"user": {"id": person.id}})).collect();
        let team = boss.post("/api/teams", &json!({"name": "Desk", "members": members})).await.expect(201).json()["id"].clone();
        let request = rota.asked("2026-01-06T12:00", "2026-01-06T15:00", json!({"askedTeam": {"id": team}})).await;
        app.settle().await;
        rota.bob.expect_mail(app, "asks for cover").await;
        rota.cid.expect_mail(app, "asks for cover").await;
        let open = rota.bobs.get(&format!("/api/cover-requests?state=OPEN&user={}", rota.bob.id)).await.expect(200).json();
        assert_eq!((open.as_array().unwrap().len(), &open[0]["askedTeam"]["name"]), (1, &json!("Desk")));
        let declined = rota.bobs.put(&format!("{request}/decline"), &json!({})).await.expect(200).json();
        assert_eq!((&declined["state"], &declined["declinedBy"][0]["id"]), (&json!("OPEN"), &json!(rota.bob.id)));
        rota.cids.put(&format!("{request}/decline"), &json!({})).await.expect(200);
        app.settle().await;
        rota.ann.expect_mail(app, "No cover was found").await;
        assert_eq!(rota.anns.get(&request).await.expect(200).json()["state"], "DECLINED");
    }

    async fn a_request_is_taken_back(app: TestApp) {
        let rota = rota(app).await;
        let request = rota.asked("2026-01-06T12:00", "2026-01-06T15:00", json!({})).await;
        app.settle().await;
        rota.bob.expect_mail(app, "asks for cover").await;
        rota.cid.expect_mail(app, "asks for cover").await;
        app.expect_mail_to("dev@example.com", "asks for cover").await;
        rota.bobs.put(&format!("{request}/withdraw"), &json!({})).await.expect(403);
        rota.bobs.put(&format!("{request}/decline"), &json!({})).await.expect(200);
        rota.anns.put(&format!("{request}/withdraw"), &json!({})).await.expect(200);
        app.settle().await;
        rota.cid.expect_mail(app, "ann Example needs no cover").await;
        app.expect_mail_to("dev@example.com", "ann Example needs no cover").await;
        assert_eq!(rota.bob.mails(app), 1, "who said no is not told again");
        rota.bobs.put(&format!("{request}/accept"), &json!({})).await.expect(409);
    }

    async fn the_rest_of_a_duty_that_runs_can_be_taken(app: TestApp) {
        let rota = rota(app).await;
        app.app.clock.advance(minutes(5 * 60));
        app.settle().await;
        let request = rota.asked("2026-01-05T12:00", "2026-01-05T15:00", to(rota.bob.id)).await;
        app.app.clock.advance(minutes(60));
        app.settle().await;
        rota.bobs.put(&format!("{request}/accept"), &json!({})).await.expect(200);
        let noons = rota.noons("2026-01-05T08:00", "2026-01-06T00:00").await;
        assert_eq!(noons, [("05T12-14".to_owned(), rota.ann.id.0), ("05T14-15".to_owned(), rota.bob.id.0)]);
        app.settle().await;
        rota.bob.expect_mail(app, "asks for cover").await;
        rota.ann.expect_mail(app, "covers for").await;
    }

    async fn of_two_who_say_yes_the_first_has_it(app: TestApp) {
        let rota = rota(app).await;
        let request = rota.asked("2026-01-06T12:00", "2026-01-06T15:00", json!({})).await;
        let (path, body) = (format!("{request}/accept"), json!({}));
        let (one, other) = tokio::join!(rota.bobs.put(&path, &body), rota.cids.put(&path, &body));
        let mut codes = [one.status.as_u16(), other.status.as_u16()];
        codes.sort_unstable();
        assert_eq!(codes, [200, 409], "{} {}", one.text, other.text);
        app.settle().await;
        app.expect_any_mails();
    }
}

both_databases! {
    async fn a_promise_is_not_taken_back_alone_and_whoever_counts_on_it_is_told(app: TestApp) {
        let rota = rota(app).await;
        let request = rota.asked("2026-01-06T12:00", "2026-01-06T15:00", to(rota.bob.id)).await;
        let taken = rota.bobs.put(&format!("{request}/accept"), &json!({})).await.expect(200).json();
        assert_eq!(taken["state"], "ACCEPTED");
        let path = format!("/api/schedules/{}/overrides", rota.schedule);
        let list = rota.bobs.get(&path).await.expect(200).json();
        let own = json!({"user": {"id": rota.bob.id}, "start": "2026-01-06T12:00", "end": "2026-01-06T13:00"});
        rota.bobs.delete(&format!("{path}/{}", list[0]["id"])).await.expect(403);
        rota.bobs.put(&format!("{path}/{}", list[0]["id"]), &own).await.expect(403);
        app.settle().await;
        app.expect_any_mails();
        let lead = app.user_of_role("lead", Role::User).await;
        app.as_user(lead.id).await.delete(&format!("{path}/{}", list[0]["id"])).await.expect(204);
        app.settle().await;
        rota.ann.expect_mail(app, "bob Example does not cover for ann Example any more").await;
        rota.bob.expect_mail(app, "bob Example does not cover for ann Example any more").await;
        assert_eq!(rota.noons("2026-01-06T00:00", "2026-01-07T00:00").await, [("06T12-15".to_owned(), rota.ann.id.0)]);
    }

    async fn responders_take_back_what_they_gave_to_themselves(app: TestApp) {
        let rota = rota(app).await;
        let lead = app.user_of_role("lead", Role::User).await;
        let path = format!("/api/schedules/{}/overrides", rota.schedule);
        let to_bob = |from: &str, until: &str| json!({"user": {"id": rota.bob.id}, "start": from, "end": until});
        let leads = app.as_user(lead.id).await;
        leads.post(&path, &to_bob("2026-01-06T12:00", "2026-01-06T13:00")).await.expect(200);
        rota.bobs.post(&path, &to_bob("2026-01-06T14:00", "2026-01-06T15:00")).await.expect(200);
        let list = rota.bobs.get(&path).await.expect(200).json();
        rota.bobs.delete(&format!("{path}/{}", list[0]["id"])).await.expect(403);
        rota.bobs.delete(&format!("{path}/{}", list[1]["id"])).await.expect(204);
        assert_eq!(rota.bobs.get(&path).await.expect(200).json().as_array().unwrap().len(), 1);
    }

    async fn cover_is_asked_only_of_those_who_can_take_it(app: TestApp) {
        let rota = rota(app).await;
        let guest = app.user_of_role("guest", Role::Guest).await;
        let (start, end) = ("2026-01-06T12:00", "2026-01-06T15:00");
        let lead = app.user_of_role("lead", Role::User).await;
        let members = json!({"name": "Empty", "members": [{"user": {"id": rota.ann.id}, "role": "RESPONDER"}]});
        let team = app.as_user(lead.id).await.post("/api/teams", &members).await.expect(201).json();
        for (body, words) in [
            (rota.ask(start, end, to(guest.id)), "askedUser: nobody of those"),
            (rota.ask(start, end, json!({"askedTeam": {"id": team["id"]}})), "askedTeam: nobody of those"),
        ] {
            let error = rota.anns.post("/api/cover-requests", &body).await.expect(400).json();
            assert!(error["message"].as_str().unwrap().starts_with(words), "{error}");
        }
    }
}
