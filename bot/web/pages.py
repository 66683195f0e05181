"""The pages behind a link as HTML: plain, without script, readable at night on a small screen (WCAG 2.2 AA)."""

from html import escape
from typing import Final

from bot.words.web_words import ETAS, Call, Words

STYLE_PATH: Final = "/stijl.css"
ANSWER: Final = "answer"
TOKEN: Final = "token"
YES: Final = "1"
NO: Final = "0"

# The signs on the buttons are drawn in the colour of the text (an emoji would be green on green) and are not read out.
# Contrast at least 4.5:1 in light and dark, targets of 64 px (44 are asked for), no animation, text that grows with the phone.
STYLE: Final = """\
:root { color-scheme: light dark; --paper: #fff; --ink: #16191d; --soft: #4a525c; --line: #767f8a;
  --yes: #0b5d2a; --no: #9c1c1c; --on: #fff; --mark: #fff3c4; --mark-ink: #3d2f00; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171a; --ink: #f2f4f6; --soft: #c2c9d1; --line: #8b95a1;
  --yes: #0f7a38; --no: #b52a2a; --mark: #4a3b00; --mark-ink: #fff3c4; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.125rem/1.5 system-ui, sans-serif; }
main { max-width: 32rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.5rem 0 1rem; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; }
.exercise { background: var(--mark); color: var(--mark-ink); padding: 0.5rem 0.75rem; font-weight: 700; }
dl { margin: 0 0 1.25rem; }
dl div { display: flex; flex-wrap: wrap; gap: 0 0.75rem; margin: 0 0 0.25rem; }
dt { color: var(--soft); min-width: 5rem; } dd { margin: 0; flex: 1 1 9rem; font-weight: 600; overflow-wrap: anywhere; }
form { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(8.5rem, 100%), 1fr)); gap: 0.75rem;
  margin: 0 0 1.25rem; }
button { min-height: 4rem; padding: 0.5rem; border: 2px solid var(--line); border-radius: 0.5rem; cursor: pointer;
  font: inherit; font-weight: 600; background: var(--paper); color: var(--ink); overflow-wrap: anywhere; }
button.yes, button.no { grid-column: 1 / -1; min-height: 5rem; font-size: 1.375rem; color: var(--on); }
button.yes { background: var(--yes); border-color: var(--yes); } button.no { background: var(--no); border-color: var(--no); }
button.yes::before { content: "✓ "; content: "✓ " / ""; } button.no::before { content: "✕ "; content: "✕ " / ""; }
button:focus-visible { outline: 4px solid var(--ink); outline-offset: 3px; }
.soft { color: var(--soft); }
"""


def question(words: Words, call: Call, token: str) -> str:
    """Are you this person, and are you coming? Two large buttons, and two for a later time."""
    later = "\n".join(_button(str(minutes), words("later", minutes=str(minutes))) for minutes in ETAS)
    form = f"""<form method="post">
<input type="hidden" name="{TOKEN}" value="{escape(token)}">
{_button(YES, words("yes"), "yes")}
{later}
{_button(NO, words("no"), "no")}
</form>"""
    head = words("are_you", person=call.person)
    inside = f"{_mark(words, call)}<h1>{escape(head)}</h1>\n{_facts(words, call)}\n{form}\n{_soft(words('not_you'))}"
    return _html(words, _title(words, call), inside)


def outcome(words: Words, call: Call, said: str, *, coming: bool, refused: str = "") -> str:
    """What stands now; `refused` says first why something else was not taken."""
    first = f'<p role="alert"><strong>{escape(refused)}</strong></p>\n' if refused else ""
    inside = f"""{_mark(words, call)}{first}<h1>{escape(said)}</h1>
{_facts(words, call)}
<p>{escape(words("room" if coming else "nothing_to_do"))}</p>
{_soft(words("change"))}"""
    return _html(words, _title(words, call), inside)


def plain(words: Words, key: str) -> str:
    """A page with one sentence as its heading and one that helps on; it tells nothing of any page."""
    inside = f"<h1>{escape(words(key))}</h1>\n<p>{escape(words(f'{key}_help'))}</p>"
    return _html(words, words(key), inside)


def _title(words: Words, call: Call) -> str:
    return words("call", roles=words.roles(call.roles), number=call.number)


def _mark(words: Words, call: Call) -> str:
    return f'<p class="exercise">{escape(words("exercise"))}</p>\n' if call.exercise else ""


def _facts(words: Words, call: Call) -> str:
    rows = "".join(f"<div><dt>{escape(label)}</dt><dd>{escape(fact)}</dd></div>\n" for label, fact in words.facts(call))
    return f"<dl>\n{rows}</dl>"


def _button(value: str, text: str, kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<button{style} name="{ANSWER}" value="{escape(value)}">{escape(text)}</button>'


def _soft(text: str) -> str:
    return f'<p class="soft">{escape(text)}</p>'


def _html(words: Words, title: str, inside: str) -> str:
    return f"""<!doctype html>
<html lang="{words.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>{escape(title)}</title>
<link rel="stylesheet" href="{STYLE_PATH}">
</head>
<body>
<main>
{inside}
</main>
</body>
</html>
"""
