//! Reading many rows by a cursor on the id: the one way of paging on which all clients of Autotask agree.

use std::marker::PhantomData;

use crate::client::Client;
use crate::entity::Entity;
use crate::error::Error;
use crate::query::Query;

/// The pages of a query, one request each.
#[derive(Debug)]
pub struct Pages<T> {
    client: Client,
    query: Query,
    last_id: Option<i64>,
    pages_left: usize,
    has_more: bool,
    rows: PhantomData<fn() -> T>,
}

/// All rows of a query, as far as the cap on pages let it go.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<T> {
    /// The rows, in the order of their ids.
    pub items: Vec<T>,
    /// Whether the cap cut it off: more rows follow.
    pub is_cut: bool,
}

impl Client {
    /// The pages of a query, at most `pages_max` of them.
    pub fn pages<T: Entity>(&self, query: Query, pages_max: usize) -> Pages<T> {
        let client = self.clone();
        Pages { client, query, last_id: None, pages_left: pages_max, has_more: true, rows: PhantomData }
    }

    /// All rows of a query, from at most `pages_max` pages.
    pub async fn query_all<T: Entity>(&self, query: &Query, pages_max: usize) -> Result<Rows<T>, Error> {
        let mut pages = self.pages(query.clone(), pages_max);
        let mut items = Vec::new();
        while let Some(page) = pages.next().await? {
            items.extend(page);
        }
        Ok(Rows { items, is_cut: pages.has_more() })
    }
}

impl<T: Entity> Pages<T> {
    /// The rows of the next page; `None` at the end or at the cap. After an error the same page can be asked for again.
    pub async fn next(&mut self) -> Result<Option<Vec<T>>, Error> {
        if !self.has_more || self.pages_left == 0 {
            return Ok(None);
        }
        let page = self.client.query_after::<T>(&self.query, self.last_id).await?;
        let last_id = page.items.iter().map(Entity::id).max();
        if last_id.is_some() && last_id <= self.last_id {
            return Err(self.client.unreadable("the same page comes again"));
        }
        // A page without a usable row cannot be passed: its last id is not known.
        self.has_more = page.has_more && last_id.is_some();
        self.last_id = last_id.or(self.last_id);
        self.pages_left -= 1;
        Ok(Some(page.items))
    }

    /// Whether rows are left that [`Self::next`] has not returned.
    pub fn has_more(&self) -> bool {
        self.has_more
    }
}
