//! What a stand-in is started with.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

pub use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::faults::Faults;
use super::picklist::Language;
use crate::clock::Clock;

/// The settings of a stand-in. The defaults are a small English tenant on a free loopback port.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The API user's name, "Username (Key)".
    pub api_user: String,
    /// The API user's secret, "Password (Secret)".
    pub api_secret: String,
    /// The API integration code, "Tracking Identifier": 27 characters.
    pub api_code: String,
    /// Each gets an active extension callout and a rule that executes it at once when anyone creates or edits a ticket.
    pub callouts: Vec<Url>,
    /// The language of labels and system notes.
    pub language: Language,
    /// Other labels for statuses: (id, label). An unknown id is added.
    pub status_labels: BTreeMap<i64, String>,
    /// The tenant's zone: callouts print its local time, ticket numbers its date.
    pub time_zone: String,
    /// Faults from the start.
    pub faults: Faults,
    /// What differs between tenants, or is not known of them.
    pub habits: Habits,
    /// The clock.
    pub clock: Clock,
}

/// What differs between tenants, or is not known of them. Can be changed while the stand-in runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Habits {
    /// Answer times without `Z`, as some endpoints do.
    pub times_without_z: bool,
    /// A null in a PATCH empties the field; otherwise it is ignored. Tenants were seen to do either.
    pub patch_null_clears: bool,
    /// Whether a bulk edit fires workflow rules.
    pub bulk_edit_fires_rules: bool,
    /// How long rules wait before they act, in milliseconds; up to five minutes in the real service.
    pub rule_delay_ms: u64,
    /// How long a callout waits for its answer, in milliseconds.
    pub callout_timeout_ms: u64,
    /// How often a callout is sent when it times out.
    pub callout_tries_max: u32,
    /// The pause before a callout is sent again, in milliseconds; 7 in 10 minutes were seen.
    pub callout_retry_ms: u64,
    /// How long an event of a webhook waits before it is sent, in milliseconds; up to a minute in the real service, five under
    /// load.
    pub webhook_delay_ms: u64,
    /// How long a webhook waits for its answer, in milliseconds.
    pub webhook_timeout_ms: u64,
    /// How often an event of a webhook is sent before it is given up.
    pub webhook_tries_max: u32,
    /// The pause before an event is sent again, in milliseconds.
    pub webhook_retry_ms: u64,
    /// So many events in a row given up switch a webhook off.
    pub webhook_failures_max: u32,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            times_without_z: false,
            patch_null_clears: true,
            bulk_edit_fires_rules: true,
            rule_delay_ms: 0,
            callout_timeout_ms: 10_000,
            callout_tries_max: 7,
            callout_retry_ms: 90_000,
            webhook_delay_ms: 0,
            webhook_timeout_ms: 10_000,
            webhook_tries_max: 5,
            webhook_retry_ms: 30_000,
            webhook_failures_max: 25,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            api_user: "watchbell-api@msp.example".to_owned(),
            api_secret: "stand-in-secret".to_owned(),
            api_code: "STANDINTRACKINGIDENTIFIER01".to_owned(),
            callouts: Vec::new(),
            language: Language::En,
            status_labels: BTreeMap::new(),
            time_zone: "America/New_York".to_owned(),
            faults: Faults::default(),
            habits: Habits::default(),
            clock: Clock::default(),
        }
    }
}

impl Config {
    /// What a person needs to point a client at the stand-in, as (name, value); `url` is where it listens.
    pub fn describe(&self, url: &str) -> Vec<(&'static str, String)> {
        vec![
            ("Page", url.to_owned()),
            ("REST base URL", format!("{url}/ATServicesRest/V1.0/")),
            ("Username (Key)", self.api_user.clone()),
            ("Password (Secret)", self.api_secret.clone()),
            ("Tracking Identifier", self.api_code.clone()),
        ]
    }
}
