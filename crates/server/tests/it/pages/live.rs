//! Live pages: the stream sends what changed, for its own viewer.

use super::browser::Browser;
use reqwest::{Method, Response};
use std::time::Duration;
use watchbell_core::alert::Happening;
use watchbell_testkit::{both_databases, event, level, minutes, seconds};

/// A stream that is read until something comes.
struct Stream {
    response: Response,
    read: String,
}

impl Stream {
    async fn open(browser: &Browser, path: &str) -> Self {
        let response = browser.request(Method::GET, path).timeout(Duration::from_secs(30)).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, read: String::new() }
    }

    /// Reads on until all the texts have come since the last call.
    async fn expect(&mut self, texts: &[&str]) {
        while !texts.iter().all(|text| self.read.contains(text)) {
            let chunk = self
                .response
                .chunk()
                .await
                .unwrap_or_else(|error| panic!("{texts:?} did not come: {error}; {}", self.read));
            let chunk = chunk.unwrap_or_else(|| panic!("the stream ended before {texts:?}: {}", self.read));
            self.read.push_str(&String::from_utf8_lossy(&chunk));
        }
        self.read.clear();
    }

    async fn expect_end(&mut self) {
        while self.response.chunk().await.unwrap().is_some() {}
    }
}

both_databases! {
    async fn a_new_alert_joins_the_list_and_an_accepted_one_changes_in_place(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let browser = Browser::of(app, &ann).await;
        let mut stream = Stream::open(&browser, "/alerts/stream").await;
        stream.expect(&["event: html", "id=\"counts\""]).await;
        app.advance(seconds(1)).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        stream.expect(&["event: html", &format!("id=\"a{alert}\""), "data-join", "disk full"]).await;
        app.advance(seconds(1)).await;
        app.happen(alert, ann.id, Happening::Accepted).await;
        app.app.bus.changed(app.scope().org, alert.0);
        app.advance(seconds(1)).await;
        stream.expect(&["Accepted by ann Example"]).await;
    }

    async fn an_alert_shows_its_deliveries_as_they_happen(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().with_policy(|p| p.delay_s = 60).escalating_to([level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        let browser = Browser::of(app, &ann).await;
        let mut stream = Stream::open(&browser, &format!("/alerts/{alert}/stream")).await;
        stream.expect(&["id=\"alert-head\"", "id=\"escalation\"", "id=\"timeline\""]).await;
        app.advance(seconds(61)).await;
        ann.expect_mail(app, "disk full").await;
        stream.expect(&["E-mail to ann Example sent"]).await;
    }

    async fn a_burst_says_that_the_list_changed(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([]).await;
        source.send(app, event("first")).await;
        let browser = Browser::of(app, &ann).await;
        let mut stream = Stream::open(&browser, "/alerts/stream").await;
        stream.expect(&["event: html"]).await;
        for alert in 1..=60 {
            app.app.bus.changed(app.scope().org, alert);
        }
        app.advance(seconds(1)).await;
        stream.expect(&["event: changed"]).await;
    }

    async fn logging_out_ends_it(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([]).await;
        let mut browser = Browser::of(app, &ann).await;
        let mut stream = Stream::open(&browser, "/alerts/stream").await;
        stream.expect(&["event: html"]).await;
        app.advance(seconds(1)).await;
        browser.post("/logout", &[]).await.expect(303);
        source.send(app, event("secret")).await;
        stream.expect(&["event: changed"]).await;
        stream.expect_end().await;
    }

    async fn a_source_turns_green_when_its_first_event_comes(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([]).await;
        let browser = Browser::of(app, &ann).await;
        let mut stream = Stream::open(&browser, &format!("/sources/{}/stream", source.id)).await;
        stream.expect(&["Waiting for the first event"]).await;
        source.send(app, event("disk full")).await;
        app.advance(seconds(4)).await;
        stream.expect(&["Events arrive", "disk full"]).await;
    }
}
