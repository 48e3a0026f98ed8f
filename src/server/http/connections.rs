//! Connections: they are accepted one by one, and what is read from each has an end.
//!
//! # Why
//!
//! `axum::serve` waits for the headers of a request as long as a client sends a byte now and then. Such clients are
//! cheap, and would take all connections that the server can have. Bodies have a time limit of their own.

use std::convert::Infallible;
use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};

/// How long a client may take to send the headers of a request. A connection that is kept open for the next request
/// ends after this time too, so it is longer than the minute after which proxies close what they do not use:
/// a request that a proxy sends at the last moment would be lost otherwise.
pub(in crate::server) const HEADERS: Duration = Duration::from_secs(75);

/// The pause after a connection could not be accepted: usually there are too many open files.
const PAUSE: Duration = Duration::from_secs(1);

/// Answers all requests until the program ends. Whoever sends no whole header within `headers` is disconnected.
pub(in crate::server) async fn serve(
    listener: TcpListener,
    router: Router,
    headers: Duration,
) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                tokio::spawn(answer(stream, peer, router.clone(), headers));
            }
            Err(error) if is_of_client(&error) => {}
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// Whether a client has gone before it was its turn.
fn is_of_client(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}

/// Answers the requests of a connection.
async fn answer(stream: TcpStream, peer: SocketAddr, router: Router, headers: Duration) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(headers)
        .serve_connection(TokioIo::new(stream), service);
    // An error means that the client has gone or was too slow, so there is nobody to answer.
    let _ = connection.await;
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::time::{Instant, sleep, timeout};

    use super::*;

    const LIMIT: Duration = Duration::from_millis(500);

    async fn connect() -> TcpStream {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let slow = async |ConnectInfo(peer): ConnectInfo<SocketAddr>| {
            sleep(2 * LIMIT).await;
            peer.to_string()
        };
        let router = Router::new().route("/", get(slow));
        tokio::spawn(serve(listener, router, LIMIT));
        TcpStream::connect(address).await.unwrap()
    }

    #[tokio::test]
    async fn a_client_that_sends_its_headers_byte_by_byte_is_disconnected() {
        let mut stream = connect().await;
        let (mut from, mut to) = stream.split();
        let start = Instant::now();
        let send = async {
            for byte in b"GET / HTTP/1.1\r\nHost: promote.example.com\r\nX: "
                .iter()
                .cycle()
            {
                if to.write_all(&[*byte]).await.is_err() {
                    break;
                }
                sleep(LIMIT / 10).await;
            }
        };
        let mut answer = Vec::new();
        tokio::select! {
            () = send => {}
            read = timeout(20 * LIMIT, from.read_to_end(&mut answer)) => {
                // It may be reset, because not everything was read.
                let _ = read.expect("the connection ends");
            }
        }
        assert!(start.elapsed() >= LIMIT, "{:?}", start.elapsed());
        let answer = String::from_utf8_lossy(&answer);
        assert!(!answer.contains("200 OK"), "{answer}");
    }

    #[tokio::test]
    async fn an_answer_may_take_longer_than_the_headers_of_its_request() {
        let mut stream = connect().await;
        let own = stream.local_addr().unwrap().to_string();
        let request = b"GET / HTTP/1.1\r\nHost: promote.example.com\r\nConnection: close\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let mut answer = String::new();
        let read = timeout(20 * LIMIT, stream.read_to_string(&mut answer)).await;
        read.unwrap().unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        assert!(answer.ends_with(&own), "{answer}");
    }
}
