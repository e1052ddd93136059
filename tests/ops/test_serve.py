"""`forum serve` as a process of its own: it starts, answers, stops, and starts again."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from forum import paths
from tests.support.waiting import wait_until

START_SECONDS = 30
Start = Callable[..., "Server"]


class Server:
    """A running forum and what it printed until it was ready."""

    def __init__(self, process: subprocess.Popen[str], port: int, printed: str) -> None:
        self.process = process
        self.port = port
        self.printed = printed

    def get(self, path: str = "/", **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        connection.close()
        return response

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(folder: Path, *words: str, port: int, **settings: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "forum.cli", "serve", "--port", str(port), *words],
        env={"PATH": os.environ["PATH"], "FORUM_INSTANCE_PATH": str(folder), **settings},
        cwd=paths.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[Server]:
    port = free_port()
    process = launch(folder, *words, port=port)
    assert process.stdout is not None
    try:
        printed = process.stdout.readline()
        assert "is ready" in printed, printed + process.stdout.read()
        if "--demo" in words:
            printed += "".join(process.stdout.readline() for _ in range(7))
        yield Server(process, port, printed)
    finally:
        for child in psutil.Process(process.pid).children() if process.poll() is None else ():
            child.kill()
        process.kill()
        process.wait(10)
        process.stdout.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("served"), "--demo") as started:
        yield started


def test_it_prints_its_address_when_it_is_ready(server: Server):
    assert f"http://127.0.0.1:{server.port}\n" in server.printed


def test_it_prints_the_demo_accounts_with_pass_phrases_and_roles(server: Server):
    lines = re.findall(r"^  (\S+) +((?:[a-z]+-){3}[a-z]+) +(.+)$", server.printed, re.MULTILINE)

    assert len(lines) == 6
    assert {"administrator", "moderator", "student"} <= {role for _, _, role in lines}


@pytest.mark.parametrize("path", ["/", "/spaces", "/tags", "/static/css/tokens.css"])
def test_it_answers(server: Server, path: str):
    assert server.get(path).status == 200


def test_it_refuses_a_host_that_it_does_not_know(server: Server):
    assert server.get("/", Host="elsewhere.example.org").status == 400


def test_it_does_not_name_its_software(server: Server):
    assert server.get().getheader("Server") is None


def test_a_forwarded_address_is_not_believed_unless_a_proxy_is_configured(server: Server):
    response = server.get("/settings", **{"X-Forwarded-Host": "elsewhere.example.org"})

    assert "elsewhere" not in (response.getheader("Location") or "")


def test_visitors_get_no_cookie(server: Server):
    assert server.get().getheader("Set-Cookie") is None


def test_no_control_socket_is_opened(server: Server):
    assert [c for c in psutil.Process(server.process.pid).net_connections("unix") if c.laddr] == []


def test_two_workers_and_one_process_for_jobs_run(server: Server):
    wait_until(lambda: len(server.children()) == 3)  # the address is printed before they start


def test_a_worker_that_dies_is_replaced(server: Server):
    wait_until(lambda: len(server.children()) == 3)
    victim = server.children()[0]
    victim.kill()

    wait_until(lambda: len([c for c in server.children() if c.pid != victim.pid]) == 3)
    assert server.get().status == 200


def test_stopping_ends_every_process(tmp_path: Path):
    with serving(tmp_path) as started:
        children = started.children()

        assert started.stop() == 0
    assert [child for child in children if child.is_running()] == []


def test_stopping_all_processes_at_once_is_quick(tmp_path: Path):
    with serving(tmp_path) as started:
        began = time.monotonic()
        for child in started.children():
            child.terminate()
        started.stop()

        assert time.monotonic() - began < 15


def test_when_it_is_killed_its_processes_go_too(tmp_path: Path):
    with serving(tmp_path) as started:
        children = started.children()
        started.process.kill()
        started.process.wait(10)

        wait_until(lambda: not any(child.is_running() for child in children))


def test_a_second_start_keeps_everything(tmp_path: Path):
    with serving(tmp_path, "--demo") as first:
        first.stop()
    with serving(tmp_path, "--demo") as second:
        assert second.printed.split("\n")[1:] == first.printed.split("\n")[1:]


def test_demo_accounts_are_refused_in_production(tmp_path: Path):
    key = "0123456789abcdefghijklmnopqrstuvwxyz"
    process = launch(
        tmp_path, "--demo", port=free_port(), FORUM_ENV="production", FORUM_SECRET_KEY=key
    )
    printed, _ = process.communicate(timeout=START_SECONDS)

    assert process.returncode == 1
    assert "a production forum gets none" in printed


def test_a_taken_port_is_said_in_one_line(server: Server, tmp_path: Path):
    process = launch(tmp_path, port=server.port)
    printed, _ = process.communicate(timeout=START_SECONDS)

    assert process.returncode == 1
    assert printed.count("\n") == 1
    assert "--port" in printed


def test_tracebacks_are_for_loopback_only(tmp_path: Path):
    process = launch(tmp_path, "--host", "0.0.0.0", port=free_port(), FORUM_DEBUG="true")  # noqa: S104
    printed, _ = process.communicate(timeout=START_SECONDS)

    assert process.returncode == 1
    assert "127.0.0.1 only" in printed
