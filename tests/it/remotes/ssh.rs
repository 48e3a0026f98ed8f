//! OpenSSH's server with an ed25519 key, and gitolite behind it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::http::is_root;
use super::process::{Server, free_port, has, program};
use crate::skipped::{Missing, skip};
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
    /// A plain one; `None` if the programs are missing.
    pub fn start(world: &World) -> Option<Self> {
        is_possible().then(|| Self::serve(world, "", ""))
    }

    /// One that proves who it is by a certificate too, which the authority `ssh/ca` has given it.
    pub fn with_certificate(world: &World) -> Option<Self> {
        is_possible().then(|| {
            let folder = world.path("ssh");
            host_key(world);
            keygen(world, &folder.join("ca"));
            let certified = world
                .command("ssh-keygen")
                .current_dir(&folder)
                .args(["-q", "-s", "ca", "-h", "-I", "host", "-n", "127.0.0.1"])
                .arg("host.pub")
                .status()
                .unwrap();
            assert!(certified.success());
            let certificate = folder.join("host-cert.pub");
            let line = format!("HostCertificate {}\n", certificate.display());
            Self::serve(world, "", &line)
        })
    }

    /// One that gives every connection to gitolite; `None` if the programs are missing.
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
            Self::serve(world, &forced.replace(" GL_BYPASS_ACCESS_CHECKS=", ""), "")
        })
    }

    fn serve(world: &World, forced: &str, settings: &str) -> Self {
        let at = |name: &str| world.path(&format!("ssh/{name}"));
        fs::create_dir_all("/run/sshd").unwrap();
        key(world);
        host_key(world);
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
                 PermitRootLogin yes\nPidFile none\nMaxStartups 100\n\
                 AllowTcpForwarding yes\nPermitUserRC no\n{settings}"
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

fn is_possible() -> bool {
    let is_there = has("SSH", &["sshd", "ssh-keygen"]);
    if is_there && !is_root() {
        skip(Missing::Ability, "SSH: sshd needs root here");
    }
    is_there && is_root()
}

/// A command for `core.sshCommand` that reads and writes no file outside of the world.
///
/// OpenSSH finds the user's home in the list of accounts, not in the environment. So the command
/// names its configuration file, and that names all others: the key and `known_hosts` in
/// `home/.ssh`. `settings` come first, and of two values OpenSSH takes the first.
pub fn ssh_command(world: &World, settings: &str) -> String {
    let file = world.path("ssh_config");
    let folder = world.path("home/.ssh").display().to_string();
    let text = format!(
        "{settings}\nHost *\nBatchMode yes\nIdentityFile {folder}/id_ed25519\nIdentitiesOnly yes\n\
         UserKnownHostsFile {folder}/known_hosts\nGlobalKnownHostsFile none\n"
    );
    fs::write(&file, text).unwrap();
    format!("ssh -F {}", file.display())
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

/// The server's key, once.
fn host_key(world: &World) {
    fs::create_dir_all(world.path("ssh")).unwrap();
    let file = world.path("ssh/host");
    if !file.exists() {
        keygen(world, &file);
    }
}

/// A new pair of ed25519 keys.
pub fn keygen(world: &World, file: &std::path::Path) {
    let made = world
        .command("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f"])
        .arg(file)
        .status()
        .unwrap();
    assert!(made.success());
}
