use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::domain::{
    Action, ApplicationName, CommitId, DecidedBy, Environment, FileMode, GuardName, Mode, ObjectId,
    Op, Origin, Reason, Relation, RepoPath, Severity, Verdict,
};
use crate::plan::Value;
use crate::plan::{
    ApplicationPlan, Content, Document, Draft, FileStatus, Finding, Hop, Message, Notice,
    PlannedDifference, ProposalPlan, VersionChange,
};
use crate::port::{BODY_LIMIT, body_size};

const PREVIEW: Purpose<'static> = Purpose::Preview(&Allow::Guards(Vec::new()));

/// A plan of one application whose texts come from the test.
fn plan(name: &str, place: &str, values: &[(String, String)], lines: &[String]) -> Plan {
    let commit = CommitId(ObjectId::from_bytes(&[1; 20]).unwrap());
    let path = RepoPath::parse("apps/api/production.yaml").unwrap();
    let content = |text: String| {
        Some(Content {
            mode: FileMode::Regular,
            bytes: text.into_bytes(),
        })
    };
    let difference = |(i, (before, after)): (usize, &(String, String))| PlannedDifference {
        selector: format!("{path}:$.{i}"),
        path: String::new(),
        shown: place.to_owned(),
        document: Some(Document {
            index: 0,
            kind: Some(name.to_owned()),
            name: Some(place.to_owned()),
            namespace: None,
        }),
        op: Op::Set,
        before: Some(Value::string(before)),
        after: Some(Value::string(after)),
        base: None,
        version: None,
        changes_old_type: false,
        secret: None,
        relation: Relation::Behind,
        undone_by: None,
        versions_between: None,
        changed_by: Vec::new(),
        verdict: if i % 5 == 4 {
            Verdict::keep(Reason::KeepRule(place.to_owned()))
        } else {
            Verdict::promote(Reason::Template("image".into()))
        },
    };
    let file = FilePlan {
        path: path.clone(),
        is_secret: false,
        source_path: None,
        source_mode: None,
        target_mode: Some(crate::domain::FileMode::Regular),
        status: FileStatus::Modified,
        before: content("a\n".to_owned()),
        after: content(lines.join("\n")),
        differences: values.iter().enumerate().map(difference).collect(),
    };
    Draft {
        hop: Hop {
            from: Environment::named(name),
            to: Environment::named("production"),
        },
        reverts: None,
        baseline_of: Vec::new(),
        undone_for: Vec::new(),
        release: None,
        acted_by: None,
        source: commit,
        source_repository: None,
        target: commit,
        decider: DecidedBy::Mode(Mode::Versions),
        action: Action::PullRequest,
        origin: Origin::Defaults,
        applications: vec![ApplicationPlan {
            name: ApplicationName(name.to_owned()),
            version: Some(VersionChange {
                before: None,
                after: Some(place.to_owned()),
            }),
            files: vec![file],
        }],
        baselines: Vec::new(),
        clone_notices: Vec::new(),
        notices: vec![Notice::RemoteMessage {
            remote: name.to_owned(),
            message: place.to_owned(),
        }],
        findings: vec![Finding {
            guard: GuardName::MOVING_VERSION,
            severity: Severity::Hold,
            selector: place.to_owned(),
            message: name.to_owned(),
            command: None,
        }],
        verify: Vec::new(),
        rendered: None,
        faults: Vec::new(),
        message: Message::default(),
        proposal: ProposalPlan::default(),
    }
    .finish()
}

/// Fails unless every fence is closed and every row whole, and nothing stands outside code that a
/// forge would read.
fn assert_sound(text: &str) {
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        if let Some(open) = &fence {
            if ticks.len() >= open.len() {
                assert_eq!(line, open, "a fence is closed by something else");
                fence = None;
            }
            continue;
        }
        if ticks.len() >= 3 {
            let is_known = ["diff", "text"].map(|name| format!("{ticks}{name}"));
            assert!(is_known.iter().any(|known| known == line), "{text}");
            fence = Some(ticks);
            continue;
        }
        if line.starts_with("| ") || line.starts_with("|-") {
            assert_eq!(line.matches('|').count(), 4, "{line:?}");
            assert!(line.ends_with('|'), "{line:?}");
        }
        let bare = without_code(line);
        for c in ['@', '#', '<', '&', '\\', '[', '`'] {
            let known = bare
                .replace("### ", "")
                .replace("<details><summary>", "")
                .replace("</summary>", "")
                .replace("</details>", "");
            assert!(!known.contains(c), "{c:?} in {line:?}");
        }
    }
    assert_eq!(fence, None, "a fence is open at the end");
}

/// A line without its code: spans, and elements whose content holds nothing but text and numbers.
fn without_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    loop {
        let at = [rest.find('`'), rest.find("<code>")]
            .into_iter()
            .flatten()
            .min();
        let Some(at) = at else {
            out.push_str(rest);
            return out;
        };
        // The closing line's own words are code as well.
        out.push_str(&rest[..at]);
        let (inner, after) = if rest[at..].starts_with('`') {
            rest[at + 1..].split_once('`').expect("a span ends")
        } else {
            let (inner, after) = rest[at + 6..]
                .split_once("</code>")
                .expect("an element ends");
            assert!(
                !inner.contains(['<', '|', '`', '@', '\\', '*', '_']),
                "{line:?}"
            );
            (inner, after)
        };
        assert!(!inner.contains('`'));
        rest = after;
    }
}

fn wild() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,40}",
        "[`|\\\\<>@#*_~\\[\\]&!\n\r\t ]{0,30}",
        "\\PC{0,20}",
        Just("</code>`` @everyone #12 GH-3 ```\n~~~\n| x |".to_owned()),
        "`{1,9}",
        "[a-z]{300,400}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn text_from_the_repository_is_only_written_as_code(
        name in wild(),
        place in wild(),
        values in prop::collection::vec((wild(), wild()), 0..8),
        lines in prop::collection::vec(wild(), 0..12),
    ) {
        let text = preview(&plan(&name, &place, &values, &lines), BODY_LIMIT, PREVIEW);
        assert_sound(&text);
    }

    #[test]
    fn a_preview_never_exceeds_its_limit(
        place in wild(),
        values in prop::collection::vec((wild(), wild()), 0..60),
        lines in prop::collection::vec(wild(), 0..60),
        limit in 1500..6000_usize,
    ) {
        let text = preview(&plan("api", &place, &values, &lines), limit, PREVIEW);
        prop_assert!(body_size(&text) <= limit && text.chars().count() <= limit);
        assert_sound(&text);
    }

    #[test]
    fn even_a_tiny_limit_is_respected(limit in 0..400_usize) {
        let values = vec![("1".to_owned(), "2".to_owned()); 9];
        let text = preview(&plan("api", "$.a", &values, &[]), limit, PREVIEW);
        prop_assert!(body_size(&text) <= limit);
    }
}

#[test]
fn a_value_is_in_a_row_and_its_lines_are_in_a_fence() {
    let values = [("1.4".to_owned(), "1.5".to_owned())];
    let text = preview(
        &plan("api", "tag", &values, &["b".to_owned()]),
        BODY_LIMIT,
        PREVIEW,
    );
    assert_snapshot!(text, @r"
    `api` → `production`: 1 difference in 1 file of 1 application.

    **Findings**

    - held by `moving-version`: `api` at `tag`

    **Warnings**

    - <code>message from &#96;api&#96;&#58; tag</code>

    ### `api` (none) → `tag`

    `apps/api/production.yaml`

    | place | before | after |
    |---|---|---|
    | `api/tag tag` | `1.4` | `1.5` |

    ```diff
    --- a/apps/api/production.yaml
    +++ b/apps/api/production.yaml
    @@ -1 +1 @@
    -a
    +b
    \ No newline at end of file
    ```

    <details><summary>Commit message</summary>

    ```text


    Promotion-Id: 0d810c4615187178700112d17cb1bf85
    Promotion-From: api
    Promotion-To: production
    Promotion-Apps: api
    Promotion-Source: 0101010101010101010101010101010101010101
    Promotion-Target: 0101010101010101010101010101010101010101
    Promotion-Mode: versions
    ```

    </details>
    ");
}

#[test]
fn what_is_left_out_is_counted() {
    let value = "x".repeat(100);
    let values = vec![(value.clone(), value); 1000];
    let lines: Vec<String> = (0..9000).map(|i| format!("line {i}")).collect();
    let text = preview(&plan("api", "tag", &values, &lines), BODY_LIMIT, PREVIEW);
    assert!(body_size(&text) <= BODY_LIMIT && body_size(&text) > BODY_LIMIT / 2);
    let rows = text.lines().filter(|l| l.starts_with("| `")).count();
    assert!(text.ends_with(&left_out(
        LeftOut(800 - rows),
        LeftOut(1),
        LeftOut(0),
        LeftOut(0)
    )));
    assert!(text.contains("<summary>200 "));
    assert_snapshot!(left_out(LeftOut(2), LeftOut(1), LeftOut(3), LeftOut(1)), @"

    *Left out for length: 2 differences, the lines of 1 change, 3 rendered resources and the commit message. `git promote diff` shows everything.*
    ");
}

#[test]
fn characters_outside_the_basic_plane_count_as_forges_count_them() {
    let values = vec![("😀".repeat(100), "😀".repeat(100)); 600];
    let text = preview(&plan("api", "tag", &values, &[]), BODY_LIMIT, PREVIEW);
    assert!(body_size(&text) <= BODY_LIMIT);
}

#[test]
fn several_targets_share_the_limit() {
    let values = |count| vec![("a".repeat(100), "b".repeat(100)); count];
    let [short, long] = [1, 1000].map(|count| plan("api", "tag", &values(count), &[]));
    let text = markdown(&[&short, &long], BODY_LIMIT, PREVIEW);
    assert!(body_size(&text) <= BODY_LIMIT && body_size(&text) > BODY_LIMIT * 3 / 4);
    let headings: Vec<&str> = text.lines().filter(|l| l.starts_with("## ")).collect();
    assert_eq!(headings, ["## `production`", "## `production`"]);
    let text = markdown(&[&long, &long], BODY_LIMIT, PREVIEW);
    assert!(body_size(&text) <= BODY_LIMIT);
    assert_eq!(text.matches("Left out for length").count(), 2);
}
