//! How long libgit2 waits.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

/// Sets libgit2's own deadlines, once for the process: they are global there.
#[allow(unsafe_code)] // libgit2's options are global variables
pub(super) fn set(silence: Duration) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let millis = i32::try_from(silence.as_millis()).unwrap_or(i32::MAX);
        // SAFETY: nothing else in this process sets these, and no transfer runs yet that reads
        // them: every one begins by opening a `Network`, which waits for this.
        let set = unsafe {
            git2::opts::set_server_connect_timeout_in_milliseconds(millis)
                .and_then(|()| git2::opts::set_server_timeout_in_milliseconds(millis))
        };
        // libgit2 knows both options since 1.7 and refuses only negative numbers.
        debug_assert!(set.is_ok());
    });
}

/// Trusts the certificate authorities of a file or folder besides the system's.
#[allow(unsafe_code)] // as above
pub(super) fn trust(
    file: Option<&std::path::Path>,
    folder: Option<&std::path::Path>,
) -> Result<(), git2::Error> {
    static TRUSTED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let mut trusted = TRUSTED.lock().unwrap_or_else(PoisonError::into_inner);
    let file = file.filter(|path| !trusted.contains(*path));
    let folder = folder.filter(|path| !trusted.contains(*path));
    // SAFETY: as above; the paths are copied, and each is added once, before the first transfer
    // that needs it.
    unsafe {
        if let Some(file) = file {
            git2::opts::set_ssl_cert_file(file)?;
        }
        if let Some(folder) = folder {
            git2::opts::set_ssl_cert_dir(folder)?;
        }
    }
    trusted.extend(file.into_iter().chain(folder).map(Path::to_owned));
    Ok(())
}
