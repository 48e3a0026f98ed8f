//! Smart HTTP by nginx and `git http-backend`, with basic auth and a private certificate authority.

use std::fs;
use std::path::PathBuf;

use super::process::{Server, free_port, has, program};
use crate::world::World;

/// nginx in front of `git http-backend`.
pub struct Http {
    /// `https://127.0.0.1:port`.
    pub url: String,
    /// The port.
    pub port: u16,
    /// The authority's certificate.
    pub authority: PathBuf,
    _servers: [Server; 2],
}

/// The only user and the password.
pub const USER: &str = "ada";
/// It must not be seen anywhere.
pub const PASSWORD: &str = "s3cr3t-p4ssw0rd";

impl Http {
    /// Serves the world's folder; `None` where the programs are missing.
    pub fn start(world: &World) -> Option<Self> {
        has("smart HTTP", &["nginx", "fcgiwrap", "openssl"]).then(|| Self::serve(world))
    }

    fn serve(world: &World) -> Self {
        let at = |name: &str| world.path(&format!("http/{name}"));
        fs::create_dir_all(at("tmp")).unwrap();
        let port = free_port();
        authority(world);
        let hash = world
            .command("openssl")
            .args(["passwd", "-apr1", PASSWORD])
            .output()
            .unwrap();
        let hash = String::from_utf8(hash.stdout).unwrap();
        fs::write(at("users"), format!("{USER}:{hash}")).unwrap();
        let backend = world.git(&["--exec-path"]) + "/git-http-backend";
        let folder = at("").display().to_string();
        let root = world.path("").display().to_string();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|name| format!("{name}_temp_path {folder}tmp/{name};"))
            .collect::<Vec<_>>()
            .join("\n");
        let user = if is_root() { "user root;" } else { "" };
        fs::write(
            at("nginx.conf"),
            format!(
                "{user}
daemon off;
worker_processes 2;
pid {folder}pid;
error_log {folder}error.log;
events {{}}
http {{
    access_log off;
    client_max_body_size 0;
    {temporary}
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}server.pem;
        ssl_certificate_key {folder}server.key;
        location / {{
            auth_basic git;
            auth_basic_user_file {folder}users;
            fastcgi_pass unix:{folder}cgi;
            fastcgi_param SCRIPT_FILENAME {backend};
            fastcgi_param GIT_HTTP_EXPORT_ALL 1;
            fastcgi_param GIT_PROJECT_ROOT {root};
            fastcgi_param PATH_INFO $uri;
            fastcgi_param QUERY_STRING $query_string;
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param CONTENT_TYPE $content_type;
            fastcgi_param CONTENT_LENGTH $content_length;
            fastcgi_param REMOTE_USER $remote_user;
            fastcgi_param GIT_PROTOCOL $http_git_protocol;
            fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;
        }}
    }}
}}
"
            ),
        )
        .unwrap();
        let mut cgi = world.command(program(&["fcgiwrap"]).unwrap());
        let socket = at("cgi");
        cgi.args(["-c", "48", "-s"])
            .arg(format!("unix:{}", socket.display()));
        let cgi = Server::start_at(&mut cgi, &socket, &at("cgi.log"));
        let mut nginx = world.command(program(&["nginx"]).unwrap());
        nginx
            .arg("-c")
            .arg(at("nginx.conf"))
            .arg("-e")
            .arg(at("start.log"));
        let nginx = Server::start(&mut nginx, port, &at("nginx.log"));
        Self {
            url: format!("https://127.0.0.1:{port}"),
            port,
            authority: at("ca.pem"),
            _servers: [nginx, cgi],
        }
    }
}

/// An authority of its own and a certificate for this machine.
fn authority(world: &World) {
    let folder = world.path("http");
    let openssl = |words: &str| {
        let out = world
            .command("openssl")
            .current_dir(&folder)
            .args(words.split(' '))
            .output()
            .unwrap();
        assert!(
            out.status.success(),
            "{}",
            String::from_utf8_lossy(&out.stderr)
        );
    };
    fs::write(
        folder.join("names"),
        "subjectAltName=IP:127.0.0.1,DNS:localhost\n",
    )
    .unwrap();
    openssl("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=own -days 2");
    openssl("req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=127.0.0.1");
    openssl(
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile names",
    );
}

pub fn is_root() -> bool {
    std::process::Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|out| out.stdout == b"0\n")
}
