//! Who may do what on a server that asks who people are.
//!
//! # Why
//!
//! Without a permission that matches, there is no right: what is forgotten is refused. On the command line,
//! permissions have no meaning, because whoever may push can do without git-promote what it would refuse.

use std::fmt;

use super::ConfigPlace;

/// Something that people may be allowed to do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Right {
    /// Promote to an environment.
    Promote,
    /// Start a release of a flow.
    Trigger,
    /// Approve a step of a release.
    Approve,
    /// Start a failed release again.
    Retry,
    /// End a release.
    Terminate,
}

impl Right {
    /// Its name in the configuration, which is a verb.
    pub fn name(self) -> &'static str {
        match self {
            Self::Promote => "promote",
            Self::Trigger => "trigger",
            Self::Approve => "approve",
            Self::Retry => "retry",
            Self::Terminate => "terminate",
        }
    }
}

/// A person, as a server that signed them in knows them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    name: String,
    email: Option<String>,
    groups: Vec<String>,
}

impl Person {
    /// The person with this name and e-mail address, who is in these groups.
    ///
    /// `None` if the name is empty, or if it or the address could be taken for something else in a commit.
    pub fn new(name: &str, email: Option<&str>, groups: Vec<String>) -> Option<Self> {
        let email = email.map(str::trim).filter(|email| !email.is_empty());
        let name = name.trim();
        let is_plain = |text: &str| {
            let is_special =
                |c: char| c.is_control() || super::is_invisible(c) || "<>[]".contains(c);
            !text.contains(is_special)
        };
        let is_usable = !name.is_empty() && is_plain(name) && email.is_none_or(is_plain);
        is_usable.then(|| Self {
            name: name.to_owned(),
            email: email.map(str::to_owned),
            groups,
        })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The e-mail address, if one is known.
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// The groups that the person is in.
    pub fn groups(&self) -> &[String] {
        &self.groups
    }

    /// What stands for the person in an approval: the name, unless it looks like an address, which only the
    /// sign-in can vouch for.
    pub fn approval_name(&self) -> &str {
        match &self.email {
            Some(email) if self.name.contains('@') => email,
            _ => &self.name,
        }
    }
}

/// The name, with the e-mail address as Git writes it.
impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match &self.email {
            Some(email) if *email != self.name => write!(f, " <{email}>"),
            _ => Ok(()),
        }
    }
}

/// A person or a group that a permission names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Who {
    /// The members of a group.
    Group(String),
    /// A person, by name or e-mail address.
    Person(String),
}

impl Who {
    /// What the name of a group begins with.
    pub const GROUP: &str = "group:";

    /// The person, or with `group:` before it the group, of this name.
    pub fn parse(word: &str) -> Self {
        match word.strip_prefix(Self::GROUP) {
            Some(group) => Self::Group(group.to_owned()),
            None => Self::Person(word.to_owned()),
        }
    }

    /// Whether a person is meant.
    ///
    /// A word with an `@` is an address, which is only compared with the name if no address is known: people
    /// can often choose their names, and could choose the address of another person.
    pub fn is(&self, person: &Person) -> bool {
        match self {
            Self::Group(group) => person.groups.contains(group),
            Self::Person(word) if word.contains('@') => {
                let known = person.email.as_ref().unwrap_or(&person.name);
                known.eq_ignore_ascii_case(word)
            }
            Self::Person(word) => person.name == *word,
        }
    }
}

/// What some people may do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Permission {
    /// Where it starts.
    pub place: ConfigPlace,
    /// Who may.
    pub who: Vec<Who>,
    /// What they may do.
    pub may: Vec<Right>,
    /// With which products; with everything if empty.
    pub products: Vec<String>,
    /// In which environments; in all if empty.
    pub environments: Vec<String>,
}

/// What a person wants to do something with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Matter<'a> {
    /// The product; `None` is whatever is in no product, or in several.
    pub product: Option<&'a str>,
    /// The environment, by name or alias; `None` is every one.
    pub environment: Option<&'a str>,
}
