//! A configuration as a stranger may read it: no secret, no word of a person, no comment.
//!
//! It is written anew from its tree by the table of keys, so that what the table does not know,
//! or what does not look as the table says, is not shown.

use std::fmt::Write as _;

use super::complaint::Complaint;
use super::key::{Form, Group};
use super::keys::HOUSE;
use super::tree::{Node, Tree};
use super::value::scalar;

/// Stands for what is not shown.
const HIDDEN: &str = "***";

/// Texts that lead to a house, an account or a directory of somebody's.
const PRIVATE: [&str; 7] =
    ["host", "listen", "username", "client_id", "store", "password_file", "ca_file"];

/// The key below which a house's address and who signs in there stand.
const BROKER: &str = "mqtt";

/// The block of which nothing but the names of keys is shown.
const SLEEPER: &str = "sleeper";

/// What of a configuration may be shown. Names of people, in names of bedrooms and devices and
/// in topics, are still in it: [`sleepers`] knows them.
///
/// # Errors
///
/// What keeps it from being read at all.
pub fn redacted(text: &str) -> Result<String, Complaint> {
    let tree = Tree::read(text)?;
    let mut out = String::new();
    if let Node::Map(entries) = &tree.node {
        block(&mut out, entries, &HOUSE, 0);
    }
    Ok(out)
}

/// What a complaint says and where, as a stranger may read it: of what it quotes about the broker
/// nothing is left but the words of the table of keys, and what was written for a key.
#[must_use]
pub fn told(complaint: &Complaint) -> String {
    let Complaint { path, what, .. } = complaint;
    if path.split(['.', '[']).next() != Some(BROKER) {
        return format!("{what} ({path})");
    }
    let ours = |word: &str| {
        word == BROKER || HOUSE.key(BROKER).is_some_and(|key| is_word_of(word, &key.form))
    };
    let misspelt = what.starts_with("unknown key ");
    let may = |word: &str| ours(word) || (misspelt && is_like_a_key(word));
    let shown = |word| if may(word) { word } else { HIDDEN };
    // What is quoted holds no quotes itself: every second part is quoted.
    let parts = what.split('`').enumerate();
    let parts: Vec<_> =
        parts.map(|(n, part)| if n % 2 == 0 { part } else { shown(part) }).collect();
    let names: Vec<_> = path.split('.').map(shown).collect();
    format!("{} ({})", parts.join("`"), names.join("."))
}

/// The sleepers' names in a configuration, in its order; none where it cannot be read.
#[must_use]
pub fn sleepers(text: &str) -> Vec<String> {
    let Ok(tree) = Tree::read(text) else { return Vec::new() };
    let bedrooms = under(&tree, "bedrooms").into_iter().flat_map(entries).map(|(_, room)| room);
    let sleepers = bedrooms.filter_map(|room| under(room, "sleepers")).flat_map(entries);
    sleepers.filter_map(|(name, _)| word(name)).map(str::to_owned).collect()
}

fn block(out: &mut String, entries: &[(Tree, Tree)], group: &Group, depth: usize) {
    for (key, value) in entries {
        let name = word(key).filter(|name| is_like_a_key(name)).unwrap_or(HIDDEN);
        line(out, depth, name);
        match group.key(name) {
            Some(known) if group.name == SLEEPER || PRIVATE.contains(&known.name) => {
                append(out, " ***\n");
            }
            Some(known) => shown(out, value, &known.form, depth),
            None => append(out, " ***\n"),
        }
    }
}

/// A value as its form allows, and an end of the line.
fn shown(out: &mut String, value: &Tree, form: &Form, depth: usize) {
    match (&value.node, form) {
        (Node::Nothing, _) => out.push('\n'),
        (_, Form::Either(forms)) => match forms.iter().find(|form| fits(value, form)) {
            Some(form) => shown(out, value, form, depth),
            None => append(out, " ***\n"),
        },
        (Node::List(items), Form::Many(form)) => {
            out.push('\n');
            for item in items {
                append(out, &format!("{}-", "  ".repeat(depth + 1)));
                shown(out, item, form, depth + 1);
            }
        }
        (_, Form::Many(form)) => shown(out, value, form, depth),
        (Node::Map(entries), Form::Block(group)) => {
            out.push('\n');
            block(out, entries, group, depth + 1);
        }
        (Node::Map(named), Form::Named(group)) => {
            out.push('\n');
            for (name, value) in named {
                line(out, depth + 1, word(name).unwrap_or(HIDDEN));
                shown(out, value, &Form::Block(group), depth + 1);
            }
        }
        (Node::Scalar(text), _) if fits(value, form) => append(out, &format!(" {text}\n")),
        (Node::Scalar(_) | Node::List(_) | Node::Map(_), _) => append(out, " ***\n"),
    }
}

/// Whether a value looks as its form says; what does not may be anything.
fn fits(value: &Tree, form: &Form) -> bool {
    if value.tag.is_some() {
        return false;
    }
    match (&value.node, form) {
        (_, Form::Secret) => false,
        (_, Form::Many(form)) if !matches!(value.node, Node::List(_)) => fits(value, form),
        (Node::Scalar(text), _) => {
            let off = text == "off" && !matches!(form, Form::Text(_) | Form::Topic);
            // Whoever signs in to an address stands before an `@`.
            off || scalar(form, text, false).is_ok() && !text.contains('@')
        }
        (Node::Map(_), Form::Block(_) | Form::Named(_)) | (Node::List(_), Form::Many(_)) => true,
        (_, Form::Either(forms)) => forms.iter().any(|form| fits(value, form)),
        (_, _) => false,
    }
}

/// Whether a word is a key or a value that a form itself names.
fn is_word_of(word: &str, form: &Form) -> bool {
    match form {
        Form::Word(words) => words.contains(&word),
        Form::Either(forms) => forms.iter().any(|form| is_word_of(word, form)),
        Form::Many(form) => is_word_of(word, form),
        Form::Block(group) | Form::Named(group) => {
            group.all().any(|key| key.name == word || is_word_of(word, &key.form))
        }
        Form::Number(..)
        | Form::Hours
        | Form::Month
        | Form::Flag
        | Form::Text(_)
        | Form::Topic
        | Form::Secret => false,
    }
}

/// Whether a text may be a key, also a misspelt one, and is no address by which somebody signs in.
fn is_like_a_key(text: &str) -> bool {
    !text.contains(['@', '/', ':', '.'])
}

fn line(out: &mut String, depth: usize, name: &str) {
    append(out, &format!("{}{name}:", "  ".repeat(depth)));
}

/// Writing to a string cannot fail.
fn append(out: &mut String, text: &str) {
    let written = out.write_str(text);
    debug_assert!(written.is_ok());
}

fn under<'a>(tree: &'a Tree, name: &str) -> Option<&'a Tree> {
    entries(tree).iter().find(|(key, _)| word(key) == Some(name)).map(|(_, value)| value)
}

fn entries(tree: &Tree) -> &[(Tree, Tree)] {
    match &tree.node {
        Node::Map(entries) => entries,
        Node::Nothing | Node::Scalar(_) | Node::List(_) => &[],
    }
}

fn word(tree: &Tree) -> Option<&str> {
    match &tree.node {
        Node::Scalar(text) => Some(text),
        Node::Nothing | Node::List(_) | Node::Map(_) => None,
    }
}
