"""TimeQA (human annotated): `[{"index", "link", "questions": [[question, [{"para", "from", "end", "answer"}]]],
"paras": [text]}]`, `from` and `end` in characters of the paragraph.

An entity is a document and its questions, which ask the same of several dates, are a family. Any of a
question's answers will do, as in TimeQA's own scoring; an empty answer means that there is none.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from eval.public.read import Clean, Exact, Row, read_json, wrong
from eval.public.slice import Article, Gold, Page, Question

GAP = "\n\n"


class _Answer(Row):
    para: int
    start: int = Field(alias="from")
    end: int
    answer: Clean


class _Entity(Row):
    link: Clean
    questions: list[tuple[Clean, list[_Answer]]]
    paras: list[Exact]


def read(path: Path) -> list[Article]:
    """The entities of a file in TimeQA's form.

    Raises:
        InputError: it is of another form, or an answer does not stand where the file says.
    """
    entities = read_json(path, list[_Entity])
    return [_article(raw, path, at) for at, raw in enumerate(entities) if any(map(str.strip, raw.paras))]


def _article(raw: _Entity, path: Path, number: int) -> Article:
    title = raw.link.rsplit("/", 1)[-1].replace("_", " ")
    starts = [0]
    for para in raw.paras:
        starts.append(starts[-1] + len(para) + len(GAP))
    questions = tuple(
        _question(text, answers, raw.paras, starts, (path, f"[{number}].questions[{at}]"))
        for at, (text, answers) in enumerate(raw.questions)
        if text.strip()
    )
    return Article(title, (Page(GAP.join(raw.paras), title),), questions)


def _question(
    text: str, answers: list[_Answer], paras: list[str], starts: list[int], where: tuple[Path, str]
) -> Question:
    path, field = where
    places = {}
    for at, item in enumerate(answers):
        if not item.answer.strip():
            continue
        if not 0 <= item.para < len(paras) or paras[item.para][item.start : item.end] != item.answer:
            problem = f'"{item.answer}" does not stand at {item.start} to {item.end} of paragraph {item.para}'
            raise wrong(path, None, f"{field}[1][{at}]", problem)
        places[Gold(0, starts[item.para] + item.start, starts[item.para] + item.end)] = item.answer
    if not places:
        return Question(text, "near_miss", "abstained")
    aliases = tuple(dict.fromkeys(places.values()))
    evidence = tuple((place,) for place in places)
    return Question(text, "date_pair", "answered", answers=(aliases,), evidence=evidence)
