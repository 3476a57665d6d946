//! Who asks, for which organization. Only [`crate::doors`] make one from outside proof.

use watchbell_core::ids::OrgId;
use watchbell_core::timeline::Actor;
use watchbell_core::user::Role;

/// The organization and the actor of everything that is read or written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Whose data.
    pub org: OrgId,
    /// Who acts.
    pub actor: Actor,
    /// What the actor may do; `None` for the system and for sources, which never reach a permission check.
    pub role: Option<Role>,
}

impl Scope {
    /// A scope made by a door.
    pub(crate) fn new(org: OrgId, actor: Actor, role: Option<Role>) -> Self {
        Self { org, actor, role }
    }

    /// The same organization, acted upon by somebody whose proof is another (a person named by a ticket).
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self { org: self.org, actor, role: self.role }
    }
}
