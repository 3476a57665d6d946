//! An exchange, a client with its credentials, and a site whose documents a test writes.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use watchbell_sim::{
    autotask::client,
    phone::{Exchange, PhoneSimConfig, TwilioAccount, VonageAccount},
};

pub const PHONE: &str = "+4915112345678";
pub const SENDER: &str = "+4930111111";

/// An exchange, what it calls back, and a client.
pub struct World {
    pub exchange: Exchange,
    pub site: Site,
    pub http: reqwest::Client,
    pub twilio: TwilioAccount,
    pub vonage: VonageAccount,
}

/// A status and a body.
#[derive(Debug, PartialEq)]
pub struct Answer(pub u16, pub Value);

impl World {
    pub async fn new() -> Self {
        Self::start(PhoneSimConfig::default()).await
    }

    pub async fn start(config: PhoneSimConfig) -> Self {
        let (twilio, vonage) = (config.twilio.clone(), config.vonage.clone());
        let exchange = Exchange::start(config).await.unwrap();
        Self { exchange, site: Site::start().await, http: client().unwrap(), twilio, vonage }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.exchange.url())
    }

    /// A request of the Twilio account; `path` follows its address.
    pub fn twilio(&self, method: &str, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let url = self.url(&format!("/2010-04-01/Accounts/{}{path}", self.twilio.account_sid));
        let request = self.http.request(method.parse().unwrap(), url);
        form(request.basic_auth(&self.twilio.account_sid, Some(&self.twilio.auth_token)), fields)
    }

    /// Sends an SMS of Twilio with reports to the site.
    pub async fn sms(&self, to: &str, text: &str) -> Answer {
        let fields = [("To", to), ("From", SENDER), ("Body", text), ("StatusCallback", &self.site.url("/status"))];
        answer(self.twilio("POST", "/Messages.json", &fields)).await
    }

    /// Begins a call of Twilio whose script is `/script`, with all reports.
    pub async fn ring(&self, further: &[(&str, &str)]) -> Answer {
        let (script, status) = (self.site.url("/script"), self.site.url("/status"));
        let mut fields = vec![("To", PHONE), ("From", SENDER), ("Url", &script), ("StatusCallback", &status)];
        fields.extend(["initiated", "ringing", "answered", "completed"].map(|event| ("StatusCallbackEvent", event)));
        fields.extend(further);
        answer(self.twilio("POST", "/Calls.json", &fields)).await
    }

    /// A request of the Vonage application.
    pub fn vonage(&self, method: &str, path: &str, body: &Value) -> RequestBuilder {
        let request = self.http.request(method.parse().unwrap(), self.url(path));
        request.bearer_auth(self.exchange.vonage_login()).json(body)
    }

    pub fn sim(&self, method: &str, path: &str, body: &Value) -> RequestBuilder {
        self.http.request(method.parse().unwrap(), self.url(&format!("/sim{path}"))).json(body)
    }
}

/// A request with a form.
pub fn form(request: RequestBuilder, fields: &[(&str, &str)]) -> RequestBuilder {
    let form = reqwest::Url::parse_with_params("http://form/", fields).unwrap().query().unwrap_or_default().to_owned();
    request.header("content-type", "application/x-www-form-urlencoded").body(form)
}

pub async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body = response.text().await.unwrap();
    Answer(status, serde_json::from_str(&body).unwrap_or(json!(body)))
}

/// A request that the site got.
#[derive(Clone, Debug)]
pub struct Got {
    pub method: Method,
    pub url: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Got {
    /// The form of the body, in its order.
    pub fn form(&self) -> Vec<(String, String)> {
        let url = reqwest::Url::parse(&format!("http://form/?{}", self.body)).unwrap();
        url.query_pairs().into_owned().collect()
    }

    pub fn field(&self, name: &str) -> String {
        self.form().into_iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

/// A site that keeps what it gets; it ends with its test's runtime.
#[derive(Clone)]
pub struct Site {
    base: String,
    got: Arc<Mutex<Vec<Got>>>,
    documents: Arc<Mutex<BTreeMap<String, (u16, String)>>>,
}

impl Site {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let site = Self { base, got: Arc::default(), documents: Arc::default() };
        let app = Router::new().fallback(receive).with_state(site.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        site
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// What a path answers from now on; any other answers 200 with nothing.
    pub fn write(&self, path: &str, document: &str) {
        self.documents.lock().unwrap().insert(path.to_owned(), (200, document.to_owned()));
    }

    pub fn fail(&self, path: &str, status: u16) {
        self.documents.lock().unwrap().insert(path.to_owned(), (status, String::new()));
    }

    /// What came to a path, the oldest first.
    pub fn got(&self, path: &str) -> Vec<Got> {
        let fits = |got: &&Got| got.url[self.base.len()..].split('?').next() == Some(path);
        self.got.lock().unwrap().iter().filter(fits).cloned().collect()
    }
}

async fn receive(State(site): State<Site>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let url = site.url(&uri.to_string());
    let body = String::from_utf8(body.to_vec()).unwrap();
    site.got.lock().unwrap().push(Got { method, url, headers, body });
    let (status, document) = site.documents.lock().unwrap().get(uri.path()).cloned().unwrap_or((200, String::new()));
    let kind = if document.starts_with('<') { "text/xml" } else { "application/json" };
    (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, kind)], document).into_response()
}
