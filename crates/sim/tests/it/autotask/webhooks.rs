//! Making and changing webhooks, over plain REST and with the client of the crate `autotask`.

use autotask::{
    Error, NewWebhook, NewWebhookField, Query, Subscriptions, WebhookEventErrorLog, WebhookKind, WebhookPatch,
};
use serde_json::{Value, json};
use watchbell_sim::autotask::seed;

use super::client::client_of;
use super::support::{Answer, Tenant, errors, ids};

fn body() -> Value {
    json!({
        "name": "On call", "webhookUrl": "https://oncall.example/hook", "deactivationUrl": "https://oncall.example/gone",
        "secretKey": "stand-in-key-0001", "isActive": true, "isSubscribedToCreateEvents": true,
        "isSubscribedToUpdateEvents": true, "isSubscribedToDeleteEvents": false, "ownerResourceID": seed::API_USER,
        "notificationEmailAddress": "ops@msp.example", "sendThresholdExceededNotification": true,
    })
}

fn with(field: &str, value: impl Into<Value>) -> Value {
    let mut body = body();
    body[field] = value.into();
    body
}

#[tokio::test]
async fn what_is_wrong_with_a_webhook_is_refused() {
    let tenant = Tenant::new().await;
    for (body, text) in [
        (with("name", Value::Null), "Missing Required Field: name"),
        (with("secretKey", ""), "Missing Required Field: secretKey"),
        (with("name", "n".repeat(51)), "name must be less than or equal to 50 characters"),
        (with("webhookUrl", format!("https://{}", "u".repeat(500))), "webhookUrl must be less than or equal to 500"),
        (with("webhookUrl", "oncall"), "webhookUrl is not a valid URL"),
        (with("deactivationUrl", "ftp://x/"), "deactivationUrl is not a valid URL"),
        (with("secretKey", "short"), "secretKey must be greater than or equal to 10 characters"),
        (with("secretKey", "s".repeat(65)), "secretKey must be less than or equal to 64 characters"),
        (with("notificationEmailAddress", "m".repeat(151)), "less than or equal to 150 characters"),
        (with("ownerResourceID", 1), "Reference value on field: ownerResourceID of type: Resource"),
    ] {
        let Answer(status, answer) = tenant.send("POST", "TicketWebhooks", body).await;
        assert_eq!(status, 500);
        assert!(errors(&answer).contains(text), "{text}: {answer}");
    }
    tenant.sim.faults(|faults| faults.deny_webhooks = true);
    let Answer(status, answer) = tenant.send("POST", "TicketWebhooks", body()).await;
    assert_eq!(status, 500);
    assert!(errors(&answer).contains("adequate permissions"), "{answer}");
}

#[tokio::test]
async fn the_same_webhook_twice_is_refused_and_its_secret_is_not_answered() {
    let tenant = Tenant::new().await;
    let Answer(_, made) = tenant.send("POST", "TicketWebhooks", body()).await;
    let id = made["itemId"].as_i64().unwrap();
    let Answer(status, answer) = tenant.send("POST", "TicketWebhooks", with("name", "Another name")).await;
    assert_eq!(status, 500);
    assert!(errors(&answer).contains("exists already"), "{answer}");
    assert_eq!(tenant.send("POST", "TicketWebhooks", with("isSubscribedToDeleteEvents", true)).await.0, 200);
    assert_eq!(tenant.send("POST", "TicketNoteWebhooks", body()).await.0, 200, "of notes");

    let Answer(_, item) = tenant.get(&format!("TicketWebhooks/{id}")).await;
    let item = &item["item"];
    assert_eq!((&item["secretKey"], &item["isReady"]), (&Value::Null, &json!(false)));
    assert_eq!(item["webhookGUID"].as_str().unwrap().len(), 36);
    let by_secret = json!({"filter": [{"op": "beginsWith", "field": "secretKey", "value": "s"}]});
    assert_eq!(tenant.send("POST", "TicketWebhooks/query", by_secret).await.0, 500);
    let info = tenant.get("TicketWebhooks/entityInformation").await.1;
    assert_eq!((&info["info"]["canCreate"], &info["info"]["canDelete"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn a_webhook_is_ready_from_its_first_subscribed_field_on() {
    let tenant = Tenant::new().await;
    let id = tenant.send("POST", "TicketWebhooks", body()).await.1["itemId"].as_i64().unwrap();
    let fields = format!("TicketWebhooks/{id}/Fields");
    let ready = async || tenant.get(&format!("TicketWebhooks/{id}")).await.1["item"]["isReady"] == true;
    let along = json!({"fieldID": 1, "isDisplayAlwaysField": true});
    assert_eq!(tenant.send("POST", &fields, along).await.0, 200);
    assert!(!ready().await, "a field that is only sent along");
    let watched = json!({"webhookID": id, "fieldID": 2, "isSubscribedField": true, "isDisplayAlwaysField": false});
    let row = tenant.send("POST", &fields, watched.clone()).await.1["itemId"].as_i64().unwrap();
    assert!(ready().await);
    assert!(errors(&tenant.send("POST", &fields, watched).await.1).contains("already"));
    let unknown = tenant.send("POST", &fields, json!({"fieldID": 999, "isSubscribedField": true})).await.1;
    assert!(errors(&unknown).contains("does not reference an existing entity for fieldID"), "{unknown}");
    assert_eq!(ids(&tenant.get(&fields).await.1).len(), 2);
    assert_eq!(tenant.send("PATCH", &fields, json!({"id": row, "isSubscribedField": false})).await.0, 200);
    assert!(!ready().await);
    assert_eq!(tenant.send("DELETE", &format!("{fields}/{row}"), Value::Null).await.0, 200);
    assert_eq!(tenant.get(&format!("{fields}/{row}")).await.1["item"], Value::Null);
    let nobody = json!({"resourceID": 1});
    assert_eq!(tenant.send("POST", &format!("TicketWebhooks/{id}/ExcludedResources"), nobody).await.0, 500);
    assert_eq!(tenant.get(&format!("TicketNoteWebhooks/{id}/UdfFields")).await.0, 404, "notes have none");

    let mut only_deletions = with("isSubscribedToDeleteEvents", true);
    only_deletions["isSubscribedToCreateEvents"] = false.into();
    only_deletions["isSubscribedToUpdateEvents"] = false.into();
    let id = tenant.send("POST", "TicketWebhooks", only_deletions).await.1["itemId"].as_i64().unwrap();
    assert_eq!(tenant.get(&format!("TicketWebhooks/{id}")).await.1["item"]["isReady"], true);
}

#[tokio::test]
async fn the_client_makes_changes_and_deletes_a_webhook() {
    let tenant = Tenant::new().await;
    let api = client_of(&tenant);
    for kind in WebhookKind::ALL {
        let id = api.create_webhook(kind, new_webhook("https://oncall.example/hook")).await.unwrap();
        let names = api.webhook_field_names(kind).await.unwrap();
        let title = names.by_label("title").and_then(|name| name.number()).unwrap();
        let row = api.create_webhook_field(kind, id, NewWebhookField::subscribed(title)).await.unwrap();
        assert_eq!(api.webhook_fields(kind, id).await.unwrap()[0].field_id, Some(title));
        let excluded = api.create_webhook_excluded_resource(kind, id, seed::API_USER).await.unwrap();
        assert_eq!(api.webhook_excluded_resources(kind, id).await.unwrap()[0].resource_id, Some(seed::API_USER));

        api.patch_webhook(kind, WebhookPatch::new(id).name("New name").active(false)).await.unwrap();
        let webhook = api.webhook(kind, id).await.unwrap().unwrap();
        assert_eq!((webhook.name.as_deref(), webhook.is_active, webhook.is_ready), (Some("New name"), false, true));
        assert_eq!(api.webhooks(kind, &Query::new()).await.unwrap().items, [webhook]);

        api.delete_webhook_excluded_resource(kind, id, excluded).await.unwrap();
        api.delete_webhook_field(kind, id, row).await.unwrap();
        assert!(!api.webhook(kind, id).await.unwrap().unwrap().is_ready);
        api.delete_webhook(kind, id).await.unwrap();
        assert!(api.webhook(kind, id).await.unwrap().is_none());
        assert!(matches!(api.delete_webhook(kind, id).await, Err(Error::Permission { .. })));
    }
    let kind = WebhookKind::Ticket;
    let id = api.create_webhook(kind, new_webhook("https://oncall.example/hook")).await.unwrap();
    let udf = api.webhook_udf_field_names(kind).await.unwrap().by_label("Alert Id").unwrap().number().unwrap();
    let row = api.create_webhook_udf_field(kind, id, NewWebhookField::subscribed(udf)).await.unwrap();
    assert_eq!(api.webhook_udf_fields(kind, id).await.unwrap()[0].udf_field_id, Some(udf));
    api.delete_webhook_udf_field(kind, id, row).await.unwrap();
    assert!(api.query::<WebhookEventErrorLog>(&Query::new()).await.unwrap().items.is_empty());
    tenant.sim.faults(|faults| faults.deny_webhooks = true);
    let refused = api.patch_webhook(kind, WebhookPatch::new(id).active(true)).await.unwrap_err();
    assert!(matches!(refused, Error::Permission { .. }), "{refused}");
}

/// A webhook that tells of everything.
pub fn new_webhook(url: &str) -> NewWebhook {
    NewWebhook {
        name: "On call".to_owned(),
        webhook_url: url.to_owned(),
        deactivation_url: format!("{url}/gone"),
        secret_key: "stand-in-key-0001".into(),
        is_active: true,
        subscriptions: Subscriptions { create: true, update: true, delete: true },
        owner_resource_id: seed::API_USER,
        notification_email_address: None,
        send_threshold_exceeded_notification: false,
    }
}
