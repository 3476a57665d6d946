//! Names are resolved here, and what they resolve to is checked here: a name of the attacker's own that points
//! at an address inside is refused, however often it changes its mind, because the checked address is the one connected to.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{HttpError, OutboundPolicy};

/// The resolver of the HTTP client.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guarded {
    pub(super) policy: OutboundPolicy,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.policy;
        Box::pin(async move {
            // Port 0 is replaced by the one of the address.
            let permitted = resolve(policy, name.as_str(), 0).await?;
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

/// The addresses of a host that may be reached, in the order of the resolver. Errors: `Unresolved`, `Refused`.
pub(crate) async fn resolve(policy: OutboundPolicy, host: &str, port: u16) -> Result<Vec<SocketAddr>, HttpError> {
    let found = tokio::net::lookup_host((host, port))
        .await
        .map_err(|fault| HttpError::Unresolved { host: host.into(), reason: fault.to_string() })?;
    permitted(policy, host, found.collect())
}

/// Keeps what may be reached; a name of which nothing may be is refused with the reason of its first address.
fn permitted(policy: OutboundPolicy, host: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, HttpError> {
    let mut refused = None;
    let mut kept = Vec::with_capacity(found.len());
    for address in found {
        match policy.permit(address.ip()) {
            Ok(()) => kept.push(address),
            Err(reach) => refused = refused.or(Some(reach)),
        }
    }
    match (kept.is_empty(), refused) {
        (false, _) => Ok(kept),
        (true, Some(reach)) => Err(HttpError::Refused { host: host.into(), reach }),
        (true, None) => Err(HttpError::Unresolved { host: host.into(), reason: "it has no address".into() }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::http::Reach;

    fn addresses(of: &[&str]) -> Vec<SocketAddr> {
        of.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 443)).collect()
    }

    #[test]
    fn a_name_that_points_inside_is_refused_after_it_was_resolved() {
        let open = OutboundPolicy::default();
        let fault = permitted(open, "innocent.example", addresses(&["169.254.169.254"])).unwrap_err();
        assert!(matches!(fault, HttpError::Refused { reach: Reach::LinkLocal, .. }), "{fault}");
    }

    #[test]
    fn of_a_mixed_answer_only_what_may_be_reached_is_left() {
        let closed = OutboundPolicy { allow_private: false };
        let kept = permitted(closed, "mixed.example", addresses(&["10.0.0.1", "1.1.1.1", "fe80::1"])).unwrap();
        assert_eq!(kept, addresses(&["1.1.1.1"]));
    }
}
