//! SSH by OpenSSH's own server, with an ed25519 key; and gitolite behind it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::http::is_root;
use super::process::{Server, free_port, has, program};
use crate::world::World;

/// A server that lets the world's key in.
pub struct Ssh {
    /// `ssh://user@127.0.0.1:port`.
    pub url: String,
    /// The port.
    pub port: u16,
    /// The line that belongs into `known_hosts`.
    pub known: String,
    _server: Server,
}

impl Ssh {
    /// A plain one; `None` where it cannot be had.
    pub fn start(world: &World) -> Option<Self> {
        let is_there = has("SSH", &["sshd", "ssh-keygen"]);
        if is_there && !is_root() {
            eprintln!("skipped: SSH: sshd needs root here");
        }
        (is_there && is_root()).then(|| Self::serve(world, ""))
    }

    /// One whose every connection is gitolite's; `None` where it cannot be had.
    pub fn with_gitolite(world: &World, rules: &str) -> Option<Self> {
        let is_there = has("gitolite", &["sshd", "ssh-keygen", "gitolite"]);
        (is_there && is_root()).then(|| {
            key(world);
            let home = world.path("gitolite");
            fs::create_dir_all(&home).unwrap();
            fs::copy(world.path("home/.ssh/id_ed25519.pub"), home.join("ada.pub")).unwrap();
            gitolite(world, &["setup", "-pk", "ada.pub"]);
            // The rules without the admin repository's detour.
            let file = home.join(".gitolite/conf/gitolite.conf");
            fs::write(&file, rules).unwrap();
            // Rules for paths are gitolite's own hook.
            gitolite(world, &["compile"]);
            gitolite(world, &["trigger", "POST_COMPILE"]);
            let shell = gitolite_shell();
            let forced = format!(
                "command=\"env HOME={} GL_BYPASS_ACCESS_CHECKS= {} ada\",no-pty ",
                home.display(),
                shell.display()
            );
            Self::serve(world, &forced.replace(" GL_BYPASS_ACCESS_CHECKS=", ""))
        })
    }

    fn serve(world: &World, forced: &str) -> Self {
        let at = |name: &str| world.path(&format!("ssh/{name}"));
        fs::create_dir_all(at("")).unwrap();
        fs::create_dir_all("/run/sshd").unwrap();
        key(world);
        keygen(world, &at("host"));
        let public = fs::read_to_string(world.path("home/.ssh/id_ed25519.pub")).unwrap();
        fs::write(at("authorized"), format!("{forced}{public}")).unwrap();
        let port = free_port();
        let folder = at("").display().to_string();
        fs::write(
            at("config"),
            format!(
                "Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}host\n\
                 AuthorizedKeysFile {folder}authorized\nStrictModes no\nUsePAM no\n\
                 PasswordAuthentication no\nKbdInteractiveAuthentication no\n\
                 PermitRootLogin yes\nPidFile none\nMaxStartups 100\n"
            ),
        )
        .unwrap();
        let mut sshd = world.command(program(&["sshd"]).unwrap());
        sshd.arg("-D").arg("-e").arg("-f").arg(at("config"));
        let server = Server::start(&mut sshd, port, &at("log"));
        let host = fs::read_to_string(at("host.pub")).unwrap();
        let key = host.split(' ').take(2).collect::<Vec<_>>().join(" ");
        Self {
            url: format!("ssh://root@127.0.0.1:{port}"),
            port,
            known: format!("[127.0.0.1]:{port} {key}\n"),
            _server: server,
        }
    }
}

/// Runs gitolite in its own home.
pub fn gitolite(world: &World, args: &[&str]) {
    let home = world.path("gitolite");
    let out = world
        .command("gitolite")
        .args(args)
        .current_dir(&home)
        .env("HOME", &home)
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "gitolite {args:?}: {}{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
}

fn gitolite_shell() -> PathBuf {
    ["/usr/share/gitolite3/gitolite-shell"]
        .iter()
        .map(PathBuf::from)
        .find(|file| file.is_file())
        .or_else(|| program(&["gitolite-shell"]))
        .expect("it comes with gitolite")
}

/// The user's key, once.
fn key(world: &World) {
    let folder = world.path("home/.ssh");
    fs::create_dir_all(&folder).unwrap();
    let mode = fs::Permissions::from_mode(0o700);
    fs::set_permissions(&folder, mode).unwrap();
    if !folder.join("id_ed25519").exists() {
        keygen(world, &folder.join("id_ed25519"));
    }
}

fn keygen(world: &World, file: &std::path::Path) {
    let made = world
        .command("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f"])
        .arg(file)
        .status()
        .unwrap();
    assert!(made.success());
}
