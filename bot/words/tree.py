"""A small tree for message text: templates carry the little markup there is, values come in as text and are never read as markup.

Out of one tree come the plain body, complete and with real addresses (it is all that a lock screen, a watch or a screen reader
gets), and the HTML, from tags that every Matrix client shows.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, assert_never

SAFE_TAGS: Final = frozenset(
    {"a", "b", "strong", "i", "em", "u", "del", "code", "pre", "ul", "ol", "li", "blockquote", "p", "br"}
)


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    inside: "Nodes"


@dataclass(frozen=True, slots=True)
class Link:
    inside: "Nodes"
    url: str


Node = Text | Code | Strong | Link
Nodes = tuple[Node, ...]

_MARKUP: Final = re.compile(
    r"\*\*(?P<strong>.+?)\*\*|`(?P<code>[^`]+)`|\[(?P<label>[^\]]+)\]\(\{(?P<url>\w+)\}\)|\{(?P<slot>\w+)\}"
)
_SLOT: Final = re.compile(r"\{(\w+)\}")


def slots(template: str) -> frozenset[str]:
    """The names of the values that a template wants."""
    return frozenset(_SLOT.findall(template))


def grow(template: str, values: Mapping[str, str]) -> Nodes:
    """The nodes of one line. Raises KeyError when a value is missing and ValueError for an address that is not https."""
    nodes: list[Node] = []
    end = 0
    for hit in _MARKUP.finditer(template):
        if hit.start() > end:
            nodes.append(Text(template[end : hit.start()]))
        end = hit.end()
        match hit.lastgroup:
            case "strong":
                nodes.append(Strong(grow(hit["strong"], values)))
            case "code":
                nodes.append(Code(plain(grow(hit["code"], values))))
            case "url":
                url = values[hit["url"]]
                if not url.startswith("https://"):
                    raise ValueError("a link in a message leads to https")
                nodes.append(Link(grow(hit["label"], values), url))
            case _:
                nodes.append(Text(values[hit["slot"]]))
    if end < len(template):
        nodes.append(Text(template[end:]))
    return tuple(nodes)


def plain(nodes: Sequence[Node]) -> str:
    return "".join(_plain(node) for node in nodes)


def html(nodes: Sequence[Node]) -> str:
    return "".join(_html(node) for node in nodes)


def _plain(node: Node) -> str:
    match node:
        case Text(text) | Code(text):
            return text
        case Strong(inside):
            return plain(inside)
        case Link(inside, url):
            return f"{plain(inside)} {url}"
        case _:
            assert_never(node)


def _html(node: Node) -> str:
    match node:
        case Text(text):
            return escape(text)
        case Code(text):
            return f"<code>{escape(text)}</code>"
        case Strong(inside):
            return f"<strong>{html(inside)}</strong>"
        case Link(inside, url):
            return f'<a href="{escape(url)}">{html(inside)}</a>'
        case _:
            assert_never(node)
