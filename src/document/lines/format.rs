//! The formats of text files, by their names; each is a row in [`FORMATS`].

use super::entry::Entry;
use super::{plain, settings, template};

/// How a text is read as entries; `None` if it is nested too deeply.
type Read = fn(&str) -> Option<Vec<Entry>>;

/// What kind of text it is, which decides about what a version is in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// Keys and values as in YAML.
    #[default]
    Yaml,
    /// Settings for programs: `.env`, `.properties`, `.ini`, TOML, HCL.
    Settings,
    /// A template that makes YAML.
    Template,
    /// Any other text.
    Plain,
}

/// A format of text files.
#[derive(Debug)]
pub(super) struct TextFormat {
    pub format: Format,
    /// Whether quotes matter: `"80"` is a text and `80` a number.
    pub is_typed: bool,
    /// The ends of names, after a full stop.
    extensions: &'static [&'static str],
    pub read: Read,
}

/// Every format that is known by its name.
static FORMATS: &[TextFormat] = &[
    TextFormat {
        format: Format::Settings,
        is_typed: false,
        extensions: &["env"],
        read: |text| settings::read(text, &settings::ENV),
    },
    TextFormat {
        format: Format::Settings,
        is_typed: false,
        extensions: &["properties"],
        read: |text| settings::read(text, &settings::PROPERTIES),
    },
    TextFormat {
        format: Format::Settings,
        is_typed: false,
        extensions: &["ini", "cfg"],
        read: |text| settings::read(text, &settings::INI),
    },
    TextFormat {
        format: Format::Settings,
        is_typed: true,
        extensions: &["toml"],
        read: |text| settings::read(text, &settings::TOML),
    },
    TextFormat {
        format: Format::Settings,
        is_typed: true,
        extensions: &["tfvars", "hcl"],
        read: |text| settings::read(text, &settings::HCL),
    },
    // Code, which no tool reads as settings: `engine_version` is that of a database.
    TextFormat {
        format: Format::Plain,
        is_typed: true,
        extensions: &["tf"],
        read: |text| settings::read(text, &settings::HCL),
    },
];

static TEMPLATE: TextFormat = TextFormat {
    format: Format::Template,
    is_typed: true,
    extensions: &["gotmpl", "tmpl", "tpl", "j2", "jinja", "jinja2"],
    read: template::read,
};

static PLAIN: TextFormat = TextFormat {
    format: Format::Plain,
    is_typed: false,
    extensions: &[],
    read: |text| Some(plain::read(text)),
};

impl TextFormat {
    /// The settings format of a file, by its name; the end of a template's name does not count.
    pub(super) fn of_settings(path: &str) -> Option<&'static Self> {
        let name = file_name(path).to_ascii_lowercase();
        let name = without_template_extension(&name).unwrap_or(&name);
        // `.env.production`
        let name = if name.starts_with(".env.") {
            ".env"
        } else {
            name
        };
        FORMATS.iter().find(|format| format.has_extension(name))
    }

    /// The format of a text that is neither YAML nor settings by its name.
    pub(super) fn of_text(path: &str, text: &str) -> &'static Self {
        if without_template_extension(&file_name(path).to_ascii_lowercase()).is_some() {
            return &TEMPLATE;
        }
        if settings::is_list(text) {
            return &FORMATS[0];
        }
        &PLAIN
    }

    /// A template that makes YAML.
    pub(super) fn template() -> &'static Self {
        &TEMPLATE
    }

    fn has_extension(&self, name: &str) -> bool {
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        extension.is_some_and(|extension| self.extensions.contains(&extension))
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The name without the end that marks a template, if it has one.
fn without_template_extension(name: &str) -> Option<&str> {
    let (stem, _) = name.rsplit_once('.')?;
    TEMPLATE.has_extension(name).then_some(stem)
}
