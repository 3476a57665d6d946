//! The Autotask wizard, against a real stand-in.

use super::browser::{Browser, between};
use watchbell_core::autotask::{SourceRules, Treatment};
use watchbell_core::user::Role;
use watchbell_sim::autotask::{Autotask, Config};
use watchbell_store::{connectors, policies, sources};
use watchbell_testkit::{TestApp, both_databases, seconds};

/// The fields of a form as its page shows them: inputs, ticked boxes, chosen options.
fn fields(page: &str, form_action: &str) -> Vec<(String, String)> {
    let start = page.find(&format!("action=\"{form_action}\"")).expect("the form");
    let form = &page[start..start + page[start..].find("</form>").unwrap()];
    let mut fields = Vec::new();
    for tag in form.split('<').skip(1) {
        let attribute = |name: &str| between(tag, &format!(" {name}=\""), "\"").map(unescape);
        let is = |word: &str| tag.contains(&format!(" {word}"));
        match tag.split([' ', '>']).next().unwrap() {
            "input" if matches!(attribute("type").as_deref(), Some("checkbox" | "radio")) && !is("checked") => {}
            "input" => fields.extend(attribute("name").map(|name| (name, attribute("value").unwrap_or_default()))),
            "select" => fields.extend(attribute("name").map(|name| (name, String::new()))),
            "option" if is("selected") => fields.last_mut().unwrap().1 = attribute("value").unwrap_or_default(),
            "textarea" => fields.extend(attribute("name").map(|name| (name, unescape(tag.split_once('>').unwrap().1)))),
            _ => {}
        }
    }
    fields
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn set(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    fields.retain(|(known, _)| known != name);
    fields.push((name.into(), value.into()));
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().filter(|(name, _)| name != "csrf").map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// A policy that calls nobody, by id.
async fn policy(app: &TestApp) -> String {
    let new = policies::PolicyIn {
        name: "After hours".into(),
        routing_key: None,
        levels: Vec::new(),
        passes: 1,
        repeating: false,
        delay_s: 0,
        after_accept: Default::default(),
    };
    policies::create(&app.app.db, &app.scope(), new, app.app.clock.now()).await.unwrap().id.to_string()
}

fn account(url: &str, config: &Config, secret: &str) -> Vec<(String, String)> {
    [
        ("name", "Autotask"),
        ("zone", "custom"),
        ("base_url", url),
        ("user_name", &config.api_user),
        ("secret", secret),
        ("integration_code", &config.api_code),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

both_databases! {
    async fn a_refused_account_is_named_and_can_be_saved_all_the_same(app: TestApp) {
        let config = Config::default();
        let sim = Autotask::start(config.clone()).await.unwrap();
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        browser.get("/sources/new/autotask").await.expect(200);
        let mut wrong = account(&sim.url(), &config, "wrong");
        let page = browser.post("/sources/new/autotask", &borrowed(&wrong)).await.expect(422);
        assert!(page.text.contains("Save it as it is and continue") && !page.text.contains("value=\"wrong\""), "{}", page.text);
        assert!(connectors::of_kind(&app.app.db, &app.scope(), "autotask").await.unwrap().is_empty());
        set(&mut wrong, "save_anyway", "on");
        let page = browser.submit("/sources/new/autotask", &borrowed(&wrong)).await;
        assert!(page.text.contains("could not be read"), "{}", page.text);
        let saved = connectors::of_kind(&app.app.db, &app.scope(), "autotask").await.unwrap().pop().unwrap();
        let page = browser.get(&format!("/accounts/{}", saved.id)).await.expect(200);
        assert!(page.text.contains("Stopped") && page.text.contains("Try again"), "{}", page.text);

        let right = account(&sim.url(), &config, &config.api_secret);
        let page = browser.submit(&format!("/accounts/{}", saved.id), &borrowed(&right)).await;
        assert!(page.text.contains("It works") && page.text.contains("Works</span>"), "{}", page.text);
        assert!(!page.text.contains(&config.api_secret));
    }

    async fn the_wizard_makes_a_source_that_lives_and_its_settings_read_back_what_they_say(app: TestApp) {
        let config = Config::default();
        let sim = Autotask::start(config.clone()).await.unwrap();
        let policy = policy(app).await;
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        browser.get("/sources/new/autotask").await.expect(200);
        let page = browser.submit("/sources/new/autotask", &borrowed(&account(&sim.url(), &config, &config.api_secret))).await;
        assert!(page.text.contains("In Progress") && page.text.contains("please check"), "{}", page.text);

        let mut form = fields(&page.text, "/sources/new/autotask/rules");
        set(&mut form, "name", "Autotask after hours");
        set(&mut form, "policy", &policy);
        set(&mut form, "priority.3", "page");
        set(&mut form, "filter.0.group", "none");
        set(&mut form, "filter.0.field", "queue");
        set(&mut form, "filter.0.op", "is");
        set(&mut form, "filter.0.value", "No such queue");
        let refused = browser.post("/sources/new/autotask/rules", &borrowed(&form)).await.expect(422);
        assert!(refused.text.contains("Autotask has no queue called"), "{}", refused.text);
        set(&mut form, "filter.0.field", "title");
        set(&mut form, "filter.0.op", "contains");
        set(&mut form, "filter.0.value", "test; ignore");
        form.retain(|(name, _)| name != "comment_note");
        set(&mut form, "reassign_note", "on");
        set(&mut form, "note_text_template", "{{ by");
        let refused = browser.post("/sources/new/autotask/rules", &borrowed(&form)).await.expect(422);
        assert!(refused.text.contains("note_text_template-error"), "{}", refused.text);
        set(&mut form, "note_text_template", "{{ by }}: {{ text }}");
        set(&mut form, "resolution_template", "{{ resolution }}");
        set(&mut form, "note_type", "3");
        let page = browser.submit("/sources/new/autotask/rules", &borrowed(&form)).await;
        for seen in ["Waiting for the first callout", "/api/v1/events/autotask/", "Extension Callout"] {
            assert!(page.text.contains(seen), "{seen}: {}", page.text);
        }
        let source = sources::find_by_name(&app.app.db, &app.scope(), "autotask after hours").await.unwrap().unwrap();
        let rules: SourceRules = serde_json::from_str(source.rules.as_deref().unwrap()).unwrap();
        assert_eq!(rules.priorities.treatment(Some(3)), Treatment::Page);
        assert!(rules.filter.condition.is_some());
        let write = &rules.write_back;
        assert!(write.note_on_accept && !write.note_on_comment && write.note_on_reassign && !write.note_on_escalate && write.note_on_unanswered);
        assert_eq!((write.note_text.as_deref(), write.resolution.as_deref()), (Some("{{ by }}: {{ text }}"), Some("{{ resolution }}")));
        assert_eq!((write.note_title.as_deref(), write.note_type), (None, 3));
        app.settle().await;
        app.advance(seconds(1)).await;
        let polled = sources::get(&app.app.db, &app.scope(), source.id).await.unwrap();
        assert!(polled.polled_at.is_some());

        // The settings page, saved as it stands, changes nothing.
        let settings = format!("/sources/{}/settings", source.id);
        let page = browser.get(&settings).await.expect(200);
        assert!(page.text.contains("value=\"test; ignore\""), "{}", page.text);
        browser.submit(&settings, &borrowed(&fields(&page.text, &settings))).await;
        let again = sources::get(&app.app.db, &app.scope(), source.id).await.unwrap();
        let read: SourceRules = serde_json::from_str(again.rules.as_deref().unwrap()).unwrap();
        assert_eq!(read, rules);
        app.settle().await;
    }

    async fn a_broken_template_is_named_and_the_preview_asks_nothing_to_be_saved(app: TestApp) {
        let config = Config::default();
        let sim = Autotask::start(config.clone()).await.unwrap();
        let policy = policy(app).await;
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        browser.get("/sources/new/autotask").await.expect(200);
        let page = browser.submit("/sources/new/autotask", &borrowed(&account(&sim.url(), &config, &config.api_secret))).await;
        let mut form = fields(&page.text, "/sources/new/autotask/rules");
        set(&mut form, "name", "Autotask");
        set(&mut form, "policy", &policy);
        set(&mut form, "summary_template", "{{ ticket.title");
        let refused = browser.post("/sources/new/autotask/rules", &borrowed(&form)).await.expect(422);
        assert!(refused.text.contains("summary_template-error"), "{}", refused.text);
        set(&mut form, "do", "preview");
        set(&mut form, "summary_template", "{{ ticket.title }}");
        let shown = browser.post("/sources/new/autotask/rules", &borrowed(&form)).await.expect(200);
        assert!(shown.text.contains("id=\"template-preview\"><p"), "{}", shown.text);
        assert!(sources::of_type(&app.app.db, &app.scope(), "AUTOTASK").await.unwrap().is_empty());
    }
}
