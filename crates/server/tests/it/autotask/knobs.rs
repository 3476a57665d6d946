//! What can go wrong with Autotask, one after another, with the same story each time: one alert for a ticket, the right state on both
//! sides at the end, and every step visible.

use super::random::agreement;
use super::random::step::{Deed, Edit, Hand, Step, What};
use super::random::trouble::{REFUSAL, Trouble};
use super::random::world::World;
use super::tenant::{COMPLETE, HIGH, IN_PROGRESS, NEW, Tenant};
use watchbell_core::alert::{Alert, Status};
use watchbell_core::autotask::Preset;
use watchbell_core::timeline::Entry;
use watchbell_sim::autotask::seed;
use watchbell_store::connectors::ConnectorState;
use watchbell_testkit::{TestApp, both_databases, seconds};

/// What the page of the account says meanwhile; none where it is well all along.
fn shown(trouble: Trouble) -> Option<&'static str> {
    match trouble {
        Trouble::Hour => Some("The limit of the tenant is reached"),
        Trouble::Html => Some("Autotask is under maintenance"),
        Trouble::Locked => Some("refused by Autotask"),
        Trouble::Failing => Some("Autotask fails since"),
        Trouble::Stopped => Some("Autotask is unreachable since"),
        Trouble::Threads | Trouble::Latency | Trouble::LateRows | Trouble::Refusing => None,
        Trouble::FailingNotes | Trouble::FailingTickets | Trouble::FailingWrites => None,
        Trouble::AnswersLost | Trouble::CalloutsLost | Trouble::CalloutsTwice => None,
    }
}

async fn creates(world: &mut World<'_>) -> i64 {
    world.take(Step::Create { by: Hand::Anna, status: NEW, priority: HIGH, taken: false }).await;
    *world.tickets.last().unwrap()
}

async fn only_alert(world: &World<'_>, ticket: i64) -> Alert {
    let count = format!("SELECT count(*) FROM alert WHERE alert_key = 'autotask:{ticket}'");
    assert_eq!(world.app.rows::<(i64,)>(&count).await, [(1,)], "one alert of ticket {ticket}");
    world.tenant.alert(world.app, ticket).await.unwrap()
}

async fn goes_wrong_for(world: &mut World<'_>, trouble: Trouble, seconds_long: i64) {
    world.take(Step::Pass { seconds: seconds_long }).await;
    let in_part = [
        Trouble::Threads,
        Trouble::FailingNotes,
        Trouble::FailingTickets,
        Trouble::FailingWrites,
        Trouble::AnswersLost,
    ];
    if in_part.contains(&trouble) {
        // In between it answers well.
        return;
    }
    let account = world.tenant.account(world.app).await;
    let reason = account.state_reason.unwrap_or_default();
    match shown(trouble) {
        Some(says) => assert!(account.state != ConnectorState::Green && reason.contains(says), "{trouble:?}: {reason}"),
        None => assert_eq!((account.state, reason.as_str()), (ConnectorState::Green, ""), "{trouble:?}"),
    }
}

/// A ticket that is known is accepted and commented on here while another one is made.
async fn is_accepted_while(world: &mut World<'_>, trouble: Trouble) -> (i64, i64) {
    let known = creates(world).await;
    world.take(Step::Pass { seconds: 60 }).await;
    let alert = only_alert(world, known).await.id;
    world.take(Step::Breaks(trouble)).await;
    let fresh = creates(world).await;
    world.act(alert, 0, Deed::Accept).await;
    world.take(Step::Pass { seconds: 1 }).await;
    world.act(alert, 0, Deed::Comment).await;
    goes_wrong_for(world, trouble, 90).await;
    world.come_to_rest().await;
    (known, fresh)
}

fn assignee(tenant: &Tenant, ticket: i64) -> Option<i64> {
    tenant.sim.ticket(ticket).unwrap()["assignedResourceID"].as_i64()
}

async fn agrees(world: &World<'_>, trouble: Trouble) {
    let broken = agreement::broken(world).await;
    assert!(broken.is_empty(), "{trouble:?}: {}", broken.join("\n"));
}

/// The timeline of an alert, as far as its ticket is concerned.
async fn written(app: &TestApp, alert: &Alert) -> Vec<String> {
    let entries = app.entries(alert.id).await;
    let written = entries.into_iter().filter_map(|entry| match entry {
        Entry::WrittenBack { what } => Some(what),
        _ => None,
    });
    written.collect()
}

async fn ends_well(world: &mut World<'_>, trouble: Trouble) {
    let (known, fresh) = is_accepted_while(world, trouble).await;
    let (accepted, pending) = (only_alert(world, known).await, only_alert(world, fresh).await);
    assert_eq!((accepted.status, pending.status), (Status::Accepted, Status::Pending), "{trouble:?}");
    assert_eq!((world.tenant.status(known), world.tenant.status(fresh)), (IN_PROGRESS, NEW), "{trouble:?}");
    assert_eq!(
        (assignee(&world.tenant, known), assignee(&world.tenant, fresh)),
        (Some(seed::ANNA), None),
        "{trouble:?}"
    );
    agrees(world, trouble).await;

    world.take(Step::Breaks(trouble)).await;
    world.act(accepted.id, 1, Deed::ResolveAndComplete).await;
    world.take(Step::Edit(Edit { ticket: 0, by: Hand::Ben, what: What::Status(COMPLETE) })).await;
    world.take(Step::Pass { seconds: 90 }).await;
    world.come_to_rest().await;
    for ticket in [known, fresh] {
        assert_eq!(
            (only_alert(world, ticket).await.status, world.tenant.status(ticket)),
            (Status::Resolved, COMPLETE),
            "{trouble:?}"
        );
    }
    assert_eq!(world.tenant.sim.ticket(known).unwrap()["resolution"], "ben did it", "{trouble:?}");
    agrees(world, trouble).await;
    every_step_is_visible(world, trouble, (&accepted, &pending)).await;
}

async fn every_step_is_visible(world: &World<'_>, trouble: Trouble, (accepted, pending): (&Alert, &Alert)) {
    let said = written(world.app, accepted).await;
    let notes = said.iter().filter(|what| *what == "a note").count();
    assert_eq!(notes, 3, "{trouble:?}: accepted, commented, resolved: {said:?}");
    // Of what was done and not answered the ticket itself tells, when it is looked at again.
    let told = [
        "anna Example as its primary resource",
        "the status \"In Progress\"",
        "the status \"Complete\"",
        "its resolution",
    ];
    for what in told.iter().filter(|_| trouble != Trouble::AnswersLost) {
        assert!(said.iter().any(|said| said == what), "{trouble:?}: {what} is missing: {said:?}");
    }
    let entries = world.app.entries(accepted.id).await;
    let refused =
        entries.iter().filter(|entry| matches!(entry, Entry::WriteBackFailed { error, .. } if error.contains(REFUSAL)));
    assert_eq!(refused.count() > 0, trouble == Trouble::Refusing, "{trouble:?}: {entries:?}");
    let entries = world.app.entries(pending.id).await;
    let over = entries
        .iter()
        .any(|entry| matches!(entry, Entry::Resolved { reason: Some(reason) } if reason.contains("Ben Ortiz")));
    assert!(over, "{trouble:?}: {entries:?}");
}

both_databases! {
    async fn whatever_goes_wrong_alert_and_ticket_agree_at_the_end(app: TestApp) {
        let mut world = World::new(app, Preset::AfterHoursMsp).await;
        for trouble in Trouble::ALL {
            ends_well(&mut world, *trouble).await;
        }
        world.take(Step::Pass { seconds: 60 }).await;
        drop(world);
        app.advance(seconds(1)).await;
        app.expect_any_mails();
    }
}
