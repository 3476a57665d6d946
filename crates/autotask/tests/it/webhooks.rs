//! Webhooks over the wire.

use autotask::{
    Error, NewWebhook, NewWebhookField, Query, Subscriptions, WebhookEventErrorLog, WebhookKind, WebhookPatch,
};
use serde_json::{Value, json};

use crate::server::{Seen, Server, json};

const KEY: &str = "webhook-key-hunter2";

fn new_webhook() -> NewWebhook {
    NewWebhook {
        name: "On call".to_owned(),
        webhook_url: "https://oncall.example/hook".to_owned(),
        deactivation_url: "https://oncall.example/gone".to_owned(),
        secret_key: KEY.into(),
        is_active: true,
        subscriptions: Subscriptions { create: true, update: true, delete: true },
        owner_resource_id: 29,
        notification_email_address: Some("ops@example.com".to_owned()),
        send_threshold_exceeded_notification: true,
    }
}

fn line(seen: &Seen) -> String {
    let path = seen.path.trim_start_matches("/ATServicesRest/V1.0/");
    if seen.body.is_null() {
        format!("{} {path}", seen.method)
    } else {
        format!("{} {path} {}", seen.method, seen.body)
    }
}

#[tokio::test]
async fn writes_and_deletions_go_where_the_vendor_has_them() {
    let server = Server::start(|_| json(200, &json!({"itemId": 177}))).await;
    let (client, kind) = (server.client(), WebhookKind::Ticket);
    assert_eq!(client.create_webhook(kind, new_webhook()).await.unwrap(), 177);
    client.patch_webhook(kind, WebhookPatch::new(177).active(false)).await.unwrap();
    client.create_webhook_field(kind, 177, NewWebhookField::subscribed(5)).await.unwrap();
    client.create_webhook_udf_field(kind, 177, NewWebhookField::subscribed(6)).await.unwrap();
    client.create_webhook_excluded_resource(WebhookKind::TicketNote, 177, 29).await.unwrap();
    client.delete_webhook_field(kind, 177, 1).await.unwrap();
    client.delete_webhook_udf_field(kind, 177, 2).await.unwrap();
    client.delete_webhook_excluded_resource(kind, 177, 3).await.unwrap();
    client.delete_webhook(kind, 177).await.unwrap();
    client.delete_webhook_event_error_log(4).await.unwrap();

    let lines: Vec<String> = server.seen().iter().map(line).collect();
    assert!(lines[0].starts_with("POST TicketWebhooks {") && lines[0].contains(KEY), "{}", lines[0]);
    assert!(lines[0].contains(r#""notificationEmailAddress":"ops@example.com""#), "{}", lines[0]);
    assert_eq!(
        lines[1..],
        [
            r#"PATCH TicketWebhooks {"id":177,"isActive":false}"#,
            r#"POST TicketWebhooks/177/Fields {"fieldID":5,"isDisplayAlwaysField":false,"isSubscribedField":true,"webhookID":177}"#,
            r#"POST TicketWebhooks/177/UdfFields {"isDisplayAlwaysField":false,"isSubscribedField":true,"udfFieldID":6,"webhookID":177}"#,
            r#"POST TicketNoteWebhooks/177/ExcludedResources {"resourceID":29,"webhookID":177}"#,
            "DELETE TicketWebhooks/177/Fields/1",
            "DELETE TicketWebhooks/177/UdfFields/2",
            "DELETE TicketWebhooks/177/ExcludedResources/3",
            "DELETE TicketWebhooks/177",
            "DELETE WebhookEventErrorLogs/4",
        ]
    );
}

fn rows(seen: &Seen) -> Value {
    let items = |row: Value| json!({"items": [row], "pageDetails": {"count": 1, "nextPageUrl": null}});
    match seen.path.trim_start_matches("/ATServicesRest/V1.0/") {
        "TicketWebhooks/177" => json!({"item": {"id": 177, "isActive": false, "isReady": true, "secretKey": KEY}}),
        "TicketWebhooks/query" => items(json!({"id": 177, "name": "On call", "webhookGUID": "g-1"})),
        "TicketWebhooks/177/Fields" => items(json!({"id": 1, "fieldID": "5", "isSubscribedField": true})),
        "TicketWebhooks/177/UdfFields" => items(json!({"id": 2, "udfFieldID": 6})),
        "TicketWebhooks/177/ExcludedResources" => items(json!({"id": 3, "resourceID": 29})),
        "WebhookEventErrorLogs/query" => items(json!({"id": 4, "ticketWebhookID": 177, "sequenceNumber": 12})),
        "TicketWebhookFields/entityInformation/fields" => {
            json!({"fields": [{"name": "fieldID", "isPickList": true, "picklistValues": [{"value": "5", "label": "Status", "isActive": true}]}]})
        }
        _ => json!({"fields": [{"name": "udfFieldID", "isPickList": false}]}),
    }
}

#[tokio::test]
async fn rows_and_names_of_fields_are_read_and_no_secret_is_kept() {
    let server = Server::start(|seen| json(200, &rows(seen))).await;
    let (client, kind) = (server.client(), WebhookKind::Ticket);
    let webhook = client.webhook(kind, 177).await.unwrap().unwrap();
    assert!(!webhook.is_active && webhook.is_ready && webhook.secret_key.is_given);
    assert!(!format!("{webhook:?}").contains(KEY));
    assert_eq!(client.webhooks(kind, &Query::new()).await.unwrap().items[0].guid.as_deref(), Some("g-1"));
    assert_eq!(client.webhook_fields(kind, 177).await.unwrap()[0].field_id, Some(5));
    assert_eq!(client.webhook_udf_fields(kind, 177).await.unwrap()[0].udf_field_id, Some(6));
    assert_eq!(client.webhook_excluded_resources(kind, 177).await.unwrap()[0].resource_id, Some(29));
    assert_eq!(
        client.query::<WebhookEventErrorLog>(&Query::new()).await.unwrap().items[0].ticket_webhook_id,
        Some(177)
    );
    assert_eq!(client.webhook_field_names(kind).await.unwrap().by_label("status").unwrap().number(), Some(5));
    assert!(matches!(client.webhook_udf_field_names(kind).await, Err(Error::Unreadable { .. })));
    assert!(client.webhook_udf_field_names(WebhookKind::TicketNote).await.unwrap().values.is_empty());
}

#[tokio::test]
async fn a_refusal_that_quotes_the_secret_key_does_not_show_it() {
    let server = Server::start(|_| json(500, &json!({"errors": [format!("secretKey {KEY} is not valid")]}))).await;
    let client = server.client();
    let refused = client.create_webhook(WebhookKind::Ticket, new_webhook()).await.unwrap_err();
    let patch = WebhookPatch::new(177).secret_key(&KEY.into());
    let again = client.patch_webhook(WebhookKind::Ticket, patch).await.unwrap_err();
    let shown = format!("{refused} {again:?}");
    assert!(shown.contains("secretKey *** is not valid") && !shown.contains(KEY), "{shown}");
}
