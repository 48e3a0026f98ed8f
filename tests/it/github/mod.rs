//! A stand-in for GitHub: its pull requests, over a real bare repository.
//!
//! # Why
//!
//! What matters about GitHub is not what it answers when all is well, but what
//! it refuses, and what is left when it fails in the middle. So this server
//! keeps state as GitHub does (a deleted branch closes its pull request, a head
//! that the base holds is merged), refuses what GitHub refuses, and can fail
//! any call before or after its effect. Its answers are held to GitHub's own
//! `OpenAPI` document by `forge_contract.rs`.
//!
//! ```ignore
//! let world = World::new();
//! let bare = world.bare_at("remote.git", &[("a.yaml", "a: 1\n")]);
//! let github = StandIn::of(&bare.dir);
//! github.fail(Failing::on("POST", "/pulls").after_its_effect(How::Cut));
//! // http://127.0.0.1:PORT/acme/shop.git is its clone URL
//! assert_eq!(github.pulls().len(), 1);
//! ```

#![allow(dead_code)] // each test file uses a part of it

mod app;
mod checks;
mod fault;
mod git;
mod graphql;
mod http;
mod issues;
mod json;
mod people;
mod pulls;
mod raw;
mod route;
mod smart;
mod state;

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use serde_json::Value;

pub use app::App;
pub use checks::{Run, Workflow};
pub use fault::{Failing, How};
pub use people::Account;
pub use raw::Raw;
pub use state::{Pull, State};

/// The token of the account `robot`, which may do everything that a promotion needs.
pub const TOKEN: &str = "ghp_thisIsTheSecretTokenOfTheRobot0123456";

/// A request that was received, without its login.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// By lower-case name.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Recorded {
    /// Method and path, e.g. `POST /repos/acme/shop/pulls`.
    pub fn line(&self) -> String {
        let path = self.target.split('?').next().unwrap();
        format!("{} {path}", self.method)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// A running server for the repository `acme/shop`; it ends when it is dropped.
pub struct StandIn {
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

pub struct Shared {
    address: SocketAddr,
    ends: AtomicBool,
    state: Mutex<State>,
}

impl Shared {
    pub fn state(&self) -> MutexGuard<'_, State> {
        // A test that fails while it looks must not make every later answer fail too.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StandIn {
    /// Serves a bare repository as `acme/shop`.
    pub fn of(bare: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            address,
            ends: AtomicBool::new(false),
            state: Mutex::new(State::of(bare, &format!("http://{address}"))),
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
                std::thread::spawn(move || http::converse(&server, stream));
            }
        });
        Self {
            shared,
            listening: Some(listening),
        }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.shared.address)
    }

    /// What Git is given to clone it.
    pub fn clone_url(&self) -> String {
        format!("{}/acme/shop.git", self.url())
    }

    /// The base of its API, as an Enterprise server has it.
    pub fn api(&self) -> String {
        format!("{}/api/v3", self.url())
    }

    /// Looks at what it knows, or changes it.
    pub fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.shared.state();
        state.observe();
        state
    }

    /// Its pull requests, as they are now.
    pub fn pulls(&self) -> Vec<Pull> {
        self.state().pulls.clone()
    }

    /// The only pull request.
    pub fn pull(&self) -> Pull {
        let pulls = self.pulls();
        assert_eq!(pulls.len(), 1, "{pulls:?}");
        pulls.into_iter().next().unwrap()
    }

    /// Makes calls fail.
    pub fn fail(&self, failing: Failing) {
        self.shared.state().failing.push(failing);
    }

    /// Everything that was asked, in order.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.state().recorded.clone()
    }

    /// The requests that were not only reads: `POST /repos/acme/shop/pulls` and so on.
    pub fn writes(&self) -> Vec<String> {
        let requests = self.requests();
        let writes = requests.iter().filter(|request| request.method != "GET");
        writes.map(Recorded::line).collect()
    }

    /// Forgets what was asked.
    pub fn forget(&self) {
        self.shared.state().recorded.clear();
    }

    /// Asks it as an account would, with nothing in between; gives status and body.
    pub fn ask(&self, token: &str, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let request = http::Request::new(method, path, token, body);
        let reply = route::answer(&mut self.shared.state(), &request);
        (reply.status, reply.json())
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::SeqCst);
        // Wakes the listener, so that it sees the end.
        let _ = TcpStream::connect(self.shared.address);
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
    }
}
