//! Whose ticket it is: rules that are asked in order; the first that finds exactly one active company counts.

use crate::text::fold;
use crate::user::words;
use serde::{Deserialize, Serialize};

words! {
    /// By what a rule looks for the company.
    CompanyBy {
        /// A label of the alert holds the company's number (id) or name; the value is the label's name.
        Label = "LABEL",
        /// The value, a template over the alert, gives the company's number (id) or name.
        Template = "TEMPLATE",
        /// The value gives an e-mail address or its domain: the company of the contacts there.
        ContactDomain = "CONTACT_DOMAIN",
        /// The value gives the RMM's id of a device: the company of the configuration item, which the ticket then names.
        RmmDevice = "RMM_DEVICE",
        /// The value gives the reference title of a configuration item.
        ReferenceTitle = "REFERENCE_TITLE",
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyRule {
    /// By what.
    pub by: CompanyBy,
    /// The name of a label, or a template.
    pub value: String,
}

/// What is asked of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// The company of this id.
    Company(i64),
    /// The company of this name.
    CompanyName(String),
    /// The companies of contacts whose address is at this domain.
    Domain(String),
    /// The configuration item of this RMM id.
    RmmDevice(String),
    /// The configuration item of this reference title.
    ReferenceTitle(String),
}

/// Domains of which everybody has an address: their contacts tell no company.
const PUBLIC_DOMAINS: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "yahoo.com",
    "icloud.com",
    "aol.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "t-online.de",
    "proton.me",
    "protonmail.com",
];

impl CompanyRule {
    /// The template that gives the value.
    pub fn template(&self) -> String {
        match self.by {
            CompanyBy::Label => format!("{{{{ labels[{:?}] | default(\"\") }}}}", self.value),
            _ => self.value.clone(),
        }
    }

    /// What is asked, given what the template gave; `None` where that says nothing.
    pub fn lookup(&self, given: &str) -> Option<Lookup> {
        let given = given.trim();
        if given.is_empty() {
            return None;
        }
        match self.by {
            CompanyBy::Label | CompanyBy::Template => Some(match given.parse::<i64>() {
                Ok(id) => Lookup::Company(id),
                Err(_) => Lookup::CompanyName(given.to_owned()),
            }),
            CompanyBy::ContactDomain => domain_of(given).map(Lookup::Domain),
            CompanyBy::RmmDevice => Some(Lookup::RmmDevice(given.to_owned())),
            CompanyBy::ReferenceTitle => Some(Lookup::ReferenceTitle(given.to_owned())),
        }
    }

    /// In words, for the timeline.
    pub fn words(&self) -> String {
        match self.by {
            CompanyBy::Label => format!("label \"{}\"", self.value),
            CompanyBy::Template => "template".into(),
            CompanyBy::ContactDomain => "domain of a contact".into(),
            CompanyBy::RmmDevice => "RMM id of a device".into(),
            CompanyBy::ReferenceTitle => "reference title of a configuration item".into(),
        }
    }
}

/// The domain of an address, or the domain itself, folded; none for a public mail provider, or where it is none.
pub fn domain_of(text: &str) -> Option<String> {
    let domain = text.rsplit('@').next().map(fold)?;
    let looks_right = domain.contains('.') && domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
    (looks_right && !PUBLIC_DOMAINS.contains(&domain.as_str())).then_some(domain)
}
