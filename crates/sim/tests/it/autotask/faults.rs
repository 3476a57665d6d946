use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};
use watchbell_sim::autotask::TicketIn;
use watchbell_sim::clock::Clock;

use super::support::{Answer, Tenant, errors};

#[tokio::test]
async fn the_fourth_call_at_a_time_to_an_endpoint_is_429() {
    let tenant = Tenant::new().await;
    tenant.sim.faults(|faults| (faults.latency_ms, faults.retry_after_s) = (400, Some(2)));
    let path = "Tickets/1";
    let (a, b, c, d, other) = tokio::join!(
        tenant.get(path),
        tenant.get(path),
        tenant.get(path),
        tenant.request("GET", path).send(),
        tenant.get("Companies/0")
    );
    let refused = d.unwrap();
    let mut all = vec![a.0, b.0, c.0, refused.status().as_u16()];
    all.sort_unstable();
    assert_eq!(all, [200, 200, 200, 429]);
    assert_eq!(other.0, 200);
    tenant.sim.faults(|faults| faults.threads_max = 1);
    let (a, b) = tokio::join!(tenant.get(path), tenant.get(path));
    let Answer(_, body) = if a.0 == 429 { a } else { b };
    assert!(errors(&body).contains("Itgenatr005") && errors(&body).contains("threshold of 1 threads"), "{body}");
}

#[tokio::test]
async fn a_call_that_its_caller_broke_off_gives_its_thread_back() {
    let tenant = Tenant::new().await;
    tenant.sim.faults(|faults| (faults.latency_ms, faults.threads_max) = (60_000, 1));
    let broken = tenant.request("GET", "Tickets/1").timeout(Duration::from_millis(100)).send().await;
    assert!(broken.unwrap_err().is_timeout());
    tenant.sim.faults(|faults| faults.latency_ms = 0);
    let mut status = 429;
    for _ in 0..200 {
        status = tenant.get("Tickets/1").await.0;
        if status == 200 {
            break;
        }
        watchbell_sim::clock::pause(Duration::from_millis(10)).await;
    }
    assert_eq!(status, 200);
}

#[tokio::test]
async fn calls_slow_down_and_end_at_the_hourly_limit() {
    let tenant = Tenant::new().await;
    tenant.sim.faults(|faults| {
        faults.hourly_max = 4;
        (faults.slow_at_half_ms, faults.slow_at_three_quarters_ms) = (60, 120);
    });
    let clock = Clock::default();
    let mut took = Vec::new();
    for _ in 0..4 {
        let start = clock.now();
        assert_eq!(tenant.get("Tickets/1").await.0, 200);
        took.push(clock.now().duration_since(start).as_millis());
    }
    assert!(took[2] >= 60 && took[3] >= 120, "{took:?}");
    let Answer(status, body) = tenant.get("Tickets/1").await;
    assert_eq!(status, 429);
    assert!(errors(&body).contains("Request Threshold Exceeded"));
    tenant.sim.advance(SignedDuration::from_hours(1));
    assert_eq!(tenant.get("Tickets/1").await.0, 200);
    tenant.sim.faults(|faults| faults.calls_of_others = 4);
    assert_eq!(tenant.get("Tickets/1").await.0, 429);
}

#[tokio::test]
async fn disasters_look_as_they_do() {
    let tenant = Tenant::new().await;
    tenant.sim.faults(|faults| faults.maintenance = true);
    let page = tenant.request("GET", "Tickets/1").send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    tenant.sim.heal();
    tenant.sim.faults(|faults| faults.transient_500 = true);
    assert_eq!(tenant.get("Tickets/1").await, Answer(500, Value::Null));
    tenant.sim.heal();
    tenant.sim.faults(|faults| faults.fail_next = 1);
    assert_eq!((tenant.get("Tickets/1").await.0, tenant.get("Tickets/1").await.0), (500, 200));
    tenant.sim.faults(|faults| {
        faults.refuse_writes = "The logged in Resource does not have the adequate permissions".to_owned()
    });
    let Answer(status, body) = tenant.send("PATCH", "Tickets", json!({"id": 1, "status": 5})).await;
    assert_eq!(status, 500);
    assert!(errors(&body).contains("adequate permissions"));
    assert_eq!(tenant.find(json!([{"op": "exist", "field": "id"}])).await, Vec::<i64>::new());
}

#[tokio::test]
async fn a_fault_can_meet_one_endpoint_only() {
    let tenant = Tenant::new().await;
    tenant.sim.faults(|faults| (faults.transient_500, faults.only_endpoint) = (true, "tickets".to_owned()));
    assert_eq!((tenant.get("Tickets/1").await.0, tenant.get("Companies/0").await.0), (500, 200));
}

#[tokio::test]
async fn a_hanging_service_never_answers_and_can_still_be_stopped() {
    let tenant = Tenant::new().await;
    tenant.sim.faults(|faults| faults.hang = true);
    let hung = tenant.request("GET", "Tickets/1").timeout(Duration::from_millis(200)).send().await;
    assert!(hung.unwrap_err().is_timeout());
    tenant.sim.stop().await;
    assert!(tenant.request("GET", "Tickets/1").send().await.unwrap_err().is_connect());
    tenant.sim.heal();
    tenant.sim.restart().await.unwrap();
    assert_eq!(tenant.get("Companies/0").await.0, 200);
}

#[tokio::test]
async fn a_created_ticket_is_readable_after_the_replication() {
    let tenant = Tenant::new().await;
    tenant.sim.faults(|faults| faults.read_after_create_ms = 3_000);
    let id = tenant.sim.create_ticket(TicketIn::new("Early")).unwrap();
    assert_eq!(tenant.item(id).await, Value::Null);
    assert!(tenant.find(json!([{"op": "exist", "field": "id"}])).await.is_empty());
    tenant.sim.advance(SignedDuration::from_secs(3));
    assert_eq!(tenant.item(id).await["id"], id);
}

#[tokio::test]
async fn requests_are_remembered() {
    let tenant = Tenant::new().await;
    tenant.get("Tickets/1").await;
    let seen = tenant.sim.requests().pop().unwrap();
    assert_eq!((seen.method.as_str(), seen.path.as_str(), seen.status), ("GET", "/ATServicesRest/V1.0/Tickets/1", 200));
}
