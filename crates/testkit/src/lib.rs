//! What the tests of Watchbell share: the app on both databases, the stand-ins' handles.

#[cfg(feature = "app")]
pub mod app;
pub mod clock;
pub mod databases;
pub mod dice;
pub mod environment;
pub mod http;
#[cfg(feature = "app")]
pub mod lines;
pub mod node;
#[cfg(feature = "app")]
pub mod people;
pub mod seed;
#[cfg(feature = "app")]
pub mod source;

#[cfg(feature = "app")]
pub use app::TestApp;
#[cfg(feature = "app")]
pub use lines::Lines;
#[cfg(feature = "app")]
pub use people::Person;
#[cfg(feature = "app")]
pub use source::{TestSource, event, level, minutes, seconds};

/// Runs each test on SQLite and on PostgreSQL, and ends it with [`TestApp::finish`], which fails on work that is left over and
/// on messages that nobody expected.
#[macro_export]
macro_rules! both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn story($app: &mut $crate::TestApp) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let mut app = $crate::TestApp::on($crate::databases::TestDatabase::sqlite().expect("a directory")).await;
                story(&mut app).await;
                app.finish().await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(database) = $crate::databases::TestDatabase::postgres().await.expect("PostgreSQL") else { return };
                let mut app = $crate::TestApp::on(database).await;
                story(&mut app).await;
                app.finish().await;
            }
        }
    )*};
}
