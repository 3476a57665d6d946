//! How long to wait after failed log-ins. Three things are counted: an account from one address, an account from anywhere, and an
//! address; so that guessing is slow, and nobody can lock somebody else out for long.

use std::net::{IpAddr, Ipv6Addr};
use watchbell_core::text::fold;
use watchbell_store::login_attempts::Subject;

const PAIR_FREE: i64 = 5;
const ACCOUNT_FREE: i64 = 30;
const ADDRESS_FREE: i64 = 50;
/// The longest wait of an address, in seconds.
const LONG_S: i64 = 900;
/// The longest wait of an account from elsewhere, in seconds: its owner has to live with it.
const SHORT_S: i64 = 60;

/// What a log-in counts.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    /// All of it.
    pub(super) subjects: Vec<Subject>,
    /// What a success forgets.
    pub(super) forget: Vec<String>,
    /// What a success takes one attempt from.
    pub(super) uncount: Vec<String>,
}

/// What a log-in to an account counts. A loopback address is a proxy in front of us and stands for everybody: it is not counted.
pub(super) fn counted(email: &str, address: Option<IpAddr>) -> Counted {
    let account = format!("account {}", cut(&fold(email)));
    let address = address.filter(|address| !address.is_loopback());
    let pair = match address {
        Some(address) => format!("{account} from {}", neighbourhood(address)),
        None => format!("{account} from here"),
    };
    let mut subjects = vec![
        Subject { name: pair.clone(), wait_s: pair_wait },
        Subject { name: account.clone(), wait_s: account_wait },
    ];
    let mut uncount = Vec::new();
    if let Some(address) = address {
        let name = format!("address {}", neighbourhood(address));
        subjects.push(Subject { name: name.clone(), wait_s: address_wait });
        uncount.push(name);
    }
    Counted { subjects, forget: vec![pair, account], uncount }
}

/// Whoever has one IPv6 address has 2^64 of them: the network counts.
fn neighbourhood(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{}/64", Ipv6Addr::from(u128::from(address) >> 64 << 64)),
    }
}

fn cut(text: &str) -> String {
    watchbell_core::text::cut(text, 255)
}

fn doubling(failures: i64, free: i64, most_s: i64) -> i64 {
    match failures - free {
        over if over < 0 => 0,
        over => 1_i64.checked_shl(u32::try_from(over.min(30)).unwrap_or(30)).unwrap_or(most_s).min(most_s),
    }
}

fn pair_wait(failures: i64) -> i64 {
    doubling(failures, PAIR_FREE, LONG_S)
}

fn account_wait(failures: i64) -> i64 {
    doubling(failures, ACCOUNT_FREE, SHORT_S)
}

fn address_wait(failures: i64) -> i64 {
    doubling(failures, ADDRESS_FREE, LONG_S)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn waiting_begins_after_the_free_attempts_doubles_and_has_an_end() {
        let waits: Vec<i64> = (0..=20).map(pair_wait).collect();
        assert_eq!(waits[..5], [0; 5]);
        assert_eq!(waits[5..9], [1, 2, 4, 8]);
        assert_eq!(waits[20], LONG_S);
        assert_eq!((account_wait(29), account_wait(1_000), address_wait(i64::MAX)), (0, SHORT_S, LONG_S));
    }

    #[test]
    fn a_proxy_on_this_machine_is_not_blamed() {
        assert_eq!(counted("Ann@x", Some("127.0.0.1".parse().unwrap())).subjects.len(), 2);
        let far = counted("Ann@x", Some("203.0.113.7".parse().unwrap()));
        assert_eq!(far.subjects[0].name, "account ann@x from 203.0.113.7");
        assert_eq!(far.uncount, ["address 203.0.113.7"]);
        let six = counted("Ann@x", Some("2001:db8:1:2:3:4:5:6".parse().unwrap()));
        assert_eq!(six.uncount, ["address 2001:db8:1:2::/64"]);
    }
}
