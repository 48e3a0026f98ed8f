use insta::assert_snapshot;

use super::*;
use crate::domain::{Reason, Verdict};
use crate::plan::{Kind, Value};
use crate::render::sample;

fn shown(plan: &Plan, detail: Detail) -> String {
    shown_on(Canvas::plain(120), plan, detail, &Allow::default())
}

fn shown_on(canvas: Canvas, plan: &Plan, detail: Detail, allow: &Allow) -> String {
    let mut out = Vec::new();
    preview(&mut out, plan, canvas, detail, allow).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_preview_is_an_overview_the_hunks_and_a_summary() {
    assert_snapshot!(shown(&sample::plan(), Detail::default()), @"
    error: envs/staging/web/bad.yaml:3: unclosed bracket (not selected)
    held by moving-version: `1.4.2` would become `latest`
      envs/production/web/deployment.yaml:$.spec.image
      `--allow moving-version` lifts this hold
    warning: the target does not have `mail` yet; `--service mail` or `--new` promotes it

    web  1.4.2 -> 1.5.0
      envs/production/web/deployment.yaml
        Deployment/web  spec.image  1.4.2 -> 1.5.0
      + Deployment/web  spec.debug  false

    new
      envs/production/new/all.yaml  (new, from envs/staging/new/all.yaml, 1 line)

    --- a/envs/production/web/deployment.yaml
    +++ b/envs/production/web/deployment.yaml
    @@ -1,3 +1,4 @@
     spec:
       replicas: 5
    -  image: ghcr.io/acme/web:1.4.2
    +  image: ghcr.io/acme/web:1.5.0
    +  debug: false

    commit message:
        Promote new and web from staging to production

        envs/production/new/all.yaml: new

        Promotion-Id: 6e443f0b608719294629dd5c0efdba44
        Promotion-From: staging
        Promotion-To: production
        Promotion-Apps: new, web
        Promotion-Source: 1111111111111111111111111111111111111111
        Promotion-Target: 2222222222222222222222222222222222222222
        Promotion-Mode: versions

    2 kept: 1 not a version, 1 only in the target (--kept lists them)
    staging -> production: 3 differences in 2 files of 2 applications
    ");
}

#[test]
fn kept_differences_are_listed_with_their_reasons_and_control_characters_are_escaped() {
    let detail = Detail {
        kept: Kept::Listed,
        ..Detail::default()
    };
    assert_snapshot!(shown(&sample::nothing(), detail), @r"
    2 kept: 1 not a version, 1 only in the target

    web
      envs/production/web/deployment.yaml
        Deployment/web  spec.replicas  5 -> 1  (not a version)
      - Deployment/web  spec.affinity  {zone: [a\u{1b}b, europe-west]}  (only in the target)

    nothing to promote from staging to production
    ");
}

#[test]
fn selectors_are_below_their_differences_and_whole_files() {
    let detail = Detail {
        selectors: Selectors::Shown,
        ..Detail::default()
    };
    assert_snapshot!(shown(&sample::plan(), detail), @"
    error: envs/staging/web/bad.yaml:3: unclosed bracket (not selected)
    held by moving-version: `1.4.2` would become `latest`
      envs/production/web/deployment.yaml:$.spec.image
      `--allow moving-version` lifts this hold
    warning: the target does not have `mail` yet; `--service mail` or `--new` promotes it

    web  1.4.2 -> 1.5.0
      envs/production/web/deployment.yaml
        Deployment/web  spec.image  1.4.2 -> 1.5.0
          envs/production/web/deployment.yaml:$.spec.image
      + Deployment/web  spec.debug  false
          envs/production/web/deployment.yaml:$.spec.debug

    new
      envs/production/new/all.yaml  (new, from envs/staging/new/all.yaml, 1 line)
          envs/production/new/all.yaml

    --- a/envs/production/web/deployment.yaml
    +++ b/envs/production/web/deployment.yaml
    @@ -1,3 +1,4 @@
     spec:
       replicas: 5
    -  image: ghcr.io/acme/web:1.4.2
    +  image: ghcr.io/acme/web:1.5.0
    +  debug: false

    commit message:
        Promote new and web from staging to production

        envs/production/new/all.yaml: new

        Promotion-Id: 6e443f0b608719294629dd5c0efdba44
        Promotion-From: staging
        Promotion-To: production
        Promotion-Apps: new, web
        Promotion-Source: 1111111111111111111111111111111111111111
        Promotion-Target: 2222222222222222222222222222222222222222
        Promotion-Mode: versions

    2 kept: 1 not a version, 1 only in the target (--kept lists them)
    staging -> production: 3 differences in 2 files of 2 applications
    ");
}

#[test]
fn colour_marks_only_the_changed_words_of_a_line() {
    let canvas = Canvas {
        palette: crate::render::terminal::Palette::coloured(),
        width: 120,
        is_terminal: true,
    };
    let text = shown_on(
        canvas,
        &sample::plan(),
        Detail::default(),
        &Allow::default(),
    );
    let words = canvas.palette.removed_words;
    let line = text
        .lines()
        .find(|l| l.contains("image: ghcr") && l.contains("4.2"))
        .unwrap();
    assert!(line.contains(&format!("{words}")), "{line:?}");
    assert_eq!(
        anstream::adapter::strip_str(&text).to_string(),
        shown(&sample::plan(), Detail::default())
    );
}

#[test]
fn a_narrow_terminal_shortens_values_unless_full() {
    let detail = Detail {
        kept: Kept::Listed,
        ..Detail::default()
    };
    let full = Detail {
        length: Length::Full,
        ..detail
    };
    let narrow = Canvas::plain(60);
    let allow = Allow::default();
    assert_snapshot!(shown_on(narrow, &sample::nothing(), detail, &allow), @r"
    2 kept: 1 not a version, 1 only in the target

    web
      envs/production/web/deployment.yaml
        Deployment/web  spec.replicas  5 -> 1  (not a version)
      - Deployment/web  spec.affinity  {zone: [a\u{…rope-west]}  (only in the target)

    long values are shortened (--full shows them)
    nothing to promote from staging to production
    ");
    assert_snapshot!(shown_on(narrow, &sample::nothing(), full, &allow), @r"
    2 kept: 1 not a version, 1 only in the target

    web
      envs/production/web/deployment.yaml
        Deployment/web  spec.replicas  5 -> 1  (not a version)
      - Deployment/web  spec.affinity  {zone: [a\u{1b}b, europe-west]}  (only in the target)

    nothing to promote from staging to production
    ");
}

#[test]
fn a_changed_type_is_marked() {
    let shown = |before: Value, after: Value| {
        let mut plan = sample::application();
        let difference = &mut plan.files[0].differences[0];
        difference.changes_old_type = after == Value::string("on");
        (difference.before, difference.after) = (Some(before), Some(after));
        let row = row::Row::of(difference, Length::Shortened);
        let mut out = Vec::new();
        row::write(&mut out, &[row], Canvas::plain(120), Detail::default()).unwrap();
        String::from_utf8(out).unwrap().trim().to_owned()
    };
    let plain = |text: &str| Value::Scalar {
        text: text.to_owned(),
        kind: Kind::of_plain(text),
    };
    let text = Value::string;
    let list = |item| Value::Sequence(vec![item]);
    for (before, after, expected) in [
        (
            text("1.10"),
            plain("1.20"),
            "\"1.10\" -> 1.20  (string -> float)",
        ),
        (
            text("true"),
            plain("true"),
            "\"true\" -> true  (string -> boolean)",
        ),
        (plain("7"), text("7"), "7 -> \"7\"  (integer -> string)"),
        (plain("~"), text("~"), "null -> \"~\"  (null -> string)"),
        (
            text("[a]"),
            list(text("a")),
            "\"[a]\" -> [a]  (string -> list)",
        ),
        (list(text("1")), list(plain("1")), "[\"1\"] -> [1]"),
        (text("1.4.2"), text("1.5.0"), "1.4.2 -> 1.5.0"),
        (
            text("1.4.2"),
            text("on"),
            "1.4.2 -> on  (type changes in YAML 1.1)",
        ),
        (plain("1"), text("on"), "1 -> \"on\"  (integer -> string)"),
    ] {
        assert_eq!(
            shown(before, after),
            format!("Deployment/web  spec.image  {expected}")
        );
    }
}

#[test]
fn a_lifted_hold_is_shown_as_lifted() {
    use crate::domain::GuardName;
    let shown = |allow| {
        shown_on(
            Canvas::plain(120),
            &sample::plan(),
            Detail::default(),
            &allow,
        )
    };
    let text = shown(Allow::All);
    assert_snapshot!(text, @"
    error: envs/staging/web/bad.yaml:3: unclosed bracket (not selected)
    lifted the hold of moving-version: `1.4.2` would become `latest`
      envs/production/web/deployment.yaml:$.spec.image
    warning: the target does not have `mail` yet; `--service mail` or `--new` promotes it

    web  1.4.2 -> 1.5.0
      envs/production/web/deployment.yaml
        Deployment/web  spec.image  1.4.2 -> 1.5.0
      + Deployment/web  spec.debug  false

    new
      envs/production/new/all.yaml  (new, from envs/staging/new/all.yaml, 1 line)

    --- a/envs/production/web/deployment.yaml
    +++ b/envs/production/web/deployment.yaml
    @@ -1,3 +1,4 @@
     spec:
       replicas: 5
    -  image: ghcr.io/acme/web:1.4.2
    +  image: ghcr.io/acme/web:1.5.0
    +  debug: false

    commit message:
        Promote new and web from staging to production

        envs/production/new/all.yaml: new

        Promotion-Id: 6e443f0b608719294629dd5c0efdba44
        Promotion-From: staging
        Promotion-To: production
        Promotion-Apps: new, web
        Promotion-Source: 1111111111111111111111111111111111111111
        Promotion-Target: 2222222222222222222222222222222222222222
        Promotion-Mode: versions
        Promotion-Allowed: moving-version

    2 kept: 1 not a version, 1 only in the target (--kept lists them)
    staging -> production: 3 differences in 2 files of 2 applications
    ");
    assert_eq!(shown(Allow::Guards(vec![GuardName::MOVING_VERSION])), text);
}

#[test]
fn stat_counts_lines_as_git_does() {
    let mut out = Vec::new();
    stat(&mut out, &sample::plan(), Canvas::plain(80)).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.lines().all(|line| line.starts_with(' ')), "{text}");
    assert_snapshot!(text, @"
    envs/production/web/deployment.yaml | 3 ++-
    envs/production/new/all.yaml        | 1 +
    2 files changed, 3 insertions(+), 1 deletion(-)
    ");
}

#[test]
fn name_only_prints_the_targets_paths() {
    let mut out = Vec::new();
    name_only(&mut out, &sample::plan()).unwrap();
    assert_snapshot!(String::from_utf8(out).unwrap(), @"
    envs/production/web/deployment.yaml
    envs/production/new/all.yaml
    ");
}

#[test]
fn a_long_preview_is_summed_up_for_each_application() {
    let mut application = sample::application();
    let file = &mut application.files[0];
    let promoted = file.promoted().next().unwrap().clone();
    file.differences.extend(vec![promoted; 100]);
    let plan = sample::of(vec![application, sample::new_application()]);
    assert_snapshot!(shown(&plan, Detail::default()), @"
    error: envs/staging/web/bad.yaml:3: unclosed bracket (not selected)
    held by moving-version: `1.4.2` would become `latest`
      envs/production/web/deployment.yaml:$.spec.image
      `--allow moving-version` lifts this hold
    warning: the target does not have `mail` yet; `--service mail` or `--new` promotes it

    web  1.4.2 -> 1.5.0  (102 differences in 1 file)
    new  (1 difference in 1 file)

    summed up for each application (--full lists all differences)

    2 kept: 1 not a version, 1 only in the target (--kept lists them)
    staging -> production: 103 differences in 2 files of 2 applications
    ");
    let full = Detail {
        length: Length::Full,
        ..Detail::default()
    };
    assert!(shown(&plan, full).contains("\n+++ b/envs/production/web/deployment.yaml\n"));
}

#[test]
fn what_came_with_a_version_is_marked() {
    let mut plan = sample::application();
    let difference = &mut plan.files[0].differences[0];
    for (reason, is_marked) in [(Reason::CameWithVersion, true), (Reason::OnlyExact, false)] {
        difference.verdict = Verdict::promote(reason);
        let mut out = Vec::new();
        let row = row::Row::of(difference, Length::Shortened);
        row::write(&mut out, &[row], Canvas::plain(120), Detail::default()).unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert_eq!(
            shown.contains("(came with the version)"),
            is_marked,
            "{shown}"
        );
    }
}
