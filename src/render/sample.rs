//! Sample plans for tests.

use crate::domain::{
    Action, ApplicationName, CommitId, DecidedBy, Environment, FileMode, GuardName, Mode, ObjectId,
    Op, Origin, Reason, Relation, RepoPath, Severity, Verdict,
};
use crate::plan::VersionField;
use crate::plan::{
    ApplicationPlan, Baseline, Content, Document, Draft, FileFault, FilePlan, FileStatus, Finding,
    Hop, LastPromotion, Message, Notice, Plan, PlannedDifference, ProposalPlan, Provenance,
    SourceChange, VersionChange,
};
use crate::plan::{Kind, Value};

const DEPLOYMENT: &str = "envs/production/web/deployment.yaml";
const BEFORE: &str = "spec:\n  replicas: 5\n  image: ghcr.io/acme/web:1.4.2\n";
const AFTER: &str = "spec:\n  replicas: 5\n  image: ghcr.io/acme/web:1.5.0\n  debug: false\n";

/// A plan of two applications with a changed file, a new file, kept differences and notes.
pub(crate) fn plan() -> Plan {
    of(vec![application(), new_application()])
}

/// A plan of these applications, with notes.
pub(crate) fn of(applications: Vec<ApplicationPlan>) -> Plan {
    draft(applications).finish()
}

/// A plan that only keeps differences.
pub(crate) fn nothing() -> Plan {
    let mut application = application();
    application.version = None;
    let file = &mut application.files[0];
    file.after.clone_from(&file.before);
    file.differences.retain(|d| !d.verdict.is_promote());
    let mut draft = draft(vec![application]);
    (draft.notices, draft.findings, draft.faults) = (Vec::new(), Vec::new(), Vec::new());
    draft.finish()
}

/// A baseline of the first application.
pub(crate) fn baseline(provenance: Provenance) -> Baseline {
    let commit = |byte| CommitId(ObjectId::from_bytes(&[byte; 20]).unwrap());
    Baseline {
        application: ApplicationName("web".to_owned()),
        source: commit(0x33),
        promotion: Some(LastPromotion {
            time: 1_767_323_045,
            commit: commit(0x44),
            took: vec!["tag".to_owned(), "level".to_owned()],
            provenance,
        }),
        since: vec![SourceChange {
            commit: commit(0x55),
            time: 1_767_409_445,
            subject: "Raise the limit".to_owned(),
        }],
        is_decisive: false,
    }
}

fn draft(applications: Vec<ApplicationPlan>) -> Draft {
    let commit = |byte| CommitId(ObjectId::from_bytes(&[byte; 20]).unwrap());
    Draft {
        hop: Hop {
            from: Environment::named("staging"),
            to: Environment::named("production"),
        },
        reverts: None,
        baseline_of: Vec::new(),
        undone_for: Vec::new(),
        release: None,
        acted_by: None,
        source: commit(0x11),
        source_repository: None,
        target: commit(0x22),
        decider: DecidedBy::Mode(Mode::Versions),
        action: Action::Commit,
        origin: Origin::Defaults,
        applications,
        baselines: vec![baseline(Provenance::Inferred)],
        clone_notices: Vec::new(),
        notices: vec![Notice::NewApplicationsKept {
            names: vec!["mail".into()],
        }],
        findings: vec![Finding {
            guard: GuardName::MOVING_VERSION,
            severity: Severity::Hold,
            selector: format!("{DEPLOYMENT}:$.spec.image"),
            message: "`1.4.2` would become `latest`".into(),
            command: None,
        }],
        verify: Vec::new(),
        rendered: None,
        faults: vec![FileFault {
            path: "envs/staging/web/bad.yaml".into(),
            line: Some(3),
            column: None,
            message: "unclosed bracket".into(),
            application: ApplicationName("web".into()),
            is_chosen: false,
        }],
        message: Message {
            title: "Promote new and web from staging to production".into(),
            body: "envs/production/new/all.yaml: new".into(),
            user_trailers: String::new(),
        },
        proposal: ProposalPlan::default(),
    }
}

/// An application with a changed file.
pub(crate) fn application() -> ApplicationPlan {
    let mut image = difference("$.spec.image", "$['spec']['image']", "spec.image", Op::Set);
    image.before = Some(Value::string("ghcr.io/acme/web:1.4.2"));
    image.after = Some(Value::string("ghcr.io/acme/web:1.5.0"));
    image.version = Some(VersionField::Image);
    image.relation = Relation::Behind;
    image.verdict = Verdict::promote(Reason::Template("image".into()));
    let mut debug = difference("$.spec.debug", "$['spec']['debug']", "spec.debug", Op::Add);
    debug.after = Some(Value::Scalar {
        text: "false".into(),
        kind: Kind::Bool,
    });
    debug.relation = Relation::SourceOnly;
    debug.verdict = Verdict::promote(Reason::OnlyExact);
    let mut replicas = difference(
        "$.spec.replicas",
        "$['spec']['replicas']",
        "spec.replicas",
        Op::Set,
    );
    replicas.before = Some(Value::Scalar {
        text: "5".into(),
        kind: Kind::Int,
    });
    replicas.after = Some(Value::Scalar {
        text: "1".into(),
        kind: Kind::Int,
    });
    let mut affinity = difference(
        "$.spec.affinity",
        "$['spec']['affinity']",
        "spec.affinity",
        Op::Remove,
    );
    affinity.before = Some(Value::Mapping(vec![(
        "zone".into(),
        Value::Sequence(vec![
            Value::string("a\u{1b}b"),
            Value::string("europe-west"),
        ]),
    )]));
    affinity.relation = Relation::TargetOnly;
    affinity.verdict = Verdict::keep(Reason::TargetOnly);
    ApplicationPlan {
        name: ApplicationName("web".into()),
        version: Some(VersionChange {
            before: Some("1.4.2".into()),
            after: Some("1.5.0".into()),
        }),
        files: vec![FilePlan {
            path: RepoPath::parse(DEPLOYMENT).unwrap(),
            is_secret: false,
            source_path: Some(RepoPath::parse("envs/staging/web/deployment.yaml").unwrap()),
            source_mode: Some(FileMode::Regular),
            target_mode: Some(FileMode::Regular),
            status: FileStatus::Modified,
            before: Some(content(BEFORE)),
            after: Some(content(AFTER)),
            differences: vec![image, debug, replicas, affinity],
        }],
    }
}

pub(crate) fn new_application() -> ApplicationPlan {
    let path = "envs/production/new/all.yaml";
    let mut whole = difference("", "", "", Op::Add);
    whole.selector = path.into();
    whole.document = None;
    whole.verdict = Verdict::promote(Reason::NewApplication);
    ApplicationPlan {
        name: ApplicationName("new".into()),
        version: None,
        files: vec![FilePlan {
            path: RepoPath::parse(path).unwrap(),
            is_secret: false,
            source_path: Some(RepoPath::parse("envs/staging/new/all.yaml").unwrap()),
            source_mode: Some(FileMode::Regular),
            target_mode: None,
            status: FileStatus::Added,
            before: None,
            after: Some(content("a: 1")),
            differences: vec![whole],
        }],
    }
}

fn difference(selector: &str, path: &str, shown: &str, op: Op) -> PlannedDifference {
    PlannedDifference {
        selector: format!("{DEPLOYMENT}:{selector}"),
        path: path.into(),
        shown: shown.into(),
        document: Some(Document {
            index: 0,
            kind: Some("Deployment".into()),
            name: Some("web".into()),
            namespace: None,
        }),
        op,
        before: None,
        after: None,
        base: None,
        version: None,
        changes_old_type: false,
        secret: None,
        relation: Relation::Unknown,
        undone_by: None,
        versions_between: None,
        changed_by: Vec::new(),
        verdict: Verdict::keep(Reason::NotVersion),
    }
}

fn content(text: &str) -> Content {
    Content {
        mode: FileMode::Regular,
        bytes: text.into(),
    }
}
