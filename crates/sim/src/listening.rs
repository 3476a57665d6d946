//! A server of a stand-in on its own socket, which ends with its handle.

use std::{io, net::SocketAddr, sync::Arc};

use axum::Router;
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1::Builder,
    service::{Service as _, service_fn},
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::{JoinHandle, JoinSet},
};

/// Breaks the connection of a request off: its client gets no answer. Every request over HTTP carries one.
#[derive(Debug, Clone, Default)]
pub(crate) struct HangUp(Arc<Notify>);

impl HangUp {
    /// Ends the connection, and with it the task that calls this.
    pub async fn now(&self) {
        self.0.notify_one();
        std::future::pending().await
    }
}

/// A running server; dropping it ends it and breaks its connections off.
#[derive(Debug)]
pub(crate) struct Listening {
    /// Where it listens; the port is the real one where 0 was asked for.
    pub addr: SocketAddr,
    task: JoinHandle<()>,
}

impl Listening {
    /// Gives every connection to `serve`, on a task of its own.
    pub async fn start<F, S>(listen: SocketAddr, serve: S) -> io::Result<Self>
    where
        F: Future<Output = ()> + Send + 'static,
        S: Fn(TcpStream) -> F + Send + 'static,
    {
        let listener = TcpListener::bind(listen).await?;
        Ok(Self { addr: listener.local_addr()?, task: tokio::spawn(accept(listener, serve)) })
    }

    /// Serves pages and API of a stand-in. Not `axum::serve`: its connections would outlive it.
    pub async fn http(listen: SocketAddr, router: Router) -> io::Result<Self> {
        Self::start(listen, move |stream| {
            let (router, hang_up) = (TowerToHyperService::new(router.clone()), HangUp::default());
            let given = hang_up.clone();
            let service = service_fn(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(given.clone());
                router.call(request)
            });
            async move {
                // A client that goes away in the middle is no fault of this server.
                tokio::select! {
                    _ = Builder::new().serve_connection(TokioIo::new(stream), service) => {}
                    () = hang_up.0.notified() => {}
                }
            }
        })
        .await
    }

    /// Ends the server; when this returns its port is free.
    pub async fn stop(mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }

    /// Waits until the server ends, which it does not by itself.
    pub async fn forever(&mut self) {
        let _ = (&mut self.task).await;
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept<F, S>(listener: TcpListener, serve: S)
where
    F: Future<Output = ()> + Send + 'static,
    S: Fn(TcpStream) -> F,
{
    // Ends with this task, and the connections with it.
    let mut connections = JoinSet::new();
    loop {
        // An error concerns one connection that came and went (ECONNABORTED).
        if let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            connections.spawn(serve(stream));
        }
        while connections.try_join_next().is_some() {}
    }
}

/// This machine, any free port.
pub(crate) fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}
