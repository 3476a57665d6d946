//! Where the API of a tenant is: the host of a zone, or any base URL.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;

use crate::zone::{self, Zone, ZoneHost};

/// Longest text read as an address, in bytes.
const ADDRESS_BYTES_MAX: usize = 2_000;

/// The base of all requests, normalised: it ends in `/ATServicesRest/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// `https://webservices14.autotask.net`, with a port where it is not the usual one.
    origin: String,
    /// The whole base.
    base: String,
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// No zone and no URL.
    #[error("the address is neither a zone number nor a URL such as https://webservices14.autotask.net")]
    Unreadable,
    /// Neither http nor https.
    #[error("the address must begin with https:// (or http://)")]
    Scheme,
    /// `https://user:password@host`.
    #[error("the address must not contain a user name or password")]
    Credentials,
}

impl Address {
    /// The host that knows the zone of every API user; see [`crate::discover_zone`].
    pub fn directory() -> Self {
        Self::of_host("webservices.autotask.net")
    }

    /// The zone of this number; it need not be one of [`crate::ZONES`].
    pub fn of_zone_number(number: u16) -> Self {
        Self::of_host(&zone::api_host(number))
    }

    fn of_host(host: &str) -> Self {
        Self::of_parts(format!("https://{host}"), "")
    }

    /// `path` without a slash at its end.
    fn of_parts(origin: String, path: &str) -> Self {
        let base = format!("{origin}{path}/ATServicesRest/");
        Self { origin, base }
    }

    /// Whether the secret travels encrypted. Plain http is for a stand-in on the own machine.
    pub fn is_encrypted(&self) -> bool {
        self.origin.starts_with("https:")
    }

    /// Host, and port where it is not the usual one.
    pub fn host(&self) -> &str {
        self.origin.split_once("://").map_or(&self.origin, |(_, host)| host)
    }

    /// The zone, where it is one of [`crate::ZONES`].
    pub fn zone(&self) -> Option<&'static Zone> {
        Zone::of_host(self.host())
    }

    /// Host and zone for people: `webservices14.autotask.net (America East 2 [14])`.
    pub fn label(&self) -> String {
        self.zone().map_or_else(|| self.host().to_owned(), |zone| format!("{} ({})", self.host(), zone.label()))
    }

    /// Whether the host belongs to the vendor.
    pub fn is_vendor(&self) -> bool {
        self.host().ends_with(".autotask.net")
    }

    /// The base URL, ending in `/ATServicesRest/`.
    pub fn as_str(&self) -> &str {
        &self.base
    }

    /// The URL of a path below `V1.0`, such as `Tickets/query`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}V1.0/{path}", self.base)
    }
}

impl From<&Zone> for Address {
    fn from(zone: &Zone) -> Self {
        Self::of_host(&zone.api_host())
    }
}

impl FromStr for Address {
    type Err = AddressError;

    /// Reads a zone's number or label (`14`, `America East 2 [14]`), a host, or a URL with or without
    /// `/ATServicesRest`, `/V1.0` and a last slash.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.is_empty() || text.len() > ADDRESS_BYTES_MAX {
            return Err(AddressError::Unreadable);
        }
        match zone_of(text) {
            Some(address) => Ok(address),
            // A URL library takes a bare number for an IPv4 address.
            None if text.bytes().all(|byte| byte.is_ascii_digit()) => Err(AddressError::Unreadable),
            None => parse_url(text),
        }
    }
}

/// A zone by its number or by what stands in brackets at the end of its label.
fn zone_of(text: &str) -> Option<Address> {
    let inner = text.strip_suffix(']').and_then(|text| text.rsplit_once('[')).map_or(text, |(_, inner)| inner.trim());
    if let Ok(number) = inner.parse::<u16>() {
        return (number > 0).then(|| Address::of_zone_number(number));
    }
    let named = crate::ZONES.iter().find(|zone| matches!(zone.host, ZoneHost::Name(name) if name == inner));
    named.map(Address::from)
}

fn parse_url(text: &str) -> Result<Address, AddressError> {
    let text = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let mut url = Url::parse(&text).map_err(|_| AddressError::Unreadable)?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(AddressError::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Credentials);
    }
    if let Some(api) = url.host_str().and_then(api_host_of_screens) {
        url.set_host(Some(&api)).map_err(|_| AddressError::Unreadable)?;
        url.set_path("");
    }
    Ok(Address::of_parts(url.origin().ascii_serialization(), &base_path(url.path())))
}

/// People copy the address of the screens (`ww14`) from their browser; the API is next door.
fn api_host_of_screens(host: &str) -> Option<String> {
    let number = host.strip_suffix(".autotask.net")?.strip_prefix("ww")?;
    number.parse().ok().map(zone::api_host)
}

/// The path without `/V1.0` and `/ATServicesRest` (in any case) and slashes at its end.
fn base_path(path: &str) -> String {
    let path = path.trim_end_matches('/');
    let path = strip_segment(path, "/v1.0").trim_end_matches('/');
    strip_segment(path, "/atservicesrest").trim_end_matches('/').to_owned()
}

fn strip_segment<'a>(path: &'a str, segment: &str) -> &'a str {
    match path.len().checked_sub(segment.len()).and_then(|at| path.split_at_checked(at)) {
        Some((front, end)) if end.eq_ignore_ascii_case(segment) => front,
        _ => path,
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn every_zone_has_an_address_that_names_it_again() {
        for zone in crate::ZONES {
            let address = Address::from(zone);
            assert_eq!(address.zone(), Some(zone));
            assert_eq!(zone.label().parse::<Address>().unwrap(), address);
            assert!(address.is_vendor() && address.is_encrypted());
        }
        assert_eq!(Address::directory().as_str(), "https://webservices.autotask.net/ATServicesRest/");
        assert_eq!(Address::of_zone_number(14).label(), "webservices14.autotask.net (America East 2 [14])");
        assert_eq!(Address::of_zone_number(u16::MAX).label(), "webservices65535.autotask.net");
    }

    #[test]
    fn reads_every_way_of_writing_a_base() {
        for (text, base) in [
            ("14", "https://webservices14.autotask.net/ATServicesRest/"),
            (" 31 ", "https://webservices31.autotask.net/ATServicesRest/"),
            ("Somewhere new [31]", "https://webservices31.autotask.net/ATServicesRest/"),
            ("prde", "https://prde.autotask.net/ATServicesRest/"),
            ("webservices14.autotask.net", "https://webservices14.autotask.net/ATServicesRest/"),
            ("https://webservices14.autotask.net/", "https://webservices14.autotask.net/ATServicesRest/"),
            ("https://webservices14.autotask.net/atservicesrest", "https://webservices14.autotask.net/ATServicesRest/"),
            (
                "https://webservices14.autotask.net/ATServicesRest/v1.0/",
                "https://webservices14.autotask.net/ATServicesRest/",
            ),
            ("https://ww14.autotask.net/Mvc/Framework?x=1#y", "https://webservices14.autotask.net/ATServicesRest/"),
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000/ATServicesRest/"),
            ("http://[::1]:9000/V1.0", "http://[::1]:9000/ATServicesRest/"),
            ("https://proxy.example/at/ATServicesRest//", "https://proxy.example/at/ATServicesRest/"),
        ] {
            assert_eq!(text.parse::<Address>().unwrap().as_str(), base, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_address() {
        for (text, error) in [
            ("", AddressError::Unreadable),
            ("0", AddressError::Unreadable),
            ("65536", AddressError::Unreadable),
            ("https://", AddressError::Unreadable),
            ("not a host", AddressError::Unreadable),
            ("ftp://example.com", AddressError::Scheme),
            ("file:///etc/passwd", AddressError::Scheme),
            ("https://user:pw@example.com", AddressError::Credentials),
        ] {
            assert_eq!(text.parse::<Address>(), Err(error), "{text}");
        }
        assert!("x".repeat(ADDRESS_BYTES_MAX + 1).parse::<Address>().is_err());
    }

    #[test]
    fn paths_are_written_in_the_vendors_case() {
        let address: Address = "http://127.0.0.1:9000/atservicesrest/v1.0".parse().unwrap();
        assert_eq!(address.url("Tickets/query"), "http://127.0.0.1:9000/ATServicesRest/V1.0/Tickets/query");
        assert_eq!(address.host(), "127.0.0.1:9000");
    }
}
