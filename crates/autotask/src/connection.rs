//! Whether the tenant can be worked with, and how much of its limit is used.

use reqwest::Method;
use serde_json::{Map, Value};

use crate::client::Client;
use crate::entity::Ticket;
use crate::error::Error;
use crate::query::Query;
use crate::record::record;

record! {
    /// How much of the tenant's limit is used, by all vendors together.
    pub struct Threshold {
        /// Requests allowed.
        "externalRequestThreshold" requests_max: i64,
        /// In so many minutes, rolling.
        "requestThresholdTimeframe" timeframe_minutes: i64,
        /// Requests made.
        "currentTimeframeRequestCount" requests: i64,
    }
}

record! {
    /// Which release answers.
    pub struct Version {
        /// First number.
        "majorVersion" major: Option<i64>,
        /// Second number.
        "minorVersion" minor: Option<i64>,
        /// Build.
        "build" build: Option<String>,
        /// Kind of customer.
        "customerType" customer_type: Option<String>,
    }
}

impl Threshold {
    /// Used up in percent. From 50 on Autotask delays every answer by half a second, from 75 on by a second; at 100 it
    /// refuses.
    pub fn used_percent(&self) -> i64 {
        if self.requests_max > 0 { self.requests.saturating_mul(100) / self.requests_max } else { 0 }
    }
}

/// What a test of the connection found out.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection {
    /// The release, where the zone tells it.
    pub version: Option<Version>,
    /// The use of the limit, where we may see it.
    pub threshold: Option<Threshold>,
}

impl Client {
    /// Which release answers. Needs valid credentials, but no permission.
    pub async fn version(&self) -> Result<Version, Error> {
        self.get_flat("Version").await.map(Version::from)
    }

    /// How much of the tenant's limit is used. The question counts as a request itself.
    pub async fn threshold(&self) -> Result<Threshold, Error> {
        self.get_flat("ThresholdInformation").await.map(Threshold::from)
    }

    /// Tests address, credentials and the permission to read tickets, in this order; stops at the first fault.
    ///
    /// [`Error::fault`] names it. There is only one request with wrong credentials, as more would lock the user.
    pub async fn test_connection(&self) -> Result<Connection, Error> {
        let version = match self.version().await {
            Ok(version) => Some(version),
            Err(Error::NotFound { .. } | Error::Permission { .. }) => None, // older zones do not tell
            Err(error) => return Err(error),
        };
        let one = Query::new().include_fields([]).max_records(1);
        self.query::<Ticket>(&one).await.map_err(|error| self.name_missing_api(error))?;
        let threshold = self.threshold().await.ok();
        Ok(Connection { version, threshold })
    }

    /// No tickets at all at this address: something answers there, but not Autotask.
    fn name_missing_api(&self, error: Error) -> Error {
        match error {
            Error::NotFound { .. } => Error::Zone {
                host: self.address().host().to_owned(),
                reason: "there is no Autotask API at this address".to_owned(),
            },
            other => other,
        }
    }

    async fn get_flat(&self, endpoint: &'static str) -> Result<Map<String, Value>, Error> {
        match self.call(endpoint, Method::GET, endpoint, None, endpoint).await? {
            Value::Object(fields) => Ok(fields),
            _ => Err(self.unreadable("it is not an object")),
        }
    }
}
