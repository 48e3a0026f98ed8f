//! The environment variables that the program reads.
//!
//! | variable | what it does |
//! |---|---|
//! | `NO_COLOR` | if not empty: no colour, unless `--color always` |
//! | `CLICOLOR` | `0`: no colour, unless `--color always` |
//! | `CLICOLOR_FORCE` | if set and not `0`: colour even without a terminal, unless `--color never` |
//! | `TERM` | `dumb`: no colour, no progress bar |
//! | `PATH` | where to find `git` |
//! | `GIT_DIR`, `GIT_WORK_TREE`, ... | which repository to use, as for any Git command |
//! | `GIT_PAGER`, `PAGER`, `LESS`, ... | the pager, as for any Git command |
//! | `GIT_PAGER_IN_USE` | Git's pager already has the output: no question can be asked |
//! | `CI` | colour on CI services that support it |
//! | `GIT_PROMOTE_COMPLETE` | the shell that asks for a completion: nothing else runs then |
//! | `GIT_PROMOTE_SESSION_KEY` | the key of the dashboard's session cookies, the same for all replicas |
//! | `GIT_PROMOTE_OIDC_CLIENT_SECRET` | what the dashboard proves itself with to the provider that signs people in |
//! | `GIT_PROMOTE_WEBHOOK_SECRET`, `GIT_PROMOTE_WEBHOOK_SECRET_GITHUB`, ... | what forges sign their webhooks with |
//!
//! `anstream` reads the variables for colour. The installed `git` inherits the environment, so all
//! of Git's own variables work. Two are added: `LANGUAGE=en`, because Git's messages are part of the
//! program's, and `GIT_TERMINAL_PROMPT=0` if no person can answer.

/// Whether the terminal can redraw a line.
pub(super) fn can_redraw() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
