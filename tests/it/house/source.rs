//! The sources as the compiler sees them: modules by path, and what each names.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// One file outside tests.
pub struct Source {
    /// The path from the repository's root, with `/`.
    pub path: String,
    /// Its lines, without those of inline test modules.
    pub lines: usize,
    /// All that it names from elsewhere, resolved.
    pub names: Vec<Name>,
    /// What it does in between.
    pub deeds: Vec<Deed>,
    /// Its module: the room first.
    pub module: Vec<String>,
    /// What it passes on: the name, and the path that it stands for.
    pub exports: Vec<(String, Vec<String>)>,
    /// Names without a path that it uses.
    pub words: BTreeSet<String>,
    /// Its literals as they are written; doc comments are none.
    pub literals: Vec<Literal>,
}

/// A literal in the code.
pub struct Literal {
    /// As it is written.
    pub text: String,
    /// Where.
    pub line: usize,
}

/// A path that a file names: `crate`, a dependency or `std` first.
pub struct Name {
    /// The module that names it: the room first.
    pub by: Vec<String>,
    /// Its parts.
    pub parts: Vec<String>,
    /// Whether all below it can be reached by a shorter name then: the leaf of a `use`.
    pub is_import: bool,
    /// Whether the file only passes it on (`pub use`).
    pub is_export: bool,
    /// Where.
    pub line: usize,
}

/// A call or keyword that a rule speaks about: `unwrap()`, `panic!`, `async`.
pub struct Deed {
    /// The word, with `()` or `!`.
    pub word: String,
    /// Where.
    pub line: usize,
}

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of the library and the program, found as the compiler finds them.
///
/// Test modules are left out. A file that no module declares fails.
pub fn all() -> &'static [Source] {
    static ALL: LazyLock<Vec<Source>> = LazyLock::new(read);
    &ALL
}

fn read() -> Vec<Source> {
    let mut walk = Walk::default();
    walk.file(&root().join("src/lib.rs"), &[], Kind::Code);
    walk.file(
        &root().join("src/main.rs"),
        &["main".to_owned()],
        Kind::Code,
    );
    let mut orphans = Vec::new();
    below(&root().join("src"), &mut |file| {
        if !walk.seen.contains(file) {
            orphans.push(shown(file));
        }
    });
    assert!(orphans.is_empty(), "no module declares {orphans:?}");
    walk.sources.sort_by(|a, b| a.path.cmp(&b.path));
    walk.sources
}

/// One text as the file of a module.
pub fn parse(text: &str, module: &[&str]) -> Source {
    let module: Vec<String> = module.iter().map(|part| (*part).to_owned()).collect();
    let mut reader = Reader::new(&module);
    reader.visit_file(&syn::parse_file(text).unwrap());
    reader.source(String::new(), text)
}

/// Calls `visit` with each Rust file below a folder.
fn below(folder: &Path, visit: &mut impl FnMut(&PathBuf)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, visit);
        } else if path.extension().is_some_and(|e| e == "rs") {
            visit(&path);
        }
    }
}

fn shown(file: &Path) -> String {
    let path = file.strip_prefix(root()).unwrap_or(file);
    path.to_string_lossy().replace('\\', "/")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Test,
}

#[derive(Default)]
struct Walk {
    sources: Vec<Source>,
    seen: BTreeSet<PathBuf>,
}

impl Walk {
    fn file(&mut self, file: &Path, module: &[String], kind: Kind) {
        let text = fs::read_to_string(file).unwrap();
        let parsed = syn::parse_file(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        self.seen.insert(file.to_owned());
        let mut reader = Reader::new(module);
        reader.visit_file(&parsed);
        let declared = std::mem::take(&mut reader.declared);
        if kind == Kind::Code {
            self.sources.push(reader.source(shown(file), &text));
        }
        for (module, is_test) in declared {
            let kind = if is_test { Kind::Test } else { kind };
            self.file(&place(&module), &module, kind);
        }
    }
}

/// The file of a declared module.
fn place(module: &[String]) -> PathBuf {
    let stem = root().join("src").join(module.join("/"));
    let folder = stem.join("mod.rs");
    if folder.is_file() {
        folder
    } else {
        stem.with_extension("rs")
    }
}

/// Reads one file.
struct Reader {
    module: Vec<String>,
    names: Vec<Name>,
    deeds: Vec<Deed>,
    declared: Vec<(Vec<String>, bool)>,
    test_lines: usize,
    within_test: bool,
    is_exporting: bool,
    exports: Vec<(String, Vec<String>)>,
    words: BTreeSet<String>,
    literals: Vec<Literal>,
    own: Vec<String>,
}

impl Reader {
    fn new(module: &[String]) -> Self {
        Self {
            module: module.to_vec(),
            names: Vec::new(),
            deeds: Vec::new(),
            declared: Vec::new(),
            test_lines: 0,
            within_test: false,
            is_exporting: false,
            exports: Vec::new(),
            words: BTreeSet::new(),
            literals: Vec::new(),
            own: module.to_vec(),
        }
    }

    fn source(self, path: String, text: &str) -> Source {
        Source {
            path,
            lines: text.lines().count() - self.test_lines,
            names: self.names,
            deeds: self.deeds,
            module: self.own,
            exports: self.exports,
            words: self.words,
            literals: self.literals,
        }
    }

    /// Notes a path if it leads out of this module; `crate`, `self` and `super` are resolved.
    fn name(&mut self, parts: &[String], is_import: bool, line: usize) {
        let Some(first) = parts.first() else { return };
        let mut at: Vec<String> = match first.as_str() {
            "crate" | "git_promote" => vec!["crate".to_owned()],
            "self" | "super" => {
                let mut here = vec!["crate".to_owned()];
                here.extend(self.module.iter().cloned());
                here
            }
            _ if parts.len() > 1 || is_import => Vec::new(),
            _ => {
                self.words.insert(first.clone());
                return;
            }
        };
        for (i, part) in parts.iter().enumerate() {
            match part.as_str() {
                "crate" | "git_promote" if i == 0 => {}
                "self" => {}
                "super" => {
                    at.pop();
                }
                part => at.push(part.to_owned()),
            }
        }
        self.names.push(Name {
            by: self.module.clone(),
            parts: at,
            is_import,
            is_export: self.is_exporting,
            line,
        });
    }

    /// Notes a name that the file passes on, by the name under which others find it.
    fn export(&mut self, name: &syn::Ident) {
        if self.is_exporting
            && self.module == self.own
            && let Some(target) = self.names.last()
        {
            self.exports.push((name.to_string(), target.parts.clone()));
        }
    }

    fn literal(&mut self, text: String, line: usize) {
        self.literals.push(Literal { text, line });
    }

    fn deed(&mut self, word: String, line: usize) {
        self.deeds.push(Deed { word, line });
    }

    fn tree(&mut self, tree: &syn::UseTree, above: &[String]) {
        let line = tree.span().start().line;
        let with = |ident: &syn::Ident| {
            let mut parts = above.to_vec();
            parts.push(ident.to_string());
            parts
        };
        match tree {
            syn::UseTree::Path(path) => self.tree(&path.tree, &with(&path.ident)),
            syn::UseTree::Name(name) => {
                self.name(&with(&name.ident), true, line);
                self.export(&name.ident);
            }
            syn::UseTree::Rename(rename) => {
                self.name(&with(&rename.ident), true, line);
                self.export(&rename.rename);
            }
            syn::UseTree::Glob(_) => self.name(above, true, line),
            syn::UseTree::Group(group) => {
                for item in &group.items {
                    self.tree(item, above);
                }
            }
        }
    }

    /// Paths and calls within a macro's arguments, which are only tokens.
    fn tokens(&mut self, tokens: TokenStream) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < trees.len() {
            match &trees[at] {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    let line = literal.span().start().line;
                    self.literal(literal.to_string(), line);
                }
                TokenTree::Ident(ident) => {
                    let line = ident.span().start().line;
                    let called = |delimiter| matches!(trees.get(at + 1), Some(TokenTree::Group(g)) if g.delimiter() == delimiter);
                    let is_method = at > 0 && is_punct(&trees[at - 1], '.');
                    if is_method && called(Delimiter::Parenthesis) {
                        self.deed(format!("{ident}()"), line);
                    }
                    if trees.get(at + 1).is_some_and(|t| is_punct(t, '!')) {
                        self.deed(format!("{ident}!"), line);
                    }
                    let mut parts = vec![ident.to_string()];
                    while at + 3 < trees.len()
                        && is_punct(&trees[at + 1], ':')
                        && is_punct(&trees[at + 2], ':')
                        && let TokenTree::Ident(next) = &trees[at + 3]
                    {
                        parts.push(next.to_string());
                        at += 3;
                    }
                    if !is_method && parts.len() > 1 {
                        self.name(&parts, false, line);
                    }
                }
                TokenTree::Punct(_) => {}
            }
            at += 1;
        }
    }
}

fn is_punct(tree: &TokenTree, c: char) -> bool {
    // `a!=b` is no macro.
    matches!(tree, TokenTree::Punct(p) if p.as_char() == c && (c != '!' || p.spacing() == Spacing::Alone))
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|a| {
        let is_cfg_test = a.path().is_ident("cfg")
            && a.parse_args::<syn::Ident>()
                .is_ok_and(|word| word == "test");
        is_cfg_test || a.path().is_ident("test")
    })
}

impl<'a> Visit<'a> for Reader {
    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        let is_test = self.within_test || is_test(&item.attrs);
        self.module.push(item.ident.to_string());
        if item.content.is_none() {
            self.declared.push((self.module.clone(), is_test));
        } else if is_test {
            // Only to find the files that it declares.
            let mut reader = Reader::new(&self.module);
            reader.within_test = true;
            visit::visit_item_mod(&mut reader, item);
            self.declared.append(&mut reader.declared);
            let span = item.span();
            self.test_lines += span.end().line - span.start().line + 1;
        } else {
            visit::visit_item_mod(self, item);
        }
        self.module.pop();
    }

    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    // `pub(super)` names nothing.
    fn visit_visibility(&mut self, _: &'a syn::Visibility) {}

    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        self.is_exporting = !matches!(item.vis, syn::Visibility::Inherited);
        self.tree(&item.tree, &[]);
        self.is_exporting = false;
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        let parts: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        let line = path.span().start().line;
        if parts.last().is_some_and(|last| last == "unwrap") {
            self.deed("unwrap()".to_owned(), line);
        }
        self.name(&parts, false, line);
        visit::visit_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'a syn::ExprMethodCall) {
        let line = call.method.span().start().line;
        self.deed(format!("{}()", call.method), line);
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, item: &'a syn::Macro) {
        if let Some(last) = item.path.segments.last() {
            let line = last.span().start().line;
            self.deed(format!("{}!", last.ident), line);
        }
        self.tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }

    fn visit_lit_str(&mut self, literal: &'a syn::LitStr) {
        let line = literal.span().start().line;
        self.literal(literal.token().to_string(), line);
    }

    fn visit_attribute(&mut self, attribute: &'a syn::Attribute) {
        if attribute.path().is_ident("doc") {
            return;
        }
        if let syn::Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone());
        }
        visit::visit_attribute(self, attribute);
    }

    fn visit_signature(&mut self, signature: &'a syn::Signature) {
        if let Some(word) = &signature.asyncness {
            self.deed("async".to_owned(), word.span().start().line);
        }
        visit::visit_signature(self, signature);
    }

    fn visit_expr_async(&mut self, block: &'a syn::ExprAsync) {
        self.deed("async".to_owned(), block.span().start().line);
        visit::visit_expr_async(self, block);
    }
}
