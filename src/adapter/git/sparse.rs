//! Which files a sparse checkout leaves off the disk.

use std::collections::BTreeSet;

use git2::{Index, IndexEntry, IndexEntryExtendedFlag, Repository};

/// The rule of one working tree.
pub(super) enum Sparse {
    /// All files are wanted, or those of the directories that have some already.
    ByNeighbours {
        /// Whether the checkout is sparse at all.
        sparse: bool,
    },
    /// Directories with all below them, and directories with their own files only.
    Cone {
        whole: BTreeSet<String>,
        own_files: BTreeSet<String>,
    },
}

impl Sparse {
    /// Reads the rule of a working tree.
    pub(super) fn read(repo: &Repository) -> Self {
        let is = |key: &str, default: bool| {
            let config = repo.config();
            config.and_then(|c| c.get_bool(key)).unwrap_or(default)
        };
        let sparse = is("core.sparsecheckout", false);
        let patterns = std::fs::read_to_string(repo.path().join("info").join("sparse-checkout"));
        match patterns {
            Ok(patterns) if sparse && is("core.sparsecheckoutcone", true) => Self::cone(&patterns),
            _ => Self::ByNeighbours { sparse },
        }
    }

    /// Whether a file that is not on the disk is so on purpose.
    pub(super) fn leaves_out(
        &self,
        index: &Index,
        path: &[u8],
        entry: Option<&IndexEntry>,
    ) -> bool {
        if let Some(entry) = entry {
            return is_skipped(entry);
        }
        let split = path.iter().rposition(|b| *b == b'/');
        let folder = &path[..split.unwrap_or(0)];
        match self {
            Self::ByNeighbours { sparse: false } => false,
            Self::ByNeighbours { sparse: true } => {
                let beside = |e: &IndexEntry| {
                    let split = e.path.iter().rposition(|b| *b == b'/').unwrap_or(0);
                    &e.path[..split] == folder
                };
                let mut beside = index.iter().filter(beside).peekable();
                beside.peek().is_some() && beside.all(|e| is_skipped(&e))
            }
            Self::Cone { whole, own_files } => {
                let folder = String::from_utf8_lossy(folder);
                let above = folder.match_indices('/').map(|(at, _)| &folder[..at]);
                let mut above = above.chain([&*folder]);
                !folder.is_empty()
                    && !whole.contains("")
                    && !own_files.contains(&*folder)
                    && !above.any(|folder| whole.contains(folder))
            }
        }
    }

    /// Cone patterns: `/a/` is a whole directory, `!/a/*/` takes its directories out again.
    fn cone(patterns: &str) -> Self {
        let (mut whole, mut own_files) = (BTreeSet::new(), BTreeSet::new());
        for line in patterns.lines().map(str::trim_end) {
            if line == "/*" {
                whole.insert(String::new());
            } else if line == "!/*/" {
                whole.remove("");
            } else if let Some(folder) = line.strip_prefix("!/") {
                let folder = folder.trim_end_matches("*/").trim_end_matches('/');
                whole.remove(folder);
                own_files.insert(folder.to_owned());
            } else if let Some(folder) = line.strip_prefix('/') {
                whole.insert(folder.trim_end_matches('/').to_owned());
            }
        }
        Self::Cone { whole, own_files }
    }
}

fn is_skipped(entry: &IndexEntry) -> bool {
    entry.flags_extended & IndexEntryExtendedFlag::SKIP_WORKTREE.bits() != 0
}
