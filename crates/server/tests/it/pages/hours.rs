//! Support hours and maintenance, as somebody makes them with the pages.

use super::browser::{Browser, location};
use watchbell_core::priority_rule::PriorityRule;
use watchbell_core::user::Role;
use watchbell_store::{maintenance, sources, support_hours};
use watchbell_testkit::{both_databases, event, level, minutes};

both_databases! {
    async fn a_source_is_made_silent_outside_its_hours_and_the_list_says_until_when(app: TestApp) {
        let (dev, ann) = (app.user_of_role("dev", Role::User).await, app.user("ann").await);
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let mut browser = Browser::of(app, &dev).await;
        let refused = browser.post("/support-hours/new", &[("name", "Contoso"), ("zone", "UTC"), ("day.0", "nine to five")]).await.expect(422);
        assert!(refused.text.contains("Write times like") && refused.text.contains("nine to five"), "{}", refused.text);
        let fields = [
            ("name", "Contoso"), ("zone", "UTC"), ("day.0", "09:00-12:00, 13:00-17:00"), ("day.6", "22:00-06:00"), ("calendar", ""),
            ("exception.0.name", "Closed"), ("exception.0.start", "2026-01-06"), ("exception.0.end", ""), ("exception.0.status", "OUTSIDE"),
        ];
        let page = browser.submit("/support-hours/new", &fields).await;
        assert!(page.text.contains("13:00 to 17:00") && page.text.contains("00:00 to 06:00") && page.text.contains("Now outside until"), "{}", page.text);
        let kept = support_hours::find_by_name(&app.app.db, &app.scope(), "contoso").await.unwrap().unwrap();
        assert_eq!((kept.hours.days[0].len(), kept.hours.exceptions.len()), (2, 1));

        let name = sources::get(&app.app.db, &app.scope(), source.id).await.unwrap().name;
        let (policy, hours) = (source.policy.to_string(), kept.id.to_string());
        let settings = format!("/sources/{}/settings", source.id);
        let by_hours = |hours| [("name", name.as_str()), ("policy", &policy), ("grouping", "ONE_ALERT_PER_EMAIL"), ("priority", "SILENT_OUTSIDE_SUPPORT_HOURS"), ("support_hours", hours)];
        browser.post(&settings, &by_hours("")).await.expect(422);
        browser.submit(&settings, &by_hours(&hours)).await;
        let saved = sources::get(&app.app.db, &app.scope(), source.id).await.unwrap();
        assert_eq!((saved.priority_rule, saved.support_hours), (PriorityRule::SilentOutsideSupportHours, Some(kept.id)));
        app.settle().await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        for path in ["/alerts".to_owned(), format!("/alerts/{alert}")] {
            let page = browser.get(&path).await.expect(200);
            assert!(page.text.contains("Not paged: ") && page.text.contains("outside the support hours Contoso"), "{path}: {}", page.text);
        }
        let hours_page = format!("/support-hours/{}", kept.id);
        let refused = browser.post(&format!("{hours_page}/delete"), &[("confirmed", "on")]).await.expect(422);
        assert!(refused.text.contains("open their alerts by them"), "{}", refused.text);
        let list = browser.get("/support-hours").await.expect(200);
        assert!(list.text.contains("Contoso") && list.text.contains("1 source"), "{}", list.text);
        app.advance(minutes(60)).await;
        ann.expect_mail(app, "disk full").await;
    }

    async fn a_window_is_planned_seen_on_the_calendar_and_ended(app: TestApp) {
        let (dev, ann) = (app.user_of_role("dev", Role::User).await, app.user("ann").await);
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let mut browser = Browser::of(app, &dev).await;
        let id = source.id.to_string();
        let fields = |end, source| [
            ("summary", "Patch night"), ("description", ""), ("zone", "UTC"), ("start", "2026-01-05T07:30"), ("end", end), ("source", source), ("customers", ""),
            ("items", ""), ("words", ""), ("repeat", "WEEKS"), ("count", "1"), ("until", ""), ("pages_at_end", "on"),
        ];
        for (end, source, said) in [("2026-01-05T07:00", id.as_str(), "Must be after start"), ("2026-01-05T10:00", "", "Must name an alert source")] {
            let refused = browser.post("/maintenance/new", &fields(end, source)).await.expect(422);
            assert!(refused.text.contains(said), "{said}: {}", refused.text);
        }
        let made = browser.post("/maintenance/new", &fields("2026-01-05T10:00", &id)).await.expect(303);
        let path = location(&made);
        app.settle().await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        let page = browser.get("/alerts").await.expect(200);
        assert!(page.text.contains("Patch night</a> until") && page.text.contains("Not paged: maintenance"), "{}", page.text);
        let month = browser.get("/maintenance?month=2026-01").await.expect(200);
        assert!(month.text.contains("January 2026") && month.text.matches("Patch night, 07:30 to 10:00").count() == 4, "{}", month.text);
        assert!(month.text.contains("every week"), "{}", month.text);
        let shown = browser.get(&path).await.expect(200);
        assert!(shown.text.contains("It holds 1 alert now") && shown.text.contains("2026-01-05T07:30"), "{}", shown.text);
        browser.post(&format!("{path}/end"), &[]).await.expect(422);
        browser.submit(&format!("{path}/end"), &[("confirmed", "on")]).await;
        app.settle().await;
        ann.expect_mail(app, "disk full").await;
        assert_eq!(app.alert(alert).await.held, None);
        browser.submit(&format!("{path}/delete"), &[("confirmed", "on")]).await;
        let filter = maintenance::WindowFilter::default();
        assert_eq!(maintenance::count(&app.app.db, &app.scope(), &filter, app.app.clock.now()).await.unwrap(), 0);
    }
}
