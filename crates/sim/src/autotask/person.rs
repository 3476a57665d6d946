//! Who acts: a technician, an API user, the workflow engine, or a customer's contact.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The resource that the workflow engine and the system act as.
pub const ROBOT: i64 = 4;

/// A person of the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// A resource: technician, API user, or the system (4).
    Resource(i64),
    /// A contact of a customer.
    Contact(i64),
}

/// Who acts, and through which API user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The person that the service records.
    pub person: Person,
    /// The API user that acts as that person.
    pub impersonator: Option<i64>,
}

/// The kind of person, as workflow rules tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum By {
    /// Anyone at all, the workflow engine as well.
    Anyone,
    /// A person with a login.
    Technician,
    /// An API user.
    ApiUser,
    /// A contact of a customer.
    Contact,
}

impl Actor {
    /// A resource: technician or API user.
    pub fn resource(id: i64) -> Self {
        Self { person: Person::Resource(id), impersonator: None }
    }

    /// A contact of a customer.
    pub fn contact(id: i64) -> Self {
        Self { person: Person::Contact(id), impersonator: None }
    }

    /// The workflow engine.
    pub fn robot() -> Self {
        Self::resource(ROBOT)
    }

    /// The resource that acts.
    pub fn resource_id(self) -> Option<i64> {
        match self.person {
            Person::Resource(id) => Some(id),
            Person::Contact(_) => None,
        }
    }

    /// The person type on the wire: 1 resource, 2 contact.
    pub fn person_type(self) -> i64 {
        match self.person {
            Person::Resource(_) => 1,
            Person::Contact(_) => 2,
        }
    }
}

/// `resource:29682885`, `contact:30682901`, `robot`.
impl FromStr for Actor {
    type Err = String;

    fn from_str(raw: &str) -> Result<Self, String> {
        let unknown = || format!("{raw:?} is nobody: write resource:<id>, contact:<id> or robot");
        if raw == "robot" {
            return Ok(Self::robot());
        }
        let (kind, id) = raw.split_once(':').ok_or_else(unknown)?;
        let id = id.parse().map_err(|_| unknown())?;
        match kind {
            "resource" | "technician" => Ok(Self::resource(id)),
            "contact" => Ok(Self::contact(id)),
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.person {
            Person::Resource(ROBOT) => write!(f, "robot"),
            Person::Resource(id) => write!(f, "resource:{id}"),
            Person::Contact(id) => write!(f, "contact:{id}"),
        }
    }
}
