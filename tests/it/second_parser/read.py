"""Reads files before and after a promotion with PyYAML, and compares them with what was shown.

Each line of the input is one file, as `mod.rs` writes it. The output is one line of JSON: how many
files were compared, and what is wrong.
"""
import json
import re
import sys

import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:
    from yaml import SafeLoader as Loader

RESOLVER = yaml.SafeLoader("")
CORE = "tag:yaml.org,2002:"
MASK = "***"
NULL = ("scalar", CORE + "null", "", True)


def tag_of(event):
    """The type that a YAML 1.1 reader gives a scalar."""
    if event.tag not in (None, "!"):
        return event.tag
    if event.tag == "!" or not event.implicit[0]:
        return CORE + "str"
    return RESOLVER.resolve(yaml.ScalarNode, event.value, (True, False))


def documents(text):
    """The documents of a text, with aliases followed; fails where PyYAML does."""
    found, open_nodes, anchors = [], [], {}

    def place(node):
        if open_nodes:
            open_nodes[-1][2].append(node)
        else:
            found.append(node)

    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, yaml.DocumentStartEvent):
            anchors = {}
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in anchors:
                raise yaml.YAMLError(f"no anchor {event.anchor}")
            place(anchors[event.anchor])
        elif isinstance(event, yaml.ScalarEvent):
            is_plain = not event.style
            node = ("scalar", tag_of(event), event.value, is_plain)
            if event.anchor:
                anchors[event.anchor] = node
            place(node)
        elif isinstance(event, yaml.CollectionStartEvent):
            kind = "mapping" if isinstance(event, yaml.MappingStartEvent) else "sequence"
            node = (kind, event.tag, [])
            if event.anchor:
                anchors[event.anchor] = node
            if any(node is above for above in open_nodes):
                raise yaml.YAMLError("an anchor within itself")
            open_nodes.append(node)
        elif isinstance(event, yaml.CollectionEndEvent):
            place(open_nodes.pop())
    return found


def read(text):
    """The documents, or `None` where PyYAML cannot read the text."""
    try:
        return documents(text)
    except (yaml.YAMLError, ValueError):
        return None


def pairs(node):
    """The keys of a mapping as they are written, with their values."""
    return list(zip(node[2][::2], node[2][1::2]))


def entries(node, depth=0):
    """The entries of a mapping by key, with those of its merge keys."""
    own, merged = {}, {}
    for key, value in pairs(node):
        if key[0] == "scalar" and key[1] == CORE + "merge" and depth < 32:
            sources = value[2] if value[0] == "sequence" else [value]
            for source in reversed(sources):
                if source[0] == "mapping":
                    merged.update(entries(source, depth + 1))
        else:
            own[key[2] if key[0] == "scalar" else json.dumps(key)] = value
    return {**merged, **own}


def shown_entries(shown):
    """The same of a mapping that was shown."""
    own, merged = {}, {}
    for key, value in shown[1]:
        if key == "<<" and value[0] in ("mapping", "sequence"):
            for source in reversed([value] if value[0] == "mapping" else value[1]):
                if source[0] == "mapping":
                    merged.update(shown_entries(source))
        else:
            own[key] = value
    return {**merged, **own}


def is_null(node):
    return node[0] == "scalar" and node[1] == CORE + "null"


def is_empty(node):
    return is_null(node) or node[0] != "scalar" and not node[2]


def plain_scalars(nodes):
    """The plain scalars below some nodes, each with its type."""
    found, open_nodes, seen = set(), list(nodes or ()), set()
    while open_nodes:
        node = open_nodes.pop()
        if node[0] != "scalar":
            if id(node) not in seen:
                seen.add(id(node))
                open_nodes.extend(node[2])
        elif node[3]:
            found.add((node[1], node[2]))
    return found


def texts(nodes):
    """The texts of all scalars below some nodes."""
    found, open_nodes, seen = set(), list(nodes or ()), set()
    while open_nodes:
        node = open_nodes.pop()
        if node[0] == "scalar":
            found.add(node[2])
        elif id(node) not in seen:
            seen.add(id(node))
            open_nodes.extend(node[2])
    return found


def agrees(theirs, ours):
    """Whether our reading of a node has the same structure and texts."""
    kind = ours[0]
    if kind == "alias":
        return True
    if kind == "scalar":
        _, text, type_ = ours
        return theirs[0] == "scalar" and (theirs[2] == text or type_ == "null" and is_null(theirs))
    if kind == "sequence":
        return theirs[0] == kind and len(theirs[2]) == len(ours[1]) and all(map(agrees, theirs[2], ours[1]))
    if theirs[0] != kind or len(theirs[2]) != 2 * len(ours[1]):
        return False
    return all(
        (key[0] != "scalar" or key[2] == name or is_null(key)) and agrees(value, our_value)
        for (key, value), (name, our_value) in zip(pairs(theirs), ours[1])
    )


def agree(theirs, ours):
    return theirs is not None and ours is not None and len(theirs) == len(ours) and all(map(agrees, theirs, ours))


class Shown:
    """What was shown at a place and below it."""

    def __init__(self):
        self.below, self.added_items, self.added_keys = {}, [], {}
        self.value, self.is_removed, self.is_merge = None, False, False

    def at(self, steps):
        shown = self
        for step in steps:
            shown = shown.below.setdefault(step, Shown())
        return shown


STEP = re.compile(r"\['((?:[^'\\]|\\.)*)'\]|\[(\d+)\]")
ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


def steps(path):
    """The steps of a normalized JSONPath."""
    unescape = lambda m: chr(int(m[1][1:], 16)) if len(m[1]) == 5 else ESCAPES.get(m[1], m[1])
    return [int(m[2]) if m[2] else ESCAPE.sub(unescape, m[1]) for m in STEP.finditer(path)]


def shown_changes(differences):
    root = Shown()
    for d in differences:
        if not d["path"]:
            if d["op"] == "add":
                root.added_items.append(d["after"])
            else:
                root.at([d["document"]]).is_removed = True
            continue
        path = [d["document"], *steps(d["path"])]
        if "<<" in path:
            # What a merge key refers to is part of the mapping that has the key.
            root.at(path[: path.index("<<")]).is_merge = True
        elif d["op"] == "remove":
            root.at(path).is_removed = True
        elif d["op"] == "set":
            root.at(path).value = d["after"]
        elif isinstance(path[-1], int):
            root.at(path[:-1]).added_items.append(d["after"])
        else:
            root.at(path[:-1]).added_keys[path[-1]] = d["after"]
    return root


class Comparison:
    """One file before and after."""

    def __init__(self, source):
        self.faults = []
        self.of_source = plain_scalars(source)
        self.texts_of_source = texts(source)

    def fault(self, where, text):
        self.faults.append("$" + "".join(f"[{step!r}]" for step in where) + ": " + text)

    def is_value(self, node, shown):
        """Whether a node is the value that was shown."""
        kind = shown[0]
        if kind == "alias":
            return True
        if kind == "scalar":
            _, text, type_ = shown
            if node[0] == "scalar" and MASK in text:
                # The data of a secret is not shown. What it became is what the source has.
                return node[2].startswith(text.split(MASK)[0]) and node[2] in self.texts_of_source
            if node[0] != "scalar" or not (node[2] == text or type_ == "null" and is_null(node)):
                return False
            is_same = (type_ == "str") == (node[1] not in {CORE + t for t in ("int", "float", "bool", "null", "timestamp", "merge", "value")})
            # What both environments read otherwise is equal all the same.
            return is_same or node[3] and (node[1], node[2]) in self.of_source
        if kind == "sequence":
            return node[0] == kind and len(node[2]) == len(shown[1]) and all(map(self.is_value, node[2], shown[1]))
        if node[0] != kind:
            return False
        have, show = entries(node), shown_entries(shown)
        return have.keys() == show.keys() and all(self.is_value(have[key], show[key]) for key in show)

    def is_unchanged(self, before, after, shown):
        trial = Comparison(())
        trial.of_source, trial.texts_of_source = self.of_source, self.texts_of_source
        trial.node((), before, after, shown)
        return not trial.faults

    def node(self, where, before, after, shown):
        if before is after and not shown:
            return
        if shown and shown.value is not None:
            if not self.is_value(after, shown.value):
                self.fault(where, f"reads {after[:3]!r}, and {shown.value!r} was shown")
            return
        if shown and shown.is_merge:
            return
        adds = shown and (shown.added_items or shown.added_keys)
        kind = before[0]
        if adds and is_null(before):
            before = ("sequence" if shown.added_items else "mapping", None, [])
            kind = before[0]
        if shown and is_empty(after) and kind != "scalar":
            after = (kind, before[1], [])
        if kind != after[0] or kind != "scalar" and before[1] != after[1]:
            self.fault(where, f"was {before[:3]!r} and became {after[:3]!r}, which was not shown")
        elif kind == "scalar":
            if before[1:3] != after[1:3]:
                self.fault(where, f"was {before[1:3]!r} and became {after[1:3]!r}, which was not shown")
        elif kind == "mapping":
            self.mapping(where, entries(before), entries(after), shown)
        else:
            self.items(where, before[2], after[2], shown)

    def mapping(self, where, before, after, shown):
        added = dict(shown.added_keys) if shown else {}
        for key, value in before.items():
            below = shown and shown.below.get(key)
            if key in added:
                continue
            if below and below.is_removed:
                if key in after:
                    self.fault((*where, key), "is still there, and its removal was shown")
            elif key not in after:
                self.fault((*where, key), "was removed, which was not shown")
            else:
                self.node((*where, key), value, after[key], below)
        for key, value in added.items():
            if key not in after or not self.is_value(after[key], value):
                self.fault((*where, key), f"reads {after.get(key)!r}, and {value!r} was shown")
        for key in after.keys() - before.keys() - added.keys():
            self.fault((*where, key), "is new, which was not shown")

    def items(self, where, before, after, shown):
        added, at = list(shown.added_items) if shown else [], 0

        def take():
            nonlocal at
            for i, value in enumerate(added):
                if at < len(after) and self.is_value(after[at], value):
                    del added[i]
                    at += 1
                    return True
            return False

        for index, item in enumerate(before):
            below = shown and shown.below.get(index)
            if below and below.is_removed:
                continue
            while added and at < len(after) and not self.is_unchanged(item, after[at], below) and take():
                pass
            if at >= len(after):
                self.fault((*where, index), "was removed, which was not shown")
                return
            self.node((*where, index), item, after[at], below)
            at += 1
        while take():
            pass
        if at < len(after):
            self.fault((*where, at), "is new, which was not shown")
        if added:
            self.fault(where, f"has none of {added!r}, whose addition was shown")


def main():
    counts = {"compared": 0, "whole": 0, "unreadable": 0}
    faults = []
    for line in sys.stdin:
        file = json.loads(line)
        before, source, after = (read(file[side]["text"]) if file[side] else None for side in ("before", "source", "after"))
        was_readable = before if file["before"] else source
        if was_readable is None:
            counts["unreadable"] += 1
            continue
        if after is None:
            faults.append(f"{file['name']}: was readable and is not any more")
            continue
        known = file["before"] or file["source"]
        if agree(was_readable, known["ours"]) and not agree(after, file["after"]["ours"]):
            faults.append(f"{file['name']}: is read otherwise by PyYAML than by this program")
        if not file["before"]:
            counts["whole"] += 1
            continue
        counts["compared"] += 1
        comparison = Comparison(source)
        comparison.items((), before, after, shown_changes(file["shown"]))
        faults += [f"{file['name']}: {fault}" for fault in comparison.faults]
    print(json.dumps({"counts": counts, "faults": faults}))


main()
