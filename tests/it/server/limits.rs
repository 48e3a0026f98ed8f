//! More requests than the server has time or files for.

use std::io::Read as _;
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use super::client::{Server, command};
use super::cloned;
use crate::world::{Repo, World};

#[test]
fn requests_that_would_wait_too_long_are_told_to_come_again() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let server = Server::start(&world, &repo, &["--interval", "86400"]);
    // From now on, the remote takes its time.
    world.script("slow-upload-pack", "sleep 25; exec git-upload-pack \"$@\"");
    let program = world.path("slow-upload-pack");
    repo.git(&[
        "config",
        "remote.origin.uploadpack",
        program.to_str().unwrap(),
    ]);
    let page = server.page("/promote?from=staging&to=production&product=loans");
    let (sender, answers) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..80 {
            let (server, page, sender) = (&server, &page, sender.clone());
            scope.spawn(move || {
                let answer = server.try_get(page);
                let _ = sender.send(answer);
            });
        }
        // Four work, and 64 wait.
        for _ in 0..12 {
            let answer = answers
                .recv_timeout(Duration::from_secs(20))
                .unwrap()
                .unwrap();
            assert_eq!(answer.status, 503, "{answer:?}");
            assert_eq!(answer.header("retry-after"), Some("10"));
            let policy = answer.header("content-security-policy");
            assert!(policy.is_some(), "{answer:?}");
        }
        // What needs no worker is still there.
        assert_eq!(server.get(&server.page(""), &[]).status, 200);
        server.kill();
    });
}

/// A server within a limit that a shell sets.
#[cfg(target_os = "linux")]
fn limited(world: &World, repo: &Repo<'_>, limit: &str) -> Server {
    let plain = command(world, repo, &["--interval", "86400"]);
    Server::of(world, repo, |log| {
        let mut shell = world.command("sh");
        shell.current_dir(&repo.dir);
        shell
            .args(["-c", &format!("{limit}; exec \"$0\" \"$@\"")])
            .arg(plain.get_program());
        shell
            .args(plain.get_args())
            .stdout(Stdio::piped())
            .stderr(log);
        shell
    })
}

/// A server with few files, which it cannot have more of.
#[cfg(target_os = "linux")]
#[test]
fn a_server_without_files_waits_for_some() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let server = limited(&world, &repo, "ulimit -n 64");
    let connect = |_| TcpStream::connect_timeout(&server.address, Duration::from_secs(2)).ok();
    let open: Vec<TcpStream> = (0..150).filter_map(connect).collect();
    assert!(open.len() > 64, "{}", open.len());
    std::thread::sleep(Duration::from_secs(2));
    let before = server.cpu_ticks();
    std::thread::sleep(Duration::from_secs(2));
    let used = server.cpu_ticks() - before;
    assert!(used < 50, "it spins: {used} ticks");
    drop(open);
    server.until("back", |server| server.get("/healthz", &[]).status == 200);
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_takes_as_many_files_as_it_may_have() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let server = limited(&world, &repo, "ulimit -Sn 128");
    let mut open = Vec::new();
    for _ in 0..300 {
        let mut stream = TcpStream::connect(server.address).unwrap();
        let request = format!("GET /events HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
        std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
        let mut start = [0; 15];
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.read_exact(&mut start).unwrap();
        assert_eq!(&start, b"HTTP/1.1 200 OK");
        open.push(stream);
    }
}
