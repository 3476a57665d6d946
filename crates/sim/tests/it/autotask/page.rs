use serde_json::json;
use watchbell_sim::autotask::{Actor, TicketIn, seed};

use super::receiver::Receiver;
use super::support::{Answer, Tenant, answer, until};

pub async fn read(tenant: &Tenant, path: &str) -> String {
    let response = tenant.http.get(format!("{}{path}", tenant.sim.url())).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}

pub async fn submit(tenant: &Tenant, path: &str, fields: &[(&str, &str)]) -> u16 {
    let form = reqwest::Url::parse_with_params("http://form/", fields).unwrap().query().unwrap().to_owned();
    let request = tenant
        .http
        .post(format!("{}{path}", tenant.sim.url()))
        .header("content-type", "application/x-www-form-urlencoded");
    request.body(form).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_person_does_everything_on_the_page() {
    let (tenant, receiver) = (Tenant::new().await, Receiver::start().await);
    tenant.sim.callout_to(&receiver.url);
    let anna = format!("resource:{}", seed::ANNA);
    let new =
        [("as", anna.as_str()), ("companyID", "0"), ("status", "1"), ("priority", "2"), ("title", "<b>Oven</b> & co")];
    assert_eq!(submit(&tenant, "/ui/tickets", &new).await, 303);
    let id = tenant.sim.tickets()[0]["id"].as_i64().unwrap();
    assert!(read(&tenant, "/").await.contains("&lt;b&gt;Oven&lt;/b&gt; &amp; co"));

    let edit = [
        ("as", anna.as_str()),
        ("status", "8"),
        ("assignee", "29682886/29682835"),
        ("udf:Alert Id", "A-1"),
        ("title", "Oven"),
    ];
    assert_eq!(submit(&tenant, &format!("/ui/tickets/{id}"), &edit).await, 303);
    let ticket = tenant.item(id).await;
    assert_eq!((&ticket["status"], &ticket["assignedResourceID"]), (&json!(8), &json!(seed::BEN)));
    let baker = format!("contact:{}", seed::BAKER);
    assert_eq!(
        submit(
            &tenant,
            &format!("/ui/tickets/{id}/note"),
            &[("as", &baker), ("title", "Hi"), ("description", "Still cold")]
        )
        .await,
        303
    );
    assert!(read(&tenant, &format!("/ui/tickets/{id}")).await.contains("Still cold"));

    until(|| {
        (tenant.sim.deliveries().iter().filter(|delivery| delivery.attempts.len() == 1).count() == 2).then_some(())
    })
    .await;
    let log = read(&tenant, "/ui/callouts").await;
    assert!(log.contains("POST http") && log.contains("status=In+Progress") && log.contains("204 "), "{log}");

    let other = tenant.sim.create_ticket(TicketIn::new("Other")).unwrap();
    assert_eq!(
        submit(
            &tenant,
            "/ui/bulk",
            &[("as", "robot"), ("id", &id.to_string()), ("id", &other.to_string()), ("priority", "4")]
        )
        .await,
        303
    );
    assert!(tenant.sim.tickets().iter().all(|ticket| ticket["priority"] == 4 && ticket["lastActivityResourceID"] == 4));
    assert_eq!(
        submit(&tenant, &format!("/ui/tickets/{id}/merge"), &[("as", &anna), ("into", &other.to_string())]).await,
        303
    );
    assert_eq!(tenant.item(id).await["status"], 5);
    assert_eq!(submit(&tenant, &format!("/ui/tickets/{id}/delete"), &[("as", &anna)]).await, 303);
    assert_eq!(tenant.sim.tickets().len(), 1);
    assert_eq!(submit(&tenant, &format!("/ui/tickets/{id}/delete"), &[("as", &anna)]).await, 400);
}

#[tokio::test]
async fn rules_callouts_faults_and_labels_are_edited_on_the_page() {
    let tenant = Tenant::new().await;
    let rule = [
        ("id", "0"),
        ("name", "Night"),
        ("active", "true"),
        ("created", "anyone"),
        ("conditions", "priority in [1,4]\nudf:After_Hours eq Yes"),
        ("updates", "queueID=8"),
    ];
    assert_eq!(submit(&tenant, "/ui/rules/rule", &rule).await, 303);
    let yes = json!([{"name": "After Hours", "value": "Yes"}]);
    let id =
        tenant.sim.create_ticket(TicketIn::new("Night").with("priority", 4).with("userDefinedFields", yes)).unwrap();
    assert_eq!(tenant.item(id).await["queueID"], 8);
    let callout = [
        ("id", "0"),
        ("name", "Pager"),
        ("active", "true"),
        ("url", "http://127.0.0.1:1/x"),
        ("method", "GET"),
        ("format", "xml"),
        ("identity", "both"),
        ("resend", "timeOut"),
        ("timeoutMs", "100"),
        ("triesMax", "1"),
        ("retryMs", "1"),
    ];
    assert_eq!(submit(&tenant, "/ui/rules/callout", &callout).await, 303);
    let page = read(&tenant, "/ui/rules").await;
    assert!(page.contains("udf:After_Hours eq Yes") && page.contains("http://127.0.0.1:1/x"));
    assert_eq!(
        submit(&tenant, "/ui/faults", &[("maintenance", "true"), ("hourlyMax", "10"), ("windowS", "60")]).await,
        303
    );
    assert!(tenant.sim.with(|world| world.faults.maintenance && world.faults.hourly_max == 10));
    let habits = [("patchNullClears", "true"), ("ruleDelayMs", "7"), ("calloutTimeoutMs", "100")];
    assert_eq!(submit(&tenant, "/ui/habits", &habits).await, 303);
    tenant.sim.with(|world| {
        let habits = &world.config.habits;
        assert!(habits.patch_null_clears && !habits.bulk_edit_fires_rules && habits.rule_delay_ms == 7);
    });
    assert_eq!(submit(&tenant, "/ui/heal", &[]).await, 303);
    assert_eq!(submit(&tenant, "/ui/label", &[("field", "status"), ("value", "5"), ("label", "Fertig")]).await, 303);
    assert!(read(&tenant, &format!("/ui/tickets/{id}")).await.contains("Fertig"));
    assert!(read(&tenant, "/ui/faults").await.contains("slow at three quarters ms"));
}

#[tokio::test]
async fn a_script_does_the_same_over_json() {
    let tenant = Tenant::new().await;
    let url = |path: &str| format!("{}/sim{path}", tenant.sim.url());
    let post = |path: &str, body| answer(tenant.http.post(url(path)).json(&body));
    let Answer(status, made) = post("/tickets", json!({"as": format!("contact:{}", seed::BAKER), "title": "Oven", "companyID": seed::BAKERY, "status": 1, "priority": 1})).await;
    assert_eq!((status, &made["creatorType"]), (200, &json!(2)));
    let id = made["id"].as_i64().unwrap();
    let patched =
        answer(tenant.http.patch(url(&format!("/tickets/{id}"))).json(&json!({"status": 8, "as": "robot"}))).await;
    assert_eq!(patched.1["lastActivityResourceID"], 4);
    assert_eq!(post(&format!("/tickets/{id}/notes"), json!({"title": "t", "description": "d"})).await.0, 200);
    assert_eq!(post("/tickets", json!({"title": "Oven"})).await.0, 400);
    assert_eq!(post("/tickets", json!({"as": "the king", "title": "Oven"})).await.0, 400);
    let other = tenant.sim.create_ticket(TicketIn::new("Other").by(Actor::robot())).unwrap();
    assert_eq!(post(&format!("/tickets/{id}/merge"), json!({"into": other})).await.0, 200);
    assert_eq!(post("/tickets/bulk", json!({"ids": [other], "fields": {"priority": 3}})).await.0, 200);
    let Answer(_, series) = post(
        "/tickets/recurring",
        json!({"count": 2, "fields": {"title": "R", "companyID": 0, "status": 1, "priority": 3}}),
    )
    .await;
    assert_eq!(series["ids"].as_array().unwrap().len(), 2);
    let faults = answer(tenant.http.patch(url("/faults")).json(&json!({"latencyMs": 5}))).await;
    assert_eq!((&faults.1["latencyMs"], &faults.1["threadsMax"]), (&json!(5), &json!(3)));
    assert_eq!(answer(tenant.http.patch(url("/faults")).json(&json!({"latencyms": 5}))).await.0, 400);
    let habits = answer(tenant.http.patch(url("/habits")).json(&json!({"timesWithoutZ": true}))).await;
    assert_eq!((&habits.1["timesWithoutZ"], &habits.1["patchNullClears"]), (&json!(true), &json!(true)));
    let rule = json!({"name": "R", "on": [{"event": "created", "by": "anyone"}], "updates": {"queueID": 5}});
    let Answer(_, rule) = post("/rules", rule).await;
    assert!(rule["id"].as_i64().unwrap() > 0);
    assert_eq!(post("/callout-to", json!({"url": "http://127.0.0.1:1/"})).await.0, 200);
    let Answer(_, state) = answer(tenant.http.get(url("/state"))).await;
    assert_eq!((state["tickets"].as_array().unwrap().len(), state["notes"].as_array().unwrap().len()), (4, 3));
    assert_eq!(answer(tenant.http.delete(url(&format!("/tickets/{id}")))).await.0, 200);
    let before = state["now"].as_str().unwrap().to_owned();
    assert!(post("/clock", json!({"seconds": 3_600})).await.1["now"].as_str().unwrap() > before.as_str());
}
