//! The dashboard: pages over the same engine, for people who would rather look and drag than type.
//!
//! # Why
//!
//! The server has no state that is not in Git. It reads each repository when it starts, and again when it
//! changes; what a page shows is the last reading, with its age. Whoever promotes here starts from the
//! same plan, and leaves the same commits and records, as on the command line. So it can be killed at any
//! moment, and any number of it can run.
//!
//! | file | what it holds |
//! |---|---|
//! | `options` | what it is started with |
//! | `advice` | what to do about errors |
//! | `network` | addresses of other machines |
//! | `address` | addresses of web servers |
//! | `oidc/` | sign-in with a provider of OpenID Connect |
//! | `caller` | who sends a request, and what they may do |
//! | `state` | what one reading of a repository found |
//! | `served` | a repository that is served: the last reading, and the threads that work on it |
//! | `keeper` | reads again, and moves releases forward, when it is time |
//! | `overload` | requests that no worker has time for |
//! | `audit` | a change that somebody makes: its lines in the log |
//! | `hexadecimal` | bytes in hexadecimal digits |
//! | `log` | what happens in the background, and who changes what |
//! | `site` | everything that requests share |
//! | `webhooks` | whether a webhook comes from a forge, and what it is about |
//! | `metrics` | figures about the server |
//! | `board` | applications or products by environment, as the start page shows them |
//! | `insights` | how often and how well promotions go |
//! | `choice` | which differences of a promotion people tick in and out |
//! | `promotion` | a promotion as a form has it, its plan, and how it is carried out |
//! | `plans` | recently viewed plans, kept so that more of their lines can be shown |
//! | `http/` | requests: who may send them, their forms, errors and headers |
//! | `pages/` | HTML |

mod address;
mod advice;
mod audit;
mod board;
mod caller;
mod choice;
mod fields;
mod hexadecimal;
mod http;
mod insights;
mod keeper;
mod log;
mod metrics;
mod network;
mod oidc;
mod options;
mod overload;
mod pages;
mod plans;
mod promotion;
mod served;
mod site;
mod state;
mod webhooks;

use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;

pub use address::{Issuer, ParseAddressError, SiteUrl};
pub use network::{Network, ParseNetworkError};
pub use oidc::seal::SessionKeyError;
pub use options::{
    OidcSignIn, ProxySignIn, ServeError, ServeOptions, ServedFolder, SignIn, TrustedEmails,
};

use crate::wiring::raise_open_files;
use log::Log;
use served::Served;
use site::Site;

/// Serves the dashboard until the program is ended; `is_listening` is told the URL.
///
/// # Errors
/// When a repository cannot be opened, or the address is not to be had.
pub async fn serve(
    options: ServeOptions,
    log: Box<dyn io::Write + Send>,
    is_listening: impl FnOnce(&str) -> io::Result<()>,
) -> Result<(), ServeError> {
    options.check()?;
    raise_open_files();
    let mut served = Vec::new();
    for folder in &options.repositories {
        served.push(Arc::new(Served::open(folder, &options)?));
    }
    let listener =
        TcpListener::bind(options.listen)
            .await
            .map_err(|source| ServeError::Listen {
                address: options.listen,
                source,
            })?;
    let address = listener.local_addr()?;
    let site = Arc::new(Site::new(served, &options, address, Log::new(log))?);
    let checked = Arc::clone(&site);
    tokio::spawn(async move { checked.check_sign_in().await });
    for repository in &site.repositories {
        tokio::spawn(keeper::keep(
            Arc::clone(&site),
            Arc::clone(repository),
            options.interval,
        ));
    }
    is_listening(&format!("http://{address}/"))?;
    match http::serve(listener, http::router(site), http::HEADERS).await {}
}
