//! How much a node takes on at once: each channel has places of its own, so that one which answers nobody leaves the others theirs.

use crate::value::Value;
use std::collections::BTreeMap;
use watchbell_core::limits;
use watchbell_core::user::Channel;

/// Free places: for the messages of each channel, and for jobs that are no messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    channels: BTreeMap<Channel, usize>,
    others: usize,
}

impl Room {
    /// As many as `free` says for each channel, and for what is no message (`None`).
    pub fn of(free: impl Fn(Option<Channel>) -> usize) -> Self {
        let channels = Channel::ALL.iter().map(|channel| (*channel, free(Some(*channel)))).collect();
        Self { channels, others: free(None) }
    }

    /// That of a node which does nothing yet.
    pub fn whole() -> Self {
        Self::of(|channel| if channel.is_some() { limits::CHANNEL_RUNNING_MAX } else { limits::OTHERS_RUNNING_MAX })
    }

    /// None at all.
    pub fn none() -> Self {
        Self::of(|_| 0)
    }

    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        self.total() == 0
    }

    /// Whether something that is due may find no place.
    pub fn is_full_somewhere(&self) -> bool {
        self.others == 0 || self.channels.values().any(|free| *free == 0)
    }

    /// Takes a place; `false`: there is none.
    pub fn take(&mut self, channel: Option<Channel>) -> bool {
        let free = match channel {
            Some(channel) => self.channels.entry(channel).or_default(),
            None => &mut self.others,
        };
        let taken = *free > 0;
        *free = free.saturating_sub(1);
        taken
    }

    pub(crate) fn others(&self) -> i64 {
        count(self.others)
    }

    pub(crate) fn total(&self) -> usize {
        self.channels.values().sum::<usize>() + self.others
    }

    /// For a statement: the words of the channels and of what is no message (an empty one), their free places in the same order,
    /// and the words of those that are full.
    pub(crate) fn bound(&self) -> [Value; 3] {
        let rows: Vec<(&str, usize)> =
            self.channels.iter().map(|(channel, free)| (channel.as_str(), *free)).chain([("", self.others)]).collect();
        let words =
            |full: bool| rows.iter().filter(move |row| !full || row.1 == 0).map(|row| row.0.to_owned()).collect();
        let free = rows.iter().map(|row| count(row.1)).collect();
        [Value::Texts(words(false)), Value::Ints(free), Value::Texts(words(true))]
    }
}

fn count(places: usize) -> i64 {
    i64::try_from(places).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_channel_leaves_the_others_their_places() {
        let mut room = Room::of(|channel| if channel == Some(Channel::Email) { 1 } else { 2 });
        assert!(room.take(Some(Channel::Email)) && !room.take(Some(Channel::Email)));
        assert!(room.take(Some(Channel::Ntfy)) && room.take(None));
        assert_eq!(room.bound()[2], Value::Texts(vec!["EMAIL".into()]));
        assert!(Room::none().is_none() && !Room::whole().is_none());
    }
}
