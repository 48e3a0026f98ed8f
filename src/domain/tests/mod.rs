//! What the words of the domain promise, one promise a test.

mod layout;
mod naming;
mod object;
mod path;
mod selector;
mod settings;
