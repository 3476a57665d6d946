//! Finding out in which zone an API user lives.

use reqwest::Url;
use serde_json::Value;

use crate::address::Address;
use crate::error::Error;
use crate::http::{self, TIMEOUT};
use crate::record::record;

/// Largest answer to this question that is read, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;

record! {
    /// Where a tenant lives.
    pub struct ZoneInformation {
        /// Such as `America East`.
        "zoneName" zone_name: Option<String>,
        /// Base of the API, with a slash at its end and without `V1.0`.
        "url" url: String,
        /// Base of the screens, for links.
        "webUrl" web_url: Option<String>,
        /// The number of the tenant's database (not that of the zone).
        "ci" ci: Option<i64>,
    }
}

/// Asks which zone an API user lives in. Any host answers for all zones; [`Address::directory`] is the usual one.
///
/// No credentials are sent, and the question does not count against any limit.
pub async fn discover_zone(
    http: &reqwest::Client,
    directory: &Address,
    user_name: &str,
) -> Result<(Address, ZoneInformation), Error> {
    let fault = |reason: &str| Error::Zone { host: directory.host().to_owned(), reason: reason.to_owned() };
    let mut url = Url::parse(&directory.url("zoneInformation")).map_err(|_| fault("it is no usable address"))?;
    url.query_pairs_mut().append_pair("user", user_name.trim());
    let answer = http::send(http.get(url).timeout(TIMEOUT), directory.host(), BODY_BYTES_MAX).await?;
    let found = match answer.judge("zone of this user name", str::to_owned)? {
        Value::Object(fields) => ZoneInformation::from(fields),
        _ => return Err(Error::unreadable(directory.host(), "it is not an object")),
    };
    let address: Address = found.url.parse().map_err(|_| fault("the zone's address cannot be read"))?;
    // The secret goes wherever this answer points to: the vendor's directory may only point to the vendor.
    if directory.is_vendor() && !(address.is_vendor() && address.is_encrypted()) {
        return Err(fault("the zone's address is not one of Autotask"));
    }
    Ok((address, found))
}
