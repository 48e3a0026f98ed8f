//! The figures of the dashboard, on the repository of the figures of `status`.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::figures::PROGRAM;
use crate::measure::{alone, timed};
use crate::table::Table;
use crate::world::World;

/// How many browsers wait for events, and how many pages are loaded in a second.
const STREAMS: usize = 200;
const PAGES: u32 = 50;
/// How long they do so.
const TIME: Duration = Duration::from_secs(60);
/// The most memory, in MiB.
const MEMORY: u64 = 250;

/// A server that ends with its figures.
struct Server {
    process: Child,
    address: String,
    name: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has no state of its own.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    fn start(world: &World, folder: &str) -> Self {
        let mut command = world.command(PROGRAM, &world.path(folder));
        let mut process = command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(fs::File::create(world.path("serve.log")).expect("the world can be written"))
            .spawn()
            .expect("it can be run");
        let mut line = String::new();
        let out = process.stdout.take().expect("it is piped");
        BufReader::new(out)
            .read_line(&mut line)
            .expect("it prints its address");
        let address = line.trim().trim_end_matches('/').rsplit('/').next();
        Self {
            process,
            address: address.expect("it has an address").to_owned(),
            name: folder.to_owned(),
        }
    }

    /// Opens a connection and asks for something.
    fn ask(&self, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let host = &self.address;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )
        .expect("it reads");
        stream
    }

    /// The whole answer.
    fn get(&self, path: &str) -> String {
        let mut text = String::new();
        self.ask(path)
            .read_to_string(&mut text)
            .expect("it answers");
        text
    }

    fn page(&self, path: &str) -> String {
        let text = self.get(&format!("/r/{}{path}", self.name));
        assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
        text
    }

    fn is_ready(&self) -> bool {
        self.get("/readyz").starts_with("HTTP/1.1 200 ")
    }

    /// The most memory that it had so far, in bytes.
    fn peak(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kib.unwrap_or(0) * 1024
    }
}

/// The start page, and many readers at once; `folder` has 5,000 applications in three environments.
pub fn server(world: &World, folder: &str, table: &mut Table) {
    let about = " 90,000 files  5,000 applications";
    let begin = Instant::now();
    let server = Server::start(world, folder);
    while !server.is_ready() {
        thread::sleep(Duration::from_millis(10));
    }
    let cold = begin.elapsed();
    table.time(
        "serve: the first reading",
        about,
        cold,
        Duration::from_secs(2),
    );
    let warm = alone(|| {
        server.page("");
    });
    table.time("serve: start page", about, warm, Duration::from_millis(150));
    let (times, failed) = load(&server);
    let place = times.len() * 99 / 100;
    let what = format!("serve: {STREAMS} streams, {PAGES} pages/s: p99");
    table.time(&what, about, times[place], Duration::from_millis(150));
    table.count("serve: answers that failed", about, &failed, 0);
    table.memory("serve: peak memory", about, server.peak(), MEMORY);
}

/// The times of pages while streams are open, in order, and what went wrong.
fn load(server: &Server) -> (Vec<Duration>, Vec<String>) {
    let streams: Vec<TcpStream> = (0..STREAMS).map(|_| server.ask("/events")).collect();
    let count = TIME.as_secs() * u64::from(PAGES);
    let next = AtomicUsize::new(0);
    let begin = Instant::now();
    let all = thread::scope(|scope| {
        let workers: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    let (mut times, mut failed) = (Vec::new(), Vec::new());
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number as u64 >= count {
                            return (times, failed);
                        }
                        let due = Duration::from_secs(1) / PAGES
                            * u32::try_from(number).unwrap_or(u32::MAX);
                        thread::sleep(due.saturating_sub(begin.elapsed()));
                        let path = ["", "/releases", "/configuration", "?search=app-4"][number % 4];
                        let path = format!("/r/{}{path}", server.name);
                        let mut answer = String::new();
                        times.push(timed(|| answer = server.get(&path)));
                        if !answer.starts_with("HTTP/1.1 200 ") {
                            failed.push(format!("{path}: {answer}"));
                        }
                    }
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("it does not panic"))
            .collect::<Vec<_>>()
    });
    let (times, failed): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    let mut times: Vec<Duration> = times.concat();
    times.sort_unstable();
    let mut failed = failed.concat();
    for mut stream in streams {
        let mut start = [0; 12];
        let is_read = stream.read_exact(&mut start).is_ok();
        if !is_read || &start != b"HTTP/1.1 200" {
            failed.push("a stream of events ended".to_owned());
        }
    }
    (times, failed)
}
