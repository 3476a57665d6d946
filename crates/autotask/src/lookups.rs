//! Whose ticket it is: companies by name, by the addresses of their contacts, by their devices. All by one page.

use crate::client::Client;
use crate::entity::{Company, ConfigurationItem, Contact, Ticket};
use crate::error::Error;
use crate::query::{Filter, Query};

/// Rows that tell whether there are several.
const ROWS_MAX: u16 = 50;

impl Client {
    /// The active companies of exactly this name.
    pub async fn companies_named(&self, name: &str) -> Result<Vec<Company>, Error> {
        let query = Query::new().filter(Filter::eq("companyName", name)).filter(Filter::eq("isActive", true));
        Ok(self.query(&query.max_records(ROWS_MAX)).await?.items)
    }

    /// Active companies whose name contains a text, the first fifty by id.
    pub async fn companies_like(&self, text: &str) -> Result<Vec<Company>, Error> {
        let query = Query::new().filter(Filter::contains("companyName", text)).filter(Filter::eq("isActive", true));
        let query = query.include_fields(["companyName", "companyNumber", "isActive"]);
        Ok(self.query(&query.max_records(ROWS_MAX)).await?.items)
    }

    /// Active contacts with an address at this domain, the first fifty by id.
    pub async fn contacts_at(&self, domain: &str) -> Result<Vec<Contact>, Error> {
        let query = Query::new().filter(Filter::ends_with("emailAddress", format!("@{domain}")));
        // A boolean is refused here.
        let query = query.filter(Filter::eq("isActive", 1_i64)).include_fields(["companyID", "emailAddress"]);
        Ok(self.query(&query.max_records(ROWS_MAX)).await?.items)
    }

    /// Active configuration items by the id that the monitoring tool gave them: its text id, or its number.
    pub async fn devices_by_rmm_id(&self, id: &str) -> Result<Vec<ConfigurationItem>, Error> {
        let by_text = Filter::eq("rmmDeviceUID", id);
        let which = match id.parse::<i64>() {
            Ok(number) => Filter::or([by_text, Filter::eq("rmmDeviceID", number)]),
            Err(_) => by_text,
        };
        self.devices(which).await
    }

    /// Active configuration items of exactly this reference title.
    pub async fn devices_titled(&self, title: &str) -> Result<Vec<ConfigurationItem>, Error> {
        self.devices(Filter::eq("referenceTitle", title)).await
    }

    async fn devices(&self, which: Filter) -> Result<Vec<ConfigurationItem>, Error> {
        let query = Query::new().filter(which).filter(Filter::eq("isActive", true)).max_records(ROWS_MAX);
        Ok(self.query(&query).await?.items)
    }

    /// The tickets with this external id, oldest first. One that was just created may not be found for a moment.
    pub async fn tickets_by_external_id(&self, external_id: &str) -> Result<Vec<Ticket>, Error> {
        Ok(self.query(&Query::new().filter(Filter::eq("externalID", external_id)).max_records(ROWS_MAX)).await?.items)
    }

    /// The tickets of these ids, at most 500 of them.
    pub async fn tickets_by_ids(&self, ids: Vec<i64>) -> Result<Vec<Ticket>, Error> {
        Ok(self.query(&Query::new().filter(Filter::is_in("id", ids))).await?.items)
    }
}
