//! The wizard of an Autotask source: first the account, then what its tickets mean. The second page is also its settings.

pub mod account_step;
pub mod filters;
pub mod rules_step;
pub mod tables;

pub use account_step::{AccountStepView, account_fields, account_step};
pub use rules_step::{RulesStepView, rules_step, template_preview};
