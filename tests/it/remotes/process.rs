//! Servers that a test starts and that end with it.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::skipped::{Missing, skip};

/// How long a server may take to listen.
const RETRY: Duration = Duration::from_secs(20);

/// A server's process; it ends when this is dropped.
pub struct Server {
    child: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its children (sshd's sessions, nginx's workers) are in its group.
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["--", &group]).status();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a server and waits until it listens.
    pub fn start(command: &mut Command, port: u16, log: &Path) -> Self {
        let server = Self::spawn(command, log);
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(
                started.elapsed() < RETRY,
                "{command:?} does not listen: {}",
                fs::read_to_string(log).unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        server
    }

    /// Starts a server and waits until there is a file, e.g. its socket.
    pub fn start_at(command: &mut Command, file: &Path, log: &Path) -> Self {
        let server = Self::spawn(command, log);
        let started = Instant::now();
        while !file.exists() {
            assert!(started.elapsed() < RETRY, "{command:?} does not start");
            std::thread::sleep(Duration::from_millis(5));
        }
        server
    }

    fn spawn(command: &mut Command, log: &Path) -> Self {
        use std::os::unix::process::CommandExt;
        let log = fs::File::create(log).unwrap();
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .process_group(0)
            .spawn()
            .unwrap();
        Self { child }
    }
}

/// A port without a listener.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// The first of these programs that exists, by its name or whole path.
pub fn program(names: &[&str]) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
    folders.extend(["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from));
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}

/// Whether all of these programs exist; otherwise reports what is skipped.
pub fn has(what: &str, programs: &[&str]) -> bool {
    let missing: Vec<_> = programs
        .iter()
        .filter(|name| program(&[name]).is_none())
        .collect();
    if !missing.is_empty() {
        skip(
            Missing::Program,
            format_args!("{what}: {missing:?} not installed"),
        );
    }
    missing.is_empty()
}
