//! The scripts that make shells ask the program.

use clap_complete::Shell;

/// The program gets the line up to the cursor, and where readline breaks words.
pub(super) const BASH: &str = r#"# Asks git-promote, in the folder and repository of its arguments, for what completes the line of the last argument.
_git_promote_ask() {
    local line=${!#} candidate
    set -- "${@:1:$#-1}"
    COMPREPLY=()
    while IFS= read -r candidate; do
        COMPREPLY+=("$candidate")
    done < <(GIT_PROMOTE_COMPLETE=bash "$@" -- "$line" "$COMP_WORDBREAKS" 2>/dev/null)
    # The candidates have their spaces, and their order.
    compopt -o nospace 2>/dev/null
    compopt -o nosort 2>/dev/null
}

_git_promote_command() {
    _git_promote_ask git-promote "${COMP_LINE:0:COMP_POINT}"
}

# The function that Git's own completion calls for `git promote`.
_git_promote() {
    local IFS=' ' at=${__git_cmd_idx:-1}
    _git_promote_ask git ${__git_C_args:+"${__git_C_args[@]}"} ${__git_dir:+"--git-dir=$__git_dir"} promote \
        "git-promote ${words[*]:at+1:cword-at-1} $cur"
}

complete -F _git_promote_command git-promote
"#;

/// `(Q)` removes the quotes of the words. What is still open, such as a folder, begins with `+`. A `~` that
/// zsh expands must not be quoted, so it is not part of what is inserted.
pub(super) const ZSH: &str = r#"#compdef git-promote
# Git's own completion calls this function for `git promote`.
_git-promote() {
    local line home=
    local -a whole open
    compset -P '\~/' && home='~/'
    while IFS= read -r line; do
        case $line in
            +*) open+=("${${line#?}#$home}") ;;
            *) whole+=("${${line#?}#$home}") ;;
        esac
    done < <(GIT_PROMOTE_COMPLETE=zsh git-promote -- "${(@Q)words[1,CURRENT-1]}" "$home${(Q)PREFIX}" 2>/dev/null)
    (( $#whole + $#open )) || return 1
    (( $#whole )) && _describe -V value whole
    (( $#open )) && _describe -V value open -S ''
    return 0
}

if [ "$funcstack[1]" = "_git-promote" ]; then
    _git-promote "$@"
else
    compdef _git-promote git-promote
fi
"#;

/// `string unescape` removes the quotes of the word, if an open one is closed.
pub(super) const FISH: &str = r#"function __git_promote_ask
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l word (commandline --current-token --cut-at-cursor)
    set -l plain (string unescape -- $word; or string unescape -- $word"'"; or string unescape -- $word'"')
    GIT_PROMOTE_COMPLETE=fish git-promote -- $words "$plain" 2>/dev/null
end

complete --command git-promote --no-files --keep-order --arguments "(__git_promote_ask)"
"#;

/// The script of a shell that asks the program; `None` for the others.
pub fn script(shell: Shell) -> Option<&'static str> {
    match shell {
        Shell::Bash => Some(BASH),
        Shell::Zsh => Some(ZSH),
        Shell::Fish => Some(FISH),
        _ => None,
    }
}
