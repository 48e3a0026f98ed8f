//! A forge in memory, over a real remote: it keeps its pull requests, and can fail at any call.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use git_promote::domain::{CommitId, MergeMethod, ObjectId, RepositoryUrl};
use git_promote::port::{
    AutoMerge, Forge, ForgeChecks, ForgeError, Forges, Proposal, PullRequest, PullRequestState,
};

use crate::world::Repo;

/// Which call fails, and whether its effect comes first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fail {
    /// The n-th call does nothing.
    Before(usize),
    /// The n-th call is done, and its answer is lost.
    After(usize),
}

/// Counts calls over the forge and the repository, and fails one of them.
#[derive(Default)]
pub struct Fate {
    calls: AtomicUsize,
    fail: Mutex<Option<Fail>>,
}

impl Fate {
    /// From now on the n-th call fails, counted from 0; `None` lets all through.
    pub fn set(&self, fail: Option<Fail>) {
        self.calls.store(0, Ordering::SeqCst);
        *self.fail.lock().unwrap() = fail;
    }

    /// How many calls there were since it was set.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// Whether this call fails before or after its effect.
    pub fn next(&self) -> (bool, bool) {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        let fail = *self.fail.lock().unwrap();
        (
            fail == Some(Fail::Before(call)),
            fail == Some(Fail::After(call)),
        )
    }
}

/// The forge.
pub struct FakeForge<'w> {
    remote: &'w Repo<'w>,
    /// What fails.
    pub fate: std::sync::Arc<Fate>,
    state: Mutex<State>,
}

/// What the forge keeps.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct State {
    /// The pull requests with their head and base.
    pub requests: Vec<(String, String, PullRequest)>,
    /// Comments by number.
    pub comments: Vec<(u64, String)>,
    /// Numbers of drafts.
    pub drafts: Vec<u64>,
    /// How people were asked for reviews.
    pub asked: Vec<String>,
    /// How each is merged by itself.
    pub merges: Vec<(u64, MergeMethod)>,
    /// How often title or body were written after it was opened.
    pub rewrites: usize,
}

fn unreachable(doing: &str) -> ForgeError {
    ForgeError::Unreachable {
        forge: "fake".to_owned(),
        doing: doing.to_owned(),
        source: "the connection was cut".into(),
    }
}

fn refused(doing: &str, why: &str) -> ForgeError {
    ForgeError::Refused {
        forge: "fake".to_owned(),
        doing: doing.to_owned(),
        source: why.to_owned().into(),
    }
}

impl<'w> FakeForge<'w> {
    /// A forge without pull requests.
    pub fn over(remote: &'w Repo<'w>) -> Self {
        Self {
            remote,
            fate: std::sync::Arc::default(),
            state: Mutex::default(),
        }
    }

    /// Everything that it keeps.
    pub fn state(&self) -> State {
        self.state.lock().unwrap().clone()
    }

    /// A pull request.
    pub fn request(&self, number: u64) -> PullRequest {
        let state = self.state();
        let found = state.requests.iter().find(|(.., r)| r.number == number);
        found.unwrap_or_else(|| panic!("no #{number}")).2.clone()
    }

    /// The number of pull requests.
    pub fn count(&self) -> usize {
        self.state().requests.len()
    }

    /// What a person does to one.
    pub fn edit(&self, number: u64, edit: impl FnOnce(&mut PullRequest)) {
        let mut state = self.state.lock().unwrap();
        let found = state.requests.iter_mut().find(|(.., r)| r.number == number);
        edit(&mut found.unwrap().2);
    }

    fn tip(&self, branch: &str) -> Option<CommitId> {
        let list = self
            .remote
            .git(&["for-each-ref", "--format=%(refname) %(objectname)"]);
        let name = format!("refs/heads/{branch} ");
        let id = list.lines().find_map(|l| l.strip_prefix(&name))?.to_owned();
        Some(CommitId(id.parse::<ObjectId>().unwrap()))
    }

    fn act<T>(
        &self,
        doing: &str,
        effect: impl FnOnce(&mut State) -> Result<T, ForgeError>,
    ) -> Result<T, ForgeError> {
        let (before, after) = self.fate.next();
        if before {
            return Err(unreachable(doing));
        }
        let done = effect(&mut self.state.lock().unwrap())?;
        if after {
            Err(unreachable(doing))
        } else {
            Ok(done)
        }
    }

    fn change(
        &self,
        doing: &str,
        number: u64,
        effect: impl FnOnce(&mut PullRequest, &mut Vec<String>),
    ) -> Result<(), ForgeError> {
        self.act(doing, |state| {
            let mut asked = Vec::new();
            let found = state.requests.iter_mut().find(|(.., r)| r.number == number);
            let (.., request) = found.ok_or_else(|| refused(doing, "there is none"))?;
            effect(request, &mut asked);
            state.asked.extend(asked);
            Ok(())
        })
    }
}

fn add(list: &mut Vec<String>, names: &[String]) {
    for name in names {
        if !list.contains(name) {
            list.push(name.clone());
        }
    }
}

impl Forges for FakeForge<'_> {
    fn pull_requests(&self, _: Option<&RepositoryUrl>) -> Option<&dyn Forge> {
        Some(self)
    }

    fn checks(&self, _: Option<&RepositoryUrl>) -> Option<&dyn ForgeChecks> {
        None
    }
}

#[async_trait]
impl Forge for FakeForge<'_> {
    fn name(&self) -> String {
        "fake.example/acme/shop".to_owned()
    }

    fn history_page(&self, commit: CommitId, path: &str) -> String {
        format!("https://{}/commits/{commit}/{path}", self.name())
    }

    async fn pull_requests(&self, head: &str, base: &str) -> Result<Vec<PullRequest>, ForgeError> {
        self.act("list the pull requests", |state| {
            let mut found: Vec<PullRequest> = state
                .requests
                .iter()
                .filter(|(h, b, _)| h == head && b == base)
                .map(|(.., r)| r.clone())
                .collect();
            found.sort_by_key(|r| (r.state != PullRequestState::Open, u64::MAX - r.number));
            Ok(found)
        })
    }

    async fn open(&self, proposal: &Proposal) -> Result<PullRequest, ForgeError> {
        let doing = "open a pull request";
        let head = self.tip(&proposal.head);
        self.act(doing, |state| {
            let open = state.requests.iter().find(|(h, b, r)| {
                *h == proposal.head && *b == proposal.base && r.state == PullRequestState::Open
            });
            if let Some((.., open)) = open {
                return Ok(open.clone());
            }
            let number = state.requests.len() as u64 + 1;
            let request = PullRequest {
                number,
                url: format!("https://fake.example/acme/shop/pull/{number}"),
                state: PullRequestState::Open,
                title: proposal.title.clone(),
                body: proposal.body.replace('\n', "\r\n"),
                head: head.ok_or_else(|| refused(doing, "there is no such branch"))?,
                labels: Vec::new(),
                reviewers: Vec::new(),
                teams: Vec::new(),
                assignees: Vec::new(),
                merges_when_ready: false,
                id: format!("PR_{number}"),
            };
            if proposal.is_draft {
                state.drafts.push(number);
            }
            let (head, base) = (proposal.head.clone(), proposal.base.clone());
            state.requests.push((head, base, request.clone()));
            Ok(request)
        })
    }

    async fn rewrite(&self, number: u64, title: &str, body: &str) -> Result<(), ForgeError> {
        self.state.lock().unwrap().rewrites += 1;
        self.change("rewrite it", number, |request, _| {
            title.clone_into(&mut request.title);
            body.clone_into(&mut request.body);
        })
    }

    async fn close(&self, number: u64) -> Result<(), ForgeError> {
        self.change("close it", number, |request, _| {
            request.state = PullRequestState::Closed;
        })
    }

    async fn reopen(&self, number: u64) -> Result<(), ForgeError> {
        let old = self.request(number);
        let head = self.state().requests[usize::try_from(number).unwrap() - 1]
            .0
            .clone();
        if self.tip(&head) != Some(old.head) {
            return Err(refused("open it again", "its branch was moved"));
        }
        self.change("open it again", number, |request, _| {
            request.state = PullRequestState::Open;
        })
    }

    async fn comment(&self, number: u64, mark: &str, text: &str) -> Result<(), ForgeError> {
        assert!(text.lines().any(|line| line == mark), "{text}");
        self.act("comment", |state| {
            let is_there = |(n, t): &(u64, String)| *n == number && t.contains(mark);
            if !state.comments.iter().any(is_there) {
                state.comments.push((number, text.to_owned()));
            }
            Ok(())
        })
    }

    async fn label(&self, number: u64, labels: &[String]) -> Result<(), ForgeError> {
        self.change("label it", number, |request, _| {
            add(&mut request.labels, labels);
        })
    }

    async fn request_reviews(
        &self,
        number: u64,
        reviewers: &[String],
        teams: &[String],
    ) -> Result<(), ForgeError> {
        self.change("ask for reviews", number, |request, asked| {
            asked.extend(reviewers.iter().chain(teams).cloned());
            add(&mut request.reviewers, reviewers);
            add(&mut request.teams, teams);
        })
    }

    async fn assign(&self, number: u64, assignees: &[String]) -> Result<(), ForgeError> {
        self.change("assign it", number, |request, _| {
            add(&mut request.assignees, assignees);
        })
    }

    async fn merge_when_ready(
        &self,
        request: &PullRequest,
        method: MergeMethod,
    ) -> Result<AutoMerge, ForgeError> {
        let number = request.number;
        self.state.lock().unwrap().merges.push((number, method));
        self.change("merge it when it is ready", number, |request, _| {
            request.merges_when_ready = true;
        })
        .map(|()| AutoMerge::On)
    }
}
