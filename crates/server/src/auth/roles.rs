//! What each role may do with each noun: one table, which the extractors enforce and a walk of all endpoints compares.

use watchbell_core::ids::UserId;
use watchbell_core::user::Role;
use watchbell_store::scope::Scope;

/// What somebody wants to do; each includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum May {
    /// See and change their own account, contacts, preferences and keys.
    Own,
    /// Read alerts, sources, policies, the names of people.
    Read,
    /// Accept, resolve, reassign, comment, open by hand.
    Respond,
    /// Make and change sources, policies and connectors.
    Configure,
    /// Users, settings, the audit, other people's accounts.
    Administer,
}

impl May {
    /// The least role that may; roles above it may too.
    pub const fn least_role(self) -> Role {
        match self {
            May::Own => Role::Stakeholder,
            May::Read => Role::Guest,
            May::Respond => Role::Responder,
            May::Configure => Role::User,
            May::Administer => Role::Admin,
        }
    }

    /// Whether a role may.
    pub fn is_granted_to(self, role: Role) -> bool {
        role >= self.least_role()
    }
}

/// Whether somebody decides about a duty of a person's: responders about their own, who may configure about anybody's.
/// "Nobody" is somebody else.
pub fn decides_for(scope: &Scope, role: Role, user: impl Into<Option<UserId>>) -> bool {
    let is_own = user.into().is_some_and(|user| scope.actor.user() == Some(user));
    May::Configure.is_granted_to(role) || (May::Respond.is_granted_to(role) && is_own)
}

/// A permission as a type, for `Can<P>`.
pub trait Permission: Send + Sync + 'static {
    /// What it allows.
    const MAY: May;
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Permission for $name {
            const MAY: May = May::$name;
        }
    )*};
}

permissions! {
    /// See [`May::Own`].
    Own
    /// See [`May::Read`].
    Read
    /// See [`May::Respond`].
    Respond
    /// See [`May::Configure`].
    Configure
    /// See [`May::Administer`].
    Administer
}

/// What it takes to read and to change one kind of thing.
#[derive(Debug, Clone, Copy)]
pub struct NounRule {
    /// In words.
    pub noun: &'static str,
    /// Its paths below `/api`: the rule with the longest fitting beginning counts. `{user-id}` stands for itself.
    pub paths: &'static [&'static str],
    /// For GET.
    pub read: May,
    /// For every other method.
    pub change: May,
    /// Where the thing belongs to a person: what it takes for somebody else's.
    pub of_others: Option<May>,
}

const fn rule(noun: &'static str, paths: &'static [&'static str], read: May, change: May) -> NounRule {
    NounRule { noun, paths, read, change, of_others: None }
}

const fn personal(noun: &'static str, paths: &'static [&'static str]) -> NounRule {
    NounRule { noun, paths, read: May::Own, change: May::Own, of_others: Some(May::Administer) }
}

/// The table.
pub const TABLE: &[NounRule] = &[
    rule("alerts", &["/alerts"], May::Read, May::Respond),
    rule("alert actions", &["/alert-actions"], May::Read, May::Configure),
    rule("alert sources", &["/alert-sources"], May::Read, May::Configure),
    // Those that carry messages are for administrators; the handlers see to it.
    rule("connectors", &["/connectors"], May::Configure, May::Configure),
    rule("providers of messages", &["/providers"], May::Administer, May::Administer),
    rule("escalation policies", &["/escalation-policies"], May::Read, May::Configure),
    rule("schedules", &["/schedules"], May::Read, May::Configure),
    rule("overrides", &["/schedules/{id}/overrides", "/schedules/{id}/take-on-call"], May::Read, May::Respond),
    rule("cover requests", &["/cover-requests"], May::Read, May::Respond),
    rule("who is on call", &["/on-calls"], May::Read, May::Read),
    rule("fallback contacts", &["/fallback-contacts"], May::Configure, May::Administer),
    rule("texts", &["/texts"], May::Administer, May::Administer),
    rule("maintenance windows", &["/maintenance-windows"], May::Read, May::Configure),
    rule("support hours", &["/support-hours"], May::Read, May::Configure),
    rule("users", &["/users"], May::Read, May::Administer),
    rule("users, found by e-mail", &["/users/search-email"], May::Read, May::Read),
    rule("the own account", &["/users/current"], May::Own, May::Own),
    personal("contacts", &["/users/{user-id}/contacts"]),
    personal("notification preferences", &["/users/{user-id}/notification-preferences"]),
    rule("calendar feeds", &["/calendar-feeds"], May::Read, May::Read),
    personal("API keys", &["/api-keys"]),
    rule("hand-off notes", &["/schedules/{id}/handoff-note"], May::Read, May::Respond),
    rule("teams", &["/teams"], May::Read, May::Configure),
    rule("holiday calendars", &["/holiday-calendars"], May::Read, May::Configure),
    personal("absences", &["/users/{user-id}/absences", "/users/{user-id}/absence-feed"]),
    rule("integrations", &["/integrations"], May::Read, May::Administer),
    rule("numbers", &["/numbers"], May::Read, May::Administer),
];

/// The rule of a path below `/api`, as it stands in the OpenAPI document.
pub fn rule_of(path: &str) -> Option<&'static NounRule> {
    let fits = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let length = |rule: &&NounRule| rule.paths.iter().filter(|p| fits(p)).map(|p| p.len()).max();
    TABLE.iter().filter(|rule| length(rule).is_some()).max_by_key(|rule| length(rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_one_below_it_may() {
        let all = [May::Own, May::Read, May::Respond, May::Configure, May::Administer];
        for (nth, role) in Role::ALL.iter().enumerate() {
            let granted = all.iter().filter(|may| may.is_granted_to(*role)).count();
            assert_eq!(granted, nth + 1, "{role}");
        }
    }

    #[test]
    fn the_longest_beginning_counts_and_only_whole_segments() {
        let noun = |path| rule_of(path).map(|rule| rule.noun);
        assert_eq!(noun("/users"), Some("users"));
        assert_eq!(noun("/users/{user-id}"), Some("users"));
        assert_eq!(noun("/users/current"), Some("the own account"));
        assert_eq!(noun("/users/{user-id}/contacts/emails/{id}"), Some("contacts"));
        assert_eq!(noun("/alert-sources-of-others"), None);
    }
}
