//! Every environment variable that the program reads.
//!
//! | variable | what it does |
//! |---|---|
//! | `NO_COLOR` | set and not empty: no colour, unless `--color always` |
//! | `CLICOLOR` | `0`: no colour, unless `--color always` |
//! | `CLICOLOR_FORCE` | set and not `0`: colour even where there is no terminal, unless `--color never` |
//! | `TERM` | `dumb`: no colour and no progress bar |
//! | `GIT_DIR` | must name the repository that the folder lies in, if set |
//! | `CI` | known CI services: colour as they show it |
//!
//! Colour variables are read by `anstream`. Git's configuration is read by the
//! Git library from where Git keeps it (`HOME`, `XDG_CONFIG_HOME`).
//!
//! # Why `GIT_DIR` and its like are not followed
//!
//! Git sets `GIT_DIR`, `GIT_WORK_TREE`, `GIT_INDEX_FILE` and `GIT_PREFIX` for
//! the aliases and hooks that it runs. They describe that command's repository,
//! not the one that `-C` or the current folder means; a promotion that followed
//! an inherited `GIT_DIR` could commit to the wrong repository, and one that
//! followed `GIT_INDEX_FILE` could write another command's index. So the
//! repository is always found from the folder, and a `GIT_DIR` that names another
//! one is refused: nobody can tell which was meant.

/// Whether the terminal can redraw a line.
pub(super) fn can_redraw() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
