//! Over which ways contacts can be reached as things stand.

use crate::app::App;
use watchbell_connect::channels::ntfy::subscribe_link as link;
use watchbell_core::user::Channel;
use watchbell_store::contacts::Contact;
use watchbell_store::providers::ChannelProvider;

/// Channels that carry messages now: those without an account, and those that an account carries.
pub(super) fn usable(app: &App, carried: &[ChannelProvider]) -> Vec<Channel> {
    let is_usable = |channel: &Channel| match channel.needs_provider() {
        true => carried.iter().any(|account| account.channel == *channel),
        false => *channel != Channel::WebPush || app.channels.vapid_public_key().is_some(),
    };
    Channel::ALL.iter().copied().filter(is_usable).collect()
}

/// By which of them a contact is reached. Where its owner wants no texts only calls are left.
pub(super) fn of_contact(contact: &Contact, usable: &[Channel]) -> Vec<Channel> {
    let takes = |channel: &Channel| channel.contact() == contact.channel && !contact.is_stopped_for(*channel);
    usable.iter().copied().filter(takes).collect()
}

/// The link by which a phone subscribes to a topic.
pub(super) fn subscribe_link(contact: &Contact) -> Option<String> {
    let (server, topic) = contact.target.rsplit_once('/').filter(|_| contact.channel == Channel::Ntfy)?;
    link(server, topic)
}
