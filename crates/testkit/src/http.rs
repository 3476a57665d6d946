//! The HTTP client of tests, and requests to the app.

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::Value;

/// A client that follows no redirect and keeps no cookie.
#[expect(clippy::disallowed_methods, reason = "the home of the client of tests")]
#[allow(clippy::expect_used, reason = "a test fails here")]
pub fn client() -> Client {
    watchbell_connect::http::install_crypto();
    Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().expect("a client")
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body.
    pub text: String,
}

impl Answer {
    /// Reads a response whole.
    #[allow(clippy::expect_used, reason = "a test fails here")]
    pub async fn read(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, text: response.text().await.expect("a body") }
    }

    /// The body as JSON; panics with the body where it is none.
    #[allow(clippy::panic, reason = "a test fails here")]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text))
    }

    /// The same answer, once its status was found to be `status`.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }
}

/// A request to a path of the app.
#[derive(Debug, Clone)]
pub struct Caller {
    client: Client,
    base: String,
    key: Option<String>,
}

impl Caller {
    /// A caller without credentials.
    pub fn new(base: String) -> Self {
        Self { client: client(), base, key: None }
    }

    /// The same with an API key.
    pub fn with_key(&self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self.clone() }
    }

    /// Sends a request with a JSON body.
    #[allow(clippy::expect_used, reason = "a test fails here")]
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::read(request.send().await.expect("an answer")).await
    }

    /// Sends a request with any body.
    #[allow(clippy::expect_used, reason = "a test fails here")]
    pub async fn send_bytes(&self, method: Method, path: &str, content_type: &str, body: Vec<u8>) -> Answer {
        let mut request =
            self.client.request(method, format!("{}{path}", self.base)).header("content-type", content_type).body(body);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        Answer::read(request.send().await.expect("an answer")).await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// PUT of JSON.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }
}
