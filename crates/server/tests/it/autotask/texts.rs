//! What alerts say: templates, their faults, and their preview.

use super::tenant::{Plan, Tenant, rules};
use watchbell_core::alert::Status;
use watchbell_core::autotask::Templates;
use watchbell_server::engine::autotask::preview;
use watchbell_sim::autotask::{TicketIn, seed};
use watchbell_testkit::both_databases;

both_databases! {
    async fn templates_see_every_field(app: TestApp) {
        let summary = "{{ label.priority }} | {{ contact.fullName }} {{ contact.callBackNumber }} | {{ udf['After Hours'] }} | {{ ticket.title | upper }}";
        let templates = Templates { summary: Some(summary.into()), details: Some("{{ company.city }} {{ label.queue }} {{ url }}".into()) };
        let tenant = Tenant::planned(app, Plan { rules: rules(|rules| rules.templates = templates), ..Plan::default() }).await;
        let udf = serde_json::json!([{"name": "After Hours", "value": "Yes"}]);
        let id = tenant.create(app, TicketIn::new("cold").with("contactID", seed::BAKER).with("userDefinedFields", udf)).await;
        let alert = tenant.alert(app, id).await.unwrap();
        assert_eq!(alert.summary, "Medium | Greta Crumb +1 518 555 0112 | Yes | COLD");
        assert!(alert.details.starts_with("Albany Level I Support http"), "{}", alert.details);
    }

    async fn a_broken_template_falls_back_and_says_so(app: TestApp) {
        let templates = Templates { summary: Some("{{ tiket.title }}".into()), details: Some("{% for i in range(99999999) %}x{% endfor %}".into()) };
        let tenant = Tenant::planned(app, Plan { rules: rules(|rules| rules.templates = templates), ..Plan::default() }).await;
        let id = tenant.create(app, TicketIn::new("Broken").with("description", "More")).await;
        let alert = tenant.alert(app, id).await.unwrap();
        assert!(alert.summary.starts_with("Crumb & Crust Bakery: Broken [T"), "{}", alert.summary);
        assert_eq!((alert.details.as_str(), alert.status), ("More", Status::Pending));
        assert_eq!(alert.content.warnings.len(), 2);
        assert!(alert.content.warnings[0].contains("summary template") && alert.content.warnings[0].contains("tiket"), "{:?}", alert.content.warnings);
    }

    async fn nasty_texts_are_shown_as_text(app: TestApp) {
        let tenant = Tenant::new(app).await;
        let title = "nul \u{0} <script>alert(1)</script> '; DROP TABLE alert; -- {{ 7 * 7 }}";
        let id = tenant.create(app, TicketIn::new(title).with("description", "\u{0}\u{202e}".repeat(2_000))).await;
        let alert = tenant.alert(app, id).await.unwrap();
        assert!(alert.summary.contains("<script>alert(1)</script> '; DROP TABLE alert; -- {{ 7 * 7 }}"), "{}", alert.summary);
        assert!(!alert.summary.contains('\u{0}') && !alert.details.contains('\u{0}'));
    }

    async fn names_that_cannot_be_read_stop_no_page(app: TestApp) {
        let tenant = Tenant::new(app).await;
        tenant.sim.faults(|faults| (faults.transient_500, faults.only_endpoint) = (true, "Companies".into()));
        let id = tenant.create(app, TicketIn::new("Nameless")).await;
        let alert = tenant.alert(app, id).await.unwrap();
        assert!(alert.summary.starts_with(&format!("Customer {}: Nameless", seed::BAKERY)), "{}", alert.summary);
    }

    async fn a_preview_shows_the_last_real_ticket(app: TestApp) {
        let tenant = Tenant::new(app).await;
        let show = async |app: &watchbell_testkit::TestApp, source, summary: &str| {
            let templates = Templates { summary: Some(summary.into()), details: None };
            preview(&app.app, &app.scope(), &tenant.connector, source, templates).await
        };
        assert!(show(app, None, "x").await.unwrap_err().contains("no ticket"));
        let id = tenant.create(app, TicketIn::new("Shown").with("description", "More")).await;
        let number = tenant.sim.ticket(id).unwrap()["ticketNumber"].as_str().unwrap().to_owned();
        for source in [None, Some(tenant.source.id)] {
            let shown = show(app, source, "{{ company.companyName }} / {{ ticket.title }}").await.unwrap();
            assert_eq!((shown.ticket_number.as_str(), shown.summary.as_str(), shown.details.as_str()), (number.as_str(), "Crumb & Crust Bakery / Shown", "More"));
            assert!(shown.problems.is_empty());
        }
        let broken = show(app, None, "{{ nothing }}").await.unwrap();
        assert!(broken.problems[0].contains("nothing"), "{:?}", broken.problems);
    }
}
