"""Fit the weights of evidence selection: `python -m training.fit_selection ROWS --calibrate ROWS`.

ROWS come from training/gather.py. Small regularised models: "rank" scores sentences, "answers"
tells whether the best ones answer, "assented" and "doubted" the same with what a language model says (see
`qa.select.judge`). Every figure in the report comes from cross-validation that leaves out one series of reports
at a time, as reports of a series share names and words. Writes qa/weights/selection.json and
training/selection.md.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qa.rank import LACKED, WEIGHTS, Weights, answer_signals, log_odds

RANK = (
    "similarity",
    "unnamed",
    "coverage",
    "context",
    "names",
    "others",
    "rank",
    *(f"no_{kind}" for kind in LACKED),
    "fragment",
    "length",
    "time",
)
BY_HAND = {"time": 1.0}  # no question of training/reports names a time that only the background tells
ANSWERS = ("score",)
DOUBTED = (*ANSWERS, "doubt")
ASSENTED = ("assent", *ANSWERS)
SAID = ("assent", "doubt")
SIGNALS = {"answers": ANSWERS, "doubted": DOUBTED, "assented": ASSENTED}
SHOWN = 3  # sentences the model is given
FOLDS = 8
PRIOR = 20.0  # the precision of the ranking's weights, in deviations of their features
# Shares of the answerable questions: that are refused, and that are in the middle band. Below the middle band
# of "answers" no model is asked; within it only one that judges is.
MOST_REFUSED = {"answers": 0.01, "doubted": 0.07, "assented": 0.05}
# Below the least of "answers" a model that judges is asked for so much more: it tells better, and questions in
# other words than those calibrated with score lower (four of the answerable ones of further.jsonl).
BELOW = {"answers": 0.15, "doubted": 0.0, "assented": 0.0}
MIDDLE = {"answers": 0.13, "doubted": 0.0, "assented": 0.0}
REPORT = Path(__file__).parent / "selection.md"

Row = dict[str, Any]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """The models so far; "rank" orders a question's candidates."""

    models: dict[str, Weights]

    def ranked(self, row: Row) -> list[tuple[float, dict[str, float], bool]]:
        """A question's candidates with scores, best first, and whether each is gold."""
        scored = [
            (self.models["rank"].probability(item["features"]), item["features"], item["gold"])
            for item in row["candidates"]
        ]
        return sorted(scored, key=lambda item: -item[0])

    def signals(self, row: Row) -> dict[str, float]:
        """What `qa.select` would reckon the confidence from."""
        signals = answer_signals([(score, features) for score, features, _ in self.ranked(row)])
        return signals | {name: log_odds(row[name]) for name in SAID if name in row}

    def answered(self, row: Row) -> bool:
        """Whether a sentence that answers is among those a model would be shown."""
        return any(gold for _, _, gold in self.ranked(row)[:SHOWN])


def fit_logistic(rows: Sequence[dict[str, float]], truth: Sequence[bool], names: Sequence[str]) -> Weights:
    """A logistic regression with a little L2 on features of unit deviation; weights in their own units."""
    from sklearn.linear_model import LogisticRegression

    matrix = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0)
    spread[spread == 0] = 1.0
    model = LogisticRegression(C=0.3, max_iter=2000).fit((matrix - mean) / spread, np.array(truth))
    weights = model.coef_[0] / spread
    constant = float(model.intercept_[0] - weights @ mean)
    return Weights(
        {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}, round(constant, 4)
    )


def fit_ranking(rows: Sequence[Row], names: Sequence[str]) -> Weights:
    """A conditional logit (McFadden 1974) over the candidates of each question, which learns their order alone,
    and over its value a logistic regression on all candidates, which makes it the probability to answer.
    """
    from scipy.optimize import minimize

    every = [item for row in rows for item in row["candidates"]]
    spread = _matrix(every, names).std(axis=0)
    spread[spread == 0] = 1.0
    choices = []
    for row in rows:
        gold = np.array([item["gold"] for item in row["candidates"]])
        if gold.any():
            choices.append((_matrix(row["candidates"], names) / spread, gold))

    def loss(weights: Vector) -> tuple[float, Vector]:
        """The negative log posterior, the weights around 0, with its gradient."""
        total, gradient = PRIOR * float(weights @ weights) / 2, PRIOR * weights
        for matrix, gold in choices:
            values = matrix @ weights
            shares = np.exp(values - values.max())
            shares /= shares.sum()
            total -= float(np.log(shares[gold].sum()))
            gradient = gradient + matrix.T @ (shares - shares * gold / shares[gold].sum())
        return total, gradient

    weights = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B").x / spread
    values = [{"value": float(value)} for value in _matrix(every, names) @ weights]
    scale = fit_logistic(values, [item["gold"] for item in every], ("value",))
    weighed = zip(names, weights * scale.of["value"], strict=True)
    return Weights({name: round(float(weight), 4) for name, weight in weighed}, scale.constant)


def _matrix(candidates: Sequence[Row], names: Sequence[str]) -> Vector:
    return np.array([[item["features"].get(name, 0.0) for name in names] for item in candidates])


def fit(rows: Sequence[Row]) -> Fit:
    """The ranking, and the model "answers" over it."""
    rank = fit_ranking(rows, RANK)
    models = {"rank": Weights({**rank.of, **BY_HAND}, rank.constant)}
    ranking = Fit(models)
    truth = [ranking.answered(row) for row in rows]
    models["answers"] = fit_logistic([ranking.signals(row) for row in rows], truth, ANSWERS)
    return Fit(models)


@dataclass(frozen=True, slots=True)
class Held:
    """What a fit that never saw its series says of a question."""

    row: Row
    probability: float
    answerable: bool
    rank: int | None


def cross_validate(rows: Sequence[Row], name: str) -> list[Held]:
    """Every row, judged by a fit on the other series."""
    held = []
    for series in sorted({row["series"] for row in rows}):
        fitted = fit([row for row in rows if row["series"] != series])
        for row in (row for row in rows if row["series"] == series):
            gold = [gold for _, _, gold in fitted.ranked(row)]
            held.append(
                Held(
                    row,
                    fitted.models[name].probability(fitted.signals(row)),
                    bool(row["answerable"]),
                    gold.index(True) + 1 if True in gold else None,
                )
            )
    return held


def choose_bands(held: Sequence[Held], name: str) -> tuple[float, float]:
    """Below the first: abstain; from the second on: answer; between: quote."""
    answerable = sorted(item.probability for item in held if item.answerable)
    hedge_at = answerable[int(MOST_REFUSED[name] * len(answerable))]
    answer_at = answerable[int((MOST_REFUSED[name] + MIDDLE[name]) * len(answerable))]
    return round(hedge_at - BELOW[name], 3), round(answer_at, 3)


def describe(held: Sequence[Held], name: str, bands: tuple[float, float] | None) -> list[str]:
    """A paragraph and a reliability table in Markdown."""
    from sklearn.metrics import brier_score_loss, roc_auc_score

    truth = np.array([item.answerable for item in held])
    told = np.array([item.probability for item in held])
    ranks = [item.rank for item in held if item.answerable]
    top = [sum(rank is not None and rank <= k for rank in ranks) / len(ranks) for k in (1, 3)]
    lines = [
        f"## {name}",
        "",
        f"{len(held)} questions, {int(truth.sum())} of them answerable. Gold sentence first {top[0]:.3f}, "
        f"among the first three {top[1]:.3f}. AUROC {roc_auc_score(truth, told):.3f}, "
        f"Brier {brier_score_loss(truth, told):.3f}.",
        "",
    ]
    lines += [
        f"- below {threshold}: {np.mean(told[~truth] < threshold):.3f} of the unanswerable and "
        f"{np.mean(told[truth] < threshold):.3f} of the answerable"
        for threshold in bands or ()
    ]
    lines += ["", "| confidence | questions | mean confidence | answerable |", "|---|---:|---:|---:|"]
    for low in np.arange(0, 1, 0.1):
        inside = (told >= low) & (told < low + 0.1 + (low > 0.85))
        if inside.any():
            lines.append(
                f"| {low:.1f} to {low + 0.1:.1f} | {inside.sum()} | {told[inside].mean():.2f} | "
                f"{truth[inside].mean():.2f} |"
            )
    return [*lines, ""]


def main() -> None:
    """Fit, report, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=Path, help="rows of training/reports, for the ranking")
    parser.add_argument("--calibrate", type=Path, nargs="+", required=True, help="rows of cases, for the rest")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--report", type=Path, default=REPORT)
    arguments = parser.parse_args()
    rows, asked = _weighed(arguments.rows), [row for path in arguments.calibrate for row in _weighed(path)]
    models, bands, lines = {"rank": fit(rows).models["rank"]}, {}, ["# How well evidence selection knows", ""]
    lines += describe(cross_validate(rows, "answers"), "Ranking, on training/reports", None)
    for name, used in SIGNALS.items():
        told = [row for row in asked if all(signal in row for signal in used if signal in SAID)]
        known = list({row["id"]: row for row in told}.values())
        ranking = Fit(models)
        signals = [ranking.signals(row) for row in known]
        truth = [bool(row["answerable"]) for row in known]
        models[name] = fit_logistic(signals, truth, used)
        held = hold_out(ranking, known, name)
        bands[name] = choose_bands(held, name)
        lines += describe(held, f"{name}, on the cases it was calibrated with", bands[name])
    stored = {
        "fitted": f"by training/fit_selection.py, but for {', '.join(BY_HAND)}; see training/selection.md",
        "models": {name: {"weights": model.of, "constant": model.constant} for name, model in models.items()},
        "bands": bands,
    }
    arguments.out.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")
    arguments.report.write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


def hold_out(ranking: Fit, rows: Sequence[Row], name: str) -> list[Held]:
    """Every row, judged by a calibration that never saw its family."""
    names, held = SIGNALS[name], []
    families = sorted({row["series"] for row in rows})
    for part in range(FOLDS):
        apart = set(families[part::FOLDS])
        known = [row for row in rows if row["series"] not in apart]
        model = fit_logistic(
            [ranking.signals(row) for row in known], [bool(row["answerable"]) for row in known], names
        )
        for row in (row for row in rows if row["series"] in apart):
            gold = [gold for _, _, gold in ranking.ranked(row)]
            probability = model.probability(ranking.signals(row))
            rank = gold.index(True) + 1 if True in gold else None
            held.append(Held(row, probability, bool(row["answerable"]), rank))
    return held


def _weighed(path: Path) -> list[Row]:
    """The rows whose evidence was weighed; what rules told or refused is not for these models to decide."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["candidates"] and not row["told"] and not row["reason"]]


if __name__ == "__main__":
    main()
