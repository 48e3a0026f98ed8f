//! A network that fails: a proxy that cuts, stalls or forwards connections.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// What happens to a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Nothing.
    None,
    /// It is closed at once.
    Refuse,
    /// After so many bytes of the server's answer it is closed.
    CutAnswer(usize),
    /// After so many bytes to the server it is closed.
    CutRequest(usize),
    /// After so many bytes of the server's answer nothing more comes.
    StallAnswer(usize),
}

/// A proxy in front of a port.
pub struct Proxy {
    /// Where it listens.
    pub port: u16,
    connections: Arc<AtomicUsize>,
}

impl Proxy {
    /// Passes on to `port`; the first connections get these faults in turn, all others none.
    pub fn to(port: u16, faults: &[Fault]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let own = listener.local_addr().unwrap().port();
        let mut faults = faults.to_vec();
        faults.reverse();
        let list = Mutex::new(faults);
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::Relaxed);
                let fault = list.lock().unwrap().pop().unwrap_or(Fault::None);
                thread::spawn(move || pass(client, port, fault));
            }
        });
        Self {
            port: own,
            connections,
        }
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

fn pass(client: TcpStream, port: u16, fault: Fault) {
    if fault == Fault::Refuse {
        return;
    }
    let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else {
        return;
    };
    let (to_server, from_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let request = match fault {
        Fault::CutRequest(bytes) => Some(bytes),
        _ => None,
    };
    thread::spawn(move || copy(from_client, to_server, request, false));
    match fault {
        Fault::CutAnswer(bytes) => copy(server, client, Some(bytes), false),
        Fault::StallAnswer(bytes) => copy(server, client, Some(bytes), true),
        _ => copy(server, client, None, false),
    }
}

/// Copies until the end or the limit, and then closes both, or keeps both open and silent.
fn copy(mut from: TcpStream, mut to: TcpStream, limit: Option<usize>, stalls: bool) {
    let mut left = limit.unwrap_or(usize::MAX);
    let mut buffer = [0; 8192];
    loop {
        let most = buffer.len().min(left.max(1));
        match from.read(&mut buffer[..most]) {
            Ok(0) | Err(_) => break,
            Ok(_) if left == 0 && stalls => {}
            Ok(_) if left == 0 => break,
            Ok(read) => {
                if to.write_all(&buffer[..read]).is_err() {
                    break;
                }
                left -= read.min(left);
            }
        }
        if left == 0 && !stalls {
            break;
        }
    }
    let how = if limit.is_some() {
        Shutdown::Both
    } else {
        Shutdown::Write
    };
    let _ = to.shutdown(how);
    let _ = from.shutdown(if limit.is_some() {
        Shutdown::Both
    } else {
        Shutdown::Read
    });
}
