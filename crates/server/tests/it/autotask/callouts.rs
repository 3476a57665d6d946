//! What callouts get for an answer, and what is kept of them.

use super::tenant::{NEW, Plan, Tenant, anna, ben};
use reqwest::Method;
use serde_json::json;
use watchbell_core::alert::Status;
use watchbell_sim::autotask::{Callout, Format, Identity, Method as CalloutMethod, TicketIn};
use watchbell_testkit::both_databases;

const FORM: &str = "application/x-www-form-urlencoded";

both_databases! {
    async fn every_form_of_a_callout_is_understood(app: TestApp) {
        let tenant = Tenant::planned(app, Plan { callout: false, ..Plan::default() }).await;
        let url = tenant.callout_url(app);
        for (at, (format, method, identity)) in [
            (Format::NameValue, CalloutMethod::Post, Identity::Both),
            (Format::Xml, CalloutMethod::Post, Identity::Both),
            (Format::Json, CalloutMethod::Post, Identity::Both),
            (Format::NameValue, CalloutMethod::Get, Identity::Both),
            (Format::NameValue, CalloutMethod::Post, Identity::NumberOnly),
            (Format::NameValue, CalloutMethod::Post, Identity::NumberAsId),
        ]
        .into_iter()
        .enumerate()
        {
            tenant.sim.clear_rules();
            tenant.sim.callout_to(&url);
            let callout = tenant.sim.with(|world| world.callouts.last().cloned()).unwrap();
            tenant.sim.put_callout(Callout { format, method, identity, ..callout });
            let id = tenant.create(app, TicketIn::new(&format!("Ticket {at}"))).await;
            let alert = tenant.alert(app, id).await;
            assert_eq!(alert.map(|alert| alert.status), Some(Status::Pending), "{format:?} {method:?} {identity:?}");
            tenant.set_status(app, ben(), id, 5).await;
            assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Resolved, "{format:?} {method:?} {identity:?}");
        }
        let answers: Vec<_> = tenant.sim.deliveries().iter().flat_map(|sent| sent.attempts.clone()).map(|attempt| (attempt.status, attempt.answer)).collect();
        assert!(answers.iter().all(|answer| *answer == (Some(202), "{}".to_owned())), "{answers:?}");
    }

    async fn answers_name_what_is_wrong_and_the_event_is_kept(app: TestApp) {
        let tenant = Tenant::planned(app, Plan { callout: false, ..Plan::default() }).await;
        let path = format!("/api/v1/events/autotask/{}", tenant.source.key);
        for (body, part) in [("", "empty"), ("hello=world", "neither a ticket id"), ("id=abc", "abc"), ("{\"id\":", "JSON"), ("<a><b>", "XML")] {
            let answer = app.http.send_bytes(Method::POST, &path, FORM, body.into()).await.expect(400);
            assert!(answer.json()["message"].as_str().unwrap().contains(part), "{}", answer.text);
            let kept = &tenant.events(app).await[0];
            assert_eq!((kept.verdict.as_str(), kept.body.as_slice()), ("REJECTED", body.as_bytes()));
            assert!(kept.reason.as_deref().unwrap().contains(part), "{kept:?}");
        }
        let answer = app.http.send_bytes(Method::GET, &format!("{path}?x=1"), FORM, Vec::new()).await.expect(400);
        assert!(answer.json()["message"].as_str().unwrap().contains("fields: x"), "{}", answer.text);
        let long = format!("id=1&x={}", "y".repeat(64 * 1024));
        app.http.send_bytes(Method::POST, &path, FORM, long.into()).await.expect(413);
        assert_eq!(tenant.events(app).await[0].verdict, "REJECTED");
        let fits = format!("id=999999&x={}", "y".repeat(64 * 1024 - 12));
        app.http.send_bytes(Method::POST, &path, FORM, fits.into()).await.expect(202);
        app.http.send_bytes(Method::POST, "/api/v1/events/autotask/nobody", FORM, b"id=1".to_vec()).await.expect(404);
        app.http.send_bytes(Method::DELETE, &path, FORM, b"id=1".to_vec()).await.expect(405);
        let api = app.source().escalating_to([]).await;
        app.http.send_bytes(Method::POST, &format!("/api/v1/events/autotask/{}", api.key), FORM, b"id=1".to_vec()).await.expect(404);
        tenant.advance(app, watchbell_testkit::seconds(10)).await;
    }

    async fn a_source_that_is_switched_off_keeps_what_comes_and_pages_nobody(app: TestApp) {
        let tenant = Tenant::planned(app, Plan { active: false, ..Plan::default() }).await;
        let id = tenant.create(app, TicketIn::new("Unheard")).await;
        let events = tenant.events(app).await;
        assert_eq!((events.len(), events[0].verdict.as_str()), (1, "NOT_PAGED"));
        assert_eq!(events[0].reason.as_deref(), Some("the alert source is switched off"));
        assert_eq!(tenant.sim.deliveries()[0].attempts[0].status, Some(202));
        assert_eq!(tenant.alert(app, id).await, None);
    }

    async fn ten_thousand_duplicates_leave_a_bounded_number_of_rows(app: TestApp) {
        let tenant = Tenant::new(app).await;
        let id = tenant.create(app, TicketIn::new("Flood")).await;
        let alert = tenant.alert(app, id).await.unwrap();
        tenant.sim.clear_rules();
        let path = format!("/api/v1/events/autotask/{}", tenant.source.key);
        for _ in 0..100 {
            let body = format!("id={id}&status=New").into_bytes();
            let sends = (0..100).map(|_| app.http.send_bytes(Method::POST, &path, FORM, body.clone()));
            for answer in futures_util::future::join_all(sends).await {
                answer.expect(202);
            }
            app.settle().await;
        }
        let events = tenant.events(app).await;
        assert!(events.len() <= 1_700, "{}", events.len());
        assert!(events.iter().all(|event| event.alert == Some(alert.id)));
        assert_eq!(app.alert(alert.id).await.status, Status::Pending);
        assert_eq!(tenant.status(id), NEW);
    }

    async fn reordered_and_repeated_callouts_change_nothing(app: TestApp) {
        let tenant = Tenant::new(app).await;
        let id = tenant.create(app, TicketIn::new("Once")).await;
        let alert = tenant.alert(app, id).await.unwrap();
        let path = format!("/api/v1/events/autotask/{}", tenant.source.key);
        tenant.edit(app, anna(), id, json!({"title": "Once more"})).await;
        for status in ["Complete", "New", "In Progress", "Complete"] {
            app.http.send_bytes(Method::POST, &path, FORM, format!("id={id}&status={status}").into_bytes()).await.expect(202);
            app.settle().await;
        }
        let now = app.alert(alert.id).await;
        assert_eq!((now.status, now.summary.contains("Once more")), (Status::Pending, true));
    }
}
