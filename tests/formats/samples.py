"""Small files of every kind, and their bad sisters."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from io import BytesIO

from qa.formats.limits import Limits
from qa.load import usual_limits

LIMITS: Limits = usual_limits()

HTML = """<!doctype html><html lang="en"><head><title>Harbour bridge opens - The Courier</title>
<meta property="og:site_name" content="The Courier"><meta name="author" content="Jane Roe">
<meta property="article:published_time" content="2014-06-03T10:00:00Z"></head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><article><h1>Harbour bridge opens</h1>
<p>The <b>bridge</b> over the harbour was opened on Tuesday by the mayor, who said it had cost 40 million.</p>
<h2>Delays</h2><p>Work began in 2009 and was delayed twice, first by a <a href="/strike">strike</a>.</p>
<ul><li>The span measures 412 metres from tower to tower.</li><li>The towers are 98 metres high.</li></ul>
</article><footer>Copyright of everything</footer></body></html>"""

MARKDOWN = """---
title: Harbour bridge opens
publisher: The Courier
author: [Jane Roe, John Doe]
date: 2014-06-03
event_date: 3 June 2014
place: Porto Novo
---
# Opening

The bridge was opened.

```
# not a heading
```

Delays
------

Work was delayed twice.
"""

CSV = """Headline,Body,Date,Outlet,Place
"Bridge, opened","The bridge was
opened.",2014-06-03,The Courier,Porto Novo
Nothing in it,,2014-06-04,The Courier,
Ferry,The ferry stopped.,03/04/2014,Harbour Post,
"""

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>The Courier</title><language>en-us</language>
<item><title>Bridge opens</title><author>Jane Roe</author><pubDate>Tue, 03 Jun 2014 23:30:00 -0700</pubDate>
<description>&lt;p&gt;The bridge was &lt;b&gt;opened&lt;/b&gt;.&lt;/p&gt;&lt;p&gt;Ships pass.&lt;/p&gt;
</description></item>
<item><title>The ferry stopped</title></item></channel></rss>"""

ATOM = """<?xml version="1.0"?><feed><title>No entries</title></feed>"""

BOX = b"""From jane Tue Jun  3 10:00:00 2014
From: Jane Roe <jane@example.org>
Subject: Bridge
Date: Tue, 03 Jun 2014 10:00:00 +0200

The bridge was opened.
>From now on ships pass.

From john Tue Jun  3 11:00:00 2014
From: john@example.org
Subject: Ferry

The ferry stopped.
"""

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)


def pdf(pages: Sequence[Sequence[str]], title: str = "") -> bytes:
    """A PDF with the lines of each page."""
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for at, lines in enumerate(pages):
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        stream = f"BT /F1 12 Tf 14 TL 72 720 Td {shown} ET"
        parts.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {5 + 2 * at} 0 R >>"
        )
        parts.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    return _pdf_of([*parts, f"<< /Title ({title}) /CreationDate (D:20200101101010Z) >>"])


def _pdf_of(parts: Sequence[str]) -> bytes:
    """The objects, the table of where they stand, and the trailer; the last object says what is known."""
    content, starts = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        starts.append(len(content))
        content += f"{number} 0 obj\n{part}\nendobj\n".encode()
    table = "".join(f"{start:010d} 00000 n \n" for start in starts)
    return (
        content
        + (
            f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}"
            f"trailer << /Size {len(parts) + 1} /Root 1 0 R /Info {len(parts)} 0 R >>\n"
            f"startxref\n{len(content)}\n%%EOF\n"
        ).encode()
    )


def endless_pdf(depth: int = 9, width: int = 10) -> bytes:
    """A PDF of some hundred bytes whose page tree unfolds to `width ** depth` pages."""
    nodes = [
        f"<< /Type /Pages /Count {width ** (depth - at)} /Kids [{f'{at + 3} 0 R ' * width}] >>"
        for at in range(depth)
    ]
    page = "<< /Type /Page /MediaBox [0 0 9 9] >>"
    return _pdf_of(["<< /Type /Catalog /Pages 2 0 R >>", *nodes, page, "<< >>"])


def locked_pdf() -> bytes:
    """A PDF that asks for a password."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(BytesIO(PDF)))
    writer.encrypt("a password", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def docx() -> bytes:
    """A Word document with headings, a list and a table."""
    from docx import Document

    made = Document()
    made.core_properties.title, made.core_properties.author = "Harbour bridge", "Jane Roe"
    made.add_heading("Opening", 1)
    made.add_paragraph("The bridge was opened on Tuesday.")
    made.add_heading("Figures", 2)
    made.add_paragraph("It cost 40 million.", style="List Bullet")
    table = made.add_table(2, 2)
    for cell, text in zip(table._cells, ("Span", "412 m", "Towers", "98 m"), strict=True):
        cell.text = text
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def zipped(members: Mapping[str, str | bytes], *, stored: bool = False) -> bytes:
    """A ZIP archive."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name) if stored else name, content)
    return out.getvalue()


def locked_zip(members: Mapping[str, str | bytes]) -> bytes:
    """An archive whose members say that they are encrypted."""
    data = bytearray(zipped(members, stored=True))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def remade(data: bytes, changes: Mapping[str, bytes | None]) -> bytes:
    """An archive with members put in, in the place of others, or taken out."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()} | dict(changes)
    return zipped({name: content for name, content in members.items() if content is not None})


def epub() -> bytes:
    """A book of two chapters, the first of which comes second in the archive."""
    page = '<?xml version="1.0" encoding="utf-8"?><html><head><title>x</title></head><body>{}</body></html>'
    package = (
        '<?xml version="1.0"?><package xmlns="urn:opf"><metadata xmlns:dc="urn:dc">'
        "<dc:title>Of Bridges</dc:title><dc:creator>Jane Roe</dc:creator><dc:creator>John Doe</dc:creator>"
        "<dc:publisher>Courier Press</dc:publisher><dc:date>2014-06-03</dc:date>"
        "<dc:language>en-GB</dc:language></metadata><manifest>"
        '<item id="b" href="b.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="a" href="a%201.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfile full-path="in/book.opf"/></container>',
            "in/book.opf": package,
            "in/b.xhtml": page.format("<h1>Towers</h1><p>The towers are high – 98 metres.</p>"),
            "in/a 1.xhtml": page.format("<p>The bridge<br/>was opened.</p><p>Ships <i>pass</i>.</p>"),
        }
    )


def mail() -> bytes:
    """A message in two forms with a PDF, a picture and an archive attached."""
    made = EmailMessage()
    made["From"], made["Subject"] = "Jane Roe <jane@example.org>", "Brücke opened"
    made["Date"] = "Tue, 03 Jun 2014 23:30:00 -0700"
    made.set_content(
        "Dear all,\n\nthe bridge over the harbour was opened on Tuesday by the mayor, who\n"
        "said that it had cost 40 million.\n"
    )
    made.add_alternative("<p>Dear all in HTML</p>", subtype="html")
    for kind, name, content in (
        ("pdf", "plan.pdf", PDF),
        ("png", "p.png", b"\x89PNG"),
        ("zip", "z.zip", b"PK"),
    ):
        made.add_attachment(content, maintype="application", subtype=kind, filename=name)
    return made.as_bytes()


PDF = pdf(
    [
        [
            "The Courier - page 1",
            "Harbour bridge opens",
            "The bridge over the harbour was opened on Tuesday by the",
            "mayor, who said that the engi-",
            "neers had worked for six years and",
        ],
        ["The Courier - page 2", "that it had cost 40 million. Ships pass under it now.", "2"],
        ["The Courier - page 3", "The towers are 98 metres high."],
    ],
    "Harbour bridge",
)

SAMPLES: Mapping[str, bytes] = {
    "a.txt": b"The bridge was opened. It cost 40 million.",
    "a.md": MARKDOWN.encode(),
    "a.html": HTML.encode(),
    "a.pdf": PDF,
    "a.docx": docx(),
    "a.epub": epub(),
    "a.eml": mail(),
    "a.mbox": BOX,
    "a.csv": CSV.encode(),
    "a.json": b'{"articles": [{"text": "The bridge was opened."}, {"text": "The ferry stopped."}]}',
    "a.jsonl": b'{"title": "Bridge", "text": "The bridge was opened.", "date": "June 3, 2014"}\nno json\n',
    "a.xml": FEED.encode(),
}
