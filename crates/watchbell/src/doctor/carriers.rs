//! Accounts that carry messages: those that are refused, and channels that people's rules name and nobody carries.

use super::Patient;
use super::finding::Finding;
use watchbell_core::provider::ProviderKind;
use watchbell_server::app::App;
use watchbell_server::providers::{self, AccountStanding, ChannelStanding};
use watchbell_store::connectors::ConnectorState;
use watchbell_store::{StoreError, providers as accounts};

const WHERE: &str = "Settings, Providers, the account: correct it and press Test this account (docs/providers.md)";

/// How those who carry messages do. They are not logged in to: each message and each Test keeps how they are.
pub(super) async fn examine(app: &App, patient: &Patient) -> Vec<Finding> {
    look(app, patient).await.unwrap_or_else(|error| vec![Finding::unread("Accounts that carry messages", &error)])
}

async fn look(app: &App, patient: &Patient) -> Result<Vec<Finding>, StoreError> {
    let channels = providers::standing(app, &patient.scope).await?;
    let mut findings: Vec<Finding> = channels.iter().filter_map(channel).collect();
    for account in providers::each_account(&channels) {
        let carried = accounts::of_connector(&patient.db, &patient.scope, &account.id).await?;
        let unusable = carried.first().and_then(|carried| providers::configure(app, carried).err());
        findings.push(account_finding(account, unusable.map(|why| why.to_string())));
    }
    Ok(findings)
}

fn account_finding(account: &AccountStanding, unusable: Option<String>) -> Finding {
    let kind = match ProviderKind::parse(&account.kind) {
        Some(kind) => kind.name(),
        None => account.kind.as_str(),
    };
    let (name, since) = (&account.name, account.since);
    let reason = account.reason.as_deref().unwrap_or("no reason is known");
    match (account.state, unusable) {
        (_, Some(why)) => Finding::wrong(format!("Provider {name:?} ({kind}): {why}"), WHERE),
        (ConnectorState::Red, None) => {
            Finding::wrong(format!("Provider {name:?} ({kind}): refused since {since:.0}: {reason}"), WHERE)
        }
        (ConnectorState::Yellow, None) => Finding::doubtful(
            format!("Provider {name:?} ({kind}): in trouble since {since:.0}: {reason}"),
            "it is asked all the same; a second account for its channels carries what it does not",
        ),
        (ConnectorState::Green, None) => Finding::fine(format!("Provider {name:?} ({kind})")),
    }
}

/// A channel that people count on.
fn channel(standing: &ChannelStanding) -> Option<Finding> {
    let (channel, people) = (standing.channel, standing.people);
    if people == 0 {
        return None;
    }
    if standing.accounts.is_empty() {
        return Some(Finding::wrong(
            format!("{channel}: the rules of {people} people name it, and no account carries it"),
            "connect one under Settings, Providers (docs/providers.md), or let them use another contact",
        ));
    }
    let all_refused = standing.accounts.iter().all(|account| account.state == ConnectorState::Red);
    all_refused.then(|| {
        Finding::wrong(
            format!("{channel}: the rules of {people} people name it, and every account that carries it is refused"),
            WHERE,
        )
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::finding::Verdict;
    use super::*;
    use jiff::Timestamp;
    use watchbell_core::ids::ConnectorId;
    use watchbell_core::user::Channel;

    fn account(state: ConnectorState) -> AccountStanding {
        AccountStanding {
            id: ConnectorId("1".into()),
            name: "Night".into(),
            kind: "twilio".into(),
            state,
            reason: Some("wrong token".into()),
            since: Timestamp::UNIX_EPOCH,
            sent_at: None,
            sent_lately: 0,
            failure: None,
            failed_at: None,
        }
    }

    fn sms(accounts: Vec<AccountStanding>, people: i64) -> ChannelStanding {
        ChannelStanding { channel: Channel::Sms, accounts, waiting: 0, waiting_since: None, people }
    }

    #[test]
    fn a_refused_account_is_wrong_and_one_in_trouble_is_worth_a_thought() {
        let verdict = |state| account_finding(&account(state), None).verdict;
        assert_eq!(verdict(ConnectorState::Red), Verdict::Wrong);
        assert_eq!(verdict(ConnectorState::Yellow), Verdict::Doubtful);
        assert_eq!(verdict(ConnectorState::Green), Verdict::Fine);
        let unusable = account_finding(&account(ConnectorState::Green), Some("its key is another".into()));
        assert_eq!(unusable.verdict, Verdict::Wrong);
        assert!(
            account_finding(&account(ConnectorState::Red), None).to_string().contains("\"Night\" (Twilio): refused")
        );
    }

    #[test]
    fn a_channel_that_people_count_on_needs_somebody_who_carries_it() {
        assert_eq!(channel(&sms(Vec::new(), 0)), None);
        assert!(
            channel(&sms(Vec::new(), 2))
                .unwrap()
                .to_string()
                .contains("SMS: the rules of 2 people name it, and no account")
        );
        let (red, green) = (account(ConnectorState::Red), account(ConnectorState::Green));
        assert_eq!(channel(&sms(vec![red.clone()], 2)).unwrap().verdict, Verdict::Wrong);
        assert_eq!(channel(&sms(vec![red, green], 2)), None);
    }
}
