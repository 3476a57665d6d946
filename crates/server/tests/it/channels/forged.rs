//! Requests that are not the provider's: refused, logged, without any effect.

use crate::channels::texts::ANN;
use serde_json::json;
use watchbell_core::alert::Status;
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Channel;
use watchbell_testkit::lines::INBOUND_TOKEN;
use watchbell_testkit::{both_databases, event, level, minutes};

both_databases! {
    async fn a_forged_answer_changes_nothing(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio, ProviderKind::Vonage, ProviderKind::SmsGateway]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
        let source = app.source().escalating_to([level(&ann, minutes(15))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        app.settle().await;
        for kind in [ProviderKind::Twilio, ProviderKind::Vonage, ProviderKind::SmsGateway] {
            let path = format!("/api/v1/providers/{}/message", lines.account(kind));
            let body = json!({"from": ANN, "text": "1a", "From": ANN, "Body": "1a", "MessageSid": "SM1"});
            app.http.post(&path, &body).await.expect(403);
        }
        assert_eq!(app.alert(alert).await.status, Status::Pending);
    }

    async fn unknown_accounts_hooks_and_messages_are_not_found(app: TestApp) {
        let lines = app.lines(&[ProviderKind::SmsGateway]).await;
        let gateway = lines.account(ProviderKind::SmsGateway);
        let body = json!({"id": "1", "status": "delivered"});
        app.http.post("/api/v1/providers/nobody/message", &body).await.expect(404);
        app.http.post(&format!("/api/v1/providers/{gateway}/nothing"), &body).await.expect(404);
        app.http.post(&format!("/api/v1/providers/{gateway}/status/forged?token={INBOUND_TOKEN}"), &body).await.expect(404);
    }

    async fn what_is_too_large_is_refused(app: TestApp) {
        let lines = app.lines(&[ProviderKind::SmsGateway]).await;
        let path = format!("/api/v1/providers/{}/message?token={INBOUND_TOKEN}", lines.account(ProviderKind::SmsGateway));
        let body = json!({"from": ANN, "text": "x".repeat(70_000)});
        app.http.post(&path, &body).await.expect(413);
    }
}
