//! The numbers of pull requests in messages, as forges write them.

/// The start of a merge's first line, up to the number: GitHub's, then Azure DevOps'.
const STARTS: [&str; 2] = ["Merge pull request #", "Merged PR "];

/// What comes before a number in brackets: GitHub's and Gitea's `(#12)`, then Bitbucket's.
const IN_BRACKETS: [&str; 2] = ["(#", "(pull request #"];

/// The start of GitLab's last line.
const GITLAB: &str = "See merge request ";

/// The number of the pull request that a merge commit's message names.
pub(super) fn pull_request(message: &str) -> Option<u64> {
    let title = message.lines().next()?;
    let at_start = || {
        STARTS
            .iter()
            .find_map(|start| number(title.strip_prefix(start)?))
    };
    let of_gitlab = || {
        let mut lines = message.lines().rev();
        let reference = lines.find_map(|line| line.strip_prefix(GITLAB))?;
        number(reference.rsplit_once('!')?.1)
    };
    at_start().or_else(|| in_brackets(title)).or_else(of_gitlab)
}

/// The number of the pull request that the title of a squashed commit names, at its end or as Azure
/// DevOps does.
pub(super) fn of_squash(title: &str) -> Option<u64> {
    let [_, azure] = STARTS;
    if let Some(rest) = title.strip_prefix(azure) {
        return number(rest);
    }
    title.ends_with(')').then(|| in_brackets(title)).flatten()
}

/// The last number in brackets.
fn in_brackets(title: &str) -> Option<u64> {
    IN_BRACKETS.iter().find_map(|start| {
        let (_, rest) = title.rsplit_once(start)?;
        let (digits, _) = rest.split_once(')')?;
        digits.parse().ok()
    })
}

/// The digits at the start of a text.
pub(super) fn number(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit());
    text[..end.unwrap_or(text.len())].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forges_name_the_pull_request_in_the_merge() {
        for (message, expected) in [
            ("Merge pull request #12 from acme/promote/a-to-b", Some(12)),
            (
                "Merge pull request 'Promote web' (#12) from a into b",
                Some(12),
            ),
            (
                "Merged in promote/a (pull request #12)\n\nPromote web",
                Some(12),
            ),
            ("Merged PR 12: Promote web", Some(12)),
            (
                "Merge branch 'a' into 'main'\n\nPromote web\n\nSee merge request acme/shop!12\n",
                Some(12),
            ),
            ("Merge branch 'a' into 'main'", None),
            ("Merge pull request #x from a", None),
            ("", None),
        ] {
            assert_eq!(pull_request(message), expected, "{message:?}");
        }
    }

    #[test]
    fn a_squashed_commit_names_it_at_the_end_of_its_title() {
        for (title, expected) in [
            ("Promote web (#12)", Some(12)),
            ("Promote web (#3) (#12)", Some(12)),
            ("Merged PR 12: Promote web", Some(12)),
            ("Promote (#12) web", None),
            ("Promote web (12)", None),
            ("Promote web", None),
        ] {
            assert_eq!(of_squash(title), expected, "{title:?}");
        }
    }
}
