use serde_json::json;
use watchbell_sim::autotask::{TicketIn, seed};

use super::support::{Answer, Tenant, answer, errors};

#[tokio::test]
async fn every_credential_fault_is_an_empty_401() {
    let tenant = Tenant::new().await;
    for wrong in 0..3 {
        let mut request = tenant.http.get(format!("{}/ATServicesRest/V1.0/Tickets/1", tenant.sim.url()));
        for (at, (name, value)) in tenant.credentials.iter().enumerate() {
            request = request.header(*name, if at == wrong { "wrong" } else { value });
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 401);
        assert_eq!(response.headers()["content-length"], "0");
        assert!(response.headers()["www-authenticate"].to_str().unwrap().starts_with("Basic Realm="));
        assert_eq!(response.text().await.unwrap(), "");
    }
    assert_eq!(tenant.get("Version").await.0, 200);
}

#[tokio::test]
async fn a_wrong_code_is_500_where_the_tenant_is_set_so() {
    let mut tenant = Tenant::new().await;
    tenant.sim.faults(|faults| faults.bad_code_is_500 = true);
    tenant.credentials[0].1 = "wrong".to_owned();
    let Answer(status, body) = tenant.get("Version").await;
    assert_eq!((status, errors(&body).as_str()), (500, "IntegrationCode is invalid"));
}

#[tokio::test]
async fn refused_logins_lock_the_user_until_somebody_heals_it() {
    let tenant = Tenant::new().await;
    tenant.sim.faults(|faults| faults.lock_after = 2);
    for _ in 0..2 {
        let url = format!("{}/ATServicesRest/V1.0/Version", tenant.sim.url());
        assert_eq!(answer(tenant.http.get(url)).await.0, 401);
    }
    assert_eq!(tenant.get("Version").await.0, 401);
    tenant.sim.heal();
    assert_eq!(tenant.get("Version").await.0, 200);
}

#[tokio::test]
async fn the_zone_is_told_without_credentials() {
    let tenant = Tenant::new().await;
    let zone = |user: &str| {
        answer(tenant.http.get(format!("{}/atservicesrest/v1.0/ZoneInformation?user={user}", tenant.sim.url())))
    };
    let Answer(status, body) = zone("watchbell-api%40msp.example").await;
    assert_eq!(status, 200);
    assert_eq!(body["url"], format!("{}/ATServicesRest/", tenant.sim.url()));
    assert_eq!(body["webUrl"], format!("{}/", tenant.sim.url()));
    assert!(body["ci"].is_i64() && body["zoneName"].is_string());
    for user in ["nobody@nowhere.example", ""] {
        let Answer(status, body) = zone(user).await;
        assert_eq!((status, errors(&body).as_str()), (500, "Zone information could not be determined"));
    }
    let by_path = format!("{}/ATServicesRest/V1.0/ZoneInformation/Watchbell-api%40msp.example", tenant.sim.url());
    assert_eq!(answer(tenant.http.get(by_path)).await.1["url"], format!("{}/ATServicesRest/", tenant.sim.url()));
    let versions = answer(tenant.http.get(format!("{}/atservicesREST/versioninformation", tenant.sim.url()))).await;
    assert_eq!(versions, Answer(200, json!({"apiVersions": ["V1.0"]})));
}

#[tokio::test]
async fn another_vendors_api_user_is_told_apart() {
    let mut tenant = Tenant::new().await;
    tenant.credentials[1].1 = "RMM-api@msp.example".to_owned();
    let ticket = json!({"title": "Disk", "companyID": 0, "status": 1, "priority": 2, "ticketCategory": 2});
    let id = tenant.send("POST", "Tickets", ticket).await.1["itemId"].as_i64().unwrap();
    let item = tenant.item(id).await;
    assert_eq!(
        (&item["creatorResourceID"], &item["queueID"], &item["source"]),
        (&json!(seed::RMM_USER), &json!(8), &json!(8))
    );
}

#[tokio::test]
async fn an_impersonating_call_is_the_technicians() {
    let tenant = Tenant::new().await;
    let id = tenant.sim.create_ticket(TicketIn::new("Oven cold")).unwrap();
    let as_resource = |resource: i64| {
        let request = tenant.request("PATCH", "Tickets").header("ImpersonationResourceId", resource.to_string());
        answer(request.json(&json!({"id": id, "status": 8})))
    };
    assert_eq!(as_resource(seed::BEN).await, Answer(200, json!({"itemId": id})));
    assert_eq!(tenant.item(id).await["lastActivityResourceID"], seed::BEN);
    for nobody in [4, seed::RMM_USER, 99] {
        let Answer(status, body) = as_resource(nobody).await;
        assert_eq!(status, 500);
        assert!(errors(&body).contains("adequate permissions"));
    }
    let note = json!({"title": "Seen", "description": "On it", "noteType": 1, "publish": 2});
    let request =
        tenant.request("POST", &format!("Tickets/{id}/Notes")).header("impersonationresourceid", seed::BEN.to_string());
    assert_eq!(answer(request.json(&note)).await.0, 200);
    let note = &tenant.sim.notes(id)[0];
    assert_eq!(
        (&note["creatorResourceID"], &note["impersonatorCreatorResourceID"]),
        (&json!(seed::BEN), &json!(seed::API_USER))
    );
}
