use insta::assert_snapshot;

use super::*;
use crate::domain::{CommitId, Environment, FileMode, ObjectId, RepoPath};

const WEB: &str = "envs/production/web/web.yaml";

/// An example of every notice, as a chain: the match makes a new notice join it.
#[expect(clippy::too_many_lines, reason = "one line for each notice")]
fn after(notice: &Notice) -> Option<Notice> {
    let text = str::to_owned;
    let file = || RepoPath::parse(WEB).unwrap();
    let not_updated = |obstacle| {
        Some(Notice::LocalBranchNotUpdated {
            branch: "main".into(),
            obstacle,
        })
    };
    match notice {
        Notice::Configuration { .. } => Some(Notice::ConfigurationInFolder {
            path: text("envs/promote.yaml"),
        }),
        Notice::ConfigurationInFolder { .. } => {
            let mut environment = Environment::named("production");
            environment.aliases = vec![text("prod"), text("prd")];
            Some(Notice::EnvironmentWithoutPaths(environment))
        }
        Notice::EnvironmentWithoutPaths(_) => Some(Notice::ApplicationWithoutFiles {
            product: text("shop"),
            application: text("cart"),
        }),
        Notice::ApplicationWithoutFiles { .. } => Some(product(ProductOrigin::Folder)),
        Notice::ProductByDefault {
            origin: ProductOrigin::Folder,
            ..
        } => Some(product(ProductOrigin::Configuration)),
        Notice::ProductByDefault { .. } => Some(Notice::UnreadableNames { count: 1 }),
        Notice::UnreadableNames { count: 1 } => Some(Notice::UnreadableNames { count: 2 }),
        Notice::UnreadableNames { .. } => Some(Notice::Overlap {
            path: text(WEB),
            used: text("envs/staging/web/web.yaml"),
            ignored: text("envs/stg/web/web.yaml"),
        }),
        Notice::Overlap { .. } => Some(Notice::NoPromotionInHistory {
            paths: vec![file()],
        }),
        Notice::NoPromotionInHistory { paths } if paths.len() == 1 => {
            Some(Notice::NoPromotionInHistory {
                paths: vec![file(), file()],
            })
        }
        Notice::NoPromotionInHistory { .. } => Some(Notice::LeftOutBefore {
            versions: vec![text("web tag 1 -> 2")],
        }),
        Notice::LeftOutBefore { versions } if versions.len() == 1 => Some(Notice::LeftOutBefore {
            versions: vec![text("web tag 1 -> 2"), text("api tag 1 -> 2")],
        }),
        Notice::LeftOutBefore { .. } => Some(Notice::HistoryLimit { limit: 2_000 }),
        Notice::HistoryLimit { .. } => Some(Notice::ShallowHistory),
        Notice::ShallowHistory => Some(undone(&["web tag 1 -> 2"])),
        Notice::UndoneBefore { changes, .. } if changes.len() == 1 => {
            Some(undone(&["web tag 1 -> 2", "api tag 1 -> 2"]))
        }
        Notice::UndoneBefore { .. } => Some(Notice::VersionOfCommit(VersionOrigin {
            environment: text("staging"),
            application: text("web"),
            versions: vec![text("1.3.2")],
            commit: CommitId(ObjectId::from_bytes(&[0x11; 20])?),
        })),
        Notice::VersionOfCommit(_) => Some(Notice::ChangesElsewhere {
            paths: vec![text("README.md"), text("docs/web.md")],
        }),
        Notice::ChangesElsewhere { .. } => Some(selection_kept(1)),
        Notice::SelectionKept { kept, .. } if kept.len() == 1 => Some(selection_kept(5)),
        Notice::SelectionKept { .. } => Some(Notice::DigestKept {
            path: file(),
            selector: format!("{WEB}:$.image.digest"),
        }),
        Notice::DigestKept { .. } => Some(followed(1)),
        Notice::AnchorFollowed { places, .. } if places.len() == 1 => Some(followed(7)),
        Notice::AnchorFollowed { .. } => {
            Some(mode_changed(FileMode::Regular, FileMode::Executable))
        }
        Notice::ModeChanged {
            after: FileMode::Executable,
            ..
        } => Some(mode_changed(FileMode::Executable, FileMode::Regular)),
        Notice::ModeChanged { .. } => Some(Notice::SubmoduleKept { path: file() }),
        Notice::SubmoduleKept { .. } => Some(new_applications(1)),
        Notice::NewApplicationsKept { names } if names.len() == 1 => Some(new_applications(7)),
        Notice::NewApplicationsKept { .. } => Some(unreferenced()),
        Notice::Unreferenced { .. } => Some(Notice::PreviewByPolicy {
            policy: text("freeze"),
        }),
        Notice::PreviewByPolicy { .. } => Some(Notice::ReservedTrailer {
            key: text("Promotion-Id"),
        }),
        Notice::ReservedTrailer { .. } => Some(Notice::OtherBranchCheckedOut {
            current: text("topic"),
            branch: text("main"),
        }),
        Notice::OtherBranchCheckedOut { .. } => Some(uncommitted(1)),
        Notice::UncommittedChanges { paths } if paths.len() == 1 => Some(uncommitted(7)),
        Notice::UncommittedChanges { .. } => Some(unpushed(1)),
        Notice::UnpushedCommits { count: 1, .. } => Some(unpushed(2)),
        Notice::UnpushedCommits { .. } => Some(not_fetched(Some("origin"))),
        Notice::NotFetched {
            remote: Some(_), ..
        } => Some(not_fetched(None)),
        Notice::NotFetched { remote: None, .. } => Some(remote_message()),
        Notice::RemoteMessage { .. } => Some(not_tracked(Some("main.lock"))),
        Notice::TrackingBranchNotUpdated { lock: Some(_), .. } => Some(not_tracked(None)),
        Notice::TrackingBranchNotUpdated { lock: None, .. } => {
            not_updated(Obstacle::UnpushedCommits {
                remote: text("origin"),
            })
        }
        Notice::LocalBranchNotUpdated { obstacle, .. } => match obstacle {
            Obstacle::UnpushedCommits { .. } => not_updated(Obstacle::Moved),
            Obstacle::Moved => not_updated(Obstacle::LocalChanges {
                paths: vec![text("a.yaml"), text("b.yaml")],
            }),
            Obstacle::LocalChanges { .. } => not_updated(Obstacle::Failed {
                error: text("could not lock: Permission denied"),
            }),
            Obstacle::Failed { .. } => Some(settings_ignored()),
        },
        Notice::PullRequestSettingsIgnored { .. } => {
            Some(Notice::AutoMergeNotNeeded { base: text("main") })
        }
        Notice::AutoMergeNotNeeded { .. } => Some(Notice::BranchNotDeleted {
            branch: text("promote/staging-to-production/web"),
            remote: text("origin"),
            message: text("deletion prohibited"),
        }),
        Notice::BranchNotDeleted { .. } => Some(Notice::StartOfPushMissing {
            commit: "7".repeat(40),
            instead: CommitId("8".repeat(40).parse().ok()?),
        }),
        Notice::StartOfPushMissing { .. } => None,
    }
}

fn product(origin: ProductOrigin) -> Notice {
    let product = "loans".to_owned();
    Notice::ProductByDefault { product, origin }
}

fn mode_changed(before: FileMode, after: FileMode) -> Notice {
    Notice::ModeChanged {
        path: RepoPath::parse(WEB).unwrap(),
        before,
        after,
    }
}

fn unreferenced() -> Notice {
    Notice::Unreferenced {
        application: "mail".into(),
        path: "envs/production/kustomization.yaml".into(),
        entries: vec!["mail".into()],
    }
}

fn undone(changes: &[&str]) -> Notice {
    Notice::UndoneBefore {
        commit: CommitId("5".repeat(40).parse().unwrap()),
        changes: changes.iter().map(ToString::to_string).collect(),
    }
}

fn uncommitted(count: usize) -> Notice {
    let paths = (1..=count).map(|n| format!("envs/staging/web/{n}.yaml"));
    Notice::UncommittedChanges {
        paths: paths.collect(),
    }
}

fn unpushed(count: usize) -> Notice {
    Notice::UnpushedCommits {
        branch: "main".into(),
        remote: "origin".into(),
        count,
    }
}

fn remote_message() -> Notice {
    Notice::RemoteMessage {
        remote: "origin".into(),
        message: "To deploy it, visit https://deploy.example".into(),
    }
}

fn settings_ignored() -> Notice {
    Notice::PullRequestSettingsIgnored {
        settings: vec!["draft", "labels"],
    }
}

fn not_fetched(remote: Option<&str>) -> Notice {
    Notice::NotFetched {
        error: "remote `origin` could not be reached".into(),
        branch: "main".into(),
        remote: remote.map(str::to_owned),
    }
}

fn not_tracked(lock: Option<&str>) -> Notice {
    Notice::TrackingBranchNotUpdated {
        reference: "refs/remotes/origin/main".into(),
        remote: "origin".into(),
        lock: lock.map(str::to_owned),
    }
}

fn selection_kept(count: usize) -> Notice {
    let kept = |n| (format!("{WEB}:$.a{n}.replicas"), Reason::NotVersion);
    Notice::SelectionKept {
        pattern: "replicas".into(),
        kept: (1..=count).map(kept).collect(),
    }
}

fn followed(count: usize) -> Notice {
    Notice::AnchorFollowed {
        path: RepoPath::parse(WEB).unwrap(),
        selector: format!("{WEB}:$.image.tag"),
        anchor: "tag".into(),
        places: (1..=count).map(|n| format!("$['job{n}']")).collect(),
    }
}

#[test]
fn every_notice_has_a_message() {
    let first = Notice::Configuration {
        file: "promote.yaml".into(),
        line: 3,
        column: 5,
        message: "application `web` is repeated".into(),
    };
    let lines = std::iter::successors(Some(first), after).map(|notice| {
        let (path, message) = (path(&notice).unwrap_or("-"), message(&notice));
        format!("{path:<29}| {message}")
    });
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
    promote.yaml                 | promote.yaml:3:5: application `web` is repeated
    envs/promote.yaml            | not used: the configuration must be `promote.yaml` at the root
    -                            | environment `production` is configured, but no path contains its name or an alias (`prod`, `prd`)
    -                            | product `shop` lists the application `cart`, which has no files
    -                            | only the applications of product `loans`, to which this folder belongs; `--all` selects all
    -                            | only the applications of product `loans`, the default of the configuration; `--all` selects all
    -                            | skipped 1 file name with invalid UTF-8
    -                            | skipped 2 file names with invalid UTF-8
    envs/production/web/web.yaml | both `envs/staging/web/web.yaml` and `envs/stg/web/web.yaml` map to this file; the second is ignored
    -                            | the history of `envs/production/web/web.yaml` has no promotion, so `changes` only promotes versions there; `--base REV` names the source's state at the last one
    -                            | the history of 2 files, such as `envs/production/web/web.yaml`, has no promotion, so `changes` only promotes versions there; `--base REV` names the source's state at the last one
    -                            | web tag 1 -> 2 stays: the last two promotions left it out
    -                            | web tag 1 -> 2 and 1 other version stay: the last two promotions left them out
    -                            | the newest 2000 commits of a file do not show what its last promotions took; `--history N` looks at more
    -                            | the clone is shallow, so it is unknown what the last promotions took and left out; `git fetch --unshallow` gets the history
    -                            | web tag 1 -> 2 was promoted before, and undone in 5555555
    -                            | web tag 1 -> 2 and 1 other change were promoted before, and undone in 5555555
    -                            | web is promoted as staging had it in 1111111, with version 1.3.2
    -                            | the commit also changed files that the promotion did not, which stay: README.md, docs/web.md
    -                            | `--only replicas` matches 1 difference, which is kept (not a version); `--only "envs/production/web/web.yaml:$.a1.replicas"` promotes it
    -                            | `--only replicas` matches 5 differences, which are all kept; exact selectors promote them: `--only "envs/production/web/web.yaml:$.a1.replicas"` (not a version), `--only "envs/production/web/web.yaml:$.a2.replicas"` (not a version), `--only "envs/production/web/web.yaml:$.a3.replicas"` (not a version) and 2 more
    envs/production/web/web.yaml | the tag is promoted, but the digest `envs/production/web/web.yaml:$.image.digest` is kept; they may not match
    envs/production/web/web.yaml | changing `envs/production/web/web.yaml:$.image.tag` also changes `$['job1']`, which only the target has: they share the anchor `tag`
    envs/production/web/web.yaml | changing `envs/production/web/web.yaml:$.image.tag` also changes `$['job1']`, `$['job2']`, `$['job3']`, `$['job4']`, `$['job5']`, `$['job6']`, `$['job7']`, which only the target has: they share the anchor `tag`
    envs/production/web/web.yaml | the file becomes executable: mode 100644 -> 100755
    envs/production/web/web.yaml | the file is no longer executable: mode 100755 -> 100644
    envs/production/web/web.yaml | submodules are not promoted; if the new application needs this one, add it by hand
    -                            | the target does not have `mail` yet; `--service mail` or `--new` promotes it
    -                            | the target does not have 7 applications yet: `mail`, `shop/api`, `shop/web`, `auth`, `docs` and 2 more; `--service NAME` promotes one, `--new` all
    envs/production/kustomization.yaml| does not list the new application `mail`; add `mail` to `resources` to deploy it
    -                            | policy `freeze` sets `action: none`: this is only a preview
    -                            | removed `Promotion-Id` from the message body: only git-promote writes `Promotion-` trailers
    -                            | `topic` is checked out, but the target branch is `main`
    -                            | `envs/staging/web/1.yaml` has uncommitted changes, which are not included
    -                            | `envs/staging/web/1.yaml`, `envs/staging/web/2.yaml`, `envs/staging/web/3.yaml`, `envs/staging/web/4.yaml`, `envs/staging/web/5.yaml` and 2 more have uncommitted changes, which are not included
    -                            | local branch `main` has 1 commit that `origin` does not have; unpushed commits are not included
    -                            | local branch `main` has 2 commits that `origin` does not have; unpushed commits are not included
    -                            | remote `origin` could not be reached; using `main` of `origin` as last fetched
    -                            | remote `origin` could not be reached; using the local branch `main`
    -                            | message from `origin`: To deploy it, visit https://deploy.example
    -                            | could not update `refs/remotes/origin/main` in this clone: the lock file `main.lock` exists
    -                            | could not update `refs/remotes/origin/main` in this clone; `git remote prune origin` removes stale branches that may block it
    -                            | local branch `main` was not updated: it has commits that `origin/main` does not have; run `git pull --rebase`
    -                            | local branch `main` was not updated: it moved meanwhile; run `git pull`
    -                            | local branch `main` was not updated: there are local changes in a.yaml, b.yaml; commit, stash or move them, then run `git pull`
    -                            | local branch `main` was not updated: could not lock: Permission denied; run `git pull` when that is fixed
    -                            | no pull request was opened, so these settings have no effect: draft, labels
    -                            | auto-merge is not needed: no rule of `main` blocks merging, so merge the pull request when you are ready
    -                            | `origin` refused to delete the branch `promote/staging-to-production/web`: deletion prohibited
    -                            | `7777777777777777777777777777777777777777` is not in this clone, as after a forced push; the commits since 8888888 are examined
    "#);
}

fn new_applications(count: usize) -> Notice {
    let names = [
        "mail", "shop/api", "shop/web", "auth", "docs", "jobs", "search",
    ];
    Notice::NewApplicationsKept {
        names: names.iter().take(count).map(ToString::to_string).collect(),
    }
}
