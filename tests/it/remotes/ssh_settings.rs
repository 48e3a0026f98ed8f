//! SSH settings of OpenSSH and of Git: the program can connect if and only if Git can.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::process::{Server, program};
use super::ssh::{Ssh, keygen, ssh_command};
use super::{API, cloned};
use crate::skipped::{Missing, skip};
use crate::world::{PROMOTE, Ran, Repo, World};

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_git-promote");

/// A remote behind a server, and a clone of it.
struct Place<'w> {
    world: &'w World,
    ssh: Ssh,
    remote: Repo<'w>,
    repo: Repo<'w>,
    /// Variables for each command.
    variables: Vec<(&'static str, String)>,
    /// What starts each command, with its first words.
    starter: Vec<String>,
    /// The user's agent, which ends with the place.
    agent: Option<Agent>,
}

struct Agent {
    socket: String,
    _server: Server,
}

impl<'w> Place<'w> {
    /// A place whose `core.sshCommand` has `settings` of OpenSSH; `None` where there is no server.
    fn new(world: &'w World, settings: &str) -> Option<Self> {
        Some(Self::at(world, Ssh::start(world)?, settings))
    }

    fn at(world: &'w World, ssh: Ssh, settings: &str) -> Self {
        let path = world.path("remote.git").display().to_string();
        let (remote, repo) = cloned(world, &format!("{}{path}", ssh.url));
        let place = Self {
            world,
            ssh,
            remote,
            repo,
            variables: Vec::new(),
            starter: Vec::new(),
            agent: None,
        };
        place.know(&place.ssh.known);
        place.set_command(&ssh_command(world, settings));
        place
    }

    fn set_command(&self, command: &str) {
        self.repo.git(&["config", "core.sshCommand", command]);
    }

    /// Gives the user's `known_hosts` a text.
    fn know(&self, text: &str) {
        fs::write(self.world.path("home/.ssh/known_hosts"), text).unwrap();
    }

    /// The server's public key, without a host.
    fn host_key(&self) -> &str {
        self.ssh.known.split_once(' ').unwrap().1
    }

    fn run(&self, words: &[&str]) -> Ran {
        let starter = self.starter.iter().map(String::as_str);
        let words: Vec<&str> = starter.chain(words.iter().copied()).collect();
        let mut command: Command = self.world.command(words[0]);
        command.current_dir(&self.repo.dir).args(&words[1..]);
        let variables = self.variables.iter().map(|(name, value)| (name, value));
        Ran::from(command.envs(variables).output().unwrap())
    }

    fn ls_remote(&self) -> Ran {
        self.run(&["git", "ls-remote", "origin", "refs/heads/main"])
    }

    fn promote(&self) -> Ran {
        self.run(&[&[PROGRAM], PROMOTE, &["--timeout", "5"]].concat())
    }

    /// Git gets in, and so does the program, which pushes one commit.
    fn assert_let_in(&self) {
        let git = self.ls_remote();
        assert_eq!(git.code, 0, "git: {git}");
        let before = self.remote.tip("main");
        let ran = self.promote();
        assert_eq!(ran.code, 0, "{ran}");
        assert_eq!(self.remote.show("main", API), "image:\n  tag: 1.5.0\n");
        let new = self.remote.tip("main");
        let parent = self.remote.tip("main^");
        assert_eq!(parent, before, "{ran}");
        assert_eq!(self.repo.tip("origin/main"), new);
        self.remote.assert_sound();
    }

    /// Git is refused for a reason, and so is the program, which moves no branch.
    fn assert_refused(&self, why: &str) {
        self.assert_fails(why, 1);
    }

    /// Git does not get through for a reason, nor does the program, which moves no branch.
    fn assert_unreachable(&self, why: &str) {
        self.assert_fails(why, 5);
    }

    fn assert_fails(&self, why: &str, code: i32) {
        let git = self.ls_remote();
        assert_ne!(git.code, 0, "git: {git}");
        assert!(git.stderr.contains(why), "git: {git}");
        let before = self.remote.git(&["for-each-ref"]);
        let ran = self.promote();
        assert_eq!(ran.code, code, "{ran}");
        assert_eq!(self.remote.git(&["for-each-ref"]), before, "{ran}");
    }
}

#[test]
fn a_host_key_that_is_revoked_is_refused() {
    let world = World::new();
    let Some(place) = Place::new(&world, "") else {
        return;
    };
    let key = place.host_key();
    let revoked = format!("{}@revoked * {key}", place.ssh.known);
    place.know(&revoked);
    place.assert_refused("REVOKED HOST KEY DETECTED");
    // The same file without that line.
    place.know(&place.ssh.known);
    place.assert_let_in();
}

/// A server with a certificate, known by the authority in a file.
fn certified<'w>(world: &'w World, authority: &str) -> Option<Place<'w>> {
    let place = Place::at(world, Ssh::with_certificate(world)?, "");
    keygen(world, &world.path("ssh/other"));
    let key = fs::read_to_string(world.path(&format!("ssh/{authority}.pub"))).unwrap();
    place.know(&format!("@cert-authority [127.0.0.1]:* {key}"));
    Some(place)
}

#[test]
fn a_host_certificate_of_a_known_authority_is_accepted() {
    let world = World::new();
    let Some(place) = certified(&world, "ca") else {
        return;
    };
    place.assert_let_in();
}

#[test]
fn a_host_certificate_of_another_authority_is_refused() {
    let world = World::new();
    let Some(place) = certified(&world, "other") else {
        return;
    };
    place.assert_refused("Host key verification failed");
}

#[test]
fn a_host_that_a_pattern_names_is_known() {
    let world = World::new();
    let Some(place) = Place::new(&world, "") else {
        return;
    };
    place.know(&format!("[127.0.0.1]:* {}", place.host_key()));
    place.assert_let_in();
}

#[test]
fn a_host_that_a_pattern_leaves_out_is_refused() {
    let world = World::new();
    let Some(place) = Place::new(&world, "") else {
        return;
    };
    let port = place.ssh.port;
    let key = place.host_key();
    place.know(&format!("[127.0.0.1]:*,![127.0.0.1]:{port} {key}"));
    place.assert_refused("Host key verification failed");
}

/// A clone of `shop:...`, a name that only the configuration file knows, behind a jump host.
fn behind_a_jump_host(world: &World, jump_port: impl FnOnce(u16) -> u16) -> Option<Place<'_>> {
    let place = Place::new(world, "")?;
    let port = place.ssh.port;
    let jump = jump_port(port);
    let settings = format!(
        "Host shop\nHostName 127.0.0.1\nPort {port}\nUser root\nProxyJump jump\n\
         Host jump\nHostName 127.0.0.1\nPort {jump}\nUser root\n"
    );
    place.set_command(&ssh_command(world, &settings));
    let url = format!("shop:{}", place.remote.dir.display());
    place.repo.git(&["remote", "set-url", "origin", &url]);
    Some(place)
}

#[test]
fn an_alias_behind_a_jump_host_is_reached() {
    let world = World::new();
    let Some(place) = behind_a_jump_host(&world, |port| port) else {
        return;
    };
    place.assert_let_in();
}

#[test]
fn a_jump_host_that_cannot_be_reached_is_not_passed_by() {
    let world = World::new();
    // No server listens on port 1.
    let Some(place) = behind_a_jump_host(&world, |_| 1) else {
        return;
    };
    place.assert_unreachable("port 1: Connection refused");
}

/// A place whose user's key is only in an agent.
fn with_an_agent(world: &World) -> Option<Place<'_>> {
    let mut place = Place::new(world, "IdentitiesOnly no")?;
    let socket = world.path("agent");
    let mut command = world.command(program(&["ssh-agent"])?);
    command.arg("-D").arg("-a").arg(&socket);
    let server = Server::start_at(&mut command, &socket, &world.path("agent.log"));
    let socket = socket.display().to_string();
    place.variables = vec![("SSH_AUTH_SOCK", socket.clone())];
    let key = world.path("home/.ssh/id_ed25519").display().to_string();
    let added = place.run(&["ssh-add", "-q", &key]);
    assert_eq!(added.code, 0, "{added}");
    fs::remove_file(&key).unwrap();
    fs::remove_file(format!("{key}.pub")).unwrap();
    place.agent = Some(Agent {
        socket,
        _server: server,
    });
    Some(place)
}

#[test]
fn a_key_that_only_an_agent_has_is_used() {
    let world = World::new();
    let Some(place) = with_an_agent(&world) else {
        return;
    };
    place.assert_let_in();
}

#[test]
fn a_key_of_an_agent_that_is_not_named_is_not_used() {
    let world = World::new();
    let Some(mut place) = with_an_agent(&world) else {
        return;
    };
    place.variables.clear();
    place.assert_refused("Permission denied (publickey)");
}

#[test]
fn the_agent_that_the_configuration_file_names_is_used() {
    let world = World::new();
    let Some(mut place) = with_an_agent(&world) else {
        return;
    };
    place.variables.clear();
    let socket = &place.agent.as_ref().unwrap().socket;
    let settings = format!("IdentitiesOnly no\nIdentityAgent {socket}");
    place.set_command(&ssh_command(&world, &settings));
    place.assert_let_in();
}

#[test]
fn git_ssh_command_comes_before_core_ssh_command() {
    let world = World::new();
    let Some(mut place) = Place::new(&world, "") else {
        return;
    };
    let good = ssh_command(&world, "");
    let bad = "echo not this one >&2; false";
    // Git does not know the words that `echo` takes.
    let variant = ("GIT_SSH_VARIANT", "ssh".to_owned());
    place.variables = vec![("GIT_SSH_COMMAND", bad.to_owned()), variant];
    place.assert_unreachable("not this one");
    place.set_command(bad);
    place.variables[0].1 = good;
    place.assert_let_in();
}

#[test]
fn the_program_in_git_ssh_fetches_and_pushes() {
    let world = World::new();
    let Some(mut place) = Place::new(&world, "") else {
        return;
    };
    let log = world.path("asked").display().to_string();
    let ssh = ssh_command(&world, "");
    let script = format!("printf '%s\\n' \"$*\" >>'{log}'\nexec {ssh} \"$@\"");
    world.script("my ssh", &script);
    place.repo.git(&["config", "--unset", "core.sshCommand"]);
    let file = world.path("my ssh").display().to_string();
    place.variables = vec![("GIT_SSH", file), ("GIT_SSH_VARIANT", "ssh".to_owned())];
    place.assert_let_in();
    let asked = fs::read_to_string(&log).unwrap();
    // Git's own look at the remote, and at least the program's fetch.
    assert!(asked.matches("git-upload-pack").count() > 1, "{asked}");
    assert_eq!(asked.matches("git-receive-pack").count(), 1, "{asked}");
}

#[test]
fn a_host_that_the_global_file_knows_is_known() {
    let world = World::new();
    let global = world.path("global");
    let settings = format!("GlobalKnownHostsFile {}", global.display());
    let Some(place) = Place::new(&world, &settings) else {
        return;
    };
    place.know("");
    fs::write(&global, "").unwrap();
    place.assert_refused("Host key verification failed");
    fs::write(&global, &place.ssh.known).unwrap();
    place.assert_let_in();
}

/// The home of this process's user, where OpenSSH looks for `.ssh`.
fn real_home(world: &World) -> Option<PathBuf> {
    let script = "getent passwd \"$(id -u)\" | cut -d: -f6";
    let out = world.command("sh").args(["-c", script]).output().unwrap();
    let home = String::from_utf8(out.stdout).unwrap();
    let home = PathBuf::from(home.trim());
    home.is_dir().then_some(home)
}

/// What starts a command that has the world's `etc` as `/etc/ssh` and the world's home as the
/// user's, and leaves both as they are for everybody else; `None` where that is not possible.
fn with_own_files(world: &World) -> Option<Vec<String>> {
    let home = real_home(world)?;
    let hides = |file: &str| PathBuf::from(file).starts_with(&home);
    let (etc, own) = (world.path("etc"), world.path("home"));
    let (etc, own) = (etc.display().to_string(), own.display().to_string());
    if hides(PROGRAM) || hides(&own) {
        skip(
            Missing::Ability,
            "the program or the temporary folder is below the user's home",
        );
        return None;
    }
    fs::create_dir_all(&etc).unwrap();
    let script =
        "mount --bind \"$1\" /etc/ssh && mount --bind \"$2\" \"$3\" && shift 3 && exec \"$@\"";
    let home = home.display().to_string();
    let words = [
        "unshare", "--mount", "sh", "-c", script, "sh", &etc, &own, &home,
    ];
    let mut trial = world.command(words[0]);
    let done = trial.args(&words[1..]).arg("true").output();
    if !done.is_ok_and(|out| out.status.success()) {
        skip(Missing::Ability, "no folders can be mounted here");
        return None;
    }
    Some(words.map(str::to_owned).to_vec())
}

#[test]
fn the_files_in_etc_and_in_the_users_home_are_used_where_no_setting_names_others() {
    let world = World::new();
    let Some(starter) = with_own_files(&world) else {
        return;
    };
    let Some(mut place) = Place::new(&world, "") else {
        return;
    };
    place.starter = starter;
    place.repo.git(&["config", "--unset", "core.sshCommand"]);
    let url = format!("shop:{}", place.remote.dir.display());
    place.repo.git(&["remote", "set-url", "origin", &url]);
    let port = place.ssh.port;
    let settings =
        format!("Host shop\nHostName 127.0.0.1\nPort {port}\nUser root\nHost *\nBatchMode yes\n");
    fs::write(world.path("etc/ssh_config"), settings).unwrap();
    place.know("");
    place.assert_refused("Host key verification failed");
    fs::write(world.path("etc/ssh_known_hosts"), &place.ssh.known).unwrap();
    place.assert_let_in();
}
