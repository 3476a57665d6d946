//! Messages in the reader's language, and pages in the organization's own words: API, page, preview, and what goes out.

use crate::pages::browser::Browser;
use serde_json::json;
use watchbell_core::language::Language;
use watchbell_core::texts::Form;
use watchbell_core::timeline::Entry;
use watchbell_core::user::Role;
use watchbell_store::settings;
use watchbell_store::users::{self, UserIn};
use watchbell_testkit::people::Person;
use watchbell_testkit::{TestApp, both_databases, event, level, minutes};

async fn reads(app: &TestApp, person: &Person, language: &str) {
    let (db, scope) = (&app.app.db, app.scope());
    let before = users::get(db, &scope, person.id).await.unwrap();
    let new = UserIn {
        language: language.into(),
        timezone: "Europe/Berlin".into(),
        told_of_answers: true,
        ..UserIn::from(before)
    };
    users::update(db, &scope, person.id, new, app.app.clock.now()).await.unwrap();
}

fn failures(entries: &[Entry]) -> usize {
    entries.iter().filter(|entry| matches!(entry, Entry::TextFailed { .. })).count()
}

both_databases! {
    async fn two_people_of_one_alert_are_paged_in_two_languages(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        reads(app, &ann, "en").await;
        reads(app, &bob, "de-AT").await;
        let source = app.source().escalating_to([level(&ann, minutes(5)), level(&bob, minutes(5))]).await;
        let id = source.send(app, event("Platte voll")).await.unwrap();
        let english = ann.expect_mail(app, "[Pages] Platte voll").await;
        assert!(english.text.contains("level 1 of 2") && english.text.contains("Open the alert:"), "{}", english.text);
        app.advance(minutes(5)).await;
        let german = bob.expect_mail(app, "[Weckt] Platte voll").await;
        assert!(german.text.contains(&format!("Weckt · Alarm #{id} · Stufe 2 von 2")), "{}", german.text);
        assert!(german.text.contains("Mo 5. Jan. 2026") && german.html.contains("lang=\"de\""), "{}", german.text);
        app.happen(id, bob.id, watchbell_core::alert::Happening::Accepted).await;
        app.settle().await;
        ann.expect_mail(app, "Re: [Pages] Platte voll").await;
    }

    async fn a_page_is_worded_by_the_organization_in_the_languages_that_it_chose(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        reads(app, &bob, "de").await;
        let ada = app.user_of_role("ada", Role::Admin).await;
        let admin = app.as_user(ada.id).await;
        let body = json!({"title": "Alarm von {{ source }}: {{ problem }}", "body": "{{ details | default('Keine Einzelheiten') }}\nStufe {{ level }}"});
        let kept = admin.put("/api/texts/de", &body).await.expect(200).json();
        assert_eq!((&kept["title"], &kept["spoken"], &kept["defaults"]["title"]), (&body["title"], &json!(null), &json!("{{ headline }}")));
        let source = app.source().escalating_to([level(&ann, minutes(5)), level(&bob, minutes(5))]).await;
        let id = source.send(app, event("Platte voll")).await.unwrap();
        ann.expect_mail(app, "[Pages] Platte voll").await;
        app.advance(minutes(5)).await;
        let mail = bob.expect_mail(app, "[Weckt] Alarm von ").await;
        assert!(mail.subject.ends_with(": Platte voll") && mail.text.contains("> Keine Einzelheiten\n> Stufe 2\n"), "{}", mail.text);
        app.happen(id, ann.id, watchbell_core::alert::Happening::Accepted).await;
        app.settle().await;
        let after = bob.expect_mail(app, "Re: [Weckt] Alarm von ").await;
        assert_eq!(after.subject, format!("Re: {}", mail.subject), "mail programs thread by the subject");
        assert_eq!(failures(&app.entries(id).await), 0);
        let lines = json!({"body": "{{ details }}\r\nStufe {{ level }}\r\n"});
        assert_eq!(admin.put("/api/texts/de", &lines).await.expect(200).json()["body"], "{{ details }}\nStufe {{ level }}");
        let back = admin.put("/api/texts/de", &json!({"title": "", "body": "{{ details }}"})).await.expect(200).json();
        assert_eq!((&back["title"], &back["body"]), (&json!(null), &json!(null)));
        assert!(settings::get(&app.app.db, &app.scope(), "texts.de").await.unwrap().is_none());
    }

    async fn a_text_that_fails_holds_no_page_back_and_is_said_once(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let ada = app.user_of_role("ada", Role::Admin).await;
        let admin = app.as_user(ada.id).await;
        let fails = "{% if summary == 'Disk dead' %}{{ caler.name }}{% endif %}{{ problem }}!";
        admin.put("/api/texts/en", &json!({"title": fails, "body": "Look: {{ problem }}"})).await.expect(200);
        let source = app.source().escalating_to([level(&ann, minutes(5)), level(&bob, minutes(5))]).await;
        let id = source.send(app, event("Disk dead")).await.unwrap();
        let mail = ann.expect_mail(app, "[Pages] Disk dead").await;
        assert!(mail.text.contains("> Look: Disk dead"), "the other text works: {}", mail.text);
        app.advance(minutes(5)).await;
        bob.expect_mail(app, "[Pages] Disk dead").await;
        let said: Vec<Entry> = app.entries(id).await.into_iter().filter(|entry| matches!(entry, Entry::TextFailed { .. })).collect();
        let [Entry::TextFailed { form: Form::Title, language: Language::English, problem }] = said.as_slice() else { panic!("{said:?}") };
        assert!(problem.contains("line 1") && problem.contains("caler.name"), "{problem}");
        let mut browser = Browser::of(app, &ann).await;
        assert!(browser.get(&format!("/alerts/{id}")).await.expect(200).text.contains("the message went out in Watchbell's own words"));
        let log = admin.get(&format!("/api/alerts/{id}/log-entries?lang=de")).await.expect(200).text;
        assert!(log.contains("funktioniert nicht"), "{log}");
        // Another alert of the source is worded as it should be; what is stored and cannot be read is as good as none.
        source.send(app, event("Fan dead")).await;
        ann.expect_mail(app, "[Pages] Fan dead!").await;
        app.tamper("UPDATE setting SET value = '{' WHERE name = 'texts.en'").await;
        watchbell_server::texts::apply(&app.app).await.unwrap();
        source.send(app, event("Power lost")).await;
        assert_eq!(ann.expect_mail(app, "Power lost").await.subject, "[Pages] Power lost");
    }

    async fn the_api_names_the_text_and_the_line_that_is_wrong(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let admin = app.as_user(ada.id).await;
        for (field, source, says) in [
            ("title", "a\n{{ custmer }}", "line 2"),
            ("body", "{{ customer", "line 1"),
            ("body", "{% include 'x' %}", "body"),
            ("body", "{% for i in range(9) %}x{% endfor %}", "range"),
            ("spoken", "{{ number }}", "number"),
        ] {
            let said = admin.put("/api/texts/en", &json!({field: source})).await.expect(400).json();
            let message = said["message"].as_str().unwrap();
            assert!(message.starts_with(field) && message.contains(says), "{message}");
        }
        let at_limit = "x".repeat(4_000);
        admin.put("/api/texts/en", &json!({"body": at_limit})).await.expect(200);
        admin.put("/api/texts/en", &json!({"body": format!("{at_limit}x")})).await.expect(400);
        admin.put("/api/texts/en", &json!({"body": 7})).await.expect(400);
        for language in ["fr", "EN", "de-AT", "%00"] {
            admin.get(&format!("/api/texts/{language}")).await.expect(404);
        }
        let kept = admin.get("/api/texts/en").await.expect(200).json();
        assert_eq!((&kept["title"], kept["body"].as_str().unwrap().len()), (&json!(null), 4_000));
    }

    async fn the_page_tries_texts_out_and_loses_nothing_that_was_typed(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let id = source.send(app, event("Ofen <b>kalt</b>")).await.unwrap();
        ann.expect_mail(app, "Ofen").await;
        let mut browser = Browser::of(app, &ada).await;
        let page = browser.get("/settings/texts/de").await.expect(200);
        assert!(page.text.contains("{{ headline }}") && page.text.contains("caller.phone") && page.text.contains("Deutsch"), "{}", page.text);
        let typed = [("title", "Achtung: {{ problem }}"), ("body", "{{ details }}"), ("spoken", "{{ problem }}. {{ caller.name }}"), ("alert", "")];
        let sample = browser.post("/settings/texts/de/preview", &typed).await.expect(200);
        assert!(sample.text.contains("[Weckt] Achtung: Disk full on SRV-01") && sample.text.contains("Disk full on SRV-01. Jane Doe"), "{}", sample.text);
        assert!(sample.text.contains("Achtung: {{ problem }}") && browser.get("/settings/texts/de").await.text.contains("{{ headline }}"), "nothing is kept");
        let number = id.to_string();
        let real = browser.post("/settings/texts/de/preview", &[("title", "Achtung: {{ problem }}"), ("body", ""), ("spoken", ""), ("alert", &number)]).await.expect(200);
        assert!(real.text.contains("Achtung: Ofen &lt;b&gt;kalt&lt;/b&gt;") && !real.text.contains("<b>kalt"), "{}", real.text);
        for alert in ["987654", "x", "99999999999999999999"] {
            let none = browser.post("/settings/texts/de/preview", &[("title", "Mine"), ("alert", alert)]).await.expect(422);
            assert!(none.text.contains("alert-error") && none.text.contains("Mine"), "{}", none.text);
        }
        for path in ["/settings/texts/de", "/settings/texts/de/preview"] {
            let wrong = browser.post(path, &[("title", "a\r\n{{ custmer }}"), ("body", "Kept </textarea> too")]).await.expect(422);
            assert!(wrong.text.contains("title-error") && wrong.text.contains("Line 2") && wrong.text.contains("Kept &lt;/textarea&gt; too"), "{}", wrong.text);
        }
        browser.submit("/settings/texts/de", &typed).await;
        assert!(browser.get("/settings/texts/de").await.text.contains("Achtung: {{ problem }}"));
        assert!(browser.get("/audit").await.text.contains("texts.de"));
        browser.submit("/settings/texts/de/default", &[]).await;
        assert!(!browser.get("/settings/texts/de").await.text.contains("Achtung"));
        browser.get("/settings/texts/fr").await.expect(404);
    }

    async fn people_choose_the_language_of_their_messages(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        let page = browser.get("/profile").await.expect(200);
        assert!(page.text.contains("<option value=\"en\" selected>English</option>") && page.text.contains("<option value=\"de\">Deutsch</option>"), "{}", page.text);
        let form = |language| [("name", "Ann Lee"), ("email", "ann@example.com"), ("zone", "Europe/Berlin"), ("language", language)];
        browser.submit(&format!("/users/{}", ann.id), &form("de")).await;
        let language = async |app: &TestApp| users::get(&app.app.db, &app.scope(), ann.id).await.unwrap().language;
        assert_eq!(language(app).await, "de");
        let wrong = browser.post(&format!("/users/{}", ann.id), &form("fr")).await.expect(422);
        assert!(wrong.text.contains("language-error"), "{}", wrong.text);
        browser.submit(&format!("/users/{}", ann.id), &form("de")[..3]).await;
        assert_eq!(language(app).await, "de", "a form without it changes nothing");
    }
}
