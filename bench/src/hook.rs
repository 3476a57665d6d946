//! The receiver of outgoing webhooks: notes when the page of which event came, and answers 200.

use crate::client::message_length;
use crate::clock;
use crate::event::number_in;
use anyhow::Result;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

/// What came.
#[derive(Debug, Default)]
pub struct Arrivals {
    /// When the page of an event came by itself.
    pub pages: HashMap<u64, Instant>,
    /// How many summaries came.
    pub summaries: usize,
}

/// A receiver that runs as long as the benchmark.
#[derive(Debug, Clone)]
pub struct Hook {
    arrivals: Arc<Mutex<Arrivals>>,
    address: SocketAddr,
}

impl Hook {
    /// Starts it on a free port.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let hook = Self { arrivals: Arc::default(), address: listener.local_addr()? };
        let arrivals = hook.arrivals.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(receive(stream, arrivals.clone()));
            }
        });
        Ok(hook)
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What came so far.
    pub fn arrivals(&self) -> MutexGuard<'_, Arrivals> {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn receive(mut stream: TcpStream, arrivals: Arc<Mutex<Arrivals>>) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut bytes = Vec::with_capacity(8_192);
    while stream.read_buf(&mut bytes).await? > 0 {
        while let Some(length) = message_length(&bytes)?.filter(|length| bytes.len() >= *length) {
            note(&bytes[..length], &arrivals);
            bytes.drain(..length);
            stream.write_all(ANSWER).await?;
        }
    }
    Ok(())
}

fn note(message: &[u8], arrivals: &Mutex<Arrivals>) {
    let mut arrivals = arrivals.lock().unwrap_or_else(PoisonError::into_inner);
    let is_summary = message.windows(15).any(|window| window == b"\"alert.summary\"");
    match number_in(message) {
        _ if is_summary => arrivals.summaries += 1,
        Some(number) => {
            arrivals.pages.entry(number).or_insert_with(clock::now);
        }
        None => {}
    }
}
