//! The client: one tenant, one API user.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder};
use secrecy::SecretString;
use serde_json::Value;

use crate::address::Address;
use crate::credentials::{Credentials, redact_secret};
use crate::entity::Entity;
use crate::error::Error;
use crate::gate::Gates;
use crate::http::{self, BODY_BYTES_MAX, TIMEOUT};
use crate::query::{Page, Query, read_row};
use crate::record::Fields;
use crate::verdict::{Answer, item_id};

/// A client for one tenant. Clones are cheap and share the limit of three requests at a time per endpoint.
///
/// It never retries: [`Error::is_permanent`], [`Error::backoff`] and [`Error::retry_after`] say what a caller that keeps
/// jobs should do. After [`Error::Credential`] stop at once, since Autotask locks users that keep failing.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    address: Address,
    credentials: Credentials,
    impersonate: Option<i64>,
    timeout: Duration,
    body_bytes_max: usize,
    gates: Arc<Gates>,
}

impl Client {
    /// A client of the tenant at `address`.
    ///
    /// `http` should follow no redirects (`redirect::Policy::none()`), or our headers could be sent to another host.
    pub fn new(http: reqwest::Client, address: Address, credentials: Credentials) -> Self {
        Self {
            http,
            address,
            credentials,
            impersonate: None,
            timeout: TIMEOUT,
            body_bytes_max: BODY_BYTES_MAX,
            gates: Arc::default(),
        }
    }

    /// How long a request may take from start to end, [`TIMEOUT`] by default. Waiting for a place is not counted.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The largest answer to read in bytes, [`BODY_BYTES_MAX`] by default.
    #[must_use]
    pub fn with_body_bytes_max(mut self, bytes_max: usize) -> Self {
        self.body_bytes_max = bytes_max;
        self
    }

    /// A client that creates and updates as this resource (`ImpersonationResourceId`). Both security levels must allow it.
    #[must_use]
    pub fn impersonating(&self, resource_id: i64) -> Self {
        Self { impersonate: Some(resource_id), ..self.clone() }
    }

    /// Where this client asks.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The API user's name.
    pub fn user_name(&self) -> &str {
        self.credentials.user_name()
    }

    /// The row with this id; `None` where there is none (Autotask answers 404, or 200 with a null item).
    pub async fn get<T: Entity>(&self, id: i64) -> Result<Option<T>, Error> {
        self.get_at(T::PATH, id).await
    }

    /// The row with this id of an endpoint.
    pub(crate) async fn get_at<T: From<Fields>>(&self, endpoint: &'static str, id: i64) -> Result<Option<T>, Error> {
        let what = format!("{endpoint} {id}");
        let answer = match self.call(endpoint, Method::GET, &format!("{endpoint}/{id}"), None, &what).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            other => other?,
        };
        match answer.get("item").cloned() {
            Some(Value::Null) => Ok(None),
            Some(row) => read_row(row).map(Some).ok_or_else(|| self.unreadable("the row has no id")),
            None => Err(self.unreadable("there is no \"item\" in it")),
        }
    }

    /// The first page of a query.
    pub async fn query<T: Entity>(&self, query: &Query) -> Result<Page<T>, Error> {
        self.query_after(query, None).await
    }

    /// The page of a query behind an id.
    pub(crate) async fn query_after<T: Entity>(&self, query: &Query, id: Option<i64>) -> Result<Page<T>, Error> {
        self.query_at(T::PATH, query, id).await
    }

    /// The page of a query of an endpoint behind an id.
    pub(crate) async fn query_at<T: From<Fields>>(
        &self,
        endpoint: &'static str,
        query: &Query,
        id: Option<i64>,
    ) -> Result<Page<T>, Error> {
        let body = self.to_json(&query.after(id))?;
        let answer = self.call(endpoint, Method::POST, &format!("{endpoint}/query"), Some(body), endpoint).await?;
        self.read_page(answer, query.rows_per_page())
    }

    /// The rows of an answer that is a list.
    pub(crate) fn read_page<T: From<Fields>>(&self, answer: Value, rows_per_page: usize) -> Result<Page<T>, Error> {
        Page::read(answer, rows_per_page).ok_or_else(|| self.unreadable("there are no \"items\" in it"))
    }

    /// How many rows a query would find.
    pub async fn count<T: Entity>(&self, query: &Query) -> Result<i64, Error> {
        let body = self.to_json(&query.after(None))?;
        let answer = self.call(T::PATH, Method::POST, &format!("{}/query/count", T::PATH), Some(body), T::PATH).await?;
        answer
            .get("queryCount")
            .and_then(Value::as_i64)
            .ok_or_else(|| self.unreadable("there is no \"queryCount\" in it"))
    }

    /// Writes to a collection and returns the id of the row. `endpoint` is what the requests are counted by.
    pub(crate) async fn write(
        &self,
        endpoint: &'static str,
        method: Method,
        path: &str,
        row: Value,
    ) -> Result<i64, Error> {
        self.read_item_id(&self.call(endpoint, method, path, Some(row), path).await?)
    }

    /// The id in an answer to a write.
    pub(crate) fn read_item_id(&self, answer: &Value) -> Result<i64, Error> {
        item_id(answer).ok_or_else(|| self.unreadable("there is no \"itemId\" in it"))
    }

    /// A request below `V1.0` with our headers, through the gate of its endpoint.
    pub(crate) async fn call(
        &self,
        endpoint: &'static str,
        method: Method,
        path: &str,
        body: Option<Value>,
        what: &str,
    ) -> Result<Value, Error> {
        self.send(endpoint, method, path, body).await?.judge(what, |text| self.credentials.redact(text))
    }

    /// Sends a request and reads its answer, whatever it says.
    pub(crate) async fn send(
        &self,
        endpoint: &'static str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Answer, Error> {
        let request = self.request(method, path, body)?;
        let place = self.gates.enter(endpoint).await;
        let answer = http::send(request, self.address.host(), self.body_bytes_max).await;
        drop(place);
        answer
    }

    /// A text of the server without our credentials, and without one secret more.
    pub(crate) fn redact(&self, text: &str, secret: Option<&SecretString>) -> String {
        let text = self.credentials.redact(text);
        secret.map_or_else(|| text.clone(), |secret| redact_secret(&text, secret))
    }

    fn request(&self, method: Method, path: &str, body: Option<Value>) -> Result<RequestBuilder, Error> {
        let mut headers: HeaderMap = self.credentials.headers(self.address.host())?;
        if let Some(resource_id) = self.impersonate.filter(|_| method != Method::GET) {
            headers.insert("impersonationresourceid", HeaderValue::from(resource_id));
        }
        let request = self.http.request(method, self.address.url(path)).headers(headers).timeout(self.timeout);
        Ok(match body {
            Some(body) => request.json(&body),
            None => request,
        })
    }

    fn to_json<T: serde::Serialize>(&self, value: &T) -> Result<Value, Error> {
        serde_json::to_value(value).map_err(|error| self.unreadable(&error.to_string()))
    }

    pub(crate) fn unreadable(&self, reason: &str) -> Error {
        Error::unreadable(self.address.host(), reason)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("address", &self.address.as_str())
            .field("user_name", &self.user_name())
            .finish_non_exhaustive()
    }
}
