//! Who changed a ticket last.

use serde::{Deserialize, Serialize};

/// The resource "Autotask Administrator": workflow rules, merges and other edits of Autotask itself are made under it.
pub const SYSTEM_RESOURCE: i64 = 4;

/// Who changed a ticket last, as far as it can be told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// A technician, dispatcher or other human being with a login (an API user that impersonates them counts as them).
    Person {
        /// Resource id.
        id: i64,
        /// Name as Autotask prints it.
        name: String,
    },
    /// An API user: a program.
    ApiUser {
        /// Resource id.
        id: i64,
        /// Name as Autotask prints it.
        name: String,
    },
    /// Autotask itself: workflow rules, merges ([`SYSTEM_RESOURCE`]).
    System,
    /// A contact of the customer, by mail or the client portal.
    Contact {
        /// Contact id, where known.
        id: Option<i64>,
        /// Name as Autotask prints it.
        name: String,
    },
    /// Nobody could say.
    #[default]
    Unknown,
}

impl Actor {
    /// The actor behind a resource id; `is_api_user` as the resource's licence says.
    pub fn from_resource(id: i64, name: impl Into<String>, is_api_user: bool) -> Self {
        match (id, is_api_user) {
            (SYSTEM_RESOURCE, _) => Actor::System,
            (_, true) => Actor::ApiUser { id, name: name.into() },
            (_, false) => Actor::Person { id, name: name.into() },
        }
    }

    /// Whether it is a human being who works on tickets.
    pub fn is_person(&self) -> bool {
        matches!(self, Actor::Person { .. })
    }

    /// The resource id, where the actor is a resource.
    pub fn resource(&self) -> Option<i64> {
        match self {
            Actor::Person { id, .. } | Actor::ApiUser { id, .. } => Some(*id),
            Actor::System => Some(SYSTEM_RESOURCE),
            Actor::Contact { .. } | Actor::Unknown => None,
        }
    }

    /// The name for the timeline; `None` where nobody can be named.
    pub fn name(&self) -> Option<&str> {
        match self {
            Actor::Person { name, .. } | Actor::ApiUser { name, .. } | Actor::Contact { name, .. } => Some(name),
            Actor::System => Some("Autotask"),
            Actor::Unknown => None,
        }
    }
}
