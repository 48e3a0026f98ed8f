//! Every environment variable that the program reads.
//!
//! | variable | what it does |
//! |---|---|
//! | `NO_COLOR` | set and not empty: no colour, unless `--color always` |
//! | `CLICOLOR` | `0`: no colour, unless `--color always` |
//! | `CLICOLOR_FORCE` | set and not `0`: colour even where there is no terminal, unless `--color never` |
//! | `TERM` | `dumb`: no colour and no progress bar |
//! | `PATH` | where `git` is found |
//! | `GIT_DIR`, `GIT_WORK_TREE` and their like | which repository is meant, as for every command of Git's |
//! | `CI` | known CI services: colour as they show it |
//!
//! Colour variables are read by `anstream`. The installed `git` is run with the
//! whole environment, so all of Git's own variables do what they do for Git.
//! Added to it are `LANGUAGE=en`, since Git's messages stand among ours, and
//! `GIT_TERMINAL_PROMPT=0` where nobody can answer.

/// Whether the terminal can redraw a line.
pub(super) fn can_redraw() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
