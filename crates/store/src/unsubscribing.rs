//! News that somebody wants no more of, named by one message of the kind.

use crate::args;
use crate::db::Db;
use crate::error::StoreError;
use crate::preferences::{self, Collection};
use crate::scope::Scope;
use crate::users::{self, UserIn};
use jiff::Timestamp;
use watchbell_core::alert::Update;
use watchbell_core::ids::{NotificationId, UserId};

sql! {
    NEWS { both: "SELECT user_id, contact_id, about FROM notification WHERE org_id = $1 AND id = $2 AND purpose = 'UPDATE'" }
}

/// News of a kind that went to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Newsletter {
    /// To whom.
    pub user: UserId,
    /// Over which contact.
    pub contact: Option<i64>,
    /// What they tell.
    pub update: Update,
}

/// The kind of news that a message was; none for pages and everything else that nobody unsubscribes from.
pub async fn of_message(db: &Db, scope: &Scope, id: NotificationId) -> Result<Option<Newsletter>, StoreError> {
    let row: Option<(i64, Option<i64>, Option<String>)> = db.one(NEWS, args![scope.org, id]).await?;
    let read = |(user, contact, about): (i64, Option<i64>, Option<String>)| {
        let update = about.as_deref().and_then(Update::parse)?;
        // What asks the responder whether anything is done is no news.
        let is_news = matches!(update, Update::Accepted | Update::Resolved | Update::Escalated);
        is_news.then_some(Newsletter { user: UserId(user), contact, update })
    };
    Ok(row.and_then(read))
}

/// Sends no more of it over this contact. Who is told of answers without having asked for a kind hears of none any more: the kinds
/// have no switches of their own there.
pub async fn unsubscribe(db: &Db, scope: &Scope, from: Newsletter, now: Timestamp) -> Result<(), StoreError> {
    for preference in preferences::list(db, scope, from.user, Collection::Updates).await? {
        if preference.kind == from.update.as_str() && from.contact == Some(preference.contact.0) {
            match preferences::delete(db, scope, from.user, Collection::Updates, preference.id, now).await {
                Ok(()) | Err(StoreError::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }
    let user = users::get(db, scope, from.user).await?;
    if user.told_of_answers && from.update != Update::Escalated {
        let id = user.id;
        users::update(db, scope, id, UserIn { told_of_answers: false, ..UserIn::from(user) }, now).await?;
    }
    Ok(())
}
