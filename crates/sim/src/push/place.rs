//! Where a stand-in listens: alone on its socket, or below a path of a desk that has several.

use std::net::SocketAddr;

use crate::listening::Listening;

/// The place of one stand-in.
#[derive(Debug)]
pub(crate) struct Place {
    pub addr: SocketAddr,
    path: &'static str,
    listening: Option<Listening>,
}

impl Place {
    /// A socket of its own.
    pub fn alone(listening: Listening) -> Self {
        Self { addr: listening.addr, path: "", listening: Some(listening) }
    }

    /// Below a path of a desk; it ends with the desk.
    pub fn below(addr: SocketAddr, path: &'static str) -> Self {
        Self { addr, path, listening: None }
    }

    /// Without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.addr, self.path)
    }

    pub async fn stop(self) {
        if let Some(listening) = self.listening {
            listening.stop().await;
        }
    }
}
