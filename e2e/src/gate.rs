//! A gate before a provider: what is sent to it passes, and its answers are held back from the moment at which it has taken a message.

use anyhow::{Result, ensure};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use watchbell_testkit::clock::{Stopwatch, pause};

/// Says whether the provider has the message.
type Taken = Arc<dyn Fn() -> bool + Send + Sync>;

/// An address that stands for a provider's; it is gone when this is dropped.
pub struct Gate {
    address: SocketAddr,
    shared: Arc<Shared>,
    _open: JoinSet<()>,
}

struct Shared {
    behind: SocketAddr,
    taken: Mutex<Option<Taken>>,
    held: AtomicUsize,
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate")
            .field("address", &self.address)
            .field("behind", &self.shared.behind)
            .finish_non_exhaustive()
    }
}

impl Gate {
    /// A gate before an address; it lets everything pass.
    pub async fn before(behind: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { behind, taken: Mutex::default(), held: AtomicUsize::new(0) });
        let mut open = JoinSet::new();
        open.spawn(accept(listener, shared.clone()));
        Ok(Self { address, shared, _open: open })
    }

    /// Where to send to: a host and a port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Holds every answer that comes while `taken` is true.
    pub fn hold_when(&self, taken: impl Fn() -> bool + Send + Sync + 'static) {
        self.shared.held.store(0, Ordering::SeqCst);
        *self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(taken));
    }

    /// Lets new answers pass; what is held stays so.
    pub fn open(&self) {
        *self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Waits until an answer is held: the provider has the message, and nobody was told. Errors: that takes too long.
    pub async fn holds(&self, patience: Duration) -> Result<()> {
        let waiting = Stopwatch::start();
        while self.shared.held.load(Ordering::SeqCst) == 0 {
            ensure!(waiting.elapsed() < patience, "no answer came to be held within {patience:?}");
            pause(Duration::from_millis(2)).await;
        }
        Ok(())
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        connections.spawn(carry(near, shared.clone()));
    }
}

async fn carry(near: TcpStream, shared: Arc<Shared>) {
    let Ok(far) = TcpStream::connect(shared.behind).await else { return };
    let ((mut asks, told), (answers, mut asked)) = (near.into_split(), far.into_split());
    // Either side that ends, ends both.
    tokio::select! {
        _ = tokio::io::copy(&mut asks, &mut asked) => {}
        () = answer(answers, told, &shared) => {}
    }
}

async fn answer(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: &Shared) {
    let mut chunk = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        let taken = shared.taken.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if taken.is_some_and(|taken| taken()) {
            shared.held.fetch_add(1, Ordering::SeqCst);
            std::future::pending::<()>().await;
        }
        if to.write_all(&chunk[..read]).await.is_err() {
            return;
        }
    }
}
