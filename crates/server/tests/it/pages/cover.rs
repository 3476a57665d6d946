//! My on-call with others: cover asked for, taken, refused and taken back; the note for whoever comes next.

use super::browser::Browser;
use super::schedules::{daily, field, schedule};
use watchbell_core::ids::ScheduleId;
use watchbell_core::user::Role;
use watchbell_testkit::people::Person;
use watchbell_testkit::{TestApp, both_databases, minutes};

/// Ann is on call each day, Bob is not.
async fn rota(app: &TestApp) -> (Person, Person, ScheduleId) {
    let (ann, bob) = (app.user_of_role("ann", Role::Responder).await, app.user_of_role("bob", Role::Responder).await);
    let id = schedule(app, "Nights", vec![daily("All", &[ann.id])]).await;
    (ann, bob, id)
}

/// The fields that ask for the two hours from the next one on.
fn ask(app: &TestApp, schedule: ScheduleId, to: &str) -> Vec<(&'static str, String)> {
    let span = [("from", field(app, 1)), ("until", field(app, 3))];
    [("schedule", schedule.to_string()), ("to", to.to_owned()), ("zone", "UTC".to_owned()), ("note", "Dentist".to_owned())]
        .into_iter()
        .chain(span)
        .collect()
}

fn plain<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// The path of the first form that answers a request.
fn answer_path(page: &str, verb: &str) -> Option<String> {
    let end = page.find(&format!("/{verb}\""))?;
    let begin = page[..end].rfind("/on-call/cover/")?;
    Some(format!("{}/{verb}", &page[begin..end]))
}

both_databases! {
    async fn cover_is_asked_for_and_taken_on_my_on_call(app: TestApp) {
        let (ann, bob, id) = rota(app).await;
        let (mut anns, mut bobs) = (Browser::of(app, &ann).await, Browser::of(app, &bob).await);
        let page = anns.submit("/on-call/cover", &plain(&ask(app, id, "everyone"))).await.text;
        assert!(page.contains("Asked everyone, nobody has said yes"), "{page}");
        let page = bobs.get("/on-call").await.expect(200).text;
        assert!(page.contains("ann Example asks everyone to take Nights") && page.contains("“Dentist”"), "{page}");
        let accept = answer_path(&page, "accept").unwrap();
        let page = bobs.submit(&accept, &[]).await.text;
        assert!(page.contains("The shift is yours.") && page.contains("Next: Nights"), "{page}");
        let page = anns.get("/on-call").await.expect(200).text;
        assert!(page.contains("bob Example takes it"), "{page}");
        let late = bobs.post(&accept, &[]).await.expect(422).text;
        assert!(late.contains("it is ACCEPTED"), "{late}");
        app.advance(minutes(90)).await;
        assert!(bobs.get("/on-call").await.expect(200).text.contains("You are on call: "));
    }

    async fn cover_is_declined_and_withdrawn(app: TestApp) {
        let (ann, bob, id) = rota(app).await;
        let (mut anns, mut bobs) = (Browser::of(app, &ann).await, Browser::of(app, &bob).await);
        let to_bob = format!("user:{}", bob.id);
        anns.submit("/on-call/cover", &plain(&ask(app, id, &to_bob))).await;
        let page = bobs.get("/on-call").await.expect(200).text;
        bobs.submit(&answer_path(&page, "decline").unwrap(), &[]).await;
        let page = anns.get("/on-call").await.expect(200).text;
        assert!(page.contains("Everybody who was asked said no"), "{page}");
        let page = anns.submit("/on-call/cover", &plain(&ask(app, id, "everyone"))).await.text;
        let withdraw = answer_path(&page, "withdraw").unwrap();
        bobs.post(&withdraw, &[]).await.expect(403);
        let page = anns.submit(&withdraw, &[]).await.text;
        assert!(page.contains("The request is withdrawn"), "{page}");
    }

    async fn a_refused_request_keeps_what_was_typed(app: TestApp) {
        let (ann, bob, id) = rota(app).await;
        let (mut anns, mut bobs) = (Browser::of(app, &ann).await, Browser::of(app, &bob).await);
        let mut wrong = ask(app, id, "nobody");
        wrong.iter_mut().filter(|(name, _)| *name == "until").for_each(|(_, value)| *value = "soon".into());
        let page = anns.post("/on-call/cover", &plain(&wrong)).await.expect(422).text;
        for words in ["Choose whom to ask.", "Must be a date and a time.", "value=\"Dentist\"", "value=\"soon\""] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let page = bobs.post("/on-call/cover", &plain(&ask(app, id, "everyone"))).await.expect(422).text;
        assert!(page.contains("Bob Example is not on call for Nights in this span."), "{page}");
        let own = ask(app, id, &format!("user:{}", ann.id));
        let page = anns.post("/on-call/cover", &plain(&own)).await.expect(422).text;
        assert!(page.contains("Must be somebody else."), "{page}");
    }

    async fn a_shift_fills_the_form_in(app: TestApp) {
        let (ann, _, id) = rota(app).await;
        let mut browser = Browser::of(app, &ann).await;
        let from = app.app.clock.now().as_second() - 3_600;
        let page = browser.get(&format!("/on-call?schedule={id}&from={from}&until={}", from + 7_200)).await.expect(200).text;
        assert!(page.contains(&format!("name=\"from\" value=\"{}\"", field(app, 0))), "what is past cannot be asked for: {page}");
        assert!(page.contains(&format!("name=\"until\" value=\"{}\"", field(app, 1))), "{page}");
        browser.get("/on-call?schedule=x&from=99999999999999999&until=-").await.expect(200);
    }
}

both_databases! {
    async fn one_click_asks_everyone_for_somebody_who_is_away(app: TestApp) {
        let (ann, bob, id) = rota(app).await;
        let lead = app.user_of_role("lead", Role::User).await;
        let (mut leads, mut bobs) = (Browser::of(app, &lead).await, Browser::of(app, &bob).await);
        let away = [("away_from", field(app, 1)), ("away_until", field(app, 5)), ("away_zone", "UTC".into()), ("away_reason", "Flu".into())];
        Browser::of(app, &ann).await.submit(&format!("/users/{}/absences", ann.id), &plain(&away)).await;
        let page = leads.get(&format!("/schedules/{id}")).await.expect(200).text;
        assert!(page.contains("ann Example is on call ") && page.contains("Ask everyone to cover"), "{page}");
        let page = bobs.get(&format!("/schedules/{id}")).await.expect(200).text;
        assert!(page.contains("ann Example is on call ") && !page.contains("Ask everyone to cover"), "{page}");
        let now = app.app.clock.now().as_second() / 60 * 60;
        let fields = [("user", ann.id.to_string()), ("from", (now + 3_600).to_string()), ("until", (now + 18_000).to_string())];
        let path = format!("/schedules/{id}/cover");
        bobs.post(&path, &plain(&fields)).await.expect(403);
        leads.post(&path, &[("user", "x")]).await.expect(400);
        let page = leads.submit(&path, &plain(&fields)).await.text;
        assert!(page.contains("Everyone is asked.") && page.contains("Somebody was asked to cover it.") && !page.contains("Ask everyone to cover"), "{page}");
        let again = leads.post(&path, &plain(&fields)).await.expect(422).text;
        assert!(again.contains("asks for this already"), "{again}");
        let page = bobs.get("/on-call").await.expect(200).text;
        bobs.submit(&answer_path(&page, "accept").unwrap(), &[]).await;
        assert!(!leads.get(&format!("/schedules/{id}")).await.expect(200).text.contains("but away"));
    }

    async fn a_note_is_left_read_and_confirmed_by_who_comes_next(app: TestApp) {
        let (ann, bob) = (app.user_of_role("ann", Role::Responder).await, app.user_of_role("bob", Role::Responder).await);
        let cid = app.user_of_role("cid", Role::Responder).await;
        let id = schedule(app, "Nights", vec![daily("All", &[ann.id, bob.id])]).await;
        let (mut anns, mut bobs, mut cids) = (Browser::of(app, &ann).await, Browser::of(app, &bob).await, Browser::of(app, &cid).await);
        let path = format!("/schedules/{id}/handoff-note");
        let refused = anns.post(&path, &[("text", " "), ("back", "/on-call")]).await.expect(422).text;
        assert!(refused.contains("Hand-off: Nights") && refused.contains("text-error"), "{refused}");
        let long = "é".repeat(2_001);
        let refused = anns.post(&path, &[("text", &long)]).await.expect(422).text;
        assert!(refused.contains(&long), "what was typed is kept");
        let page = anns.submit(&path, &[("text", "The VPN <b>flaps</b>"), ("back", "/on-call")]).await.text;
        assert!(page.contains("The note is left") && page.contains("The VPN &lt;b&gt;flaps"), "{page}");
        for browser in [&mut anns, &mut bobs] {
            let page = browser.get("/on-call").await.expect(200).text;
            assert!(page.contains("Hand-off: Nights") && page.contains("I have read it"), "{page}");
        }
        assert!(!cids.get("/on-call").await.expect(200).text.contains("Hand-off: Nights"));
        let page = cids.get(&format!("/schedules/{id}")).await.expect(200).text;
        assert!(page.contains("The VPN") && !page.contains("I have read it"), "{page}");
        cids.post(&format!("{path}/confirm"), &[]).await.expect(403);
        let page = bobs.submit(&format!("{path}/confirm"), &[("back", "//evil.example")]).await.text;
        assert!(page.contains("Confirmed.") && page.contains("Read by bob Example"), "{page}");
        assert!(bobs.get("/on-call").await.expect(200).text.contains("Nothing was left for the next person."));
    }

    async fn the_whole_chain_is_tested_from_my_on_call(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        assert!(browser.get("/on-call").await.expect(200).text.contains("Test the whole chain"));
        let page = browser.submit(&format!("/users/{}/test-rules", ann.id), &[("back", "/on-call")]).await.text;
        assert!(page.contains("My on-call") && page.contains("A test is on its way"), "{page}");
    }
}
