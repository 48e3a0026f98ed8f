//! Who sends a request, and what they may do.

use std::fmt;
use std::sync::Arc;

use super::state::State;
use crate::domain::{Matter, Person, Right};

/// Who sends a request.
#[derive(Clone, Debug)]
pub(super) enum Caller {
    /// The user of this machine that the server runs as, who could do the same on the command line.
    Local,
    /// A person that somebody else vouches for with each request.
    Person(Arc<Person>),
    /// A person who has signed in here, and can sign out.
    SignedIn(Arc<Person>),
    /// Somebody who was not asked, since what they request is for everybody.
    Unknown,
}

/// What the caller may do in a repository.
#[derive(Clone, Debug)]
pub(super) struct Rights {
    pub caller: Caller,
    /// What was last read, with the permissions on the default branch; without it, nothing is permitted.
    pub state: Option<Arc<State>>,
}

impl Caller {
    /// The person, if it is another one than who commits.
    pub fn person(&self) -> Option<Arc<Person>> {
        match self {
            Self::Person(person) | Self::SignedIn(person) => Some(Arc::clone(person)),
            Self::Local | Self::Unknown => None,
        }
    }
}

/// As a line of the log has them.
impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local => f.write_str("local"),
            Self::Person(person) | Self::SignedIn(person) => write!(f, "{:?}", person.to_string()),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

impl Rights {
    /// Whether the caller may do something.
    pub fn may(&self, right: Right, product: Option<&str>, environment: Option<&str>) -> bool {
        let matter = Matter {
            product,
            environment,
        };
        let settings = self.state.as_ref().map(|state| &state.files.settings);
        match &self.caller {
            Caller::Local => true,
            Caller::Person(person) | Caller::SignedIn(person) => {
                settings.is_some_and(|s| s.may(person, right, matter))
            }
            Caller::Unknown => false,
        }
    }
}
