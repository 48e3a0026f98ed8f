//! Finds the rule that applies to a file.

use std::collections::HashMap;

use globset::{GlobBuilder, GlobSet};

use crate::domain::{
    ApplicationName, ApplicationTemplates, Automation, Mode, Promote, Rule, Settings, Template,
};
use crate::engine::error::EngineError;

/// The templates with their globs compiled.
pub(in crate::engine) struct Rules<'a> {
    templates: HashMap<&'a str, Vec<(GlobSet, &'a Rule)>>,
    applications: ApplicationTemplates<'a>,
    override_mode: Option<Mode>,
    has_keep: bool,
}

/// The rule of one file, or the defaults without one.
pub(in crate::engine) struct FileRule<'a> {
    rule: Option<&'a Rule>,
    override_mode: Option<Promote>,
    has_keep: bool,
}

impl<'a> Rules<'a> {
    pub(in crate::engine) fn new(
        settings: &'a Settings,
        products: &[String],
        override_mode: Option<Mode>,
    ) -> Result<Self, EngineError> {
        let mut templates = HashMap::new();
        for template in &settings.templates {
            let rules = template
                .rules
                .iter()
                .map(|rule| Ok((glob(&rule.files)?, rule)))
                .collect::<Result<Vec<_>, EngineError>>()?;
            templates.insert(template.name.as_str(), rules);
        }
        Ok(Self {
            templates,
            applications: ApplicationTemplates::new(settings, products),
            override_mode,
            has_keep: true,
        })
    }

    /// The same rules, but none of them keeps a place: a revert takes back whatever was promoted.
    pub(in crate::engine) fn without_keep(self) -> Self {
        Self {
            has_keep: false,
            ..self
        }
    }

    /// The template of an application.
    pub(in crate::engine) fn template(
        &self,
        application: &ApplicationName,
    ) -> Option<&'a Template> {
        self.applications.of(application)
    }

    /// The first rule of the application's template whose `files` match.
    pub(in crate::engine) fn for_file(
        &self,
        application: &ApplicationName,
        path: &str,
    ) -> FileRule<'a> {
        let rule = self
            .template(application)
            .and_then(|t| self.templates.get(t.name.as_str()))
            .and_then(|rules| rules.iter().find(|(glob, _)| glob.is_match(path)))
            .map(|(_, rule)| *rule);
        FileRule {
            rule,
            override_mode: self.override_mode.map(Promote::Mode),
            has_keep: self.has_keep,
        }
    }
}

impl<'a> FileRule<'a> {
    /// The rule, unless the defaults apply.
    pub(in crate::engine) fn rule(&self) -> Option<&'a Rule> {
        self.rule
    }

    /// What to promote: `--promote`, else the rule's list, else versions.
    pub(super) fn promote(&self) -> &[Promote] {
        const VERSIONS: &[Promote] = &[Promote::Mode(Mode::Versions)];
        match (&self.override_mode, self.rule) {
            (Some(mode), _) => std::slice::from_ref(mode),
            (None, Some(rule)) if !rule.promote.is_empty() => &rule.promote,
            _ => VERSIONS,
        }
    }

    /// The expressions of places that the target keeps.
    pub(super) fn keep(&self) -> &'a [crate::yaml::JsonPath] {
        let rule = self.rule.filter(|_| self.has_keep);
        rule.map_or(&[], |r| r.keep.as_slice())
    }

    /// What happens to versions that another program writes.
    pub(super) fn automation(&self) -> Automation {
        self.rule.map(|rule| rule.automation).unwrap_or_default()
    }

    /// Whether a keep rule covers the whole file, so that only an exact selector promotes any of it.
    pub(super) fn keeps_everything(&self) -> bool {
        let is_root = |path: &crate::yaml::JsonPath| {
            matches!(path.to_string().as_str(), "$" | "$.*" | "$[*]" | "$..*")
        };
        self.keep().iter().any(is_root)
    }

    /// Whether the file's differences are promoted in a mode.
    pub(in crate::engine) fn has_mode(&self, mode: Mode) -> bool {
        self.promote()
            .iter()
            .any(|p| matches!(p, Promote::Mode(m) if *m == mode))
    }
}

/// Compiles a glob over paths: `*` does not match a `/`, `**` does.
pub(in crate::engine) fn glob(text: &str) -> Result<GlobSet, EngineError> {
    GlobBuilder::new(text)
        .literal_separator(true)
        .build()
        .and_then(|glob| GlobSet::new([glob]))
        .map_err(|source| EngineError::Glob {
            glob: text.to_owned(),
            source,
        })
}
