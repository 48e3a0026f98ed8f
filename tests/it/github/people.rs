//! Accounts, and what their tokens may do.

/// An account with a token.
#[derive(Clone, Debug)]
pub struct Account {
    pub login: String,
    pub token: String,
    /// Whether it sees the repository at all.
    pub has_access: bool,
    /// E.g. `pull_requests: write`; writing implies reading.
    pub permissions: Vec<String>,
}

impl Account {
    /// An account that may do all that a promotion needs.
    pub fn of(login: &str, token: &str) -> Self {
        let all = [
            "contents: write",
            "pull_requests: write",
            "issues: write",
            "statuses: read",
            "checks: read",
            "actions: write",
            "members: read",
        ];
        Self {
            login: login.to_owned(),
            token: token.to_owned(),
            has_access: true,
            permissions: all.map(str::to_owned).to_vec(),
        }
    }

    /// The same with these permissions only.
    pub fn with(mut self, permissions: &[&str]) -> Self {
        self.permissions = permissions.iter().map(|&p| p.to_owned()).collect();
        self
    }

    /// The same, of a repository that it does not see.
    pub fn without_access(mut self) -> Self {
        self.has_access = false;
        self
    }

    pub fn may(&self, needed: &str) -> bool {
        let has = |one: &str| self.permissions.iter().any(|held| held == one);
        has(needed) || has(&needed.replace(": read", ": write"))
    }
}
