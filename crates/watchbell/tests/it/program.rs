//! Running the program: one command with its outcome, or a server on a database of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use watchbell_testkit::databases::TestDatabase;
use watchbell_testkit::node::Node;

/// The binary that belongs to these tests.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_watchbell");

/// What a command left behind.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    /// The same outcome, once it was found to have worked.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:#?}");
        self
    }

    /// The complaint, once it was found to have failed in its own words (not those of the argument parser).
    #[track_caller]
    pub fn refused(self) -> String {
        assert_eq!(self.code, 1, "{self:#?}");
        self.stderr
    }
}

/// Runs a command with nothing in its environment but `env`.
pub async fn run(env: &[(&str, &str)], words: &[&str], stdin: &str) -> Outcome {
    let mut command = Command::new(PROGRAM);
    command.args(words).env_clear().envs(env.iter().copied()).kill_on_drop(true);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a process");
    let mut input = child.stdin.take().expect("its input");
    // A command that reads nothing has closed it.
    let _ = input.write_all(stdin.as_bytes()).await;
    drop(input);
    let output = child.wait_with_output().await.expect("its output");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Outcome { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// An empty directory, removed at the end of the test.
#[derive(Debug)]
pub struct Directory(PathBuf);

impl Directory {
    pub fn new(name: &str) -> Self {
        let here = std::env::temp_dir().join(format!("watchbell-cli-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&here);
        std::fs::create_dir_all(&here).expect("a directory");
        Self(here)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn file(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A server that is not started yet, on a database of a test.
pub fn node(database: &TestDatabase, name: &str) -> Node {
    Node::on(Path::new(PROGRAM), database, name).expect("a node")
}

/// Runs a story on SQLite, and on PostgreSQL where there is one.
macro_rules! on_every_database {
    ($(async fn $name:ident($database:ident: TestDatabase) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn story($database: watchbell_testkit::databases::TestDatabase) -> anyhow::Result<()> {
                $body
                $database.remove().await
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                story(watchbell_testkit::databases::TestDatabase::sqlite().unwrap()).await.unwrap();
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(database) = watchbell_testkit::databases::TestDatabase::postgres().await.unwrap() else { return };
                story(database).await.unwrap();
            }
        }
    )*};
}
pub(crate) use on_every_database;
