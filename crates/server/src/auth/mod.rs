//! Who asks, and what they may do: API keys, passwords and sessions become a scope; the permission is the extractor.

mod can;
mod login;
mod page;
mod password;
pub mod roles;
mod session;
mod throttle;

pub use can::{Can, Credential, client_address};
pub use login::{LoginError, login};
pub use page::{PageCan, Posted, is_same_origin};
pub use password::{PASSWORD_CHARS, hash_password, verify_password};
pub use roles::{Administer, Configure, May, Own, Permission, Read, Respond, decides_for};
pub use session::{LoggedIn, SESSION_COOKIE, begin_session, csrf_of, end_other_sessions, end_session, logged_in};
