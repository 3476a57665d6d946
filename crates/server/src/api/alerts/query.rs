//! What lists of alerts are asked for: ilert's parameters, and the older names that its Go client still sends.

use crate::api::parse;
use crate::app::App;
use crate::error::ApiError;
use serde::Deserialize;
use utoipa::IntoParams;
use watchbell_core::alert::Status;
use watchbell_core::ids::{PolicyId, SourceId, UserId};
use watchbell_store::filters::AlertFilter;
use watchbell_store::scope::Scope;
use watchbell_store::users;

/// Values of one parameter at most.
const VALUES_MAX: usize = 100;

const STATES: [(&str, Status); 3] = [
    (Status::Pending.as_str(), Status::Pending),
    (Status::Accepted.as_str(), Status::Accepted),
    (Status::Resolved.as_str(), Status::Resolved),
];

macro_rules! filter_query {
    ($(#[$doc:meta])* $name:ident { $($(#[$field:meta])* $more:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Default, Deserialize, IntoParams)]
        #[into_params(parameter_in = Query)]
        pub struct $name {
            /// PENDING, ACCEPTED, RESOLVED; repeatable.
            #[serde(default)]
            pub states: Vec<String>,
            /// Ids of alert sources; repeatable.
            #[serde(default)]
            pub sources: Vec<i64>,
            $($(#[$field])* pub $more: $type,)*
            /// Ids or user names of people who have the alert or are being paged for it; repeatable.
            #[serde(default)]
            pub responders: Vec<String>,
            /// Opened at or after this time.
            pub from: Option<String>,
            /// Opened before this time.
            pub until: Option<String>,
            /// Deprecated: use `states`.
            #[serde(default)]
            pub state: Vec<String>,
            /// Deprecated: use `sources`.
            #[serde(default, rename = "alert-source")]
            pub alert_source: Vec<i64>,
            /// Deprecated: use `responders`.
            #[serde(default, rename = "assigned-to")]
            pub assigned_to: Vec<String>,
        }
    };
}

filter_query! {
    /// Which alerts are listed.
    ListQuery {
        /// Ids of escalation policies; repeatable.
        #[serde(default)]
        policies: Vec<i64>,
        /// `nextEscalationUser`.
        #[serde(default)]
        include: Vec<String>,
    }
}
filter_query! {
    /// Which alerts are counted.
    CountQuery {
        /// Ids of escalation policies; repeatable.
        #[serde(default)]
        policies: Vec<i64>,
    }
}

impl From<CountQuery> for ListQuery {
    fn from(query: CountQuery) -> Self {
        let CountQuery { states, sources, policies, responders, from, until, state, alert_source, assigned_to } = query;
        Self {
            states,
            sources,
            policies,
            include: Vec::new(),
            responders,
            from,
            until,
            state,
            alert_source,
            assigned_to,
        }
    }
}

impl ListQuery {
    /// The filter. Errors: 400 with the name of the parameter.
    pub async fn parse(self, app: &App, scope: &Scope) -> Result<AlertFilter, ApiError> {
        let states = self.states.iter().chain(&self.state).flat_map(|list| list.split(','));
        let states = states.map(|word| parse::word("states", word.trim(), &STATES)).collect::<Result<Vec<_>, _>>()?;
        let responders: Vec<String> = self.responders.into_iter().chain(self.assigned_to).collect();
        let sources: Vec<SourceId> = self.sources.into_iter().chain(self.alert_source).map(SourceId).collect();
        for (name, count) in [
            ("states", states.len()),
            ("sources", sources.len()),
            ("policies", self.policies.len()),
            ("responders", responders.len()),
        ] {
            if count > VALUES_MAX {
                return Err(ApiError::field(name, format!("may be given at most {VALUES_MAX} times")));
            }
        }
        let mut users = Vec::with_capacity(responders.len());
        for text in responders {
            users.push(user_id(app, scope, "responders", &text).await?);
        }
        Ok(AlertFilter {
            states,
            sources,
            policies: self.policies.into_iter().map(PolicyId).collect(),
            responders: users,
            from: self.from.map(|at| parse::time("from", &at)).transpose()?,
            until: self.until.map(|at| parse::time("until", &at)).transpose()?,
        })
    }
}

/// A user by id or user name. Errors: 400 for a name that nobody has.
pub async fn user_id(app: &App, scope: &Scope, field: &str, text: &str) -> Result<UserId, ApiError> {
    match text.parse::<UserId>() {
        Ok(id) => Ok(id),
        Err(_) => {
            let user = users::find_by_email(&app.db, scope, text).await?;
            user.map(|user| user.id).ok_or_else(|| ApiError::field(field, "there is no user with this id or user name"))
        }
    }
}
