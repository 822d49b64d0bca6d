"""SQuAD 2.0: `{"data": [{"title", "paragraphs": [{"context", "qas": [{"question", "is_impossible",
"answers": [{"text", "answer_start"}], "plausible_answers"}]}]}]}`.

An article is a document; its paragraphs are parted by blank lines. A question that its paragraph does not
answer is a near miss: the plausible answers are forbidden.
"""

from __future__ import annotations

from pathlib import Path

from eval.public.read import Clean, Exact, Row, read_json, wrong
from eval.public.slice import Article, Gold, Page, Question

GAP = "\n\n"


class _Answer(Row):
    text: Clean
    answer_start: int


class _Qa(Row):
    question: Clean
    is_impossible: bool = False
    answers: tuple[_Answer, ...] = ()
    plausible_answers: tuple[_Answer, ...] = ()


class _Paragraph(Row):
    context: Exact
    qas: list[_Qa]


class _Article(Row):
    title: Clean
    paragraphs: list[_Paragraph]


class _File(Row):
    data: list[_Article]


def read(path: Path) -> list[Article]:
    """The articles of a file in SQuAD's form.

    Raises:
        InputError: it is of another form, or an answer does not stand where the file says.
    """
    return [
        _article(raw, path, f"data[{at}]")
        for at, raw in enumerate(read_json(path, _File).data)
        if raw.paragraphs
    ]


def _article(raw: _Article, path: Path, field: str) -> Article:
    title = raw.title.replace("_", " ")
    questions = []
    offset = 0
    for at, paragraph in enumerate(raw.paragraphs):
        for number, qa in enumerate(paragraph.qas):
            if qa.question.strip():
                place = f"{field}.paragraphs[{at}].qas[{number}]"
                questions.append(_question(qa, paragraph.context, offset, path, place))
        offset += len(paragraph.context) + len(GAP)
    text = GAP.join(paragraph.context for paragraph in raw.paragraphs)
    return Article(title, (Page(text, title),), tuple(questions))


def _question(qa: _Qa, context: str, offset: int, path: Path, field: str) -> Question:
    if qa.is_impossible:
        forbidden = tuple(dict.fromkeys(item.text for item in qa.plausible_answers if item.text.strip()))
        return Question(qa.question, "near_miss", "abstained", forbidden=forbidden)
    if not qa.answers:
        raise wrong(path, None, f"{field}.answers", "must not be empty where is_impossible is false")
    places: dict[Gold, None] = {}
    for at, answer in enumerate(qa.answers):
        end = answer.answer_start + len(answer.text)
        if not answer.text.strip() or context[answer.answer_start : end] != answer.text:
            problem = f'"{answer.text}" does not stand at character {answer.answer_start} of the context'
            raise wrong(path, None, f"{field}.answers[{at}]", problem)
        places[Gold(0, offset + answer.answer_start, offset + end)] = None
    aliases = tuple(dict.fromkeys(answer.text for answer in qa.answers))
    evidence = tuple((place,) for place in places)
    return Question(qa.question, "fact", "answered", answers=(aliases,), evidence=evidence)
