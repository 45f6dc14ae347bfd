"""The pages' texts, in the language of the browser: French, or else English."""

import re
from collections.abc import Iterator
from html import escape

from mail_catcher.mailbox import Mail

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #ddd; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f6f6f6; padding: 1rem; }
iframe { width: 100%; height: 30rem; border: 1px solid #ddd; }
dt { font-weight: bold; float: left; clear: left; width: 8rem; }
dd { margin-left: 8rem; }
"""

ENGLISH = {
    "title": "Mails of this instance",
    "note": "Every mail is kept here, the newest 500 until the container stops. None is sent.",
    "none": "No mail yet.",
    "empty": "Delete all",
    "back": "All mails",
    "time": "Time",
    "from": "From",
    "to": "To",
    "subject": "Subject",
    "attachments": "Attachments",
    "raw": "Source",
    "lang": "en",
}
FRENCH = {
    "title": "Courriels de cette instance",
    "note": "Tous les courriels sont gardés ici, les 500 derniers jusqu’à l’arrêt du conteneur. Aucun n’est envoyé.",
    "none": "Aucun courriel pour l’instant.",
    "empty": "Tout supprimer",
    "back": "Tous les courriels",
    "time": "Date",
    "from": "De",
    "to": "À",
    "subject": "Objet",
    "attachments": "Pièces jointes",
    "raw": "Source",
    "lang": "fr",
}

URL = re.compile(r"https?://[^\s<>\"]+")


def mailbox(mails: Iterator[Mail], french: bool) -> str:
    words = FRENCH if french else ENGLISH
    rows = [_row(mail) for mail in mails]
    heads = "".join(f"<th>{words[key]}</th>" for key in ("time", "from", "to", "subject"))
    table = f"<table><tr>{heads}</tr>{''.join(rows)}</table>" if rows else f"<p>{words['none']}</p>"
    form = f'<form method="post" action="/empty"><button>{words["empty"]}</button></form>' if rows else ""
    # It is looked at while something else makes the mails.
    refresh = '<meta http-equiv="refresh" content="5">'
    return _page(words, words["title"], f"<h1>{words['title']}</h1><p>{words['note']}</p>{table}{form}", refresh)


def _row(mail: Mail) -> str:
    link = f'<a href="/messages/{mail.number}">{escape(mail.subject) or "–"}</a>'
    cells = [f"{mail.time:%Y-%m-%d %H:%M:%S}", escape(mail.sender), escape(", ".join(mail.recipients)), link]
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def mail(mail: Mail, french: bool) -> str:
    words = FRENCH if french else ENGLISH
    facts = {
        "time": f"{mail.time:%Y-%m-%d %H:%M:%S}",
        "from": f"{mail.message['From'] or ''} ({mail.sender})",
        "to": ", ".join(mail.recipients),
    }
    listed = "".join(f"<dt>{words[key]}</dt><dd>{escape(value)}</dd>" for key, value in facts.items())
    plain, rich = mail.body("plain"), mail.body("html")
    text = "" if plain is None else f"<pre>{_linked(plain)}</pre>"
    frame = "" if rich is None else f'<iframe src="/messages/{mail.number}/html" title="{words["subject"]}"></iframe>'
    names = [part.get_filename() or str(index) for index, part in enumerate(mail.attachments())]
    items = [
        f'<li><a href="/messages/{mail.number}/attachments/{index}">{escape(name)}</a></li>'
        for index, name in enumerate(names)
    ]
    attachments = f"<h2>{words['attachments']}</h2><ul>{''.join(items)}</ul>" if items else ""
    links = f'<p><a href="/">{words["back"]}</a> · <a href="/messages/{mail.number}/raw">{words["raw"]}</a></p>'
    return _page(
        words, mail.subject, f"{links}<h1>{escape(mail.subject)}</h1><dl>{listed}</dl>{text}{frame}{attachments}"
    )


def _linked(text: str) -> str:
    """With its addresses as links: those of a mail are there to be followed."""
    parts, end = [], 0
    for found in URL.finditer(text):
        address = escape(found.group())
        parts += [
            escape(text[end : found.start()]),
            f'<a href="{address}" target="_blank" rel="noopener">{address}</a>',
        ]
        end = found.end()
    return "".join([*parts, escape(text[end:])])


def _page(words: dict[str, str], title: str, content: str, head: str = "") -> str:
    return (
        f'<!doctype html><html lang="{words["lang"]}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>{head}</head><body>{content}</body></html>"
    )
