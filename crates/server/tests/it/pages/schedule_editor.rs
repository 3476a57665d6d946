//! The editor of schedules: starting points, rows, preview, who changes, from now or later.

use super::browser::{Browser, between};
use super::editor_form::{Fields, fields, pairs, with};
use super::schedules::{daily, field, schedule};
use watchbell_core::schedule::Plan;
use watchbell_core::user::Role;
use watchbell_store::schedules::{self, Schedule};
use watchbell_testkit::{TestApp, both_databases, minutes};

async fn only_schedule(app: &TestApp) -> Schedule {
    let all = schedules::list(&app.app.db, &app.scope(), watchbell_store::Page::first(10), app.app.clock.now()).await;
    all.unwrap().into_iter().next().unwrap()
}

fn people(schedule: &Schedule) -> Vec<i64> {
    match &schedule.current.plan {
        Plan::Recurring { layers } => layers.iter().flat_map(|layer| layer.users.iter().map(|user| user.0)).collect(),
        Plan::Static { shifts, .. } => shifts.iter().map(|shift| shift.user.0).collect(),
    }
}

both_databases! {
    async fn each_starting_point_is_a_schedule_in_one_step(app: TestApp) {
        let ann = app.user_of_role("ann", Role::User).await;
        let mut browser = Browser::of(app, &ann).await;
        let choice = browser.get("/schedules/new").await.expect(200).text;
        for preset in ["weekly", "weekdays-weekend", "after-hours", "follow-the-sun", "one-person", "by-hand"] {
            assert!(choice.contains(&format!("?preset={preset}\"")), "{choice}");
            let page = browser.get(&format!("/schedules/new?preset={preset}")).await.expect(200).text;
            let form = with(fields(&page), "name", preset);
            let page = browser.submit("/schedules/new", &pairs(&form)).await.text;
            assert!(page.contains("Made. It pages nobody until an escalation policy asks it."), "{page}");
            assert!(preset == "by-hand" || !page.contains("Nobody is on call "), "{preset}: {page}");
        }
        // Whoever makes one owns it; the one by hand has gaps.
        app.settle().await;
        ann.expect_mail(app, "has a gap").await;
    }

    async fn rows_come_move_and_go_without_saving_anything(app: TestApp) {
        let (ann, bob) = (app.user_of_role("ann", Role::User).await, app.user("bob").await);
        let mut browser = Browser::of(app, &ann).await;
        let mut page = browser.get("/schedules/new?preset=weekly").await.expect(200).text;
        for (name, value, does) in [("layer.0.user.1", bob.id.to_string(), "layer.0.user.1.up"), ("name", "Nights".into(), "layer.add"), ("layer.1.user.0", bob.id.to_string(), "preview")] {
            let form = with(with(fields(&page), name, &value), "do", does);
            page = browser.post("/schedules/new", &pairs(&form)).await.expect(200).text;
        }
        let form = fields(&page);
        let value = |name: &str| form.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
        assert_eq!((value("layer.0.user.0"), value("layer.0.user.1")), (Some(bob.id.to_string()), Some(ann.id.to_string())));
        assert_eq!((value("layer.1.user.0"), value("name")), (Some(bob.id.to_string()), Some("Nights".into())));
        assert!(page.contains("Every hour of these four weeks is covered."), "{page}");
        assert!(browser.get("/schedules").await.text.contains("No schedule yet"));
    }

    async fn a_refused_form_keeps_what_was_typed_and_says_what_is_wrong_where(app: TestApp) {
        let ann = app.user_of_role("ann", Role::User).await;
        let mut browser = Browser::of(app, &ann).await;
        let page = browser.get("/schedules/new?preset=weekly").await.expect(200).text;
        let form = with(with(with(fields(&page), "zone", "Mars/Base"), "name", "Nights"), "layer.0.count", "-3");
        let page = browser.post("/schedules/new", &pairs(&form)).await.expect(422).text;
        assert!(page.contains("id=\"zone-error\"") && page.contains("value=\"Mars/Base\"") && page.contains("value=\"Nights\""), "{page}");
        let form = with(with(with(fields(&page), "zone", "UTC"), "layer.0.count", "1"), "layer.0.user.0", "");
        let page = browser.post("/schedules/new", &pairs(&form)).await.expect(422).text;
        assert!(page.contains("The layer has no users"), "{page}");
        let mut many = form.clone();
        many.extend((0..300).map(|row| (format!("layer.0.user.{row}"), ann.id.to_string())));
        let page = browser.post("/schedules/new", &pairs(&many)).await.expect(422).text;
        assert!(page.contains("Not saved"), "{page}");
    }

    async fn an_edit_shows_who_changes_and_leaves_the_past_alone(app: TestApp) {
        let (ann, bob) = (app.user_of_role("ann", Role::User).await, app.user("bob").await);
        let id = schedule(app, "Nights", vec![daily("All", &[ann.id])]).await;
        app.jump(minutes(60 * 30)).await;
        let mut browser = Browser::of(app, &ann).await;
        let path = format!("/schedules/{id}/edit");
        let page = browser.get(&path).await.expect(200).text;
        assert!(page.contains("Nobody: the same people are on call at the same times."), "{page}");
        let form = with(fields(&page), "layer.0.user.0", &bob.id.to_string());
        let preview = browser.post(&format!("{path}/preview"), &pairs(&form)).await.expect(200).text;
        assert!(preview.starts_with("<section") && preview.contains("Who changes") && preview.contains("<b class=\"\">bob Example</b>"), "{preview}");
        let page = browser.submit(&path, &pairs(&form)).await.text;
        assert!(page.contains("<b>bob Example</b> is on call"), "{page}");
        let yesterday = (app.app.clock.now() - minutes(60 * 24)).strftime("%Y-%m-%d").to_string();
        let past = browser.get(&format!("/schedules/{id}?span=1d&from={yesterday}")).await.expect(200).text;
        let shifts = between(&past, "id=\"shifts\"", "</section>").unwrap();
        assert!(shifts.contains("ann Example") && !shifts.contains("bob Example"), "{shifts}");
        let stale = browser.post(&path, &pairs(&form)).await.expect(422).text;
        assert!(stale.contains("Somebody changed this schedule meanwhile"), "{stale}");
    }

    async fn an_edit_may_wait_for_a_later_moment(app: TestApp) {
        let (ann, bob) = (app.user_of_role("ann", Role::User).await, app.user("bob").await);
        let id = schedule(app, "Nights", vec![daily("All", &[ann.id])]).await;
        let mut browser = Browser::of(app, &ann).await;
        let path = format!("/schedules/{id}/edit");
        let form = with(fields(&browser.get(&path).await.expect(200).text), "layer.0.user.0", &bob.id.to_string());
        let past = with(with(form.clone(), "apply", "later"), "apply_at", &field(app, -2));
        let refused = browser.post(&path, &pairs(&past)).await.expect(422).text;
        assert!(refused.contains("Is past: what was stays as it was."), "{refused}");
        let later = with(with(form, "apply", "later"), "apply_at", &field(app, 48));
        let page = browser.submit(&path, &pairs(&later)).await.text;
        assert!(page.contains("<b>ann Example</b> is on call") && page.contains("then bob Example"), "{page}");
        assert_eq!((people(&only_schedule(app).await), only_schedule(app).await.upcoming.len()), (vec![ann.id.0], 1));
        assert!(browser.get(&path).await.text.contains("A change is planned for "));
        app.jump(minutes(60 * 49)).await;
        assert_eq!(people(&only_schedule(app).await), [bob.id.0]);
    }

    async fn shifts_by_hand_refuse_overlaps_and_gaps_that_are_not_allowed(app: TestApp) {
        let (ann, bob) = (app.user_of_role("ann", Role::User).await, app.user("bob").await);
        let mut browser = Browser::of(app, &ann).await;
        let page = browser.get("/schedules/new?preset=by-hand").await.expect(200).text;
        let shift = |form: Fields, row: i64, user: i64, from: i64, until: i64| {
            let form = with(form, &format!("shift.{row}.user"), &user.to_string());
            with(with(form, &format!("shift.{row}.from"), &field(app, from)), &format!("shift.{row}.until"), &field(app, until))
        };
        let form = with(with(fields(&page), "name", "By hand"), "zone", "UTC");
        let first = shift(form, 0, ann.id.0, 0, 8);
        for (from, until) in [(7, 12), (9, 12)] {
            let page = browser.post("/schedules/new", &pairs(&shift(first.clone(), 1, bob.id.0, from, until))).await.expect(422).text;
            assert!(page.contains("Not saved"), "{page}");
        }
        browser.submit("/schedules/new", &pairs(&shift(first, 1, bob.id.0, 8, 12))).await;
        assert_eq!(people(&only_schedule(app).await), [ann.id.0, bob.id.0]);
        app.settle().await;
        ann.expect_mail(app, "has a gap").await;
    }
}
