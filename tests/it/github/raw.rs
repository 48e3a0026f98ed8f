//! A server of plain bytes: it keeps what it is sent, and answers as a test wants.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// A running server; it ends when it is dropped.
pub struct Raw {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

struct Shared {
    ends: AtomicBool,
    received: Mutex<Vec<String>>,
    answer: Box<Answer>,
}

/// Writes an answer to a request, of which the head is given.
type Answer = dyn Fn(&str, &mut TcpStream) -> io::Result<()> + Send + Sync;

impl Raw {
    /// A server that answers one request on each connection.
    pub fn answering(
        answer: impl Fn(&str, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            ends: AtomicBool::new(false),
            received: Mutex::default(),
            answer: Box::new(answer),
        });
        let server = Arc::clone(&shared);
        let listening = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if server.ends.load(Ordering::SeqCst) {
                    return;
                }
                let (server, Ok(stream)) = (Arc::clone(&server), stream) else {
                    continue;
                };
                std::thread::spawn(move || server.converse(stream));
            }
        });
        Self {
            address,
            shared,
            listening: Some(listening),
        }
    }

    /// A server that answers everything with the same text.
    pub fn saying(text: &'static str) -> Self {
        Self::answering(move |_, stream| stream.write_all(text.as_bytes()))
    }

    /// What was received: a request's head, or whatever came before the client had enough. There
    /// is one entry for each connection.
    pub fn received(&self) -> Vec<String> {
        let received = self.shared.received.lock();
        received.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Shared {
    fn converse(&self, mut stream: TcpStream) {
        // A client that sends nothing does not keep the thread.
        let _ = stream.set_read_timeout(Some(Duration::from_secs(60)));
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
            head.extend(byte);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let received = self.received.lock();
        (received.unwrap_or_else(PoisonError::into_inner)).push(head.clone());
        // It fails when the client has enough.
        let _ = (self.answer)(&head, &mut stream);
        let _ = stream.shutdown(Shutdown::Both);
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::SeqCst);
        // Wakes the listener, so that it sees the end.
        let _ = TcpStream::connect(self.address);
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
    }
}
