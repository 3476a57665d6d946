//! Who accepts has the ticket: where nobody has it, as somebody whom Autotask lets have it, and without taking it from anybody.

use super::tenant::{COMPLETE, IN_PROGRESS, NEW, Plan, Tenant, WAITING_CUSTOMER, anna, rules};
use serde_json::json;
use watchbell_core::alert::{Happening, Status};
use watchbell_core::autotask::{LeavingFilter, Verdict};
use watchbell_core::ids::{AlertId, UserId};
use watchbell_core::timeline::Entry;
use watchbell_core::user::Role;
use watchbell_sim::autotask::{Actor, Entity, TicketIn, seed};
use watchbell_store::users::{self, UserIn};
use watchbell_testkit::{TestApp, both_databases, minutes, seconds};

/// Somebody with this address.
pub async fn user(app: &TestApp, email: &str) -> UserId {
    let new = UserIn::new(email, "Ben", "Ortiz", Role::Responder);
    users::create(&app.app.db, &app.scope(), new, None, app.app.clock.now()).await.unwrap().id
}

async fn accepted(app: &mut TestApp, tenant: &Tenant, ticket: i64, by: UserId) -> AlertId {
    let alert = tenant.alert(app, ticket).await.unwrap().id;
    app.happen(alert, by, Happening::Accepted).await;
    tenant.settle(app).await;
    alert
}

fn assignee(tenant: &Tenant, ticket: i64) -> (Option<i64>, Option<i64>) {
    let row = tenant.sim.ticket(ticket).unwrap();
    (row["assignedResourceID"].as_i64(), row["assignedResourceRoleID"].as_i64())
}

/// Somebody holds no role any more.
fn strip_roles(tenant: &Tenant, resource: i64) {
    tenant.sim.with(|world| world.tables.remove_where(Entity::ResourceRoles, |row| row["resourceID"] == resource));
}

/// What the timeline says was written, and what was not.
async fn said(app: &TestApp, alert: AlertId) -> (Vec<String>, Vec<String>) {
    let entries = app.entries(alert).await;
    let written = entries.iter().filter_map(|entry| match entry {
        Entry::WrittenBack { what } => Some(what.clone()),
        _ => None,
    });
    let not = entries.iter().filter_map(|entry| match entry {
        Entry::WriteBackFailed { what, error } => Some(format!("{what}: {error}")),
        _ => None,
    });
    (written.collect(), not.collect())
}

both_databases! {
    async fn who_accepts_has_the_ticket_in_a_role_for_its_queue(app: TestApp) {
        let ben = user(app, "Ben@MSP.example").await;
        let tenant = Tenant::new(app).await;
        let first = tenant.create(app, TicketIn::new("One").with("queueID", 29_683_487)).await;
        let alert = accepted(app, &tenant, first, ben).await;
        assert_eq!((tenant.status(first), assignee(&tenant, first)), (IN_PROGRESS, (Some(seed::BEN), Some(seed::LEVEL_2))));
        let (written, not) = said(app, alert).await;
        assert_eq!((written, not), (vec!["a note".into(), "Ben Ortiz as its primary resource".into(), "the status \"In Progress\"".into()], vec![]));
        // Elsewhere their usual role counts; who they are is known by now.
        let calls = tenant.calls("Resources/query") + tenant.calls("ResourceRoles/query");
        let second = tenant.create(app, TicketIn::new("Two").with("queueID", 8)).await;
        accepted(app, &tenant, second, ben).await;
        assert_eq!(assignee(&tenant, second), (Some(seed::BEN), Some(seed::LEVEL_1)));
        assert_eq!(tenant.calls("Resources/query") + tenant.calls("ResourceRoles/query"), calls);
    }

    async fn a_ticket_that_somebody_has_is_left_to_them(app: TestApp) {
        let ben = user(app, "ben@msp.example").await;
        let tenant = Tenant::new(app).await;
        let given = json!({"assignedResourceID": seed::CARLA, "assignedResourceRoleID": seed::LEVEL_2});
        let id = tenant.create(app, TicketIn::new("One")).await;
        tenant.edit(app, Actor::robot(), id, given).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Pending, "a rule accepts nothing");
        let alert = accepted(app, &tenant, id, ben).await;
        assert_eq!(assignee(&tenant, id), (Some(seed::CARLA), Some(seed::LEVEL_2)));
        assert_eq!(said(app, alert).await.1, Vec::<String>::new());
    }

    async fn it_is_given_whatever_its_status_waits_for_but_not_when_it_is_over(app: TestApp) {
        let ben = user(app, "ben@msp.example").await;
        let tenant = Tenant::new(app).await;
        let id = tenant.create(app, TicketIn::new("One")).await;
        tenant.set_status(app, Actor::robot(), id, WAITING_CUSTOMER).await;
        accepted(app, &tenant, id, ben).await;
        assert_eq!((tenant.status(id), assignee(&tenant, id).0), (WAITING_CUSTOMER, Some(seed::BEN)));
        // Completed in the very moment: nothing is reopened or taken.
        let over = tenant.create(app, TicketIn::new("Two")).await;
        let alert = tenant.alert(app, over).await.unwrap().id;
        tenant.sim.clear_rules();
        tenant.sim.edit(anna(), over, json!({"status": COMPLETE})).unwrap();
        app.happen(alert, ben, Happening::Accepted).await;
        tenant.settle(app).await;
        assert_eq!((tenant.status(over), assignee(&tenant, over)), (COMPLETE, (None, None)));
    }

    async fn who_cannot_have_it_is_named_and_the_rest_is_written(app: TestApp) {
        let tenant = Tenant::new(app).await;
        let api = tenant.sim.with(|world| world.config.api_user.clone());
        strip_roles(&tenant, seed::CARLA);
        for (email, why) in [
            ("stranger@example.com", "no active resource in Autotask has the e-mail address stranger@example.com"),
            (api.as_str(), "no active resource in Autotask has the e-mail address"),
            ("carla@msp.example", "carla@msp.example holds no role in a queue of the service desk"),
        ] {
            let by = user(app, email).await;
            let id = tenant.create(app, TicketIn::new("One")).await;
            let alert = accepted(app, &tenant, id, by).await;
            assert_eq!((tenant.status(id), tenant.our_notes(id).len(), assignee(&tenant, id)), (IN_PROGRESS, 1, (None, None)));
            let (_, not) = said(app, alert).await;
            assert!(not.len() == 1 && not[0].starts_with("assign it to Ben Ortiz: ") && not[0].contains(why), "{not:?}");
        }
    }

    async fn a_role_that_was_taken_away_costs_the_status_nothing(app: TestApp) {
        let ben = user(app, "ben@msp.example").await;
        let tenant = Tenant::new(app).await;
        let first = tenant.create(app, TicketIn::new("One")).await;
        accepted(app, &tenant, first, ben).await;
        strip_roles(&tenant, seed::BEN);
        let second = tenant.create(app, TicketIn::new("Two")).await;
        let alert = accepted(app, &tenant, second, ben).await;
        assert_eq!((tenant.status(second), assignee(&tenant, second)), (IN_PROGRESS, (None, None)));
        let (_, not) = said(app, alert).await;
        assert!(not.len() == 1 && not[0].contains("Role does not exist or is invalid"), "{not:?}");
    }

    async fn our_assignment_takes_the_ticket_out_of_no_filter(app: TestApp) {
        let ben = user(app, "ben@msp.example").await;
        let unassigned = json!({"test": {"field": "assigned", "op": "is", "value": false}});
        let rules = rules(|rules| {
            rules.filter.condition = Some(serde_json::from_value(unassigned).unwrap());
            rules.leaving_filter = LeavingFilter::Resolve;
        });
        let tenant = Tenant::planned(app, Plan { rules, ..Plan::default() }).await;
        let id = tenant.create(app, TicketIn::new("One")).await;
        let alert = accepted(app, &tenant, id, ben).await;
        tenant.advance(app, minutes(3)).await;
        assert_eq!((app.alert(alert).await.status, assignee(&tenant, id).0), (Status::Accepted, Some(seed::BEN)));
        assert_ne!(tenant.verdict(app, id).await, Some(Verdict::Followed));
    }

    async fn it_is_a_setting(app: TestApp) {
        let ben = user(app, "ben@msp.example").await;
        let off = rules(|rules| rules.write_back.assign_on_accept = false);
        let tenant = Tenant::planned(app, Plan { rules: off, ..Plan::default() }).await;
        let id = tenant.create(app, TicketIn::new("One")).await;
        accepted(app, &tenant, id, ben).await;
        assert_eq!((tenant.status(id), assignee(&tenant, id)), (IN_PROGRESS, (None, None)));
    }

    async fn it_is_tried_until_it_worked(app: TestApp) {
        let ben = user(app, "ben@msp.example").await;
        let tenant = Tenant::new(app).await;
        let id = tenant.create(app, TicketIn::new("One")).await;
        let alert = tenant.alert(app, id).await.unwrap().id;
        tenant.sim.faults(|faults| (faults.transient_500, faults.only_endpoint) = (true, "Resources".into()));
        app.happen(alert, ben, Happening::Accepted).await;
        tenant.settle(app).await;
        assert_eq!((tenant.status(id), assignee(&tenant, id)), (NEW, (None, None)), "nothing by halves");
        tenant.sim.heal();
        tenant.advance(app, seconds(10)).await;
        assert_eq!((tenant.status(id), assignee(&tenant, id).0), (IN_PROGRESS, Some(seed::BEN)));
    }
}
