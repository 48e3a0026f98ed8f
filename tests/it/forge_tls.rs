//! GitHub behind TLS with a certificate authority of one's own, as Enterprise servers are.

use std::fs;
use std::io::{self, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use git_promote::adapter::forge::github::GitHub;
use git_promote::adapter::forge::http::{Connection, ProxyChoice};
use git_promote::port::{Forge, ForgeError};

use crate::forge_github::{RETRY, address, direct, display_chain, proposal, proposed, robot, run};
use crate::github::{Raw, StandIn};
use crate::skipped::{Missing, skip};
use crate::world::World;

/// nginx with TLS before the stand-in; it ends when it is dropped.
struct Front {
    nginx: Child,
    url: String,
}

impl Front {
    /// `None` after reporting that nginx or openssl is missing.
    fn before(github: &StandIn, world: &World) -> Option<Self> {
        for program in ["nginx", "openssl"] {
            let mut asked = world.command(program);
            if asked
                .arg(if program == "nginx" { "-v" } else { "version" })
                .output()
                .is_err()
            {
                skip(
                    Missing::Program,
                    format_args!("`{program}` is not installed"),
                );
                return None;
            }
        }
        fs::write(world.path("names"), "subjectAltName=IP:127.0.0.1\n").unwrap();
        for command in [
            "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=ours",
            "req -newkey rsa:2048 -nodes -keyout tls.key -out tls.csr -subj /CN=127.0.0.1",
            "x509 -req -in tls.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out tls.pem -days 30 \
             -extfile names",
        ] {
            let out = world
                .command("openssl")
                .args(command.split_whitespace())
                .output()
                .unwrap();
            assert!(
                out.status.success(),
                "{}",
                String::from_utf8_lossy(&out.stderr)
            );
        }
        let free = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let dir = world.path("").display().to_string();
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {dir}/{name};"))
            .concat();
        let conf = format!(
            "daemon off; master_process off; pid {dir}/pid; error_log {dir}/error.log; events {{}} http {{ \
             access_log off; {temporary} server {{ listen {free} ssl; \
             ssl_certificate {dir}/tls.pem; ssl_certificate_key {dir}/tls.key; \
             location / {{ proxy_pass {}; proxy_set_header Host $http_host; }} }} }}",
            github.url()
        );
        fs::write(world.path("nginx.conf"), conf).unwrap();
        let mut nginx = world.command("nginx");
        nginx
            .arg("-c")
            .arg(world.path("nginx.conf"))
            .arg("-e")
            .arg(world.path("start.log"));
        let nginx = nginx
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let url = format!("https://{free}/acme/shop.git");
        let front = Self { nginx, url };
        let started = Instant::now();
        while TcpStream::connect(free).is_err() {
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "nginx does not start"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(front)
    }

    fn forge(&self, connection: Connection) -> GitHub {
        let address = address(&self.url);
        GitHub::new(address, robot(), RETRY, connection)
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        let _ = self.nginx.kill();
        let _ = self.nginx.wait();
    }
}

#[test]
fn a_server_of_an_own_authority_is_trusted_by_its_file_and_else_refused_at_once() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let Some(front) = Front::before(&github, &world) else {
        return;
    };
    let ours = Connection {
        ca_files: vec![world.path("ca.pem")],
        ..direct()
    };
    let opened = run(front.forge(ours).open(&proposal())).unwrap();
    assert_eq!(opened.number, 1);
    github.forget();
    let started = Instant::now();
    let error = run(front.forge(direct()).open(&proposal())).unwrap_err();
    assert!(matches!(error, ForgeError::Unreachable { .. }), "{error:?}");
    assert!(
        display_chain(&error).contains("certificate"),
        "{}",
        display_chain(&error)
    );
    assert!(
        started.elapsed() < RETRY.budget / 2,
        "tried again and again"
    );
    assert_eq!(github.requests().len(), 0);
}

/// A proxy that tunnels to whatever it is asked for.
fn tunnel(request: &str, client: &mut TcpStream) -> io::Result<()> {
    let target = request.split(' ').nth(1).unwrap_or_default();
    let mut server = TcpStream::connect(target)?;
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
    let (mut to, mut from) = (server.try_clone()?, client.try_clone()?);
    let there = thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
    io::copy(&mut server, client)?;
    client.shutdown(Shutdown::Both)?;
    let _ = there.join();
    Ok(())
}

#[test]
fn a_server_is_reached_through_a_proxy() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let Some(front) = Front::before(&github, &world) else {
        return;
    };
    let proxy = Raw::answering(tunnel);
    let ours = Connection {
        ca_files: vec![world.path("ca.pem")],
        proxy: ProxyChoice::Through(format!("ada:hunter2@{}", proxy.address).into()),
    };
    run(front.forge(ours).open(&proposal())).unwrap();
    assert_eq!(github.pulls().len(), 1);
    let asked = proxy.received();
    let host = front.url.split('/').nth(2).unwrap();
    assert!(!asked.is_empty());
    assert!(
        asked
            .iter()
            .all(|head| head.starts_with(&format!("CONNECT {host} "))),
        "{asked:?}"
    );
}
