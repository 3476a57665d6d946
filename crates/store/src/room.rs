//! How much a node takes on at once. Each channel has places of its own, so that one which answers nobody leaves the others theirs;
//! so have calls to outside tools, and work that only touches the database.

use crate::value::Value;
use std::collections::BTreeMap;
use watchbell_core::limits;
use watchbell_core::user::Channel;

/// Where a job takes a place while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Among the messages of a channel.
    Channel(Channel),
    /// Among the calls to outside tools.
    Call,
    /// None: it is stepped with others of its kind in one unit.
    Step,
    /// Among the work that only touches the database; also messages of a channel that this version does not know: they fail at once.
    Own,
}

impl Place {
    /// All that there is room in.
    pub fn all() -> impl Iterator<Item = Self> {
        Channel::ALL.iter().copied().map(Place::Channel).chain([Place::Call, Place::Own])
    }

    /// That of a message.
    pub fn of_message(channel: &str) -> Self {
        Channel::parse(channel).map_or(Place::Own, Place::Channel)
    }

    /// How many there are on a node.
    pub fn how_many(self) -> usize {
        match self {
            Place::Channel(_) => limits::CHANNEL_RUNNING_MAX,
            Place::Call => limits::CALLS_RUNNING_MAX,
            Place::Own => limits::OWN_RUNNING_MAX,
            Place::Step => 0,
        }
    }

    /// The word in the database.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Place::Channel(channel) => channel.as_str(),
            Place::Call => "CALL",
            Place::Step => "STEP",
            Place::Own => "",
        }
    }
}

/// Free places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    free: BTreeMap<Place, usize>,
}

impl Room {
    /// As many as `free` says.
    pub fn of(free: impl Fn(Place) -> usize) -> Self {
        Self { free: Place::all().map(|place| (place, free(place))).collect() }
    }

    /// That of a node which does nothing yet.
    pub fn whole() -> Self {
        Self::of(Place::how_many)
    }

    /// None at all.
    pub fn none() -> Self {
        Self::of(|_| 0)
    }

    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        self.free.values().all(|free| *free == 0)
    }

    /// Whether something that is due may find no place.
    pub fn is_full_somewhere(&self) -> bool {
        self.free.values().any(|free| *free == 0)
    }

    /// Takes a place; `false`: there is none.
    pub fn take(&mut self, place: Place) -> bool {
        let free = self.free.entry(place).or_default();
        let taken = *free > 0;
        *free = free.saturating_sub(1);
        taken
    }

    /// How many are free.
    pub(crate) fn free(&self, place: Place) -> i64 {
        count(self.free.get(&place).copied().unwrap_or_default())
    }

    /// For a statement: the words of the places that have room, how many are free in the same order, and the most of these.
    pub(crate) fn bound(&self) -> [Value; 3] {
        let roomy = || self.free.iter().filter(|(_, free)| **free > 0);
        let free: Vec<i64> = roomy().map(|(_, free)| count(*free)).collect();
        let most = free.iter().copied().max().unwrap_or_default();
        [
            Value::Texts(roomy().map(|(place, _)| place.word().to_owned()).collect()),
            Value::Ints(free),
            Value::Int(Some(most)),
        ]
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
        let email = Place::Channel(Channel::Email);
        let mut room = Room::of(|place| if place == email { 1 } else { 2 });
        assert!(room.take(email) && !room.take(email));
        assert!(room.take(Place::Channel(Channel::Ntfy)) && room.take(Place::Call) && room.take(Place::Own));
        let Value::Texts(words) = &room.bound()[0] else { panic!("words") };
        assert!(!words.contains(&"EMAIL".to_owned()) && words.contains(&"NTFY".to_owned()));
        assert!(room.is_full_somewhere() && !room.is_none());
        assert!(Room::none().is_none() && !Room::whole().is_full_somewhere());
    }
}
