//! A server that answers as a test tells it, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use autotask::{Address, Client, Credentials};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Value;

/// The secret that must never be seen anywhere.
pub const SECRET: &str = "s3cret-hunter2";
/// The integration code that must never be seen anywhere.
pub const CODE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ1";

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Value,
}

/// What is answered.
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

/// JSON with a status.
pub fn json(status: u16, body: &Value) -> Reply {
    let headers = vec![("content-type", "application/json; charset=utf-8".to_owned())];
    Reply { status, headers, body: body.to_string() }
}

/// A web page with a status.
pub fn html(status: u16) -> Reply {
    let headers = vec![("content-type", "text/html".to_owned())];
    Reply { status, headers, body: "<html><body>Back soon</body></html>".to_owned() }
}

/// Nothing but a status.
pub fn empty(status: u16) -> Reply {
    Reply { status, headers: Vec::new(), body: String::new() }
}

/// A running server.
pub struct Server {
    pub base: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Starts on a free port of this machine; `answer` decides on every request.
    pub async fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_async(move |seen| std::future::ready(answer(&seen))).await
    }

    /// Like [`Self::start`], for answers that wait for something.
    pub async fn start_async<F>(answer: impl Fn(Seen) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Reply> + Send + 'static,
    {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&seen), Arc::new(answer));
        let handle = move |request: Request| {
            let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
            async move {
                let request = read(request).await;
                log.lock().unwrap().push(request.clone());
                write(answer(request).await)
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handle)).await });
        Self { base, seen }
    }

    /// A client of this server.
    pub fn client(&self) -> Client {
        client_of(&self.base)
    }

    /// The requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn read(request: Request) -> Seen {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    Seen {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    }
}

fn write(reply: Reply) -> Response {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).unwrap()
}

/// A client of any address with the credentials of the tests.
pub fn client_of(address: &str) -> Client {
    let address: Address = address.parse().unwrap();
    Client::new(http(), address, Credentials::new("api@example.com", &SECRET.into(), &CODE.into()))
}

/// An HTTP client as an application would make it.
#[allow(clippy::disallowed_methods, reason = "this crate takes a ready client, so its tests must make one")]
pub fn http() -> reqwest::Client {
    // The second test to come here finds it installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}
