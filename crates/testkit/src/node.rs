//! The program `watchbell` as a process of its own: started, asked, killed, started again on the same data.

use crate::clock;
use crate::databases::TestDatabase;
use anyhow::Context as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

/// The sealing key of every node of a test, so that nodes which share a database share it too.
const SEAL_KEY: &str = "5ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea1";

/// How a node is started, again and again on the same data and address.
#[derive(Debug, Clone)]
pub struct Node {
    program: PathBuf,
    data_dir: PathBuf,
    database_url: Option<String>,
    address: SocketAddr,
    wrapper: Vec<String>,
}

impl Node {
    /// A node on an embedded database in `data_dir`, or on the server of `database_url`; it listens on a free port of this machine.
    pub fn new(program: &Path, data_dir: &Path, database_url: Option<&str>) -> anyhow::Result<Self> {
        std::fs::create_dir_all(data_dir)?;
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let database_url = database_url.map(str::to_owned);
        Ok(Self { program: program.into(), data_dir: data_dir.into(), database_url, address, wrapper: Vec::new() })
    }

    /// A node on a database of a test. `name` tells nodes of one database apart.
    pub fn on(program: &Path, database: &TestDatabase, name: &str) -> anyhow::Result<Self> {
        match database.directory() {
            Some(directory) => Self::new(program, directory, None),
            None => {
                let directory = std::env::temp_dir().join(format!("watchbell-node-{}-{name}", std::process::id()));
                Self::new(program, &directory, Some(database.url()))
            }
        }
    }

    /// The same, started by a command that ends in becoming the program: `prlimit --fsize=..`, say.
    pub fn wrapped(self, command: &[&str]) -> Self {
        Self { wrapper: command.iter().map(|word| (*word).to_owned()).collect(), ..self }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its log, of all starts.
    pub fn log(&self) -> PathBuf {
        self.data_dir.join("node.log")
    }

    /// Runs another command of the program on the same data; what it printed. Errors: what it complained about.
    pub async fn run(&self, words: &[&str]) -> anyhow::Result<String> {
        self.run_with(words, "").await
    }

    /// The same, with a text on its standard input.
    pub async fn run_with(&self, words: &[&str], input: &str) -> anyhow::Result<String> {
        let mut command = self.command(&[]);
        command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes()).await?;
        }
        let output = child.wait_with_output().await?;
        anyhow::ensure!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Starts the server; it is not ready yet.
    pub fn spawn(&self) -> anyhow::Result<Running> {
        let log = std::fs::File::options().create(true).append(true).open(self.log())?;
        let mut command = self.command(&self.wrapper);
        command.arg("serve").args(["--listen", &self.address.to_string()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let child = command.spawn().with_context(|| format!("{} does not start", self.program.display()))?;
        Ok(Running { child })
    }

    /// Starts the server and waits until it is ready. Errors: it ended, or takes too long; with the end of its log.
    pub async fn start(&self) -> anyhow::Result<Running> {
        let mut running = self.spawn()?;
        for _ in 0..6_000 {
            if self.is_ready().await {
                return Ok(running);
            }
            if let Some(status) = running.child.try_wait()? {
                anyhow::bail!("the server ended with {status}: {}", self.last_words());
            }
            clock::pause(Duration::from_millis(5)).await;
        }
        anyhow::bail!("the server is not ready: {}", self.last_words())
    }

    /// Whether `/readyz` says so.
    pub async fn is_ready(&self) -> bool {
        status_of(self.address, "/readyz").await == Some(200)
    }

    /// The end of its log.
    pub fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }

    fn command(&self, wrapper: &[String]) -> Command {
        let mut words = wrapper.iter().map(String::as_str).chain(self.program.to_str());
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin").kill_on_drop(true);
        command.env("WATCHBELL_DATA_DIR", &self.data_dir).env("WATCHBELL_SEAL_KEY", SEAL_KEY);
        if let Some(url) = &self.database_url {
            command.env("WATCHBELL_DATABASE_URL", url);
        }
        command
    }
}

/// A server that runs; it is killed when this is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
}

impl Running {
    /// Its process id; none when it has ended.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Ends it as a loss of power would: SIGKILL, nothing is finished.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Asks it to stop (SIGTERM) and waits until it has. Errors: it did not end well.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let pid = self.child.id().context("it has ended by itself")?;
        Command::new("kill").args(["-TERM", &pid.to_string()]).status().await?;
        let status = self.child.wait().await?;
        anyhow::ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}

/// The status of a GET on a new connection; nothing where nobody answers.
async fn status_of(address: SocketAddr, path: &str) -> Option<u16> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(address).await.ok()?;
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())
        .await
        .ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    std::str::from_utf8(answer.get(9..12)?).ok()?.parse().ok()
}
