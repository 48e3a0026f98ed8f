//! Limits of this process.

/// The most files that are asked for: some programs that it starts look at each number below its limit.
#[cfg(unix)]
const FILES: u64 = 65_536;

/// Raises the limit of open files as far as the system allows without asking; a server has one for each browser.
pub fn raise_open_files() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let wanted = maximum.unwrap_or(FILES).min(FILES);
        if current.is_some_and(|current| current < wanted) {
            // Where it is refused, fewer browsers are served at once.
            let _ = setrlimit(
                Resource::Nofile,
                Rlimit {
                    current: Some(wanted),
                    maximum,
                },
            );
        }
    }
}
