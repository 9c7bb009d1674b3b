"""One engine process: it makes itself ready, answers one question, and is gone.

It is started by `hub.engine.workers` and by nothing else.  Rules:

* limits, then files with their keys and the statement, come in over standard input; nothing comes by argument or
  environment;
* the rows, whole numbers or NULL, go out over what was standard output; nothing else is ever written anywhere;
* whatever goes wrong ends the process without a word.
"""

import json
import os
import resource
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

from hub.engine.warehouse import Limits, VaultFile, connect

_WARMING = (
    # Memory for the columns of a question is taken from the system now, and what answers questions has run once.
    "CREATE TEMP TABLE warm AS SELECT hash(i) AS h FROM range(2000000) AS t(i)",
    "SELECT h % 2 AS k, count(*) FILTER (WHERE h > 1), sum(h % 7) FROM warm GROUP BY k",
    "DROP TABLE warm",
)
_LENGTH = struct.Struct(">Q")


def send(stream: BinaryIO, message: object) -> None:
    """Write one message: its length, then JSON."""
    data = json.dumps(message, separators=(",", ":")).encode()
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """Read one message; EOFError when the other side is gone."""
    head = stream.read(_LENGTH.size)
    data = stream.read(*_LENGTH.unpack(head)) if len(head) == _LENGTH.size else b""
    if not data:
        raise EOFError
    return json.loads(data)


def main() -> None:
    """Answer one question."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with os.fdopen(os.dup(1), "wb") as answers, Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
        _answer(sys.stdin.buffer, answers)


def _answer(questions: BinaryIO, answers: BinaryIO) -> None:
    limits = receive(questions)
    with connect(Limits(directory=Path(limits["directory"]), threads=limits["threads"], memory=limits["memory"])) as w:
        for statement in _WARMING:
            w.run(statement)
        send(answers, "ready")
        question = receive(questions)
        for name, path, key in question["files"]:
            w.attach(VaultFile(Path(path), key), name, read_only=True)
        w.lock_down()
        send(answers, w.run(question["statement"]))


if __name__ == "__main__":
    try:
        main()
    except BaseException:  # noqa: BLE001 - a message could hold a value of a record
        os._exit(1)
