//! A stand-in for everybody who carries messages: takes each request, notes when it came, and answers after so long as each of them does.

use crate::client::message_length;
use crate::clock;
use anyhow::Result;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What every connection shares.
#[derive(Debug, Default)]
struct Shared {
    sent: Mutex<Vec<Instant>>,
    numbers: AtomicU64,
    /// How long an answer takes, in milliseconds.
    latency_ms: AtomicU64,
}

/// The stand-in; it runs as long as the benchmark.
#[derive(Debug, Clone)]
pub struct Carrier {
    shared: Arc<Shared>,
    address: SocketAddr,
}

impl Carrier {
    /// Starts it on a free port.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let carrier = Self { shared: Arc::default(), address: listener.local_addr()? };
        let shared = carrier.shared.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Ok(carrier)
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How long each answer takes from now on.
    pub fn take(&self, latency: Duration) {
        self.shared.latency_ms.store(u64::try_from(latency.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// When the messages came, in order.
    pub fn sent(&self) -> MutexGuard<'_, Vec<Instant>> {
        self.shared.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut bytes = Vec::with_capacity(8_192);
    while stream.read_buf(&mut bytes).await? > 0 {
        while let Some(length) = message_length(&bytes)?.filter(|length| bytes.len() >= *length) {
            let head = String::from_utf8_lossy(&bytes[..length.min(300)]).into_owned();
            bytes.drain(..length);
            let body = answer(&head, &shared);
            let wait = Duration::from_millis(shared.latency_ms.load(Ordering::Relaxed));
            if !wait.is_zero() {
                clock::sleep(wait).await;
            }
            let answer = format!("HTTP/1.1 201 Created\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await?;
        }
    }
    Ok(())
}

/// What the one whom a request is for would answer; a message is noted.
fn answer(head: &str, shared: &Shared) -> String {
    let path = head.split(' ').nth(1).unwrap_or_default();
    let n = shared.numbers.fetch_add(1, Ordering::Relaxed);
    let (is_message, body) = match path {
        _ if path.ends_with("/Messages.json") => (true, format!(r#"{{"sid":"SM{n}","status":"queued"}}"#)),
        _ if path.ends_with("/Calls.json") => (true, format!(r#"{{"sid":"CA{n}","status":"queued"}}"#)),
        _ if path.ends_with("/sendMessage") => {
            (true, format!(r#"{{"ok":true,"result":{{"message_id":{n},"chat":{{"id":5}}}}}}"#))
        }
        _ if path.contains("/bot") => (false, r#"{"ok":true,"result":true}"#.to_owned()),
        _ if path.starts_with("/1/messages") => {
            (true, format!(r#"{{"status":1,"request":"r{n}","receipt":"e{n}"}}"#))
        }
        _ if path.starts_with("/gateway") => (true, format!("OK: {n}")),
        _ if head.starts_with("POST") || head.starts_with("PUT") => (true, format!(r#"{{"id":"{n}"}}"#)),
        _ => (false, r#"{"status":"active"}"#.to_owned()),
    };
    if is_message {
        shared.sent.lock().unwrap_or_else(PoisonError::into_inner).push(clock::now());
    }
    body
}
