//! A repository in memory: one commit, one branch, no Git.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use git_promote::adapter::runner::LocalRunner;
use git_promote::config;
use git_promote::domain::{CommitId, ConfigText, FileMode, ObjectId, RepositoryUrl};
use git_promote::engine::Ports;
use git_promote::plan::Notice;
use git_promote::port::{
    Advance, Branch, BranchChoice, Clock, CommitRequest, Expected, Forge, ForgeChecks, Forges,
    FoundCommit, History, MessageSearch, NoObserver, PastCommit, ProposedBranch, Reading, Rename,
    Repository, RepositoryError, SettingsError, SettingsReader, Snapshot, TreeEntry, Walk,
};
use sha2::{Digest, Sha256};

/// Files of one commit.
#[derive(Clone, Default)]
pub struct Memory {
    blobs: BTreeMap<ObjectId, Vec<u8>>,
    trees: BTreeMap<ObjectId, Vec<(String, ObjectId, FileMode)>>,
    root: Option<ObjectId>,
    reads: Arc<AtomicUsize>,
}

impl Memory {
    /// Holds these files.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut memory = Self::default();
        let mut all: BTreeMap<String, ObjectId> = BTreeMap::new();
        for (path, bytes) in files {
            let id = hash(bytes);
            memory.blobs.insert(id, bytes.to_vec());
            all.insert(path.to_owned(), id);
        }
        memory.root = Some(memory.folder("", &all));
        memory
    }

    fn folder(&mut self, prefix: &str, all: &BTreeMap<String, ObjectId>) -> ObjectId {
        let mut entries: BTreeMap<String, (ObjectId, FileMode)> = BTreeMap::new();
        let below = all
            .iter()
            .filter_map(|(p, id)| Some((p.strip_prefix(prefix)?, id)));
        for (rest, id) in below.collect::<Vec<_>>() {
            if let Some((folder, _)) = rest.split_once('/') {
                if !entries.contains_key(folder) {
                    let id = self.folder(&format!("{prefix}{folder}/"), all);
                    entries.insert(folder.to_owned(), (id, FileMode::Directory));
                }
            } else {
                entries.insert(rest.to_owned(), (*id, FileMode::Regular));
            }
        }
        let entries: Vec<_> = entries
            .into_iter()
            .map(|(n, (id, mode))| (n, id, mode))
            .collect();
        let id = hash(format!("{entries:?}").as_bytes());
        self.trees.insert(id, entries);
        id
    }

    /// All files with their paths.
    pub fn files(&self) -> Vec<(String, &[u8])> {
        let mut files = Vec::new();
        let mut open: Vec<(String, ObjectId)> = self
            .root
            .map(|root| (String::new(), root))
            .into_iter()
            .collect();
        while let Some((prefix, tree)) = open.pop() {
            for (name, id, mode) in &self.trees[&tree] {
                let path = format!("{prefix}{name}");
                if *mode == FileMode::Directory {
                    open.push((path + "/", *id));
                } else {
                    files.push((path, self.blobs[id].as_slice()));
                }
            }
        }
        files
    }

    /// A file's content.
    pub fn file(&self, path: &str) -> Option<&[u8]> {
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        let folders = folders.split('/').filter(|folder| !folder.is_empty());
        let entry = |tree: ObjectId, name: &str| {
            let entries = self.trees.get(&tree)?;
            entries
                .iter()
                .find(|(n, ..)| n == name)
                .map(|(_, id, _)| *id)
        };
        let tree = folders.fold(self.root, |tree, folder| entry(tree?, folder))?;
        self.blobs.get(&entry(tree, name)?).map(Vec::as_slice)
    }

    /// How often a blob was read.
    pub fn reads(&self) -> usize {
        self.reads.load(Ordering::Relaxed)
    }

    /// The ports over this repository.
    pub fn ports(&self) -> Ports<'_> {
        Ports {
            repository: self,
            history: self,
            forges: &NoForge,
            settings: &Reader,
            preview: &git_promote::render::MarkdownPreview,
            runner: &LocalRunner,
            clock: &Still,
            observer: &NoObserver,
            acted_by: None,
        }
    }

    fn commit(&self) -> CommitId {
        CommitId(self.root.expect("made with its root"))
    }
}

fn hash(bytes: &[u8]) -> ObjectId {
    ObjectId::from_bytes(&Sha256::digest(bytes)[..20]).expect("20 bytes")
}

fn missing(id: ObjectId) -> RepositoryError {
    RepositoryError::MissingObject {
        id: id.to_string(),
        shallow: false,
    }
}

impl Snapshot for Memory {
    fn commit(&self) -> CommitId {
        Self::commit(self)
    }

    fn root(&self) -> ObjectId {
        self.commit().0
    }

    fn read_tree(
        &self,
        tree: ObjectId,
        visit: &mut dyn FnMut(TreeEntry<'_>),
    ) -> Result<(), RepositoryError> {
        let entries = self.trees.get(&tree).ok_or_else(|| missing(tree))?;
        for (name, id, mode) in entries {
            visit(TreeEntry {
                name: name.as_bytes(),
                id: *id,
                mode: *mode,
            });
        }
        Ok(())
    }

    fn blob_size(&self, blob: ObjectId) -> Result<u64, RepositoryError> {
        let bytes = self.blobs.get(&blob).ok_or_else(|| missing(blob))?;
        Ok(bytes.len() as u64)
    }

    fn read_blob(&self, blob: ObjectId) -> Result<Vec<u8>, RepositoryError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.blobs.get(&blob).cloned().ok_or_else(|| missing(blob))
    }
}

/// No repository is on a forge.
struct NoForge;

impl Forges for NoForge {
    fn pull_requests(&self, _: Option<&RepositoryUrl>) -> Option<&dyn Forge> {
        None
    }

    fn checks(&self, _: Option<&RepositoryUrl>) -> Option<&dyn ForgeChecks> {
        None
    }
}

#[async_trait]
impl Repository for Memory {
    async fn branch(&self, _: &BranchChoice) -> Result<Branch, RepositoryError> {
        Ok(Branch {
            name: "main".to_owned(),
            repository: None,
            remote: None,
            url: None,
            tip: self.commit(),
            is_default: true,
            notices: Vec::new(),
        })
    }

    fn revision(
        &self,
        revision: &str,
        _: Option<&RepositoryUrl>,
    ) -> Result<CommitId, RepositoryError> {
        Err(RepositoryError::UnknownRevision {
            revision: revision.to_owned(),
        })
    }

    fn is_this(&self, _: &RepositoryUrl) -> Result<bool, RepositoryError> {
        Ok(false)
    }

    fn uncommitted(&self, _: &[String]) -> Result<Vec<String>, RepositoryError> {
        Ok(Vec::new())
    }

    fn snapshot(&self, _: CommitId) -> Result<Arc<dyn Snapshot>, RepositoryError> {
        Ok(Arc::new(self.clone()))
    }

    async fn write_commit(&self, _: CommitRequest) -> Result<CommitId, RepositoryError> {
        Ok(self.commit())
    }

    async fn advance(&self, _: &Branch, _: CommitId) -> Result<Advance, RepositoryError> {
        Ok(Advance::Overtaken)
    }

    async fn catch_up(&self, _: &Branch) -> Result<Vec<Notice>, RepositoryError> {
        Ok(Vec::new())
    }

    async fn proposed(
        &self,
        _: &Branch,
        _: &str,
    ) -> Result<Option<ProposedBranch>, RepositoryError> {
        Ok(None)
    }

    async fn replace(
        &self,
        _: &Branch,
        _: &str,
        _: Expected,
        _: Option<CommitId>,
    ) -> Result<Advance, RepositoryError> {
        Ok(Advance::Overtaken)
    }

    async fn branches_with_prefix(
        &self,
        _: &Branch,
        _: &str,
    ) -> Result<Vec<String>, RepositoryError> {
        Ok(Vec::new())
    }

    fn identity(&self) -> Result<String, RepositoryError> {
        Ok("Ada <ada@example.com>".to_owned())
    }

    fn branches(&self) -> Result<Vec<String>, RepositoryError> {
        Ok(vec!["main".to_owned()])
    }
}

impl History for Memory {
    fn walk(
        &self,
        _: &Walk<'_>,
        _: &mut dyn FnMut(PastCommit) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        Ok(())
    }

    fn since(&self, _: CommitId, _: Option<CommitId>) -> Result<Vec<PastCommit>, RepositoryError> {
        Ok(Vec::new())
    }

    fn commit(&self, id: CommitId) -> Result<PastCommit, RepositoryError> {
        Err(RepositoryError::UnknownRevision {
            revision: id.to_string(),
        })
    }

    fn is_ancestor(&self, older: CommitId, newer: CommitId) -> Result<bool, RepositoryError> {
        Ok(older == newer)
    }

    fn is_shallow(&self) -> bool {
        false
    }

    fn renames(&self, _: &PastCommit) -> Result<Vec<Rename>, RepositoryError> {
        Ok(Vec::new())
    }

    fn merged(&self, _: &PastCommit) -> Result<Vec<FoundCommit>, RepositoryError> {
        Ok(Vec::new())
    }

    fn ancestry(
        &self,
        _: CommitId,
        _: CommitId,
    ) -> Result<Vec<(CommitId, Vec<CommitId>)>, RepositoryError> {
        Ok(Vec::new())
    }

    fn search(
        &self,
        _: &MessageSearch<'_>,
        _: &mut dyn FnMut(FoundCommit) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        Ok(())
    }
}

/// A clock that stands, and waits for nothing.
pub struct Still;

#[async_trait]
impl Clock for Still {
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn now(&self) -> i64 {
        0
    }

    async fn pause(&self, _: Duration) {}
}

struct Reader;

impl SettingsReader for Reader {
    fn read(&self, main: ConfigText<'_>, _: &[ConfigText<'_>]) -> Result<Reading, SettingsError> {
        let read = config::read(main.text, main.file).map_err(|faults| SettingsError {
            file: main.file.to_owned(),
            reports: vec![faults.to_string()],
        })?;
        Ok(Reading {
            settings: read.settings,
            notices: Vec::new(),
            unused: Vec::new(),
        })
    }
}
