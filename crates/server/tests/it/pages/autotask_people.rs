//! The page that says who is who in Autotask.

use super::browser::Browser;
use crate::autotask::tenant::Tenant;
use watchbell_core::user::Role;
use watchbell_sim::autotask::seed;
use watchbell_store::connector_people::{self, ToolPerson};
use watchbell_store::users::{self, UserIn};
use watchbell_testkit::{TestApp, both_databases};

async fn chosen(app: &TestApp, tenant: &Tenant) -> Vec<ToolPerson> {
    connector_people::list(&app.app.db, &app.scope(), &tenant.connector).await.unwrap()
}

both_databases! {
    async fn people_are_found_by_address_or_chosen(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let carla = UserIn::new("carla@msp.example", "Carla", "Here", Role::Responder);
        let carla = users::create(&app.app.db, &app.scope(), carla, None, app.app.clock.now()).await.unwrap().id;
        let tenant = Tenant::new(app).await;
        let mut browser = Browser::of(app, &ada).await;
        let path = format!("/accounts/{}/people", tenant.connector);
        let page = browser.get(&path).await.expect(200);
        assert!(page.text.contains(", by e-mail address</span>") && page.text.contains("nobody in Autotask has this address"), "{}", page.text);
        assert!(page.text.contains(&format!("<option value=\"Ben Ortiz [{}]\">", seed::BEN)) && !page.text.contains(&seed::API_USER.to_string()), "{}", page.text);

        let (of_ada, of_carla) = (format!("person.{}", ada.id), format!("person.{carla}"));
        let refused = browser.post(&path, &[(&of_ada, "Benn"), (&of_carla, ""), ("page", "1")]).await.expect(422);
        assert!(refused.text.contains("Choose one of the list") && refused.text.contains("value=\"Benn\""), "{}", refused.text);
        assert_eq!(chosen(app, &tenant).await, []);
        let ben = format!("Ben Ortiz [{}]", seed::BEN);
        browser.post(&path, &[(&of_ada, &ben), (&of_carla, ""), ("page", "1")]).await.expect(303);
        let person = |user, person, name: &str| ToolPerson { user, person, name: name.into() };
        assert_eq!(chosen(app, &tenant).await, [person(ada.id, seed::BEN, "Ben Ortiz")]);
        let both = browser.post(&path, &[(&of_ada, &ben), (&of_carla, &ben), ("page", "1")]).await.expect(422);
        assert!(both.text.contains("Ben Ortiz is chosen for another user already"), "{}", both.text);
        // Given from one to the other at once.
        browser.post(&path, &[(&of_ada, ""), (&of_carla, &ben), ("page", "1")]).await.expect(303);
        assert_eq!(chosen(app, &tenant).await, [person(carla, seed::BEN, "Ben Ortiz")]);
        assert!(browser.get(&path).await.expect(200).text.contains("Ben Ortiz, chosen by hand"));
        users::delete(&app.app.db, &app.scope(), carla, None, app.app.clock.now()).await.unwrap();
        assert_eq!(chosen(app, &tenant).await, []);
        tenant.sim.faults(|faults| faults.maintenance = true);
        let away = browser.get(&path).await.expect(200);
        assert!(away.text.contains("The people of Autotask cannot be read: ") && !away.text.contains("people-form\">Save"), "{}", away.text);
    }
}
