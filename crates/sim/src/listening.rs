//! A server of a stand-in on its own socket, which ends with its handle.

use std::{io, net::SocketAddr};

use axum::{
    Extension, Router,
    response::{IntoResponse, Response},
};
use hyper::{
    server::conn::http1::Builder,
    service::{Service, service_fn},
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

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
            let router = TowerToHyperService::new(router.clone());
            let service = service_fn(move |request| {
                let answer = router.call(request);
                async move {
                    let Ok(response) = answer.await;
                    unless_broken_off(response)
                }
            });
            async move {
                // A client that goes away in the middle is no fault of this server.
                let _ = Builder::new().serve_connection(TokioIo::new(stream), service).await;
            }
        })
        .await
    }

    /// Ends the server; when this returns its port is free.
    pub async fn stop(mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Mark on a response that is never sent: the connection breaks off instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BrokenOff;

impl IntoResponse for BrokenOff {
    fn into_response(self) -> Response {
        Extension(self).into_response()
    }
}

/// hyper closes a connection whose service fails, without a word.
fn unless_broken_off(response: Response) -> io::Result<Response> {
    let is_broken_off = response.extensions().get::<BrokenOff>().is_some();
    if is_broken_off { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(response) }
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
