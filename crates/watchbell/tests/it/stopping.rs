//! SIGTERM: nothing new is taken, requests and messages in hand are finished.

use crate::program::{node, on_every_database};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use watchbell_testkit::clock::wait_until;
use watchbell_testkit::http::Caller;
use watchbell_testkit::seed::Seed;

/// Reads a request until its body is there.
async fn read_request(stream: &mut TcpStream) -> anyhow::Result<String> {
    let mut request = Vec::new();
    loop {
        let mut part = [0; 4096];
        let read = stream.read(&mut part).await?;
        request.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
        if read == 0 || length.is_none_or(|length| body.len() >= length.trim().parse().unwrap_or(0)) {
            return Ok(text.into_owned());
        }
    }
}

on_every_database! {
    async fn a_message_and_a_request_in_hand_are_finished_and_nothing_new_is_taken(database: TestDatabase) {
        let node = node(&database, "stop");
        let server = node.start().await?;
        let seed = Seed::of(&node).await?;
        let phone = TcpListener::bind("127.0.0.1:0").await?;
        let bob = seed.person("bob", &format!("http://{}/page", phone.local_addr()?)).await?;
        let policy = seed.policy("Nights", bob).await?;
        let key = seed.source("Monitoring", policy).await?;
        let event = json!({"integrationKey": key, "eventType": "ALERT", "summary": "disk full"});
        let answer = Caller::new(node.url()).post("/api/events", &event).await;
        assert!(answer.status.is_success(), "{}", answer.text);
        let (mut page, _) = phone.accept().await?;
        assert!(read_request(&mut page).await?.contains("disk full"), "the message is in hand");

        let body = json!({"integrationKey": key, "eventType": "ALERT", "summary": "half sent"}).to_string();
        let (first, second) = body.split_at(20);
        let mut half = TcpStream::connect(node.address()).await?;
        let head = format!("POST /api/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        half.write_all((head + first).as_bytes()).await?;
        // The request is in hand once a later one was answered on another connection.
        Caller::new(node.url()).get("/healthz").await.expect(200);

        let address = node.address();
        let stopping = tokio::spawn(server.stop());
        wait_until("nothing new is taken", async || TcpStream::connect(address).await.is_err()).await;
        assert!(!stopping.is_finished(), "it waits for what is in hand");
        half.write_all(second.as_bytes()).await?;
        let mut answer = String::new();
        half.read_to_string(&mut answer).await?;
        assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
        page.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await?;
        stopping.await??;

        let states: Vec<(String,)> = database.read("SELECT n.state FROM notification n JOIN alert a ON a.id = n.alert_id WHERE a.summary = 'disk full'").await?;
        assert_eq!(states, [("SENT".to_owned(),)]);
        let kept: Vec<(i64,)> = database.read("SELECT count(*) FROM alert WHERE summary = 'half sent'").await?;
        assert_eq!(kept, [(1,)]);
    }
}
