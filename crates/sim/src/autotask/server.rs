//! The stand-in as a server: started, stopped and started again, with everything it knows kept.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::any;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use super::config::Config;
use super::rest::{self, Site};
use super::world::{Shared, World};
use super::{control, http, web};
use crate::clock::within;

/// How long calls under way may still take when the listener stops.
const STOP_WAIT: Duration = Duration::from_millis(500);

/// A running stand-in of Autotask PSA. It ends when it is dropped.
#[derive(Debug)]
pub struct Autotask {
    pub(super) shared: Shared,
    address: SocketAddr,
    listening: Mutex<Option<Listening>>,
}

#[derive(Debug)]
struct Listening {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Autotask {
    /// Starts a stand-in. Errors: the address cannot be listened on.
    pub async fn start(config: Config) -> io::Result<Self> {
        // An error says that the process has a provider already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = http::client().map_err(io::Error::other)?;
        let listen = config.listen;
        let shared = Shared::new(World::new(config), http);
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let listening = Mutex::new(Some(serve(shared.clone(), listener)));
        Ok(Self { shared, address, listening })
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops listening, and breaks off the calls under way: connections are refused. Callouts still go out.
    pub async fn stop(&self) {
        if let Some(listening) = self.listening.lock().await.take() {
            listening.stop.send_replace(true);
            let mut task = listening.task;
            if within(STOP_WAIT, &mut task).await.is_none() {
                task.abort();
            }
        }
    }

    /// Listens again at the same address, with the same tickets.
    pub async fn restart(&self) -> io::Result<()> {
        self.stop().await;
        let listener = TcpListener::bind(self.address).await?;
        *self.listening.lock().await = Some(serve(self.shared.clone(), listener));
        Ok(())
    }
}

impl Drop for Autotask {
    fn drop(&mut self) {
        self.shared.close();
        if let Some(listening) = self.listening.get_mut().take() {
            listening.stop.send_replace(true);
        }
    }
}

/// Runs a stand-in until the process ends; `started` is told of it. Errors: the address cannot be listened on.
pub async fn run(config: Config, started: impl FnOnce(&Autotask)) -> io::Result<()> {
    let autotask = Autotask::start(config).await?;
    started(&autotask);
    std::future::pending().await
}

fn serve(shared: Shared, listener: TcpListener) -> Listening {
    let stop = watch::Sender::new(false);
    let site = Site { shared, stopping: stop.subscribe() };
    let app =
        Router::new().merge(web::routes()).nest("/sim", control::routes()).fallback(any(rest::serve)).with_state(site);
    let mut stopping = stop.subscribe();
    let stopped = async move {
        // An error means that the stand-in is gone, which stops it as well.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    };
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(stopped).await {
            tracing::error!(%error, "the Autotask stand-in stopped");
        }
    });
    Listening { stop, task }
}
