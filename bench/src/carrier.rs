//! A stand-in for everybody who carries messages: takes each request or mail, notes when it came, and answers. Text messages take as long
//! as they are told to.

use crate::client::message_length;
use crate::clock;
use anyhow::Result;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use watchbell_sim::smtp::{Smtp, SmtpSimConfig};

/// A message that came.
#[derive(Debug, Clone, Copy)]
pub struct Came {
    /// When.
    pub at: Instant,
    /// Whether it is a text message.
    pub is_text: bool,
}

/// What every connection shares.
#[derive(Debug, Default)]
struct Shared {
    came: Mutex<Vec<Came>>,
    numbers: AtomicU64,
    /// How long the answer to a text message takes, in milliseconds.
    text_latency_ms: AtomicU64,
}

impl Shared {
    fn note(&self, is_text: bool) {
        self.came.lock().unwrap_or_else(PoisonError::into_inner).push(Came { at: clock::now(), is_text });
    }
}

/// The stand-in; it runs as long as the benchmark.
#[derive(Debug, Clone)]
pub struct Carrier {
    shared: Arc<Shared>,
    address: SocketAddr,
    smtp_url: String,
}

impl Carrier {
    /// Starts it on a free port.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let smtp = Smtp::start(SmtpSimConfig::default()).await?;
        let carrier = Self { shared: Arc::default(), address: listener.local_addr()?, smtp_url: smtp.url() };
        tokio::spawn(follow(smtp, carrier.shared.clone()));
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

    /// Its mail server, as the setting of a server.
    pub fn smtp_setting(&self) -> String {
        format!("WATCHBELL_SMTP_URL={}?from=bell@example.com", self.smtp_url)
    }

    /// How long the answer to each text message takes from now on.
    pub fn take(&self, latency: Duration) {
        self.shared.text_latency_ms.store(u64::try_from(latency.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The messages that came, in order.
    pub fn came(&self) -> MutexGuard<'_, Vec<Came>> {
        self.shared.came.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes each mail when it came.
async fn follow(smtp: Smtp, shared: Arc<Shared>) {
    let mut last = 0;
    loop {
        if let Ok(mail) = smtp.wait_for(|mail| mail.id > last).await {
            last = mail.id;
            shared.note(false);
        }
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut bytes = Vec::with_capacity(8_192);
    while stream.read_buf(&mut bytes).await? > 0 {
        while let Some(length) = message_length(&bytes)?.filter(|length| bytes.len() >= *length) {
            let head = String::from_utf8_lossy(&bytes[..length.min(300)]).into_owned();
            bytes.drain(..length);
            let (is_text, body) = answer(&head, &shared);
            let wait = Duration::from_millis(shared.text_latency_ms.load(Ordering::Relaxed));
            if is_text && !wait.is_zero() {
                clock::sleep(wait).await;
            }
            let answer = format!("HTTP/1.1 201 Created\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await?;
        }
    }
    Ok(())
}

/// Whether a request is a text message, and what the one whom it is for would answer; a message is noted.
fn answer(head: &str, shared: &Shared) -> (bool, String) {
    let path = head.split(' ').nth(1).unwrap_or_default();
    let is_text = path.ends_with("/Messages.json");
    let n = shared.numbers.fetch_add(1, Ordering::Relaxed);
    let (is_message, body) = match path {
        _ if is_text => (true, format!(r#"{{"sid":"SM{n}","status":"queued"}}"#)),
        _ if path.ends_with("/Calls.json") => (true, format!(r#"{{"sid":"CA{n}","status":"queued"}}"#)),
        _ if path.ends_with("/sendMessage") => {
            (true, format!(r#"{{"ok":true,"result":{{"message_id":{n},"chat":{{"id":5}}}}}}"#))
        }
        _ if path.contains("/bot") => (false, r#"{"ok":true,"result":true}"#.to_owned()),
        _ if path.starts_with("/1/messages") => (true, format!(r#"{{"status":1,"request":"r{n}","receipt":"e{n}"}}"#)),
        _ if path.starts_with("/gateway") => (true, format!("OK: {n}")),
        _ if head.starts_with("POST") || head.starts_with("PUT") => (true, format!(r#"{{"id":"{n}"}}"#)),
        _ => (false, r#"{"status":"active"}"#.to_owned()),
    };
    if is_message {
        shared.note(is_text);
    }
    (is_text, body)
}
