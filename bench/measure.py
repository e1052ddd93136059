"""Loads addresses of a server on this machine with wrk and reads what that cost in CPU time.

CPU time comes from /proc for a whole process tree, because times on the clock move about on a
shared machine while CPU per request hardly does. Linux only.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
_QUIET_MS = 25  # CPU in half a second below which a process tree counts as idle

_SCRIPT = """
local requests, n = {%(requests)s}, 0
request = function()
  n = n %% #requests + 1
  local r = requests[n]
  return wrk.format(r[1], r[2], r[3], r[4])
end
done = function(summary, latency)
  local e = summary.errors
  print(string.format("RESULT %%d %%d %%d %%d %%d %%d", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.timeout + e.status,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
"""


@dataclass(frozen=True, slots=True)
class Request:
    """One request; requests of a load are sent in turn. No body: a GET."""

    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"


@dataclass(frozen=True, slots=True)
class Load:
    """What came out of a load: times in ms, CPU in ms per request."""

    rate: float
    p50: float
    p95: float
    p99: float
    cpu: float
    database_cpu: float
    errors: int


def require_wrk() -> None:
    """Stop with a plain line when wrk is not installed."""
    if shutil.which("wrk") is None:
        raise SystemExit("The bench needs wrk: apt-get install wrk")


def load(
    port: int,
    requests: Sequence[Request],
    *,
    server: int,
    database: int | None,
    seconds: int,
    connections: int = 16,
) -> Load:
    """Send the requests in turn for some seconds; `server` and `database` are root process ids."""
    roots = [server] if database is None else [server, database]
    _settle(roots)
    before, database_before = cpu_ms([server]), cpu_ms(roots[1:])
    count, us, errors, p50, p95, p99 = _wrk(port, requests, seconds, connections)
    after, database_after = cpu_ms([server]), cpu_ms(roots[1:])
    if not count:
        raise SystemExit(f"{requests[0].path}: not one request was answered in {seconds} s")
    return Load(
        rate=count / (us / 1e6),
        p50=p50 / 1000,
        p95=p95 / 1000,
        p99=p99 / 1000,
        cpu=(after - before) / count,
        database_cpu=(database_after - database_before) / count,
        errors=errors,
    )


def _wrk(port: int, requests: Sequence[Request], seconds: int, connections: int) -> list[int]:
    """Number of requests, microseconds, errors, and three percentiles in microseconds."""
    lua = ", ".join(map(_lua, requests))
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_SCRIPT % {"requests": lua})
        script.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s"]
        done = subprocess.run(
            [*command, "-s", script.name, f"http://127.0.0.1:{port}/"],
            capture_output=True,
            text=True,
            check=True,
        )
    found = re.search(r"^RESULT ([\d ]+)$", done.stdout, re.MULTILINE)
    if found is None:
        raise SystemExit(f"wrk gave no result: {done.stdout[-500:]}{done.stderr[-500:]}")
    return [int(number) for number in found[1].split()]


def _lua(request: Request) -> str:
    headers = ", ".join(
        f"[{json.dumps(name)}]={json.dumps(value)}" for name, value in request.headers
    )
    body = "nil" if request.body is None else json.dumps(request.body)
    return f"{{{json.dumps(request.method)}, {json.dumps(request.path)}, {{{headers}}}, {body}}}"


def _settle(roots: Sequence[int], limit: float = 60) -> None:
    """Wait until nothing is left to do of what came before."""
    end, last = time.monotonic() + limit, cpu_ms(roots)
    while time.monotonic() < end:
        time.sleep(0.5)
        now = cpu_ms(roots)
        if now - last < _QUIET_MS:
            return
        last = now


def cpu_ms(roots: Iterable[int]) -> float:
    """CPU of these processes, their descendants and the children they have reaped, in ms."""
    found = {int(entry.name): entry for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for pid, entry in found.items():
        try:
            fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # gone meanwhile
        parents[pid], ticks[pid] = int(fields[1]), sum(map(int, fields[11:15]))
    wanted = set(roots)
    while more := {pid for pid, parent in parents.items() if parent in wanted} - wanted:
        wanted |= more
    return sum(ticks.get(pid, 0) for pid in wanted) * _TICK_MS
