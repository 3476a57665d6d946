//! A stand-in with a client that has its credentials.

use std::time::Duration;

use serde_json::{Value, json};
use watchbell_sim::autotask::{Autotask, Config, client};
use watchbell_sim::clock::{Clock, pause};

/// A stand-in and a client of it.
pub struct Tenant {
    pub sim: Autotask,
    pub http: reqwest::Client,
    pub credentials: [(&'static str, String); 3],
}

/// An answer: status, and the body as JSON (null when it is none).
#[derive(Debug, PartialEq)]
pub struct Answer(pub u16, pub Value);

impl Tenant {
    pub async fn start(config: Config) -> Self {
        let credentials = [
            ("ApiIntegrationcode", config.api_code.clone()),
            ("username", config.api_user.clone()),
            ("Secret", config.api_secret.clone()),
        ];
        let sim = Autotask::start(config).await.unwrap();
        Self { sim, http: client().unwrap(), credentials }
    }

    pub async fn new() -> Self {
        Self::start(Config::default()).await
    }

    /// A request with the credentials; `path` follows `/ATServicesRest/V1.0/`.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}/ATServicesRest/V1.0/{path}", self.sim.url())
        };
        let request = self.http.request(method.parse().unwrap(), url);
        self.credentials.iter().fold(request, |request, (name, value)| request.header(*name, value))
    }

    /// A GET with one parameter.
    pub async fn get_with(&self, path: &str, parameter: (&str, &str)) -> Answer {
        let url = format!("{}/ATServicesRest/V1.0/{path}", self.sim.url());
        let url = reqwest::Url::parse_with_params(&url, [parameter]).unwrap();
        self.get(url.as_str()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        answer(self.request("GET", path)).await
    }

    pub async fn send(&self, method: &str, path: &str, body: Value) -> Answer {
        answer(self.request(method, path).json(&body)).await
    }

    /// The ids that a query finds.
    pub async fn find(&self, filter: Value) -> Vec<i64> {
        let Answer(status, body) = self.send("POST", "Tickets/query", json!({ "filter": filter })).await;
        assert_eq!(status, 200, "{body}");
        ids(&body)
    }

    /// The ticket as the REST API answers it.
    pub async fn item(&self, id: i64) -> Value {
        self.get(&format!("Tickets/{id}")).await.1["item"].clone()
    }
}

pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body = response.text().await.unwrap();
    Answer(status, serde_json::from_str(&body).unwrap_or(Value::Null))
}

pub fn ids(body: &Value) -> Vec<i64> {
    body["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

pub fn errors(body: &Value) -> String {
    body["errors"]
        .as_array()
        .map(|list| list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "))
        .unwrap_or_default()
}

/// Waits until a condition holds; fails after ten seconds.
pub async fn until<T>(mut condition: impl FnMut() -> Option<T>) -> T {
    let clock = Clock::default();
    let start = clock.now();
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(clock.now().duration_since(start).as_secs() < 10, "the condition did not come true");
        pause(Duration::from_millis(5)).await;
    }
}
