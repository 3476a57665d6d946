//! What can be made to go wrong with webhooks, and where a person sees it.

use autotask::{SignatureError, WEBHOOK_SIGNATURE_HEADER, WebhookAction, WebhookEvent, WebhookKind, verify_signature};
use serde_json::json;
use watchbell_sim::autotask::{Fate, Habits, TicketIn, seed};

use super::page::{read, submit};
use super::support::{answer, until};
use super::webhook_events::Hooked;

async fn hooked() -> Hooked {
    Hooked::to(WebhookKind::Ticket, &["title"], Habits::default()).await
}

fn create(hooked: &Hooked, titles: &[&str]) {
    for title in titles {
        hooked.tenant.sim.create_ticket(TicketIn::new(title)).unwrap();
    }
}

fn numbers(events: &[WebhookEvent]) -> Vec<i64> {
    events.iter().filter_map(|event| event.sequence_number).collect()
}

#[tokio::test]
async fn events_are_lost_doubled_and_overtaken() {
    let hooked = hooked().await;
    let faults = &|change: fn(&mut watchbell_sim::autotask::Faults)| hooked.tenant.sim.faults(change);
    faults(|faults| faults.lose_webhooks = true);
    create(&hooked, &["Lost"]);
    faults(|faults| (faults.lose_webhooks, faults.duplicate_webhooks) = (false, true));
    create(&hooked, &["Doubled"]);
    faults(|faults| (faults.duplicate_webhooks, faults.reorder_webhooks) = (false, true));
    create(&hooked, &["Overtaken", "Overtaking", "Held"]);
    assert_eq!(numbers(&hooked.events(4).await), [2, 2, 4, 3]);
    hooked.tenant.sim.heal();
    assert_eq!(numbers(&hooked.events(5).await), [2, 2, 4, 3, 5]);
    let log = hooked.settled(6).await;
    assert_eq!((log[0].fate, log[0].attempts[0].answer.as_str()), (Fate::Failed, "Lost on its way"));
    let bodies = hooked.receiver.received();
    assert_eq!(bodies[0].body, bodies[1].body);
}

#[tokio::test]
async fn events_are_signed_with_another_secret() {
    let hooked = hooked().await;
    hooked.tenant.sim.faults(|faults| faults.missign_webhooks = true);
    create(&hooked, &["Forged"]);
    let got = until(|| hooked.receiver.received().pop()).await;
    let signature = got.headers[WEBHOOK_SIGNATURE_HEADER].to_str().ok();
    let checked = verify_signature(signature, &"stand-in-key-0001".into(), got.body.as_bytes());
    assert_eq!(checked, Err(SignatureError::Wrong));
}

#[tokio::test]
async fn a_person_sees_webhooks_and_events_and_switches_all_off() {
    let hooked = hooked().await;
    let (tenant, api, kind) = (&hooked.tenant, &hooked.api, hooked.kind);
    api.create_webhook_excluded_resource(kind, hooked.id, seed::API_USER).await.unwrap();
    let webhook = &tenant.sim.webhooks()[0];
    assert_eq!((&webhook["entityType"], &webhook["subscribedFields"]), (&json!("Ticket"), &json!(["Title"])));
    assert_eq!(webhook["excludedResources"], json!([seed::API_USER]));
    create(&hooked, &["<b>Oven</b>"]);
    hooked.settled(1).await;
    let page = read(tenant, "/ui/webhooks").await;
    for text in ["On call", "new, changed, deleted", "Watchbell API", "1. Create", "204 ", "delivered", "Title"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(page.contains(r"\u003Cb\u003E") && !page.contains("stand-in-key-0001"));
    assert_eq!(submit(tenant, "/ui/faults", &[("loseWebhooks", "true")]).await, 303);
    assert!(tenant.sim.with(|world| world.faults.lose_webhooks && !world.faults.reorder_webhooks));
    tenant.sim.heal();
    assert!(read(tenant, "/ui/faults").await.contains("Deactivate all webhooks now"));
    assert_eq!(submit(tenant, "/ui/webhooks/deactivate", &[]).await, 303);
    assert_eq!(hooked.events(2).await[1].action, WebhookAction::Deactivated);
    assert!(read(tenant, "/ui/webhooks").await.contains("inactive"));
    let state = answer(tenant.http.get(format!("{}/sim/state", tenant.sim.url()))).await.1;
    assert_eq!((&state["webhooks"][0]["isActive"], &state["webhooks"][0]["secretKey"]), (&json!(false), &json!(null)));
    assert_eq!(state["webhookDeliveries"][0]["action"], "Create");
    let log = answer(tenant.http.get(format!("{}/sim/webhook-deliveries", tenant.sim.url()))).await.1;
    assert_eq!((&log[1]["action"], &log[1]["watched"]), (&json!("Deactivated"), &json!("tickets")));
}
